"""Completing a period: its counts are checked once more and let out."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.service import scope
from readiness.assessments.service import portfolio_entry
from readiness.core import permissions
from readiness.core.db import Store
from readiness.core.errors import BadInput, ChangedMeanwhile, WrongState
from readiness.core.people import Actor
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.service import quality
from readiness.counts.service import social_risk as entry
from readiness.counts.service.quarters import enterable, read
from readiness.counts.social_risk.models import PeriodState
from readiness.disclosure.succession import Verdict
from readiness.releases.service import quality as quality_releases
from readiness.releases.service import social_risk as releases

QUARTER_CHANGED = (
    "Somebody changed these counts while you completed the quarter. Nothing was released. Look at "
    "the numbers, then complete it again."
)


def complete_quarter(
    store: Store, actor: Actor, group_id: str, written: str, threshold: int, now: datetime
) -> Verdict:
    """Mark the quarter complete and let its counts out, or raise with everything in the way."""
    permissions.require(actor, Can.ENTER_COUNTS, scope.of_group(store, group_id, now))
    wanted = enterable(written, now.date())
    if not wanted.is_closed_on(now.date()):
        raise WrongState(
            f"{wanted.label} is still running. It can be marked complete from "
            f"{wanted.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = read(store, group_id, wanted, now.date())
    if problems := tuple(entry.in_the_way(before)):
        raise BadInput(problems)
    ready = releases.prepared(store, group_id, before.counts, threshold, now)
    with store.writing():
        if read(store, group_id, wanted, now.date()).counts != before.counts:
            raise ChangedMeanwhile(QUARTER_CHANGED)
        revision = social_risk.state(store, group_id, wanted)[1]
        event = entry.told(before, actor, "completed a quarter", now)
        if before.state is not PeriodState.COMPLETE:
            social_risk.set_state(store, group_id, wanted, PeriodState.COMPLETE, revision, event)
        releases.keep(store, ready, actor.id, now)
        portfolio_entry.refresh(store, group_id, now)
    return ready.verdict


PERIOD_CHANGED = (
    "Somebody changed these counts while you completed the period. Nothing was released. Look at "
    "the numbers, then complete it again."
)


def complete_period(
    store: Store, actor: Actor, group_id: str, written: str, threshold: int, now: datetime
) -> Verdict:
    """Mark the period complete and let its counts out, or raise with everything in the way."""
    permissions.require(actor, Can.ENTER_QUALITY, scope.of_group(store, group_id, now))
    ending = enterable(written, now.date())
    if not ending.is_closed_on(now.date()):
        raise WrongState(
            f"These 12 months end with {ending.label}, which is still running. They can be marked "
            f"complete from {ending.plus(1).first_day:%B} 1 on; what you saved is kept."
        )
    before = quality.read(store, group_id, ending, now.date())
    if problems := tuple(quality.in_the_way(before)):
        raise BadInput(problems)
    reference = before.line.reference if before.line else ""
    ready = quality_releases.prepared(store, group_id, before.counts, reference, threshold, now)
    with store.writing():
        if quality.read(store, group_id, ending, now.date()).counts != before.counts:
            raise ChangedMeanwhile(PERIOD_CHANGED)
        if before.line is None or before.line.state is not PeriodState.COMPLETE:
            quality.set_state(
                store, before, PeriodState.COMPLETE, actor, "completed quality counts", now
            )
        quality_releases.keep(store, ready, actor.id, now)
    return ready.verdict
