"""From a proposal to a plan with dates and owners, and from an old plan to a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from readiness.domain import identifiers
from readiness.domain.answers import Context
from readiness.domain.costs import CostRange, priced
from readiness.domain.errors import BadInput, Problem
from readiness.domain.free_text import NOTE_CHARACTERS, clean
from readiness.domain.instrument import Instrument
from readiness.domain.periods import months_after
from readiness.domain.plan import (
    ActionStatus,
    ActionType,
    Plan,
    PlanAction,
    Proposal,
    ProposedPlan,
    cost_of,
)

COORDINATOR = "practice manager"  # who sees to it that every item has an answer
DAYS_TO_FIND_OUT = 30
OWNER_CHARACTERS, TITLE_CHARACTERS = 80, 160
MOST_DOLLARS = Decimal(100_000_000)
KEPT = frozenset({ActionStatus.PLANNED, ActionStatus.UNDER_WAY, ActionStatus.DONE})


@dataclass(frozen=True)
class Basis:
    """What a plan is made for."""

    plan_id: str
    group_id: str
    assessment_id: str
    run_id: str
    starts_on: date


@dataclass(frozen=True)
class Edit:
    """What a person makes of one action."""

    owner: str
    due_on: date | None
    status: ActionStatus
    cost: CostRange | None
    note: str
    title: str = ""  # of an action the group added; a proposal keeps its own


def drafted(instrument: Instrument, proposed: ProposedPlan, basis: Basis) -> Plan:
    return Plan(
        id=basis.plan_id,
        group_id=basis.group_id,
        assessment_id=basis.assessment_id,
        run_id=basis.run_id,
        starts_on=basis.starts_on,
        target_tier_id=proposed.target_tier_id,
        actions=tuple(
            as_proposed(instrument, each, basis.starts_on) for each in proposed.proposals
        ),
        set_aside=proposed.set_aside,
        need_says=proposed.need_says,
    )


def as_proposed(instrument: Instrument, proposal: Proposal, starts_on: date) -> PlanAction:
    return PlanAction(
        id=proposal.id,
        revision=1,
        title=proposal.title,
        owner=usual_owner(instrument, proposal),
        due_on=due_on(proposal, starts_on),
        status=ActionStatus.PROPOSED,
        cost=cost_of(proposal),
        note="",
        proposal=proposal,
    )


def usual_owner(instrument: Instrument, proposal: Proposal) -> str:
    """The post that usually answers most of what it works on."""
    if proposal.type is ActionType.FIND_OUT:
        item = instrument.item_by_id.get(proposal.id.partition(":")[2])
        return item.answered_by if item else COORDINATOR
    stakes: Counter[str] = Counter()
    for lift in proposal.lifts:
        stakes[instrument.item_by_id[lift.item_id].answered_by] += lift.gap * lift.weight
    return stakes.most_common(1)[0][0] if stakes else ""


def due_on(proposal: Proposal, starts_on: date) -> date:
    """What is not known, within 30 days; all else by the end of its half-year."""
    if proposal.type is ActionType.FIND_OUT:
        return starts_on + timedelta(days=DAYS_TO_FIND_OUT)
    return end_of(proposal.half_year, starts_on)


def end_of(half_year: int, starts_on: date) -> date:
    """The last day of a plan's half-year.

    >>> end_of(1, date(2026, 8, 31)), end_of(2, date(2026, 3, 1))
    (datetime.date(2027, 2, 27), datetime.date(2027, 2, 28))
    """
    return months_after(starts_on, 6 * half_year) - timedelta(days=1)


def repriced(plan: Plan, instrument: Instrument, context: Context) -> Plan:
    """With today's facts about the group; a cost that somebody typed stays as typed."""
    return replace(
        plan, actions=tuple(at_price(action, instrument, context) for action in plan.actions)
    )


def at_price(action: PlanAction, instrument: Instrument, context: Context) -> PlanAction:
    proposal = action.proposal
    if proposal is None or proposal.cost is None or proposal.intervention_id is None:
        return action
    price = priced(instrument.intervention_by_id[proposal.intervention_id].cost, context)
    is_untouched = action.cost == proposal.cost.total
    return replace(
        action,
        proposal=replace(proposal, cost=price),
        cost=price.total if is_untouched else action.cost,
    )


def carried_over(fresh: Plan, old: Plan) -> Plan:
    """A plan from a newer run keeps what people decided about the actions it still has.

    What they added stays, and so does what they have begun although it is no longer proposed.
    """
    before = {action.id: action for action in old.actions}
    fresh_ids = {action.id for action in fresh.actions}
    still = tuple(with_edits_of(each, before.get(each.id)) for each in fresh.actions)
    kept = tuple(
        replace(each, revision=1, proposal=None)
        for each in old.actions
        if each.id not in fresh_ids and (each.proposal is None or each.status in KEPT)
    )
    return replace(fresh, actions=(*still, *kept))


def with_edits_of(action: PlanAction, before: PlanAction | None) -> PlanAction:
    if before is None or before.revision == 1:
        return action
    is_priced_by_hand = before.proposal is not None and before.cost != cost_of(before.proposal)
    return replace(
        action,
        owner=before.owner,
        due_on=before.due_on,
        status=before.status,
        note=before.note,
        cost=before.cost if is_priced_by_hand else action.cost,
    )


# What a person types.


def edited(action: PlanAction, edit: Edit) -> PlanAction:
    """The action's next revision, or BadInput with every problem by field."""
    problems = tuple(problems_of(edit, needs_title=action.proposal is None))
    if problems:
        raise BadInput(problems)
    return replace(
        action,
        revision=action.revision + 1,
        title=action.title if action.proposal else clean(edit.title, TITLE_CHARACTERS),
        owner=clean(edit.owner, OWNER_CHARACTERS),
        due_on=edit.due_on,
        status=edit.status,
        cost=edit.cost,
        note=clean(edit.note, NOTE_CHARACTERS),
    )


def added(action_id: str, edit: Edit) -> PlanAction:
    blank = PlanAction(action_id, 0, "", "", None, edit.status, None, "", None)
    return edited(blank, edit)


def edit_of(action: PlanAction) -> Edit:
    return Edit(action.owner, action.due_on, action.status, action.cost, action.note, action.title)


def problems_of(edit: Edit, *, needs_title: bool) -> Iterator[Problem]:
    texts = (
        ("owner", edit.owner, OWNER_CHARACTERS),
        ("note", edit.note, NOTE_CHARACTERS),
        ("title", edit.title if needs_title else "", TITLE_CHARACTERS),
    )
    for place, text, most in texts:
        yield from (Problem(place, says) for says in text_problems(text, most))
    if needs_title and not edit.title.strip():
        yield Problem("title", "Say what is to be done.")
    if edit.due_on and not 2000 <= edit.due_on.year <= 2100:
        yield Problem("due_on", "Type a date between 2000 and 2100.")
    if edit.cost:
        yield from cost_problems(edit.cost)


def text_problems(text: str, most: int) -> Iterator[str]:
    """A plan is shared, so what could point at a patient is not even stored in it."""
    try:
        tidy = clean(text, most)
    except ValueError as error:
        yield str(error)
        return
    if refused := identifiers.refusal(tidy):
        yield f"{refused} A plan is shared."


def cost_problems(cost: CostRange) -> Iterator[Problem]:
    if not 0 <= cost.low <= cost.likely <= cost.high:
        yield Problem("cost_low", "Low must not be above likely, nor likely above high.")
    elif cost.high > MOST_DOLLARS:
        yield Problem("cost_high", f"Type an amount up to {MOST_DOLLARS:,} dollars.")
