"""The payer's cycles: ask groups to assess themselves by a day, and see how far they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import (
    Cycle,
    CycleStage,
    Invitation,
    InvitedGroup,
    RaisedMinimum,
    problems_of,
    raised_minimums,
)
from readiness.assessments.db import cycles
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import NOT_SHARED, BadInput, NotFound, Problem, WrongState
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument

MOST_FOUND = 50  # groups offered for one search; a narrower search finds the rest


OFFERED = ("published", "trial")  # in this order


@dataclass(frozen=True)
class CycleDraft:
    """What a payer enters to open a cycle."""

    name: str
    instrument_id: str
    version: str
    opens_on: date
    due_on: date
    axis_min: Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True)
class CycleProgress:
    """One cycle on the payer's list, with how many groups stand where."""

    cycle: Cycle
    stages: Mapping[CycleStage, int]

    @property
    def invited(self) -> int:
        return sum(self.stages.values())


@dataclass(frozen=True)
class CycleBoard:
    """One cycle with everybody invited into it."""

    payer: Payer
    cycle: Cycle
    seats: tuple[InvitedGroup, ...]
    stages: Mapping[CycleStage, int]
    asked: int  # items of the instrument
    asks: tuple[RaisedMinimum, ...]  # what this program asks beyond the instrument
    is_overdue: bool


def cycles_of(session: Session, payer_id: str) -> tuple[Payer, tuple[CycleProgress, ...]]:
    """A payer and its cycles, newest first."""
    scope.require_for_payer(session, Can.OPEN_CYCLE, payer_id)
    return groups.payer(session.store, payer_id), tuple(
        CycleProgress(cycle, stages_of(cycles.roster(session.store, cycle.id, session.now.date())))
        for cycle in cycles.of_payer(session.store, payer_id)
    )


def offered_instruments(session: Session, payer_id: str) -> tuple[Payer, tuple[Instrument, ...]]:
    """The instruments a cycle may be opened with: published ones, then those on trial, latest
    first."""
    scope.require_for_payer(session, Can.OPEN_CYCLE, payer_id)
    listed = [each for each in reversed(instruments.catalog()) if each[2] in OFFERED]
    return groups.payer(session.store, payer_id), tuple(
        instruments.load(instrument_id, version)
        for instrument_id, version, _ in sorted(listed, key=lambda each: OFFERED.index(each[2]))
    )


def open_cycle(session: Session, payer_id: str, draft: CycleDraft, cycle_id: str) -> Cycle:
    scope.require_for_payer(session, Can.OPEN_CYCLE, payer_id)
    instrument = instruments.load(draft.instrument_id, draft.version)
    cycle = Cycle(
        id=cycle_id,
        payer_id=payer_id,
        name=draft.name.strip(),
        instrument_id=instrument.id,
        version=instrument.version,
        opens_on=draft.opens_on,
        due_on=draft.due_on,
        created_at=session.now,
        created_by=session.actor.id,
        axis_min=draft.axis_min,
    )
    problems = [*problems_of(cycle, instrument)]
    if draft.due_on <= session.now.date():
        problems.append(Problem("due_on", "Choose a due date after today."))
    if problems:
        raise BadInput(problems)
    cycles.add(session.store, cycle, cycle_event(session, cycle, "opened"))
    return cycle


def board(session: Session, payer_id: str, cycle_id: str) -> CycleBoard:
    cycle = get_own(session, payer_id, cycle_id)
    instrument = instruments.load(cycle.instrument_id, cycle.version)
    seats = cycles.roster(session.store, cycle.id, session.now.date())
    return CycleBoard(
        payer=groups.payer(session.store, payer_id),
        cycle=cycle,
        seats=seats,
        stages=stages_of(seats),
        asked=len(instrument.items),
        asks=raised_minimums(cycle, instrument, {}),
        is_overdue=cycle.closed_at is None and cycle.due_on < session.now.date(),
    )


def candidates(session: Session, payer_id: str, cycle_id: str, text: str) -> tuple[Group, ...]:
    """Groups that could still be invited, by name; the first of them when there are many."""
    cycle = get_own(session, payer_id, cycle_id)
    return cycles.groups_to_invite(session.store, cycle.id, text.strip(), MOST_FOUND)


def invite(
    session: Session,
    payer_id: str,
    cycle_id: str,
    group_ids: Iterable[str],
) -> int:
    """Ask the groups in, and say how many were new. Who was asked before is not asked again."""
    wanted = dict.fromkeys(group_ids)
    get_own(session, payer_id, cycle_id)
    if not wanted:
        raise BadInput([Problem("group", "Choose at least one group to invite.")])
    with session.store.writing():
        cycle = require_open(get_own(session, payer_id, cycle_id))
        already = cycles.invited_group_ids(session.store, cycle.id)
        fresh = [group_id for group_id in wanted if group_id not in already]
        for group_id in fresh:
            groups.get(session.store, group_id)  # or there is no such group
        cycles.invite(
            session.store,
            [Invitation(cycle.id, group_id, session.now, session.actor.id) for group_id in fresh],
            [cycle_event(session, cycle, "invited a group", group_id) for group_id in fresh],
        )
    return len(fresh)


def extend(session: Session, payer_id: str, cycle_id: str, due_on: date) -> Cycle:
    """More time, never less: groups plan with the date they were told."""
    with session.store.writing():
        cycle = require_open(get_own(session, payer_id, cycle_id))
        if due_on <= max(cycle.due_on, session.now.date()):
            raise BadInput([Problem("due_on", "Choose a day after today and after the due date.")])
        later = replace(cycle, due_on=due_on)
        cycles.change(session.store, later, cycle_event(session, cycle, "extended", due_on=due_on))
        cycles.move_due_dates(session.store, cycle.id, due_on)
    return later


def close(session: Session, payer_id: str, cycle_id: str) -> Cycle:
    """No more invitations and no more answers to them; what was submitted stays readable."""
    cycle = require_open(get_own(session, payer_id, cycle_id))
    closed = replace(cycle, closed_at=session.now)
    cycles.change(session.store, closed, cycle_event(session, cycle, "closed"))
    return closed


def get_own(session: Session, payer_id: str, cycle_id: str) -> Cycle:
    scope.require_for_payer(session, Can.OPEN_CYCLE, payer_id)
    cycle = cycles.get(session.store, cycle_id)
    if cycle.payer_id != payer_id:
        raise NotFound(NOT_SHARED)
    return cycle


def require_open(cycle: Cycle) -> Cycle:
    if cycle.closed_at is not None:
        raise WrongState("This cycle is closed. Open a new one to ask again.")
    return cycle


def stages_of(seats: Iterable[InvitedGroup]) -> dict[CycleStage, int]:
    """How many groups stand at each stage that any has reached, in the order of the stages."""
    counted = Counter(seat.stage for seat in seats)
    return {stage: counted[stage] for stage in CycleStage if counted[stage]}


def cycle_event(
    session: Session,
    cycle: Cycle,
    verb: str,
    group_id: str | None = None,
    due_on: date | None = None,
) -> audit.Event:
    detail = {"due_on": due_on.isoformat()} if due_on else None
    return audit.event(
        session,
        verb,
        "cycle",
        cycle.id,
        group_id=group_id,
        payer_id=cycle.payer_id,
        detail=detail,
    )
