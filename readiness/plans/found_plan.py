"""The least-cost plan as actions: what each raises, when it starts, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from readiness.assessments.scorecard import UnmetCriterion
from readiness.assessments.unmet import served_by, unmet_criteria
from readiness.core.integer_program import Solve
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import GateKind, Instrument
from readiness.plans.catalog import Offer, level_of
from readiness.plans.least_cost import LeastCostPlan, PlanInputs, final_levels, least_cost_plan
from readiness.plans.models import ActionType, LevelRise, MarginPrice, Proposal
from readiness.plans.own_work import days_between
from readiness.plans.timing import Part, first_parts, parts_of

WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
DID_NOT_KNOW = "was answered with don’t know: it is found out first, at no cost."


@dataclass(frozen=True)
class FoundPlan:
    """The least-cost plan of a group with what it was found from."""

    inputs: PlanInputs
    plan: LeastCostPlan
    unmet: tuple[UnmetCriterion, ...]  # of every tier being climbed


def found_plan(inputs: PlanInputs, plan: LeastCostPlan) -> FoundPlan:
    unmet = unmet_criteria(inputs.instrument, inputs.answers, inputs.result, inputs.target)
    return FoundPlan(inputs, plan, unmet)


# What to find out.


def find_out(instrument: Instrument, item_id: str) -> Proposal:
    return Proposal(
        id=f"find-out:{item_id}",
        type=ActionType.FIND_OUT,
        title=f"Find out: {instrument.item_by_id[item_id].short}",
        lifts=(),
        because=(f"{item_id} {DID_NOT_KNOW}",),
        half_year=1,
    )


def unknown_items(found: FoundPlan) -> tuple[str, ...]:
    """Don't-knows that are unmet gates or are raised by the plan, in the order they are asked."""
    raised = raises_of(found)
    gates = {gate.item_id for gate in found.inputs.open_gates}
    return tuple(
        item.id
        for item in found.inputs.instrument.items
        if found.inputs.answers[item.id].kind is AnswerKind.DONT_KNOW
        and (item.id in gates or item.id in raised)
    )


def find_outs(found: FoundPlan) -> tuple[Proposal, ...]:
    return tuple(find_out(found.inputs.instrument, each) for each in unknown_items(found))


# The parts as actions.


def raises_of(found: FoundPlan) -> dict[str, int]:
    """Every item that the plan raises, with the level it then has."""
    return final_levels(found.inputs.answers, found.plan.offers, found.plan.own)


def parts_in(found: FoundPlan) -> tuple[Part, ...]:
    return parts_of(found.plan.offers, found.inputs.own_work, found.plan.own)


def first_of(found: FoundPlan) -> dict[str, tuple[str, ...]]:
    """By part, the offers and items of own work that bring what it needs first."""
    parts = parts_in(found)
    return {each.id: first_parts(each, parts, found.plan.half_years) for each in parts}


def proposals_of(found: FoundPlan) -> tuple[Proposal, ...]:
    """In the order to start them: interventions before own work in each half-year."""
    first = first_of(found)
    bought = [bought_proposal(found, each, first[each.id]) for each in found.plan.offers]
    own = [
        own_step(found, item.id, first[item.id])
        for item in found.inputs.instrument.items
        if item.id in found.plan.own
    ]
    return tuple(sorted((*bought, *own), key=lambda each: each.half_year))


def action_id(part_id: str, found: FoundPlan) -> str:
    return f"raise:{part_id}" if part_id in found.plan.own else part_id


def bought_proposal(found: FoundPlan, offer: Offer, first: Iterable[str]) -> Proposal:
    inputs, intervention = found.inputs, offer.intervention
    in_order = (i.id for i in inputs.instrument.items if i.id in offer.delivers)
    lifts = tuple(rise_of(found, item_id, offer.delivers[item_id]) for item_id in in_order)
    return Proposal(
        id=offer.id,
        type=ActionType.INTERVENTION,
        title=intervention.title,
        lifts=lifts,
        because=tuple(rise_reason(inputs.instrument, each) for each in lifts),
        half_year=max(1, found.plan.half_years[offer.id]),
        after=tuple(action_id(each, found) for each in first),
        intervention_id=offer.id,
        still_to_pay=offer.dollars if offer.is_under_way else None,
        cost=offer.cost,
    )


def own_step(found: FoundPlan, item_id: str, first: Iterable[str]) -> Proposal:
    inputs, to = found.inputs, found.plan.own[item_id]
    item, start = inputs.instrument.item_by_id[item_id], level_of(item_id, inputs.answers)
    lift = rise_of(found, item_id, to)
    return Proposal(
        id=f"raise:{item_id}",
        type=ActionType.RAISE,
        title=f"Bring {item.short} to level {to}",
        lifts=(lift,),
        because=(rise_reason(inputs.instrument, lift), f"Level {to} means: {item.levels[to]}"),
        half_year=found.plan.half_years[item_id],
        after=tuple(action_id(each, found) for each in first),
        own_days=days_between(start, to, inputs.book.own_days.days),
        half_years=to - start,
    )


def rise_of(found: FoundPlan, item_id: str, to: int) -> LevelRise:
    gates = (
        WEIGHT[gate.kind]
        for gate in found.inputs.open_gates
        if gate.item_id == item_id and gate.level <= to
    )
    return LevelRise(
        item_id=item_id,
        from_level=found.inputs.answers[item_id].level,
        to=to,
        weight=max(gates, default=1),
        serves=served_by(found.inputs.instrument, found.inputs.answers, item_id, to, found.unmet),
    )


def rise_reason(instrument: Instrument, lift: LevelRise) -> str:
    item = instrument.item_by_id[lift.item_id]
    now = "not known" if lift.from_level is None else f"at level {lift.from_level}"
    kind = {3: "an essential gate", 2: "a supporting gate"}.get(lift.weight, "for its scores")
    return f"{item.id} {item.short} is {now}, aim {lift.to}: {kind}."


# What its margin takes.


def margin_price(found: FoundPlan, solve: Solve) -> MarginPrice | None:
    """Against the least-cost plan without the margin; None for a plan without one."""
    if not found.plan.has_margin:
        return None
    least = least_cost_plan(found.inputs, solve, margin=False)
    if least is None:
        return None
    titles = [each.title for each in proposals_of(found)]
    other = replace(found, plan=least)
    without = [each.title for each in proposals_of(other)]
    return MarginPrice(
        dollars=found.plan.objective - least.objective,
        left_out=tuple(each for each in titles if each not in without),
        instead=tuple(each for each in without if each not in titles),
        likely_dollars=likely_dollars(found) - likely_dollars(other),
        people_days=people_days(found) - people_days(other),
    )


def likely_dollars(found: FoundPlan) -> Decimal:
    """Of the first year of what is bought, as far as it is known."""
    known = (each.first_year for each in found.plan.offers)
    return sum((cost.likely for cost in known if cost), Decimal(0))


def people_days(found: FoundPlan) -> Decimal:
    """The group's own, likely: for what is bought, and of its own work."""
    inputs, plan = found.inputs, found.plan
    bought = (each.people_days for each in plan.offers)
    own = (
        days_between(level_of(item_id, inputs.answers), to, inputs.book.own_days.days)
        for item_id, to in plan.own.items()
    )
    return sum((*(days.likely for days in bought if days), *own), Decimal(0))
