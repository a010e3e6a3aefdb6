"""The least-cost plan of an assessment sent as JSON, and the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from readiness.assessments import assessment_json
from readiness.assessments.scorecard import UnmetCriterion
from readiness.assessments.service.scoring import instrument_of
from readiness.assessments.tier_path import unknowns_to_settle
from readiness.assessments.tiers import TierResult, evaluate
from readiness.assessments.unmet import served_by, unmet_criteria
from readiness.core import solver
from readiness.core.errors import BadInput, Problem
from readiness.core.strict_json import excerpt
from readiness.instruments.models import Instrument, Tier
from readiness.plans.catalog import Offer, level_of
from readiness.plans.found_plan import (
    FoundPlan,
    first_of,
    found_plan,
    likely_dollars,
    margin_price,
    people_days,
    unknown_items,
)
from readiness.plans.least_cost import least_cost_plan
from readiness.plans.own_work import days_between
from readiness.plans.planning import NO_BOOK, GroupFacts, inputs_of, notes_of, why_none
from readiness.plans.service.basis import book_of

Plain = dict[str, Any]
UNDER_WAY = "under_way"
MOST_DOLLARS = 100_000_000


@dataclass(frozen=True)
class PrintedPlan:
    """The plan, or why none reaches the tier; with sentences for the person who asked."""

    plan: Plain | None
    reason: str
    notices: tuple[str, ...]


def plan_file(raw: bytes, to: str | None, *, margin: bool) -> PrintedPlan:
    """The plan for an assessment sent as JSON, which may say what is under way; or BadInput."""
    found = assessment_json.parse_object(raw)
    instrument, problems = instrument_of(found)
    begun = found.pop(UNDER_WAY, [])
    reading = assessment_json.read(found, instrument)
    problems = [*problems, *reading.problems]
    if instrument is not None:
        problems += [*tier_problems(instrument, to), *begun_problems(instrument, begun)]
    if instrument is None or problems:
        raise BadInput(problems)
    still_to_pay = {each["id"]: each["still_to_pay"] for each in begun}
    facts = GroupFacts(
        instrument, book_of(instrument), reading.answers, reading.context, still_to_pay
    )
    return printed(facts, to, tuple(f"Notice: {each}" for each in reading.notices), margin=margin)


def tier_problems(instrument: Instrument, to: str | None) -> list[Problem]:
    if to is None or to in instrument.tier_by_id:
        return []
    known = ", ".join(instrument.tier_by_id)
    return [Problem("--to", f"there is no tier {excerpt(to)}: choose one of {known}")]


def begun_problems(instrument: Instrument, begun: object) -> list[Problem]:
    if not isinstance(begun, list):
        return [Problem(UNDER_WAY, 'must be a list such as [{"id": "GOV", "still_to_pay": 2000}]')]
    return [
        Problem(f"{UNDER_WAY}[{place}]", says)
        for place, each in enumerate(begun)
        if (says := begun_problem(instrument, each))
    ]


def begun_problem(instrument: Instrument, each: object) -> str:
    if not isinstance(each, dict) or each.keys() != {"id", "still_to_pay"}:
        return 'give "id" and "still_to_pay"'
    own, dollars = each["id"], each["still_to_pay"]
    if not isinstance(own, str) or own not in instrument.intervention_by_id:
        return f"{excerpt(own)} is not an intervention of this instrument: name one"
    is_whole = isinstance(dollars, int) and not isinstance(dollars, bool)
    if not is_whole or not 0 <= dollars <= MOST_DOLLARS:
        return f"{excerpt(dollars)} is not a number of whole dollars up to {MOST_DOLLARS:,}"
    return ""


def printed(
    facts: GroupFacts, to: str | None, notices: tuple[str, ...], *, margin: bool
) -> PrintedPlan:
    instrument, result = facts.instrument, evaluate(facts.instrument, facts.answers)
    above = instrument.tier_after(result.tier)
    target = instrument.tier_by_id[to] if to else above or result.tier
    if result.tier == instrument.tiers[0] and above and target.number > 0:
        return PrintedPlan(found_out_out(facts, result, above), "", notices)
    if target.number <= result.tier.number:
        return PrintedPlan(empty_out(facts, result, target), "", notices)
    if facts.book is None:
        return PrintedPlan(None, NO_BOOK, notices)
    inputs = inputs_of(facts, facts.book, result, target)
    plan = least_cost_plan(inputs, solver.least, margin=margin and facts.book.margin.asked)
    if plan is None:
        return PrintedPlan(None, why_none(inputs), notices)
    found = found_plan(inputs, plan)
    said = tuple(notes_of(found, facts.context))
    return PrintedPlan(plan_out(found, said), "", (*notices, *said))


# As JSON.


def head_out(
    instrument: Instrument, result: TierResult, target: Tier, unmet: tuple[UnmetCriterion, ...]
) -> Plain:
    return {
        "instrument": instrument.id,
        "version": instrument.version,
        "from": result.tier.id,
        "target": target.id,
        "unmet": [
            {
                "id": each.id,
                "kind": str(each.kind),
                "of": each.of,
                "needs": number(each.needs),
                "has": None if each.has is None else number(each.has),
            }
            for each in unmet
        ],
    }


def empty_out(facts: GroupFacts, result: TierResult, target: Tier) -> Plain:
    """Of a tier that is held: nothing to do."""
    return {
        **head_out(facts.instrument, result, target, ()),
        "actions": [],
        "own_steps": [],
        "find_out": [],
        "cost_likely": 0,
        "people_days_likely": 0,
        "objective": 0,
        "margin": False,
        "margin_cost": None,
        "proven": True,
        "reaches": target.id,
        "not_eligible": [],
        "unknown_quantity": [],
        "notes": [],
    }


def found_out_out(facts: GroupFacts, result: TierResult, target: Tier) -> Plain:
    """At T0: the fewest answers that make it ratable, and nothing else."""
    unmet = unmet_criteria(facts.instrument, facts.answers, result, target)
    asked = [e.item_id for e in unknowns_to_settle(facts.instrument, facts.answers, result)]
    empty = empty_out(facts, result, target)
    return empty | head_out(facts.instrument, result, target, unmet) | {"find_out": asked}


def plan_out(found: FoundPlan, notes: tuple[str, ...]) -> Plain:
    inputs, plan = found.inputs, found.plan
    first = first_of(found)
    actions = [action_out(found, each, first[each.id]) for each in plan.offers]
    own = [own_out(found, item.id) for item in inputs.instrument.items if item.id in plan.own]
    catalog, margin = inputs.catalog, margin_price(found, solver.least)
    return {
        **head_out(inputs.instrument, inputs.result, inputs.target, found.unmet),
        "actions": actions,
        "own_steps": own,
        "find_out": list(unknown_items(found)),
        "cost_likely": number(likely_dollars(found)),
        "people_days_likely": number(people_days(found)),
        "objective": plan.objective,
        "margin": plan.has_margin,
        "margin_cost": margin.dollars if margin else None,
        "proven": True,
        "reaches": inputs.target.id,
        "not_eligible": [
            {"id": each.intervention_id, "why": each.why} for each in catalog.not_eligible
        ],
        "unknown_quantity": [each.id for each in catalog.unknown_quantity],
        "notes": list(notes),
    }


def action_out(found: FoundPlan, offer: Offer, requires: tuple[str, ...]) -> Plain:
    cost, days = offer.first_year, offer.people_days
    in_order = [i.id for i in found.inputs.instrument.items if i.id in offer.delivers]
    return {
        "id": offer.id,
        "quantity": None if offer.cost.units is None else whole(float(offer.cost.units)),
        "cost": None
        if cost is None
        else {"low": number(cost.low), "likely": number(cost.likely), "high": number(cost.high)},
        "people_days": number(days.likely) if days else None,
        "raises": [raise_out(found, item_id, offer.delivers[item_id]) for item_id in in_order],
        "half_year": found.plan.half_years[offer.id],
        "requires": list(requires),
        "under_way": offer.is_under_way,
    }


def own_out(found: FoundPlan, item_id: str) -> Plain:
    inputs, to = found.inputs, found.plan.own[item_id]
    days = days_between(level_of(item_id, inputs.answers), to, inputs.book.own_days.days)
    return {
        **raise_out(found, item_id, to),
        "people_days": number(days),
        "half_year": found.plan.half_years[item_id],
        "requires": list(first_of(found)[item_id]),
    }


def raise_out(found: FoundPlan, item_id: str, to: int) -> Plain:
    """`from` is null for a don't-know."""
    inputs = found.inputs
    return {
        "item": item_id,
        "from": inputs.answers[item_id].level,
        "to": to,
        "serves": list(served_by(inputs.instrument, inputs.answers, item_id, to, found.unmet)),
    }


def number(value: Decimal | int) -> int | float:
    return whole(float(value))


def whole(value: float) -> int | float:
    """Without a decimal point where there is nothing behind it."""
    return int(value) if float(value).is_integer() else round(float(value), 4)
