"""The start page: for each part a person plays, what waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from operator import attrgetter

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments import attestation
from readiness.assessments.db import assessments, cycles, runs
from readiness.assessments.models import EDITABLE, READABLE_BY_PAYER, Assessment, AssessmentStatus
from readiness.assessments.service import assessment_view, result
from readiness.assessments.service.assessment_view import AssessmentView
from readiness.core import audit, permissions
from readiness.core.db import Session, Store
from readiness.core.people import Group, Payer
from readiness.core.permissions import ANYWHERE, Can, Scope
from readiness.counts.service import quality, social_risk
from readiness.equity.service import results
from readiness.plans import db as plans
from readiness.plans.service import money

CHANGES_SHOWN = 8


class Destination(StrEnum):
    """Where a task leads; the pages know the addresses."""

    INVITATIONS = "invitations"
    ASSESSMENTS = "assessments"
    ASSESSMENT = "assessment"
    CONTEXT = "context"
    CHECK = "check"
    RESULT = "result"
    PLAN = "plan"
    MONEY = "money"
    COUNTS = "counts"
    QUALITY = "quality"
    EQUITY = "equity"


@dataclass(frozen=True)
class Task:
    what: str
    leads: Destination
    subject_id: str  # a group's or an assessment's id
    state: str
    is_done: bool
    due_on: date | None = None
    is_late: bool = False


@dataclass(frozen=True)
class GroupPart:
    group: Group
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class RecentChange:
    group: Group
    did: str
    at: datetime


@dataclass(frozen=True)
class PayerPart:
    payer: Payer
    changes: tuple[RecentChange, ...]


@dataclass(frozen=True)
class Home:
    groups: tuple[GroupPart, ...]
    payers: tuple[PayerPart, ...]
    administers: bool


def home(session: Session) -> Home:
    return Home(
        groups=tuple(
            GroupPart(groups.get(session.store, group_id), tuple(tasks(session, group_id)))
            for group_id in session.actor.group_ids
        ),
        payers=tuple(
            PayerPart(
                groups.payer(session.store, payer_id),
                tuple(changes(session.store, payer_id, session.now)),
            )
            for payer_id in session.actor.payer_ids
            if permissions.allowed(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
        ),
        administers=permissions.allowed(session.actor, Can.ADMINISTER, ANYWHERE),
    )


def tasks(session: Session, group_id: str) -> Iterator[Task]:
    here = scope.of_group(session.store, group_id, session.now)
    if permissions.allowed(session.actor, Can.SHARE, here):
        yield from invitations(session.store, group_id)
    if permissions.allowed(session.actor, Can.READ_ASSESSMENT, here):
        yield from assessment_tasks(session, group_id, here)
    if permissions.allowed(session.actor, Can.READ_PLAN, here):
        yield from money_tasks(session, group_id)
    if permissions.allowed(session.actor, Can.READ_COUNTS, here):
        state = social_risk.state_of(session.store, group_id, session.now.date())
        yield Task("Social-risk counts", Destination.COUNTS, group_id, state.says, state.is_done)
    if permissions.allowed(session.actor, Can.READ_QUALITY, here):
        measures, race = quality.states_of(session.store, group_id, session.now.date())
        yield Task(
            "Quality measures", Destination.QUALITY, group_id, measures.says, measures.is_done
        )
        yield Task(
            "Race and ethnicity data", Destination.QUALITY, group_id, race.says, race.is_done
        )
        if ending := results.newest_period(session.store, group_id):
            says = f"12 months to {ending.label}"
            yield Task("Results by patient group", Destination.EQUITY, group_id, says, is_done=True)


def invitations(store: Store, group_id: str) -> Iterator[Task]:
    for invitation in cycles.invitations_of(store, group_id):
        cycle = cycles.get(store, invitation.cycle_id)
        if invitation.accepted is None and cycle.closed_at is None:
            what = f"Invitation from {groups.payer(store, cycle.payer_id).name}: {cycle.name}"
            yield Task(what, Destination.INVITATIONS, group_id, "waits for your answer", False)


def assessment_tasks(session: Session, group_id: str, here: Scope) -> Iterator[Task]:
    """The one under way first; before the first, how to begin; then what came of the last.

    What was taken back and up again is a draft: it has no result until it is sent in anew.
    """
    every = [
        a
        for a in assessments.of_group(session.store, group_id)
        if a.status is not AssessmentStatus.WITHDRAWN
    ]
    running = next((a for a in every if a.status in EDITABLE), None)
    sent = next((a for a in every if a.status in READABLE_BY_PAYER), None)
    has_run_out = has_expired(session.store, group_id, session.now)
    if running:
        yield from editing_tasks(
            session.store, assessment_view.view_of(session.store, running), session.now
        )
    elif permissions.allowed(session.actor, Can.ANSWER, here):
        state = "a new one can be started" if every else "not started"
        state = "assess again to renew your tier" if has_run_out else state
        yield Task(
            "Assessment", Destination.ASSESSMENTS, group_id, state, bool(every) and not has_run_out
        )
    if sent:
        yield from result_tasks(session.store, sent, has_run_out)


def has_expired(store: Store, group_id: str, now: datetime) -> bool:
    """A provisional tier that ran out is asked about, never lowered by itself."""
    stands = runs.portfolio_entry(store, group_id)
    return stands is not None and attestation.has_expired(stands.tier_expires_on, now.date())


def editing_tasks(store: Store, found: AssessmentView, now: datetime) -> Iterator[Task]:
    assessment, progress = found.assessment, found.progress
    is_late = assessment.due_on is not None and assessment.due_on < now.date()
    state = f"{progress.answered} of {progress.total} answered"
    if progress.to_confirm:
        state += f", {progress.to_confirm} to re-confirm"
    if requested := len(result.requested_changes(store, found)):
        state = f"{requested} {'item' if requested == 1 else 'items'} to change"
    yield Task(
        f"Assessment {assessment.title}",
        Destination.ASSESSMENT,
        assessment.id,
        state,
        progress.is_done and not requested,
        assessment.due_on,
        is_late,
    )
    known = found.context_progress
    yield Task(
        "About your group",
        Destination.CONTEXT,
        assessment.id,
        f"{known.answered} of {known.total}",
        known.is_done,
    )
    if progress.is_done:
        yield Task("Check and submit", Destination.CHECK, assessment.id, "ready to check", False)


def result_tasks(store: Store, sent: Assessment, has_run_out: bool) -> Iterator[Task]:
    state = f"{sent.status}, tier expired" if has_run_out else str(sent.status)
    yield Task(f"Result {sent.title}", Destination.RESULT, sent.id, state, not has_run_out)
    is_stored = plans.latest_plan(store, sent.id) is not None
    state = "under way" if is_stored else "proposed"
    yield Task(f"Action plan {sent.title}", Destination.PLAN, sent.id, state, is_stored)


def money_tasks(session: Session, group_id: str) -> Iterator[Task]:
    """Of the newest plan that has any: warnings are of use while there is money left."""
    paid = {each.assessment_id for each in plans.postings_of_groups(session.store, [group_id])}
    newest = next((a for a in assessments.of_group(session.store, group_id) if a.id in paid), None)
    if newest:
        found = money.load(session, newest.id)
        warned = sum(bool(line.warnings) for line in found.lines)
        state = f"{warned} {'action' if warned == 1 else 'actions'} to look at"
        says = state if warned else "nothing to look at"
        yield Task(f"Money for plan {newest.title}", Destination.MONEY, newest.id, says, not warned)


def changes(store: Store, payer_id: str, now: datetime) -> Iterator[RecentChange]:
    """What happened to groups that share with this payer today, newest first."""
    sharing = groups.group_ids_shared_with(store, payer_id, now.date())
    newest = sorted(audit.of_payer(store, payer_id), key=attrgetter("at"), reverse=True)
    told = ((event.group_id, event) for event in newest if event.group_id in sharing)
    for group_id, event in islice(told, CHANGES_SHOWN):
        if group_id is not None:
            yield RecentChange(groups.get(store, group_id), event.verb, event.at)
