"""The group's own control: who reads what it submits, since when and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import Ask, Cycle, Grant, Invitation, asks_more
from readiness.assessments.db import assessments, cycles, grants
from readiness.assessments.lifecycle import Status
from readiness.assessments.models import Assessment
from readiness.assessments.service import answering
from readiness.core import permissions
from readiness.core.audit.models import Event
from readiness.core.db import Store
from readiness.core.errors import BadInput, Problem, WrongState
from readiness.core.people import Actor, Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments

RUNNING = frozenset({Status.IN_PROGRESS, Status.SUBMITTED, Status.CHANGES_REQUESTED})


@dataclass(frozen=True)
class Asked:
    """An invitation as the group reads it."""

    payer: Payer
    cycle: Cycle
    invitation: Invitation
    asks: tuple[Ask, ...]  # what this program asks beyond the instrument

    @property
    def is_waiting(self) -> bool:
        """A group may also change its mind after declining, while the cycle is open."""
        return not self.invitation.accepted and self.cycle.closed_at is None


@dataclass(frozen=True)
class Shared:
    """What one payer may read: since when and until when, and for which cycles."""

    payer: Payer
    since: datetime
    until: date | None  # None: until the group takes it back
    cycle_names: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """Something that was shared once."""

    payer: Payer
    since: datetime
    on: date  # the day on which it ended
    cycle_id: str | None
    may_resume: bool  # its cycle is still open


@dataclass(frozen=True)
class Sharing:
    group: Group
    waiting: tuple[Asked, ...]
    declined: tuple[Asked, ...]
    shared: tuple[Shared, ...]
    ended: tuple[Ended, ...]


def sharing(store: Store, actor: Actor, group_id: str, now: datetime) -> Sharing:
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    asked = tuple(asked_of(store, each) for each in cycles.invitations_of(store, group_id))
    open_now = tuple(each for each in asked if each.is_waiting)
    granted = grants.of_group(store, group_id)
    return Sharing(
        group=groups.get(store, group_id),
        waiting=tuple(each for each in open_now if each.invitation.accepted is None),
        declined=tuple(each for each in open_now if each.invitation.accepted is False),
        shared=tuple(shared_now(store, granted, now.date())),
        ended=tuple(ended(store, granted, now.date())),
    )


def invitation(
    store: Store, actor: Actor, group_id: str, cycle_id: str, now: datetime
) -> tuple[Group, Asked, Assessment | None]:
    """One invitation, and the assessment that accepting it would link to."""
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    asked = asked_of(store, cycles.invitation(store, cycle_id, group_id))
    return groups.get(store, group_id), asked, to_link(store, group_id, asked.cycle)


def accept(
    store: Store,
    actor: Actor,
    group_id: str,
    cycle_id: str,
    expires_on: date | None,
    ids: tuple[str, str],
    now: datetime,
) -> Assessment:
    """Share with the payer, and link the assessment that runs already or start one.

    One submission serves several payers: who asked first reviews it, the others read it.
    """
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    if expires_on is not None and expires_on <= now.date():
        raise BadInput([Problem("expires_on", "Choose a day after today, or leave it empty.")])
    grant_id, assessment_id = ids
    with store.writing():
        asked = still_asked(store, group_id, cycle_id)
        found = to_link(store, group_id, asked.cycle)
        assessment = (
            reviewed_in(store, actor, found, asked.cycle, now)
            if found
            else answering.start(store, actor, group_id, assessment_id, now, cycle=asked.cycle)
        )
        answered = replace(
            asked.invitation,
            answered_at=now,
            answered_by=actor.id,
            accepted=True,
            assessment_id=assessment.id,
        )
        cycles.answer(store, answered, told(asked, actor, "accepted an invitation", now))
        grant = Grant(
            grant_id, group_id, asked.payer.id, cycle_id, now, actor.id, expires_on=expires_on
        )
        grants.add(store, grant, told(asked, actor, "shared", now))
    return assessment


def decline(store: Store, actor: Actor, group_id: str, cycle_id: str, now: datetime) -> None:
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    with store.writing():
        asked = still_asked(store, group_id, cycle_id)
        answered = replace(asked.invitation, answered_at=now, answered_by=actor.id, accepted=False)
        cycles.answer(store, answered, told(asked, actor, "declined an invitation", now))


def stop(store: Store, actor: Actor, group_id: str, payer_id: str, now: datetime) -> None:
    """Take back all that this payer may read. From this moment it finds nothing."""
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    event = Event(now, actor.id, "stopped sharing", "payer", payer_id, group_id, payer_id)
    grants.revoke(store, group_id, payer_id, now, event)


def resume(
    store: Store, actor: Actor, group_id: str, cycle_id: str, grant_id: str, now: datetime
) -> None:
    """Share again after taking it back, while the cycle it was for is still open."""
    permissions.require(actor, Can.SHARE, scope.of_group(store, group_id, now))
    with store.writing():
        asked = asked_of(store, cycles.invitation(store, cycle_id, group_id))
        if not asked.invitation.accepted or asked.cycle.closed_at is not None:
            raise WrongState("This cycle is closed. Ask the payer for a new invitation.")
        if asked.payer.id in groups.readers(store, group_id, now.date()):
            raise WrongState("This is shared already. Reload the page to see it.")
        grant = Grant(grant_id, group_id, asked.payer.id, cycle_id, now, actor.id)
        grants.add(store, grant, told(asked, actor, "shared", now))


def asked_of(store: Store, invitation: Invitation) -> Asked:
    cycle = cycles.get(store, invitation.cycle_id)
    instrument = instruments.load(cycle.instrument_id, cycle.version)
    return Asked(
        groups.payer(store, cycle.payer_id), cycle, invitation, asks_more(cycle, instrument, {})
    )


def still_asked(store: Store, group_id: str, cycle_id: str) -> Asked:
    asked = asked_of(store, cycles.invitation(store, cycle_id, group_id))
    if asked.cycle.closed_at is not None:
        raise WrongState("This cycle is closed. Ask the payer for a new invitation.")
    return asked


def to_link(store: Store, group_id: str, cycle: Cycle) -> Assessment | None:
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
        assessment.status is Status.ACCEPTED and bool(sent) and sent[-1].at.date() >= cycle.opens_on
    )


def reviewed_in(
    store: Store, actor: Actor, assessment: Assessment, cycle: Cycle, now: datetime
) -> Assessment:
    """The cycle takes the review over when nobody else can do it."""
    if assessment.status is Status.ACCEPTED or has_reviewer(store, assessment, now):
        return assessment
    taken = replace(assessment, cycle_id=cycle.id, due_on=cycle.due_on)
    event = Event(
        now,
        actor.id,
        "linked an assessment",
        "assessment",
        assessment.id,
        assessment.group_id,
        cycle.payer_id,
        {"cycle_id": cycle.id},
    )
    return assessments.save(store, taken, event)


def has_reviewer(store: Store, assessment: Assessment, now: datetime) -> bool:
    """A payer is named, and the group still shares with it."""
    if assessment.cycle_id is None:
        return False
    reviewer = cycles.get(store, assessment.cycle_id).payer_id
    return reviewer in groups.readers(store, assessment.group_id, now.date())


def shared_now(store: Store, granted: Iterable[Grant], today: date) -> Iterable[Shared]:
    """One entry a payer, however many grants it has: together they reach as far as the longest."""
    running = [grant for grant in granted if grant.is_open(today)]
    for payer_id in dict.fromkeys(grant.payer_id for grant in running):
        own = [grant for grant in running if grant.payer_id == payer_id]
        ends = [grant.expires_on for grant in own]
        cycle_ids = dict.fromkeys(grant.cycle_id for grant in own if grant.cycle_id)
        yield Shared(
            payer=groups.payer(store, payer_id),
            since=min(grant.granted_at for grant in own),
            until=None if None in ends else max(end for end in ends if end),
            cycle_names=tuple(cycles.get(store, cycle_id).name for cycle_id in cycle_ids),
        )


def ended(store: Store, granted: tuple[Grant, ...], today: date) -> Iterable[Ended]:
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
        yield Ended(
            groups.payer(store, grant.payer_id), grant.granted_at, on, grant.cycle_id, may_resume
        )


def told(asked: Asked, actor: Actor, verb: str, now: datetime) -> Event:
    """One line on both histories: the group's and the payer's."""
    return Event(
        at=now,
        actor_id=actor.id,
        verb=verb,
        object_kind="cycle",
        object_id=asked.cycle.id,
        group_id=asked.invitation.group_id,
        payer_id=asked.payer.id,
    )
