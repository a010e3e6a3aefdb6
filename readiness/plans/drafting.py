"""From a proposal to a plan with dates and owners, and from an old plan to a new one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from readiness.instruments.answers import Context
from readiness.instruments.cost_book import CostBook, CostNote
from readiness.instruments.models import Instrument, Intervention
from readiness.plans.costs import (
    CostRange,
    PeopleDays,
    estimate_cost,
    requirements_of,
    round_dollars,
    unit_cost,
)
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    ActionType,
    CatalogValues,
    GroupValues,
    PlanAction,
    Proposal,
    ProposedPlan,
    ResourceEstimate,
)
from readiness.plans.schedule import due_after_start, end_of, first_fit, half_year_of

COORDINATOR = "practice manager"  # who sees to it that every item has an answer
DAYS_TO_FIND_OUT = 30
CARRIED_OVER = frozenset({ActionStatus.PLANNED, ActionStatus.UNDER_WAY, ActionStatus.DONE})


@dataclass(frozen=True)
class PlanHeader:
    """What a plan is made for."""

    plan_id: str
    group_id: str
    assessment_id: str
    run_id: str
    starts_on: date


def draft(instrument: Instrument, proposed: ProposedPlan, basis: PlanHeader) -> ActionPlan:
    return ActionPlan(
        id=basis.plan_id,
        group_id=basis.group_id,
        assessment_id=basis.assessment_id,
        run_id=basis.run_id,
        starts_on=basis.starts_on,
        target_tier_id=proposed.target_tier_id,
        actions=tuple(action_of(instrument, each, basis.starts_on) for each in proposed.proposals),
        set_aside=proposed.set_aside,
        notes=proposed.notes,
        objective=proposed.objective,
        has_margin=proposed.has_margin,
        beyond=proposed.beyond,
        margin=proposed.margin,
    )


def action_of(instrument: Instrument, proposal: Proposal, starts_on: date) -> PlanAction:
    return PlanAction(
        id=proposal.id,
        revision=1,
        title=proposal.title,
        owner=default_owner(instrument, proposal),
        due_on=due_date(proposal, starts_on),
        status=ActionStatus.PROPOSED if proposal.still_to_pay is None else ActionStatus.UNDER_WAY,
        note="",
        proposal=proposal,
        own=still_to_pay(proposal),
    )


def added_action(plan: ActionPlan, instrument: Instrument, proposal: Proposal) -> PlanAction:
    """It joins a plan in the first half-year from its own on in which it fits."""
    tried = action_of(instrument, proposal, plan.starts_on)
    fitted = first_fit(plan, tried, proposal.half_year)
    number = half_year_of(fitted, plan.starts_on) or proposal.half_year
    placed = action_of(instrument, replace(proposal, half_year=number), plan.starts_on)
    return replace(placed, status=ActionStatus.PLANNED)


def still_to_pay(proposal: Proposal) -> GroupValues:
    """Of what had begun when the plan was made only that counts."""
    if proposal.still_to_pay is None:
        return GroupValues()
    left, none = (CostRange(*(Decimal(each),) * 3) for each in (proposal.still_to_pay, 0))
    return GroupValues(amounts=ResourceEstimate(left, none, PeopleDays(*(Decimal(0),) * 3)))


def stands_as_proposed(plan: ActionPlan) -> bool:
    """Nobody took an action out, added one, or put other levels, times or amounts in place."""
    return all(is_as_proposed(each) for each in plan.actions)


def is_as_proposed(action: PlanAction) -> bool:
    if action.proposal is None or action.proposal.is_added or not action.is_in_plan:
        return False
    return replace(action.own, acts="", may_pay="", pays_after="") == still_to_pay(action.proposal)


def default_owner(instrument: Instrument, proposal: Proposal) -> str:
    """The post that usually answers most of what it works on."""
    if proposal.type is ActionType.FIND_OUT:
        item = instrument.item_by_id.get(proposal.id.partition(":")[2])
        return item.answered_by if item else COORDINATOR
    stakes: Counter[str] = Counter()
    for lift in proposal.lifts:
        stakes[instrument.item_by_id[lift.item_id].answered_by] += lift.gap * lift.weight
    return stakes.most_common(1)[0][0] if stakes else ""


def due_date(proposal: Proposal, starts_on: date) -> date:
    """What is not known, within 30 days; all else by the end of its half-year."""
    if proposal.type is ActionType.FIND_OUT:
        return starts_on + timedelta(days=DAYS_TO_FIND_OUT)
    return end_of(proposal.half_year + proposal.half_years - 1, starts_on)


def with_current_costs(
    plan: ActionPlan, instrument: Instrument, book: CostBook | None, context: Context
) -> ActionPlan:
    """With today's facts about the group beside what its people typed."""
    return replace(
        plan,
        actions=tuple(action_at_cost(each, instrument, book, context) for each in plan.actions),
    )


def action_at_cost(
    action: PlanAction, instrument: Instrument, book: CostBook | None, context: Context
) -> PlanAction:
    proposal = action.proposal
    if proposal is None or proposal.intervention_id is None:
        return action
    intervention = instrument.intervention_by_id[proposal.intervention_id]
    note = book.note(intervention.id) if book else None
    return replace(
        action,
        proposal=replace(proposal, cost=estimate_cost(intervention.cost, context)),
        usual=catalog_values(intervention, note, context, action.own.units),
    )


def catalog_values(
    intervention: Intervention, note: CostNote | None, context: Context, own_units: Fraction | None
) -> CatalogValues:
    price = estimate_cost(intervention.cost, context)
    return CatalogValues(
        amounts=resources_of(intervention, note, context, price.units),
        at_own_units=resources_of(intervention, note, context, own_units or price.units),
        units=price.units,
        units_say=price.units_say,
        months_to_launch=intervention.months_to_launch,
        months_to_effect=intervention.months_to_effect,
        pays_after=note.pays_after if note else intervention.sustain,
        note=note,
    )


def resources_of(
    intervention: Intervention, note: CostNote | None, context: Context, units: Fraction | None
) -> ResourceEstimate:
    """Without a note nobody has told the parts apart, so the whole is one-off."""
    if units is None:
        return ResourceEstimate()
    if note is None:
        return ResourceEstimate(
            one_off=CostRange(*(round_dollars(v * units) for v in unit_cost(intervention.cost)))
        )
    takes = requirements_of(intervention, note, context, units)
    return (
        ResourceEstimate(takes.one_off, takes.yearly, takes.people_days)
        if takes
        else ResourceEstimate()
    )


def carry_over(fresh: ActionPlan, old: ActionPlan) -> ActionPlan:
    """A plan from a newer run keeps what people decided about the actions it still has.

    What they added stays, and so does what they have begun although it is no longer proposed.
    """
    before = {action.id: action for action in old.actions}
    fresh_ids = {action.id for action in fresh.actions}
    still = tuple(with_edits_of(each, before.get(each.id)) for each in fresh.actions)
    kept = tuple(
        detach_from_catalog(each)
        for each in old.actions
        if each.id not in fresh_ids and (each.proposal is None or each.status in CARRIED_OVER)
    )
    return replace(fresh, actions=tuple(due_after_start(each, fresh) for each in (*still, *kept)))


def detach_from_catalog(action: PlanAction) -> PlanAction:
    """What is no longer proposed stands as the group has it, without the catalogue behind it."""
    usual = action.usual
    own = replace(
        action.own,
        amounts=action.amounts,
        acts=action.own.acts or (usual.note.acts if usual and usual.note else ""),
        pays_after=action.own.pays_after or (usual.pays_after if usual else ""),
        months_to_launch=action.months_to_launch,
        months_to_effect=action.months_to_effect,
        levels=tuple((lift.item_id, lift.to) for lift in action.lifts),
    )
    return replace(action, revision=1, proposal=None, usual=None, own=own)


def with_edits_of(action: PlanAction, before: PlanAction | None) -> PlanAction:
    if before is None or before.revision == 1:
        return action
    return replace(
        action,
        owner=before.owner,
        due_on=before.due_on,
        status=before.status,
        note=before.note,
        evidence=before.evidence,
        own=before.own,
    )
