"""Letting a closed quarter's counts out of a group, and what its own people are told about it.

Every page for payers, every document and every export reads releases and nothing else. What has to
be worked out is worked out before the writer's lock is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.service import payer_view as submission
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.models import PeriodState
from readiness.counts.service import entry
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts
from readiness.disclosure.db import social_risk as releases
from readiness.disclosure.release import SocialRiskRelease
from readiness.disclosure.social_risk_table import releasable_cells, table_of
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

METHOD = "1"  # goes up when the same counts would be released differently
SYSTEM = "the command line"
NO_RELEASE = "No counts of this quarter have left the group. Choose another quarter."


@dataclass(frozen=True)
class PreparedRelease:
    """What would leave, and why; nothing is stored yet."""

    verdict: ReleaseOutcome
    group_id: str
    period: Period
    known: Mapping[FunnelCell, int]
    release: SocialRiskRelease | None  # None: the former one stays


def prepare(
    store: Store, group_id: str, found: FunnelCounts, threshold: int, now: datetime
) -> PreparedRelease:
    """The quarter's next release. This asks the solver: never call it while writing."""
    known = releasable_cells(found)
    formers = releases.previous_releases(store, group_id, found.period)
    verdict, hidden, rounds = decide(known, formers, threshold, table_of)
    if verdict in (ReleaseOutcome.UNCHANGED, ReleaseOutcome.KEPT):
        return PreparedRelease(verdict, group_id, found.period, known, None)
    values = {cell: None if cell in hidden else value for cell, value in known.items()}
    number = formers[-1].number + 1 if formers else 1
    release = SocialRiskRelease(
        group_id, found.period, number, now, threshold, METHOD, rounds, values
    )
    return PreparedRelease(verdict, group_id, found.period, known, release)


def decide(
    known: Mapping[C, int],
    formers: tuple[PreviousRelease[C], ...],
    threshold: int,
    schema: Schema[C],
) -> tuple[ReleaseOutcome, frozenset[object], int]:
    """What becomes of these counts after those releases, what is hidden, after how many rounds."""
    nothing: frozenset[object] = frozenset()
    if is_unchanged(known, formers):
        return ReleaseOutcome.UNCHANGED, nothing, 0
    if any(changes_by_few(known, former, threshold, schema) for former in formers):
        return ReleaseOutcome.KEPT, nothing, 0
    try:
        protection = protect(
            joint_table(known, formers, threshold, schema), threshold, find_pattern
        )
    except Unprotectable:
        if not formers:
            raise
        return ReleaseOutcome.KEPT, nothing, 0
    verdict = ReleaseOutcome.RENEWED if formers else ReleaseOutcome.FIRST
    return verdict, frozenset(protection.hidden), protection.rounds


VERBS = {
    ReleaseOutcome.FIRST: "released counts",
    ReleaseOutcome.RENEWED: "released counts again",
    ReleaseOutcome.KEPT: "kept the former release of counts",
}


def save(store: Store, ready: PreparedRelease, actor_id: str, now: datetime) -> None:
    """Store what was prepared, with its line of history; inside the caller's transaction."""
    if ready.verdict is ReleaseOutcome.UNCHANGED:
        return
    with store.writing():
        if ready.release:
            releases.add(store, ready.release, ready.known)
        number = releases.latest_number(store, ready.group_id, ready.period)
        audit.record(
            store,
            Event(
                now,
                actor_id,
                VERBS[ready.verdict],
                "counts",
                str(ready.period),
                group_id=ready.group_id,
                detail={"release": number},
            ),
        )


# What the group itself is told.


@dataclass(frozen=True)
class GroupView:
    """One quarter's release beside the group's own counts."""

    group: Group
    period: Period
    state: PeriodState | None
    release: SocialRiskRelease | None  # None: nothing has left yet
    known: Mapping[FunnelCell, int]  # those that leave or would leave
    is_behind: bool  # completed again, and the former release stays

    @property
    def is_edited(self) -> bool:
        """Counts were changed and the quarter is not complete again."""
        return self.release is not None and self.state is not PeriodState.COMPLETE


def group_view(session: Session, group_id: str, written: str) -> GroupView:
    permissions.require(
        session.actor, Can.READ_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    quarter = entry.enterable_period(written, session.now.date())
    found = social_risk.of_group(session.store, group_id).get(quarter) or FunnelCounts(quarter)
    known, formers = (
        releasable_cells(found),
        releases.previous_releases(session.store, group_id, quarter),
    )
    state = social_risk.status(session.store, group_id, quarter).state
    return GroupView(
        group=groups.get(session.store, group_id),
        period=quarter,
        state=state,
        release=releases.latest(session.store, group_id, quarter),
        known=known,
        is_behind=bool(formers)
        and state is PeriodState.COMPLETE
        and not is_unchanged(known, formers),
    )


# What a payer reads.


@dataclass(frozen=True)
class PayerView:
    """A group's released quarters as one payer reads them."""

    payer: Payer
    group: Group
    release: SocialRiskRelease | None  # the quarter that is shown; None: nothing to read yet
    periods: tuple[Period, ...]  # those that can be read, newest first
    has_submitted: bool


def payer_view(session: Session, payer_id: str, group_id: str, written: str | None) -> PayerView:
    """The quarter asked for, or the newest. Counts are shared from the first submission on."""
    permissions.require(
        session.actor,
        Can.READ_SUBMISSION,
        scope.of_reader(session.store, payer_id, group_id, session.now),
    )
    has_submitted = is_readable(session.store, group_id)
    found = releases.readable(session.store, group_id, session.now.date()) if has_submitted else ()
    chosen = [each for each in found if written in (None, str(each.period))]
    if written is not None and not chosen:
        raise NotFound(NO_RELEASE)
    return PayerView(
        payer=groups.payer(session.store, payer_id),
        group=groups.get(session.store, group_id),
        release=chosen[0] if chosen else None,
        periods=tuple(each.period for each in found),
        has_submitted=has_submitted,
    )


def is_readable(store: Store, group_id: str) -> bool:
    return any(
        submission.may_be_read(store, each) for each in assessments.of_group(store, group_id)
    )
