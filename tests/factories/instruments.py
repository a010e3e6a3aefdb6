"""A valid thing by default; a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from readiness.instruments.answers import Answer
from readiness.instruments.models import (
    AnswerLimits,
    Axis,
    Domain,
    Gate,
    GateKind,
    Instrument,
    Item,
    LevelName,
    Tier,
)

TITLES = ("Not yet ratable", "Foundation", "Developing", "Incentive-ready", "Sustaining")


def an_item(item_id: str = "LEAD-1", **changes: Any) -> Item:
    defaults: dict[str, Any] = {
        "id": item_id,
        "domain_id": item_id.split("-")[0],
        "title": f"Title of {item_id}",
        "short": item_id,
        "why": "It matters.",
        "stem": "What is done?",
        "levels": tuple(f"Anchor {level}." for level in range(5)),
        "evidence": (),
        "answered_by": "quality lead",
        "crosswalk": {},
        "intervention_ids": (),
    }
    return Item(**{**defaults, **changes})


def a_domain(domain_id: str, axis_id: str, items: Iterable[Item]) -> Domain:
    title = f"Domain {domain_id}"
    return Domain(domain_id, axis_id, title, domain_id.title(), "", "", tuple(items))


def a_gate(tier_id: str, item_id: str, level: int, kind: str = "essential", **more: Any) -> Gate:
    return Gate(tier_id, item_id, level, GateKind(kind), "because", **more)


def a_tier(tier_id: str, **changes: Any) -> Tier:
    defaults: dict[str, Any] = {
        "id": tier_id,
        "title": TITLES[int(tier_id[1:])],
        "axis_min": {},
        "domain_min": Fraction(0),
        "gates": (),
        "supporting_unmet_max": 0,
        "reading": "",
        "usually": "",
        "incentive_fit": "",
    }
    return Tier(**{**defaults, **changes})


def an_instrument(
    shape: Mapping[str, Mapping[str, int]] | None = None, **changes: Any
) -> Instrument:
    """`shape` is axis -> domain -> number of items: {"QMS": {"LEAD": 2}, "EQR": {"REAL": 2}}."""
    shape = shape or {"QMS": {"LEAD": 2}, "EQR": {"REAL": 2}}
    defaults: dict[str, Any] = {
        "id": "small",
        "version": "1",
        "title": "A small instrument",
        "status": "published",
        "published_on": "2026-01-01",
        "sha256": "0" * 64,
        "recall_period": "12 months",
        "minutes": 5,
        "intended_use": (),
        "not_for": (),
        "scale": tuple(LevelName(level, f"Level {level}", "") for level in range(5)),
        "scale_rule": "",
        "definitions": {},
        "axes": tuple(
            Axis(axis_id, f"Axis {axis_id}", tuple(domains)) for axis_id, domains in shape.items()
        ),
        "domains": tuple(
            a_domain(
                domain_id,
                axis_id,
                (an_item(f"{domain_id}-{number}") for number in range(1, size + 1)),
            )
            for axis_id, domains in shape.items()
            for domain_id, size in domains.items()
        ),
        "tiers": tuple(a_tier(f"T{number}") for number in range(3)),
        "limits": AnswerLimits(Fraction(34, 100), Fraction(34, 100), Fraction(15, 100), "T2"),
        "interventions": (),
        "context": (),
        "frameworks": (),
        "core_measures": (),
        "sources": (),
        "safeguards": (),
    }
    return Instrument(**{**defaults, **changes})


def answers_at(instrument: Instrument, level: int, **others: Any) -> dict[str, Answer]:
    """Every item at one level, except those named: `LEAD_1=3`, `LEAD_2="dk"`, `REAL_1="na"`,
    `REAL_2=None` for no answer."""
    given: dict[str, Any] = {item.id: level for item in instrument.items}
    given |= {key.replace("_", "-"): value for key, value in others.items()}
    return {key: an_answer(value) for key, value in given.items() if value is not None}


def an_answer(value: int | str) -> Answer:
    if value == "dk":
        return Answer.dont_know()
    if value == "na":
        return Answer.not_applicable("does not apply here")
    return Answer.at(int(value))
