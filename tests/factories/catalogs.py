"""An intervention and a cost book, each valid by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from readiness.instruments.cost_book import (
    CostBook,
    CostNote,
    DayRate,
    Delivery,
    Margin,
    OwnDays,
    OwnNeed,
)
from readiness.instruments.models import (
    ActionKind,
    Cost,
    CostDriver,
    Effect,
    Intervention,
    Prerequisite,
)
from readiness.instruments.population import Ages, GroupsServed
from readiness.plans.costs import CostRange
from readiness.plans.least_cost import LeastCostPlan

TODAY = date(2026, 11, 29)
ANYBODY = GroupsServed(Ages.ALL, None, "", "E")


def an_intervention(intervention_id: str = "COACH", **changes: Any) -> Intervention:
    """`dollars` is what it costs in the first year, None where nobody knows how many units."""
    dollars = changes.pop("dollars", 10_000)
    quantity = None if dollars is None else "1"
    each = Fraction(dollars or 1)
    defaults: dict[str, Any] = {
        "id": intervention_id,
        "title": f"Title of {intervention_id}",
        "short": intervention_id,
        "kind": ActionKind.ENABLING,
        "item_ids": (),
        "measure_ids": (),
        "what": "It is done.",
        "effect": Effect("It helps.", "none", "E", (), "E"),
        "cost": Cost(each, each, each, CostDriver.GROUP, quantity, "USD", "", 1),
        "staffing": "",
        "months_to_launch": 2,
        "months_to_effect": (3, 6),
        "prerequisites": (),
        "sustain": "",
        "equity_note": "",
    }
    return Intervention(**{**defaults, **changes})


def a_note(intervention_id: str, delivers: Mapping[str, int], **changes: Any) -> CostNote:
    defaults: dict[str, Any] = {
        "intervention_id": intervention_id,
        "one_off_share": Fraction(1, 2),
        "people_days": (Fraction(0),) * 3,
        "needs": (),
        "acts": "quality lead",
        "may_pay": ("the payer",),
        "payer_may_pay": True,
        "pays_after": "the group",
        "source": "an estimate of this toolkit",
        "as_of": TODAY,
        "status": "E",
        "population": ANYBODY,
        "delivers": {i: Delivery(level, "Because.", "E") for i, level in delivers.items()},
    }
    return CostNote(**{**defaults, **changes})


def a_book(*notes: CostNote, **changes: Any) -> CostBook:
    defaults: dict[str, Any] = {
        "id": "small",
        "version": "1",
        "status": "published",
        "own_days": OwnDays(tuple(map(Fraction, (10, 20, 60, 150))), "", TODAY, "E"),
        "own_needs": {},
        "day_rate": DayRate(Fraction(400), "", TODAY, "E"),
        "margin": Margin(True, "", TODAY, "E"),
        "notes": notes,
    }
    return CostBook(**{**defaults, **changes})


def own_needs(**needed: tuple[str, int]) -> dict[str, OwnNeed]:
    """`REAL_1=("LEAD-1", 2)`: own work on REAL-1 needs LEAD-1 at 2 first."""
    return {
        item_id.replace("_", "-"): OwnNeed((Prerequisite(*need),), "Because.", "E")
        for item_id, need in needed.items()
    }


def without_part(plan: LeastCostPlan, part_id: str) -> LeastCostPlan:
    return replace(
        plan,
        offers=tuple(each for each in plan.offers if each.id != part_id),
        own={item_id: to for item_id, to in plan.own.items() if item_id != part_id},
    )


def dollars(*ends: int | str) -> CostRange:
    return CostRange(*map(Decimal, ends))
