"""Completing a period: its counts are checked once more and let out."""

from __future__ import annotations

from readiness.accounts.service import scope
from readiness.assessments.service import portfolio_entry
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile, WrongState
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.models import PeriodState
from readiness.counts.service import quality
from readiness.counts.service import social_risk as entry
from readiness.counts.service.entry import enterable_period
from readiness.counts.service.social_risk import read
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.service import quality as quality_releases
from readiness.releases.service import social_risk as releases

QUARTER_CHANGED = (
    "Somebody changed these counts while you completed the quarter. Nothing was released. Look at "
    "the numbers, then complete it again."
)


def complete_quarter(
    session: Session, group_id: str, written: str, threshold: int
) -> ReleaseOutcome:
    """Mark the quarter complete and let its counts out, or raise with everything in the way."""
    permissions.require(
        session.actor, Can.ENTER_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    wanted = enterable_period(written, session.now.date())
    if not wanted.is_closed_on(session.now.date()):
        raise WrongState(
            f"{wanted.label} is still running. It can be marked complete from "
            f"{wanted.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = read(session.store, group_id, wanted, session.now.date())
    if problems := tuple(entry.completion_problems(before)):
        raise BadInput(problems)
    ready = releases.prepare(session.store, group_id, before.counts, threshold, session.now)
    with session.store.writing():
        if read(session.store, group_id, wanted, session.now.date()).counts != before.counts:
            raise ChangedMeanwhile(QUARTER_CHANGED)
        revision = social_risk.state(session.store, group_id, wanted)[1]
        event = entry.event_of(before, session.actor, "completed a quarter", session.now)
        if before.state is not PeriodState.COMPLETE:
            social_risk.set_state(
                session.store, group_id, wanted, PeriodState.COMPLETE, revision, event
            )
        releases.save(session.store, ready, session.actor.id, session.now)
        portfolio_entry.update_entry(session.store, group_id, session.now)
    return ready.verdict


PERIOD_CHANGED = (
    "Somebody changed these counts while you completed the period. Nothing was released. Look at "
    "the numbers, then complete it again."
)


def complete_period(
    session: Session, group_id: str, written: str, threshold: int
) -> ReleaseOutcome:
    """Mark the period complete and let its counts out, or raise with everything in the way."""
    permissions.require(
        session.actor, Can.ENTER_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = enterable_period(written, session.now.date())
    if not ending.is_closed_on(session.now.date()):
        raise WrongState(
            f"These 12 months end with {ending.label}, which is still running. They can be marked "
            f"complete from {ending.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = quality.read(session.store, group_id, ending, session.now.date())
    if problems := tuple(quality.completion_problems(before)):
        raise BadInput(problems)
    reference = before.line.reference if before.line else ""
    ready = quality_releases.prepare(
        session.store, group_id, before.counts, reference, threshold, session.now
    )
    with session.store.writing():
        if (
            quality.read(session.store, group_id, ending, session.now.date()).counts
            != before.counts
        ):
            raise ChangedMeanwhile(PERIOD_CHANGED)
        if before.line is None or before.line.state is not PeriodState.COMPLETE:
            quality.set_state(session, before, PeriodState.COMPLETE, "completed quality counts")
        quality_releases.save(session.store, ready, session.actor.id, session.now)
    return ready.verdict
