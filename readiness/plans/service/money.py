"""Money for the actions of a plan: what was entered, what it adds up to, and entering more.

It belongs to the assessment's plan and to the action's id, so that it outlives a renewed plan. A
payer who may read the plan sees the sums of each action; single entries, who paid, notes and
names stay the group's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from readiness.assessments.service import assessment_view
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Actor
from readiness.instruments.models import Instrument
from readiness.plans import actuals, postings, timing
from readiness.plans.actuals import Actual, Planned
from readiness.plans.costs import CostRange
from readiness.plans.db import postings as ledger
from readiness.plans.models import Plan, PlanAction
from readiness.plans.postings import Cents, Place, Posting, StillNeeded, Totals, Wanted
from readiness.plans.service import plan
from readiness.plans.service.plan import Opened

NO_ACTION = "This plan has no such action. Go back to the money of the plan to see all of them."
NO_ENTRY = "This action has no such entry. Go back to the action to see all of them."
NOTHING = CostRange(Decimal(0), Decimal(0), Decimal(0))

Entered = TypeVar("Entered", Posting, StillNeeded)


@dataclass(frozen=True)
class Entry:
    """One posting as its group reads it."""

    posting: Posting
    author: str
    stands: bool  # no later one stands in for it


@dataclass(frozen=True)
class Said:
    """One estimate of what is still needed as its group reads it."""

    estimate: StillNeeded
    author: str


@dataclass(frozen=True)
class Line:
    """The money of one action."""

    action_id: str
    title: str
    is_in_plan: bool
    actual: Actual
    needed_on: date | None  # when it was said last what is still needed
    entries: tuple[Entry, ...]  # newest first; none for a payer
    said: tuple[Said, ...]  # every estimate, newest first; none for a payer

    @property
    def has_any(self) -> bool:
        return not self.actual.totals.is_empty or self.needed_on is not None

    @property
    def warnings(self) -> tuple[str, ...]:
        return actuals.warnings(self.actual)

    def entry(self, posting_id: str) -> Entry:
        found = next((each for each in self.entries if each.posting.id == posting_id), None)
        if found is None:
            raise NotFound(NO_ENTRY)
        return found


@dataclass(frozen=True)
class Money:
    """Of a whole plan."""

    opened: Opened
    lines: tuple[Line, ...]

    @property
    def totals(self) -> Totals:
        return actuals.together([line.actual for line in self.lines])

    @property
    def has_any(self) -> bool:
        return any(line.has_any for line in self.lines)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(actuals.plan_warnings([line.actual for line in self.lines]))

    def line(self, action_id: str) -> Line:
        found = next((each for each in self.lines if each.action_id == action_id), None)
        if found is None:
            raise NotFound(NO_ACTION)
        return found


# Reading


def of_plan(session: Session, assessment_id: str) -> Money:
    return of_opened(session.store, plan.for_assessment(session, assessment_id), session.now)


def of_opened(store: Store, opened: Opened, now: datetime) -> Money:
    """In the plan's order; what was taken out of it, or is gone, stays as long as it has money."""
    paid = by_action(ledger.of_assessment(store, opened.assessment.id))
    said = by_action(ledger.needed_of_assessment(store, opened.assessment.id))
    names = assessment_view.names_of(store, authors((*paid.values(), *said.values())))
    ids = dict.fromkeys([*(action.id for action in opened.plan.current), *paid, *said])
    lines = (
        line_of(opened, action_id, paid.get(action_id, ()), said.get(action_id, ()), names, now)
        for action_id in ids
    )
    return Money(opened, tuple(lines))


def by_action(entered: Iterable[Entered]) -> dict[str, list[Entered]]:
    found: dict[str, list[Entered]] = {}
    for each in entered:
        found.setdefault(each.action_id, []).append(each)
    return found


def authors(entered: Iterable[Sequence[Posting] | Sequence[StillNeeded]]) -> set[str]:
    return {each.author_id for rows in entered for each in rows}


def line_of(
    opened: Opened,
    action_id: str,
    paid: Sequence[Posting],
    said: Sequence[StillNeeded],
    names: Mapping[str, str],
    now: datetime,
) -> Line:
    action = next((each for each in opened.plan.actions if each.id == action_id), None)
    last = said[-1] if said else None
    own = opened.is_own
    return Line(
        action_id=action_id,
        title=action.title if action else title_of(action_id, opened.instrument),
        is_in_plan=action is not None and action.is_in_plan,
        actual=Actual(
            status=action.status if action else None,
            planned=planned_of(action) if action and action.is_in_plan else None,
            totals=postings.totals(paid),
            needed=postings.needed_now(last, paid),
            starts_on=start_of(action, opened.plan, paid),
            today=now.date(),
        ),
        needed_on=last.at.date() if last else None,
        entries=entries_of(paid, names) if own else (),
        said=tuple(Said(each, names[each.author_id]) for each in reversed(said)) if own else (),
    )


def title_of(action_id: str, instrument: Instrument) -> str:
    """Of an action that left the plan."""
    found = instrument.intervention_by_id.get(action_id)
    return found.title if found else f"An action that is no longer in the plan ({action_id})"


def planned_of(action: PlanAction) -> Planned | None:
    if action.cost is None:
        return None
    one_off, yearly = action.amounts.one_off, action.amounts.yearly
    if one_off is None and yearly is None:
        return Planned(cents_of(action.cost))
    return Planned(cents_of(action.cost), cents_of(one_off or NOTHING), cents_of(yearly or NOTHING))


def cents_of(cost: CostRange) -> Cents:
    return Cents(*(round(each * 100) for each in (cost.low, cost.likely, cost.high)))


def start_of(action: PlanAction | None, plan: Plan, paid: Sequence[Posting]) -> date:
    """As planned, or earlier when money was spent before that."""
    when = timing.timing_of(action, plan) if action else None
    planned_on = when.starts_on if when else plan.starts_on
    return min(planned_on, postings.first_spent_on(paid) or planned_on)


def entries_of(paid: Sequence[Posting], names: Mapping[str, str]) -> tuple[Entry, ...]:
    standing = {each.id for each in postings.standing(paid)}
    return tuple(Entry(each, names[each.author_id], each.id in standing) for each in reversed(paid))


# Entering


def post(
    session: Session,
    assessment_id: str,
    action_id: str,
    wanted: Wanted,
    posting_id: str,
) -> Posting:
    """With the first one the plan is kept as it is: money is held against what was planned."""
    return kept(session, assessment_id, action_id, wanted, (posting_id, None))


def correct(
    session: Session,
    assessment_id: str,
    action_id: str,
    corrects: str,
    wanted: Wanted,
    posting_id: str,
) -> Posting:
    """A new posting in the place of one; of two who correct at once, the second is told."""
    return kept(session, assessment_id, action_id, wanted, (posting_id, corrects))


def kept(
    session: Session,
    assessment_id: str,
    action_id: str,
    wanted: Wanted,
    ids: tuple[str, str | None],
) -> Posting:
    posting_id, corrects = ids
    with session.store.writing():
        found = enterable(session, assessment_id, action_id)
        if corrects:
            found.line(action_id).entry(corrects)  # or there is none of that id here
        group_id = found.opened.group.id
        where = Place(
            posting_id, group_id, assessment_id, action_id, session.actor.id, session.now, corrects
        )
        made = postings.posted(wanted, where)
        plan.keep(session, found.opened)
        verb = "corrected money of" if corrects else "entered money for"
        detail = {"action": action_id, "kind": str(made.kind)}
        ledger.add(
            session.store, made, told(found.opened, session.actor, verb, detail, session.now)
        )
    return made


def say_needed(
    session: Session,
    assessment_id: str,
    action_id: str,
    amounts: Sequence[int | None],
    note: str,
    estimate_id: str,
) -> StillNeeded:
    """The newest counts from now on; the ones before stay in the history."""
    with session.store.writing():
        found = enterable(session, assessment_id, action_id)
        group_id = found.opened.group.id
        where = Place(
            estimate_id, group_id, assessment_id, action_id, session.actor.id, session.now
        )
        said = postings.said_needed(amounts, note, where)
        plan.keep(session, found.opened)
        verb = "said what is still needed for"
        ledger.say_needed(
            session.store,
            said,
            told(found.opened, session.actor, verb, {"action": action_id}, session.now),
        )
    return said


def enterable(session: Session, assessment_id: str, action_id: str) -> Money:
    """The plan's money, for somebody who may change it, and only of an action that it has."""
    found = of_opened(session.store, plan.editable(session, assessment_id), session.now)
    found.line(action_id)
    return found


def told(
    opened: Opened,
    actor: Actor,
    verb: str,
    detail: Mapping[str, str | int | bool | None],
    now: datetime,
) -> Event:
    return Event(
        now, actor.id, verb, "plan", opened.plan.id, group_id=opened.group.id, detail=detail
    )
