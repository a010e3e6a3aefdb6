"""Completing a period: its counts are checked once more and let out."""

from __future__ import annotations

from readiness.assessments.service import portfolio_entry
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile, WrongState
from readiness.counts.models import PeriodState
from readiness.counts.service import entry, quality, social_risk
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
    schema = social_risk.SCHEMA
    entry.require(session, schema.can_enter, group_id)
    today = session.now.date()
    wanted = entry.enterable_period(written, today)
    if not wanted.is_closed_on(today):
        raise WrongState(
            f"{wanted.label} is still running. It can be marked complete from "
            f"{wanted.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = entry.read(session.store, schema, group_id, wanted, today)
    if problems := tuple(entry.completion_problems(schema, before)):
        raise BadInput(problems)
    ready = releases.prepare(session.store, group_id, before.counts, threshold, session.now)
    with session.store.writing():
        again = entry.read(session.store, schema, group_id, wanted, today)
        if again.counts != before.counts:
            raise ChangedMeanwhile(QUARTER_CHANGED)
        if before.status.state is not PeriodState.COMPLETE:
            entry.set_state(session, schema, again, PeriodState.COMPLETE, schema.verbs.completed)
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
    schema = quality.SCHEMA
    entry.require(session, schema.can_enter, group_id)
    today = session.now.date()
    ending = entry.enterable_period(written, today)
    if not ending.is_closed_on(today):
        raise WrongState(
            f"These 12 months end with {ending.label}, which is still running. They can be marked "
            f"complete from {ending.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = entry.read(session.store, schema, group_id, ending, today)
    if problems := tuple(entry.completion_problems(schema, before)):
        raise BadInput(problems)
    reference = before.status.reference
    ready = quality_releases.prepare(
        session.store, group_id, before.counts, reference, threshold, session.now
    )
    with session.store.writing():
        if entry.read(session.store, schema, group_id, ending, today).counts != before.counts:
            raise ChangedMeanwhile(PERIOD_CHANGED)
        if before.status.state is not PeriodState.COMPLETE:
            entry.set_state(session, schema, before, PeriodState.COMPLETE, schema.verbs.completed)
        quality_releases.save(session.store, ready, session.actor.id, session.now)
    return ready.verdict
