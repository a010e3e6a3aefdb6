"""The group's own control: who reads what it submits, since when and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import Cycle, Grant, Invitation, RaisedMinimum, raised_minimums
from readiness.assessments.db import assessments, cycles
from readiness.assessments.models import Assessment, AssessmentStatus
from readiness.assessments.service import answering
from readiness.assessments.service.assessment_view import assessment_event
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem, WrongState
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments

RUNNING = frozenset(
    {AssessmentStatus.IN_PROGRESS, AssessmentStatus.SUBMITTED, AssessmentStatus.CHANGES_REQUESTED}
)


@dataclass(frozen=True)
class GroupInvitation:
    """An invitation as the group reads it."""

    payer: Payer
    cycle: Cycle
    invitation: Invitation
    asks: tuple[RaisedMinimum, ...]  # what this program asks beyond the instrument

    @property
    def is_waiting(self) -> bool:
        """A group may also change its mind after declining, while the cycle is open."""
        return not self.invitation.accepted and self.cycle.closed_at is None


@dataclass(frozen=True)
class ActiveShare:
    """What one payer may read: since when and until when, and for which cycles."""

    payer: Payer
    since: datetime
    until: date | None  # None: until the group takes it back
    cycle_names: tuple[str, ...]


@dataclass(frozen=True)
class EndedShare:
    """Something that was shared once."""

    payer: Payer
    since: datetime
    on: date  # the day on which it ended
    cycle_id: str | None
    may_resume: bool  # its cycle is still open


@dataclass(frozen=True)
class GroupSharing:
    group: Group
    waiting: tuple[GroupInvitation, ...]
    declined: tuple[GroupInvitation, ...]
    shared: tuple[ActiveShare, ...]
    ended: tuple[EndedShare, ...]


def sharing(session: Session, group_id: str) -> GroupSharing:
    scope.require_for_group(session, Can.SHARE, group_id)
    asked = tuple(
        invitation_view(session.store, each)
        for each in cycles.invitations_of(session.store, group_id)
    )
    open_now = tuple(each for each in asked if each.is_waiting)
    granted = cycles.grants_of(session.store, group_id)
    return GroupSharing(
        group=groups.get(session.store, group_id),
        waiting=tuple(each for each in open_now if each.invitation.accepted is None),
        declined=tuple(each for each in open_now if each.invitation.accepted is False),
        shared=tuple(active_shares(session.store, granted, session.now.date())),
        ended=tuple(ended_shares(session.store, granted, session.now.date())),
    )


def invitation(
    session: Session, group_id: str, cycle_id: str
) -> tuple[Group, GroupInvitation, Assessment | None]:
    """One invitation, and the assessment that accepting it would link to."""
    scope.require_for_group(session, Can.SHARE, group_id)
    asked = invitation_view(session.store, cycles.invitation(session.store, cycle_id, group_id))
    return (
        groups.get(session.store, group_id),
        asked,
        assessment_to_link(session.store, group_id, asked.cycle),
    )


def accept(
    session: Session,
    group_id: str,
    cycle_id: str,
    expires_on: date | None,
    ids: tuple[str, str],
) -> Assessment:
    """Share with the payer, and link the assessment that runs already or start one.

    One submission serves several payers: who asked first reviews it, the others read it.
    """
    scope.require_for_group(session, Can.SHARE, group_id)
    if expires_on is not None and expires_on <= session.now.date():
        raise BadInput([Problem("expires_on", "Choose a day after today, or leave it empty.")])
    grant_id, assessment_id = ids
    with session.store.writing():
        asked = open_invitation(session.store, group_id, cycle_id)
        found = assessment_to_link(session.store, group_id, asked.cycle)
        assessment = (
            assign_reviewer(session, found, asked.cycle)
            if found
            else answering.start(session, group_id, assessment_id, cycle=asked.cycle)
        )
        answered = replace(
            asked.invitation,
            answered_at=session.now,
            answered_by=session.actor.id,
            accepted=True,
            assessment_id=assessment.id,
        )
        cycles.answer(
            session.store,
            answered,
            cycle_event(session, asked, "accepted an invitation"),
        )
        grant = Grant(
            grant_id,
            group_id,
            asked.payer.id,
            cycle_id,
            session.now,
            session.actor.id,
            expires_on=expires_on,
        )
        cycles.add_grant(session.store, grant, cycle_event(session, asked, "shared"))
    return assessment


def decline(session: Session, group_id: str, cycle_id: str) -> None:
    scope.require_for_group(session, Can.SHARE, group_id)
    with session.store.writing():
        asked = open_invitation(session.store, group_id, cycle_id)
        answered = replace(
            asked.invitation, answered_at=session.now, answered_by=session.actor.id, accepted=False
        )
        cycles.answer(
            session.store,
            answered,
            cycle_event(session, asked, "declined an invitation"),
        )


def stop(session: Session, group_id: str, payer_id: str) -> None:
    """Take back all that this payer may read. From this moment it finds nothing."""
    scope.require_for_group(session, Can.SHARE, group_id)
    event = audit.event(
        session, "stopped sharing", "payer", payer_id, group_id=group_id, payer_id=payer_id
    )
    cycles.revoke_grants(session.store, group_id, payer_id, session.now, event)


def resume(session: Session, group_id: str, cycle_id: str, grant_id: str) -> None:
    """Share again after taking it back, while the cycle it was for is still open."""
    scope.require_for_group(session, Can.SHARE, group_id)
    with session.store.writing():
        asked = invitation_view(session.store, cycles.invitation(session.store, cycle_id, group_id))
        if not asked.invitation.accepted or asked.cycle.closed_at is not None:
            raise WrongState("This cycle is closed. Ask the payer for a new invitation.")
        if asked.payer.id in groups.readers(session.store, group_id, session.now.date()):
            raise WrongState("This is shared already. Reload the page to see it.")
        grant = Grant(grant_id, group_id, asked.payer.id, cycle_id, session.now, session.actor.id)
        cycles.add_grant(session.store, grant, cycle_event(session, asked, "shared"))


def invitation_view(store: Store, invitation: Invitation) -> GroupInvitation:
    cycle = cycles.get(store, invitation.cycle_id)
    instrument = instruments.load(cycle.instrument_id, cycle.version)
    return GroupInvitation(
        groups.payer(store, cycle.payer_id),
        cycle,
        invitation,
        raised_minimums(cycle, instrument, {}),
    )


def open_invitation(store: Store, group_id: str, cycle_id: str) -> GroupInvitation:
    asked = invitation_view(store, cycles.invitation(store, cycle_id, group_id))
    if asked.cycle.closed_at is not None:
        raise WrongState("This cycle is closed. Ask the payer for a new invitation.")
    return asked


def assessment_to_link(store: Store, group_id: str, cycle: Cycle) -> Assessment | None:
    """The assessment that serves the cycle too: one that runs, or was accepted since it opened."""
    return next(
        (each for each in assessments.of_group(store, group_id) if serves(store, each, cycle)),
        None,
    )


def serves(store: Store, assessment: Assessment, cycle: Cycle) -> bool:
    if (assessment.instrument_id, assessment.version) != (cycle.instrument_id, cycle.version):
        return False
    if assessment.status in RUNNING:
        return True
    sent = assessments.submissions(store, assessment.id)
    return (
        assessment.status is AssessmentStatus.ACCEPTED
        and bool(sent)
        and sent[-1].at.date() >= cycle.opens_on
    )


def assign_reviewer(session: Session, assessment: Assessment, cycle: Cycle) -> Assessment:
    """The cycle takes the review over when nobody else can do it."""
    if assessment.status is AssessmentStatus.ACCEPTED or has_reviewer(
        session.store, assessment, session.now
    ):
        return assessment
    taken = replace(assessment, cycle_id=cycle.id, due_on=cycle.due_on)
    detail = {"cycle_id": cycle.id}
    event = assessment_event(
        session, assessment, "linked an assessment", payer_id=cycle.payer_id, detail=detail
    )
    return assessments.save(session.store, taken, event)


def has_reviewer(store: Store, assessment: Assessment, now: datetime) -> bool:
    """A payer is named, and the group still shares with it."""
    if assessment.cycle_id is None:
        return False
    reviewer = cycles.get(store, assessment.cycle_id).payer_id
    return reviewer in groups.readers(store, assessment.group_id, now.date())


def active_shares(store: Store, granted: Iterable[Grant], today: date) -> Iterable[ActiveShare]:
    """One entry a payer, however many grants it has: together they reach as far as the longest."""
    running = [grant for grant in granted if grant.is_open(today)]
    for payer_id in dict.fromkeys(grant.payer_id for grant in running):
        own = [grant for grant in running if grant.payer_id == payer_id]
        ends = [grant.expires_on for grant in own]
        cycle_ids = dict.fromkeys(grant.cycle_id for grant in own if grant.cycle_id)
        yield ActiveShare(
            payer=groups.payer(store, payer_id),
            since=min(grant.granted_at for grant in own),
            until=None if None in ends else max(end for end in ends if end),
            cycle_names=tuple(cycles.get(store, cycle_id).name for cycle_id in cycle_ids),
        )


def ended_shares(store: Store, granted: tuple[Grant, ...], today: date) -> Iterable[EndedShare]:
    """Newest first; what was shared anew offers no button."""
    running = {grant.payer_id for grant in granted if grant.is_open(today)}
    offered: set[str] = set()
    for grant in granted:
        if grant.is_open(today):
            continue
        on = grant.revoked_at.date() if grant.revoked_at else grant.expires_on or today
        cycle = cycles.get(store, grant.cycle_id) if grant.cycle_id else None
        may_resume = (
            cycle is not None
            and cycle.closed_at is None
            and grant.payer_id not in running | offered
        )
        if may_resume:
            offered.add(grant.payer_id)
        yield EndedShare(
            groups.payer(store, grant.payer_id), grant.granted_at, on, grant.cycle_id, may_resume
        )


def cycle_event(session: Session, asked: GroupInvitation, verb: str) -> audit.Event:
    """One line on both histories: the group's and the payer's."""
    group_id, payer_id = asked.invitation.group_id, asked.payer.id
    return audit.event(session, verb, "cycle", asked.cycle.id, group_id=group_id, payer_id=payer_id)
