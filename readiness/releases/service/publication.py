"""Letting the counts of a closed period out of a group, one way for both kinds of counts.

Every page for payers, every document and every export reads releases and nothing else. What has to
be worked out is worked out before the writer's lock is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Generic

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.service import payer_view as submissions
from readiness.assessments.service import result
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound, WrongState
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.models import CellT, CountsT, PeriodState
from readiness.counts.quality.models import QualityCell, QualityCounts
from readiness.counts.service import entry, quality, social_risk
from readiness.counts.service.entry import EntryPeriod
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts
from readiness.disclosure import db, quality_table, social_risk_table
from readiness.disclosure.db import ReleaseTables
from readiness.disclosure.released_counts import METHOD, METHOD_SHOWING_ALL_POSITIVE, Release
from readiness.disclosure.solver.find_pattern import find_pattern
from readiness.disclosure.succession import (
    PreviousRelease,
    ReleaseOutcome,
    changes_by_few,
    is_unchanged,
    joint_table,
)
from readiness.disclosure.suppression import Unprotectable, protect
from readiness.disclosure.table import C, Schema


@dataclass(frozen=True)
class ReleaseKind(Generic[CellT, CountsT]):
    """One kind of counts: where it is entered and stored, which of it leaves, how it is tied."""

    entry: entry.Schema[CellT, CountsT]
    tables: ReleaseTables[CellT]
    # Of the counts, the declared reference and the releases before: what leaves, shown or hidden.
    releasable_cells: Callable[
        [CountsT, str, Sequence[PreviousRelease[CellT]]], Mapping[CellT, int]
    ]
    schema: Schema[CellT]
    name: str  # in the history
    period: str  # how the person calls it
    not_closed: str
    no_release: str
    changes_portfolio: bool = False

    def verb(self, outcome: ReleaseOutcome) -> str:
        kept = outcome is ReleaseOutcome.KEPT
        again = " again" if outcome is ReleaseOutcome.RENEWED else ""
        return f"kept the former release of {self.name}" if kept else f"released {self.name}{again}"


SOCIAL_RISK: ReleaseKind[FunnelCell, FunnelCounts] = ReleaseKind(
    entry=social_risk.SCHEMA,
    tables=db.social_risk,
    releasable_cells=lambda counts, *_: social_risk_table.releasable_cells(counts),
    schema=social_risk_table.table_of,
    name="counts",
    period="quarter",
    not_closed=(
        "{ending} is still running. It can be marked complete from {month} 1 on; what you saved is "
        "kept."
    ),
    no_release="No counts of this quarter have left the group. Choose another quarter.",
    changes_portfolio=True,
)
QUALITY: ReleaseKind[QualityCell, QualityCounts] = ReleaseKind(
    entry=quality.SCHEMA,
    tables=db.quality,
    releasable_cells=quality_table.releasable_cells,
    schema=quality_table.table_of,
    name="quality counts",
    period="period",
    not_closed=(
        "These 12 months end with {ending}, which is still running. They can be marked complete "
        "from {month} 1 on; what you saved is kept."
    ),
    no_release="No quality measures of this period have left the group. Choose another period.",
)
CHANGED = (
    "Somebody changed these counts while you completed the {period}. Nothing was released. Look at "
    "the numbers, then complete it again."
)


# Letting counts out.


@dataclass(frozen=True)
class Completion(Generic[CellT, CountsT]):
    """A period that can be marked complete, and what would leave then."""

    before: EntryPeriod[CellT, CountsT]
    ready: PreparedRelease[CellT]
    readers: tuple[Payer, ...]  # with whom the group shares today
    has_submitted: bool  # from then on they read it

    @property
    def fingerprint(self) -> str:
        """Of what was shown: who confirms it has seen these numbers."""
        return sha256(repr(sorted(self.ready.known.items(), key=repr)).encode()).hexdigest()[:16]


def completion(
    session: Session,
    kind: ReleaseKind[CellT, CountsT],
    group_id: str,
    written: str,
    threshold: int,
    *,
    hides_all_positive: bool = True,
) -> Completion[CellT, CountsT]:
    """What marking the period complete would let out, or everything in the way. Nothing is stored.

    This asks the solver.
    """
    entry.require(session, kind.entry.can_enter, group_id)
    store, today = session.store, session.now.date()
    wanted = entry.enterable_period(written, today)
    if not wanted.is_closed_on(today):
        month = f"{wanted.plus(1).first_day:%B}"
        raise WrongState(kind.not_closed.format(ending=wanted.label, month=month))
    before = entry.read(store, kind.entry, group_id, wanted, today)
    if problems := tuple(entry.completion_problems(kind.entry, before)):
        raise BadInput(problems)
    ready = prepare(
        store,
        kind,
        group_id,
        before.counts,
        threshold,
        session.now,
        before.status.reference,
        hides_all_positive=hides_all_positive,
    )
    shared = groups.readers(store, group_id, today)
    readers = tuple(each for each in groups.payers(store) if each.id in shared)
    return Completion(before, ready, readers, is_readable(store, group_id))


def complete(
    session: Session, kind: ReleaseKind[CellT, CountsT], wanted: Completion[CellT, CountsT]
) -> ReleaseOutcome:
    """Mark the period complete and let out what was shown."""
    entry.require(session, kind.entry.can_enter, wanted.before.group.id)
    store, before, ready = session.store, wanted.before, wanted.ready
    group_id, today = before.group.id, session.now.date()
    with store.writing():
        again = entry.read(store, kind.entry, group_id, before.period, today)
        if (again.counts, again.status.reference) != (before.counts, before.status.reference):
            raise ChangedMeanwhile(CHANGED.format(period=kind.period))
        if before.status.state is not PeriodState.COMPLETE:
            done = kind.entry.verbs.completed
            entry.set_state(session, kind.entry, again, PeriodState.COMPLETE, done)
        save(store, kind, ready, session.actor.id, session.now)
        if kind.changes_portfolio:
            result.update_entry(store, group_id, session.now)
    return ready.outcome


@dataclass(frozen=True)
class PreparedRelease(Generic[CellT]):
    """What would leave, and why; nothing is stored yet."""

    outcome: ReleaseOutcome
    group_id: str
    period: Period
    known: Mapping[CellT, int]
    release: Release[CellT] | None  # None: the former one stays


def prepare(
    store: Store,
    kind: ReleaseKind[CellT, CountsT],
    group_id: str,
    counts: CountsT,
    threshold: int,
    now: datetime,
    reference: str = "",
    *,
    hides_all_positive: bool = True,
) -> PreparedRelease[CellT]:
    """The period's next release. This asks the solver: never call it while writing."""
    period = counts.period
    previous = kind.tables.previous_releases(store, group_id, period)
    known = kind.releasable_cells(counts, reference, previous)
    outcome, hidden, rounds = decide(
        known, previous, threshold, kind.schema, hides_all_positive=hides_all_positive
    )
    if outcome in (ReleaseOutcome.UNCHANGED, ReleaseOutcome.KEPT):
        return PreparedRelease(outcome, group_id, period, known, None)
    values = {cell: None if cell in hidden else value for cell, value in known.items()}
    number = previous[-1].number + 1 if previous else 1
    method = METHOD if hides_all_positive else METHOD_SHOWING_ALL_POSITIVE
    release = Release(group_id, period, number, now, threshold, method, rounds, values)
    return PreparedRelease(outcome, group_id, period, known, release)


def decide(
    known: Mapping[C, int],
    previous: Sequence[PreviousRelease[C]],
    threshold: int,
    schema: Schema[C],
    *,
    hides_all_positive: bool = True,
) -> tuple[ReleaseOutcome, frozenset[object], int]:
    """What becomes of these counts after those releases, what is hidden, after how many rounds."""
    nothing: frozenset[object] = frozenset()
    if is_unchanged(known, previous):
        return ReleaseOutcome.UNCHANGED, nothing, 0
    if any(changes_by_few(known, each, threshold, schema) for each in previous):
        return ReleaseOutcome.KEPT, nothing, 0
    table = joint_table(known, previous, threshold, schema)
    if not hides_all_positive:
        table = replace(table, doubted=frozenset())
    try:
        protection = protect(table, threshold, find_pattern)
    except Unprotectable:
        if not previous:
            raise
        return ReleaseOutcome.KEPT, nothing, 0
    outcome = ReleaseOutcome.RENEWED if previous else ReleaseOutcome.FIRST
    return outcome, frozenset(protection.hidden), protection.rounds


def save(
    store: Store,
    kind: ReleaseKind[CellT, CountsT],
    ready: PreparedRelease[CellT],
    actor_id: str,
    now: datetime,
) -> None:
    """Store what was prepared, with its line of history; inside the caller's transaction."""
    if ready.outcome is ReleaseOutcome.UNCHANGED:
        return
    with store.writing():
        if ready.release:
            kind.tables.add(store, ready.release, ready.known)
        event = Event(
            now,
            actor_id,
            kind.verb(ready.outcome),
            kind.entry.object_kind,
            str(ready.period),
            group_id=ready.group_id,
            detail={"release": kind.tables.latest_number(store, ready.group_id, ready.period)},
        )
        audit.record(store, event)


# What the group itself is told.


@dataclass(frozen=True)
class GroupView(Generic[CellT]):
    """One period's release beside the group's own counts."""

    group: Group
    period: Period
    state: PeriodState | None
    release: Release[CellT] | None  # None: nothing has left yet
    known: Mapping[CellT, int]  # those that leave or would leave
    is_behind: bool  # completed again, and the former release stays

    @property
    def is_edited(self) -> bool:
        """Counts were changed and the period is not complete again."""
        return self.release is not None and self.state is not PeriodState.COMPLETE


def group_view(
    session: Session, kind: ReleaseKind[CellT, CountsT], group_id: str, written: str
) -> GroupView[CellT]:
    entry.require(session, kind.entry.can_read, group_id)
    store, tables = session.store, kind.entry.tables
    period = entry.enterable_period(written, session.now.date())
    counts = tables.of_group(store, group_id, period).get(period) or tables.counts(period, {})
    status = tables.status(store, group_id, period)
    previous = kind.tables.previous_releases(store, group_id, period)
    known = kind.releasable_cells(counts, status.reference, previous)
    is_complete = status.state is PeriodState.COMPLETE
    return GroupView(
        group=groups.get(store, group_id),
        period=period,
        state=status.state,
        release=kind.tables.latest(store, group_id, period),
        known=known,
        is_behind=bool(previous) and is_complete and not is_unchanged(known, previous),
    )


# What a payer reads.


@dataclass(frozen=True)
class PayerView(Generic[CellT]):
    """A group's released periods as one payer reads them."""

    payer: Payer
    group: Group
    release: Release[CellT] | None  # the period that is shown; None: nothing to read yet
    releases: tuple[Release[CellT], ...]  # those that can be read, newest first
    has_submitted: bool


def payer_view(
    session: Session,
    kind: ReleaseKind[CellT, CountsT],
    payer_id: str,
    group_id: str,
    written: str | None,
) -> PayerView[CellT]:
    """The period asked for, or the newest. Counts are shared from the first submission on."""
    store, now = session.store, session.now
    reader = scope.of_reader(store, payer_id, group_id, now)
    permissions.require(session.actor, Can.READ_SUBMISSION, reader)
    has_submitted = is_readable(store, group_id)
    found = kind.tables.readable(store, group_id, now.date()) if has_submitted else ()
    chosen = [each for each in found if written in (None, str(each.period))]
    if written is not None and not chosen:
        raise NotFound(kind.no_release)
    return PayerView(
        payer=groups.payer(store, payer_id),
        group=groups.get(store, group_id),
        release=chosen[0] if chosen else None,
        releases=found,
        has_submitted=has_submitted,
    )


def is_readable(store: Store, group_id: str) -> bool:
    return any(
        submissions.may_be_read(store, each) for each in assessments.of_group(store, group_id)
    )
