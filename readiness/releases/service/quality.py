"""Letting a period's counts behind equity out of a group, and who reads what left.

As with the counts of screens: readers outside are given releases and nothing else, and what has to
be worked out is worked out before the writer's lock is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import quality
from readiness.counts.models import PeriodState
from readiness.counts.quality.models import QualityCell, QualityCounts
from readiness.counts.service.entry import enterable_period
from readiness.disclosure.db import quality as stored
from readiness.disclosure.quality_table import releasable_cells, table_of
from readiness.disclosure.release import QualityRelease
from readiness.disclosure.succession import ReleaseOutcome, is_unchanged
from readiness.releases.service.social_risk import decide, is_readable

METHOD = "1"  # goes up when the same counts would be released differently
NO_RELEASE = "No quality measures of this period have left the group. Choose another period."


@dataclass(frozen=True)
class Prepared:
    """What would leave, and why; nothing is stored yet."""

    verdict: ReleaseOutcome
    group_id: str
    period: Period
    known: Mapping[QualityCell, int]
    release: QualityRelease | None  # None: the former one stays


def prepare(
    store: Store,
    group_id: str,
    found: QualityCounts,
    reference: str,
    threshold: int,
    now: datetime,
) -> Prepared:
    """The period's next release. This asks the solver: never call it while writing."""
    formers = stored.previous_releases(store, group_id, found.period)
    known = releasable_cells(found, reference, formers)
    verdict, hidden, rounds = decide(known, formers, threshold, table_of)
    if verdict in (ReleaseOutcome.UNCHANGED, ReleaseOutcome.KEPT):
        return Prepared(verdict, group_id, found.period, known, None)
    values = {cell: None if cell in hidden else value for cell, value in known.items()}
    number = formers[-1].number + 1 if formers else 1
    release = QualityRelease(group_id, found.period, number, now, threshold, METHOD, rounds, values)
    return Prepared(verdict, group_id, found.period, known, release)


VERBS = {
    ReleaseOutcome.FIRST: "released quality counts",
    ReleaseOutcome.RENEWED: "released quality counts again",
    ReleaseOutcome.KEPT: "kept the former release of quality counts",
}


def save(store: Store, ready: Prepared, actor_id: str, now: datetime) -> None:
    """Store what was prepared, with its line of history; inside the caller's transaction."""
    if ready.verdict is ReleaseOutcome.UNCHANGED:
        return
    with store.writing():
        if ready.release:
            stored.add(store, ready.release, ready.known)
        number = stored.latest_number(store, ready.group_id, ready.period)
        audit.record(
            store,
            Event(
                now,
                actor_id,
                VERBS[ready.verdict],
                "quality",
                str(ready.period),
                group_id=ready.group_id,
                detail={"release": number},
            ),
        )


# What the group itself is told.


@dataclass(frozen=True)
class GroupView:
    """One period's release beside the group's own counts."""

    group: Group
    period: Period
    state: PeriodState | None
    release: QualityRelease | None  # None: nothing has left yet
    known: Mapping[QualityCell, int]  # those that leave or would leave
    is_behind: bool  # completed again, and the former release stays

    @property
    def is_edited(self) -> bool:
        """Counts were changed and the period is not complete again."""
        return self.release is not None and self.state is not PeriodState.COMPLETE


def group_view(session: Session, group_id: str, written: str) -> GroupView:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = enterable_period(written, session.now.date())
    found = quality.of_group(session.store, group_id).get(ending) or QualityCounts(ending)
    status = quality.status(session.store, group_id, ending)
    formers = stored.previous_releases(session.store, group_id, ending)
    known = releasable_cells(found, status.reference, formers)
    return GroupView(
        group=groups.get(session.store, group_id),
        period=ending,
        state=status.state,
        release=stored.latest(session.store, group_id, ending),
        known=known,
        is_behind=bool(formers)
        and status.state is PeriodState.COMPLETE
        and not is_unchanged(known, formers),
    )


# What a payer reads.


@dataclass(frozen=True)
class PayerView:
    """A group's released periods as one payer reads them."""

    payer: Payer
    group: Group
    release: QualityRelease | None  # the period that is shown; None: nothing to read yet
    releases: tuple[QualityRelease, ...]  # those that can be read, newest first
    has_submitted: bool


def payer_view(session: Session, payer_id: str, group_id: str, written: str | None) -> PayerView:
    """The period asked for, or the newest. Counts are shared from the first submission on."""
    permissions.require(
        session.actor,
        Can.READ_SUBMISSION,
        scope.of_reader(session.store, payer_id, group_id, session.now),
    )
    has_submitted = is_readable(session.store, group_id)
    found = stored.readable(session.store, group_id, session.now.date()) if has_submitted else ()
    chosen = [each for each in found if written in (None, str(each.period))]
    if written is not None and not chosen:
        raise NotFound(NO_RELEASE)
    return PayerView(
        payer=groups.payer(session.store, payer_id),
        group=groups.get(session.store, group_id),
        release=chosen[0] if chosen else None,
        releases=found,
        has_submitted=has_submitted,
    )
