"""Money for the actions of a plan: what was entered, what it adds up to, and entering more.

It belongs to the assessment's plan and to the action's id, so that it outlives a renewed plan. A
payer who may read the plan sees the sums of each action, of what it awarded itself and what was
spent; single entries, who paid, notes, names and what others awarded stay the group's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from readiness.accounts.db import groups
from readiness.assessments.service import assessment_view
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Actor
from readiness.instruments.models import Instrument
from readiness.plans import db as ledger
from readiness.plans import postings, schedule, spending
from readiness.plans.costs import NO_COST, CostRange
from readiness.plans.models import ActionPlan, PlanAction
from readiness.plans.postings import (
    Cents,
    EstimateToComplete,
    Posting,
    PostingContext,
    PostingInput,
    Totals,
)
from readiness.plans.service import plan
from readiness.plans.service.plan import PlanView
from readiness.plans.spending import PlannedCost, Spending

NO_ACTION = "This plan has no such action. Go back to the money of the plan to see all of them."
NO_ENTRY = "This action has no such entry. Go back to the action to see all of them."

Entered = TypeVar("Entered", Posting, EstimateToComplete)


@dataclass(frozen=True)
class LedgerEntry:
    """One posting as its group reads it."""

    posting: Posting
    author: str
    stands: bool  # no later one stands in for it


@dataclass(frozen=True)
class EstimateEntry:
    """One estimate of what is still needed as its group reads it."""

    estimate: EstimateToComplete
    author: str


@dataclass(frozen=True)
class ActionMoney:
    """The money of one action."""

    action_id: str
    title: str
    is_in_plan: bool
    actual: Spending
    needed_on: date | None  # when it was said last what is still needed
    entries: tuple[LedgerEntry, ...]  # newest first; none for a payer
    said: tuple[EstimateEntry, ...]  # every estimate, newest first; none for a payer

    @property
    def has_any(self) -> bool:
        return not self.actual.totals.is_empty or self.needed_on is not None

    @property
    def warnings(self) -> tuple[str, ...]:
        return spending.warnings(self.actual)

    def entry(self, posting_id: str) -> LedgerEntry:
        found = next((each for each in self.entries if each.posting.id == posting_id), None)
        if found is None:
            raise NotFound(NO_ENTRY)
        return found


@dataclass(frozen=True)
class PlanMoney:
    """Of a whole plan."""

    opened: PlanView
    lines: tuple[ActionMoney, ...]

    @property
    def totals(self) -> Totals:
        return spending.sum_totals([line.actual for line in self.lines])

    @property
    def has_any(self) -> bool:
        return any(line.has_any for line in self.lines)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(spending.plan_warnings([line.actual for line in self.lines]))

    def line(self, action_id: str) -> ActionMoney:
        found = next((each for each in self.lines if each.action_id == action_id), None)
        if found is None:
            raise NotFound(NO_ACTION)
        return found


# Reading


def load(session: Session, assessment_id: str) -> PlanMoney:
    return money_of(session.store, plan.load(session, assessment_id), session.now)


def money_of(store: Store, opened: PlanView, now: datetime) -> PlanMoney:
    """In the plan's order; what was taken out of it, or is gone, stays as long as it has money."""
    every = ledger.postings_of_assessment(store, opened.assessment.id)
    paid = by_action(every if opened.is_own else told_to(store, opened.payer_ids, every))
    said = by_action(ledger.estimates_of_assessment(store, opened.assessment.id))
    names = assessment_view.names_of(store, authors((*paid.values(), *said.values())))
    ids = dict.fromkeys([*(action.id for action in opened.plan.current), *paid, *said])
    lines = (
        line_of(opened, action_id, paid.get(action_id, ()), said.get(action_id, ()), names, now)
        for action_id in ids
    )
    return PlanMoney(opened, tuple(lines))


def told_to(
    store: Store, payer_ids: Collection[str], every: Iterable[Posting]
) -> tuple[Posting, ...]:
    """What these payers may read of a group's entries: nothing that another payer awarded."""
    names = {each.id: each.name for each in groups.payers(store)}
    return postings.told_to([names[each] for each in payer_ids], every, names.values())


def by_action(entered: Iterable[Entered]) -> dict[str, list[Entered]]:
    found: dict[str, list[Entered]] = {}
    for each in entered:
        found.setdefault(each.action_id, []).append(each)
    return found


def authors(entered: Iterable[Sequence[Posting] | Sequence[EstimateToComplete]]) -> set[str]:
    return {each.author_id for rows in entered for each in rows}


def line_of(
    opened: PlanView,
    action_id: str,
    paid: Sequence[Posting],
    said: Sequence[EstimateToComplete],
    names: Mapping[str, str],
    now: datetime,
) -> ActionMoney:
    action = next((each for each in opened.plan.actions if each.id == action_id), None)
    last = said[-1] if said else None
    own = opened.is_own
    return ActionMoney(
        action_id=action_id,
        title=action.title if action else title_of(action_id, opened.instrument),
        is_in_plan=action is not None and action.is_in_plan,
        actual=Spending(
            status=action.status if action else None,
            planned=planned_of(action) if action and action.is_in_plan else None,
            totals=postings.totals(paid),
            needed=postings.current_estimate(last, paid),
            starts_on=start_of(action, opened.plan, paid),
            today=now.date(),
        ),
        needed_on=last.at.date() if last else None,
        entries=entries_of(paid, names) if own else (),
        said=tuple(EstimateEntry(each, names[each.author_id]) for each in reversed(said))
        if own
        else (),
    )


def title_of(action_id: str, instrument: Instrument) -> str:
    """Of an action that left the plan."""
    found = instrument.intervention_by_id.get(action_id)
    return found.title if found else f"An action that is no longer in the plan ({action_id})"


def planned_of(action: PlanAction) -> PlannedCost | None:
    if action.cost is None:
        return None
    one_off, yearly = action.amounts.one_off, action.amounts.yearly
    if one_off is None and yearly is None:
        return PlannedCost(cents_of(action.cost))
    return PlannedCost(
        cents_of(action.cost), cents_of(one_off or NO_COST), cents_of(yearly or NO_COST)
    )


def cents_of(cost: CostRange) -> Cents:
    return Cents(*(round(each * 100) for each in (cost.low, cost.likely, cost.high)))


def start_of(action: PlanAction | None, plan: ActionPlan, paid: Sequence[Posting]) -> date:
    """As planned, or earlier when money was spent before that."""
    when = schedule.timing_of(action, plan) if action else None
    planned_on = when.starts_on if when else plan.starts_on
    return min(planned_on, postings.first_spent_on(paid) or planned_on)


def entries_of(paid: Sequence[Posting], names: Mapping[str, str]) -> tuple[LedgerEntry, ...]:
    standing = {each.id for each in postings.uncorrected(paid)}
    return tuple(
        LedgerEntry(each, names[each.author_id], each.id in standing) for each in reversed(paid)
    )


# Entering


def post(
    session: Session,
    assessment_id: str,
    action_id: str,
    wanted: PostingInput,
    posting_id: str,
) -> Posting:
    """With the first one the plan is kept as it is: money is held against what was planned."""
    return save_posting(session, assessment_id, action_id, wanted, (posting_id, None))


def correct(
    session: Session,
    assessment_id: str,
    action_id: str,
    corrects: str,
    wanted: PostingInput,
    posting_id: str,
) -> Posting:
    """A new posting in the place of one; of two who correct at once, the second is told."""
    return save_posting(session, assessment_id, action_id, wanted, (posting_id, corrects))


def save_posting(
    session: Session,
    assessment_id: str,
    action_id: str,
    wanted: PostingInput,
    ids: tuple[str, str | None],
) -> Posting:
    posting_id, corrects = ids
    with session.store.writing():
        found = load_enterable(session, assessment_id, action_id)
        if corrects:
            found.line(action_id).entry(corrects)  # or there is none of that id here
        group_id = found.opened.group.id
        where = PostingContext(
            posting_id, group_id, assessment_id, action_id, session.actor.id, session.now, corrects
        )
        made = postings.new_posting(wanted, where)
        plan.ensure_stored(session, found.opened)
        verb = "corrected money of" if corrects else "entered money for"
        detail = {"action": action_id, "kind": str(made.kind)}
        ledger.add_posting(
            session.store, made, event_of(found.opened, session.actor, verb, detail, session.now)
        )
    return made


def save_estimate(
    session: Session,
    assessment_id: str,
    action_id: str,
    amounts: Sequence[int | None],
    note: str,
    estimate_id: str,
) -> EstimateToComplete:
    """The newest counts from now on; the ones before stay in the history."""
    with session.store.writing():
        found = load_enterable(session, assessment_id, action_id)
        group_id = found.opened.group.id
        where = PostingContext(
            estimate_id, group_id, assessment_id, action_id, session.actor.id, session.now
        )
        said = postings.new_estimate(amounts, note, where)
        plan.ensure_stored(session, found.opened)
        verb = "said what is still needed for"
        ledger.add_estimate(
            session.store,
            said,
            event_of(found.opened, session.actor, verb, {"action": action_id}, session.now),
        )
    return said


def load_enterable(session: Session, assessment_id: str, action_id: str) -> PlanMoney:
    """The plan's money, for somebody who may change it, and only of an action that it has."""
    found = money_of(session.store, plan.load_editable(session, assessment_id), session.now)
    found.line(action_id)
    return found


def event_of(
    opened: PlanView,
    actor: Actor,
    verb: str,
    detail: Mapping[str, str | int | bool | None],
    now: datetime,
) -> Event:
    return Event(
        now, actor.id, verb, "plan", opened.plan.id, group_id=opened.group.id, detail=detail
    )
