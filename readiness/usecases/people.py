"""Who belongs to a group or a payer: who may attest, handing over, leaving, being disabled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness import access
from readiness.access import ANYWHERE, Can
from readiness.domain import team
from readiness.domain.errors import NotFound, WrongState
from readiness.domain.events import Event
from readiness.domain.people import Actor, Membership, Person, Role
from readiness.domain.team import Letter
from readiness.store import Store, events, groups, letters, people, sessions
from readiness.usecases import ground


@dataclass(frozen=True)
class Member:
    """A person with the part they play here."""

    membership: Membership
    person: Person

    @property
    def could_attest(self) -> bool:
        return self.membership.role is Role.PRACTICE_MANAGER


@dataclass(frozen=True)
class Team:
    """The people of one group or one payer, and those invited."""

    place: str
    members: tuple[Member, ...]
    invited: tuple[Letter, ...]
    sites: tuple[str, ...] = ()


def require_steward(
    store: Store, actor: Actor, group_id: str | None, payer_id: str | None, now: datetime
) -> None:
    """A team is managed by its own managers, and any team by an administrator."""
    if access.allowed(actor, Can.ADMINISTER, ANYWHERE):
        return
    if group_id is not None:
        access.require(actor, Can.MANAGE_TEAM, ground.of_group(store, group_id, now))
    elif payer_id is not None:
        access.require(actor, Can.MANAGE_PAYER_TEAM, ground.of_payer(payer_id))
    else:
        access.require(actor, Can.ADMINISTER, ANYWHERE)


def require_may_let_attest(store: Store, actor: Actor, group_id: str, now: datetime) -> None:
    """Leave to attest is given by those who have it, and by an administrator: not to oneself."""
    if not access.allowed(actor, Can.ADMINISTER, ANYWHERE):
        access.require(actor, Can.ATTEST, ground.of_group(store, group_id, now))


def place_name(store: Store, group_id: str | None, payer_id: str | None) -> str:
    if group_id is not None:
        return groups.get(store, group_id).name
    return groups.payer(store, payer_id).name if payer_id is not None else "this installation"


def of_place(
    store: Store, actor: Actor, group_id: str | None, payer_id: str | None, now: datetime
) -> Team:
    require_steward(store, actor, group_id, payer_id, now)
    found = members_of(store, group_id, payer_id)
    persons = people.with_ids(store, (m.person_id for m in found))
    return Team(
        place_name(store, group_id, payer_id),
        tuple(Member(m, persons[m.person_id]) for m in found),
        letters.invitations(store, now, group_id=group_id, payer_id=payer_id),
        tuple(site.name for site in groups.sites(store, group_id)) if group_id else (),
    )


def members_of(store: Store, group_id: str | None, payer_id: str | None) -> tuple[Membership, ...]:
    if group_id is None and payer_id is None:
        return people.administrators(store)
    return people.memberships(store, group_id=group_id, payer_id=payer_id)


def plays(store: Store, person_id: str, group_id: str | None, payer_id: str | None) -> bool:
    return any(
        m.group_id == group_id and m.payer_id == payer_id
        for m in people.memberships(store, person_id=person_id)
    )


def set_attesting(
    store: Store, actor: Actor, group_id: str, membership_id: str, may: bool, now: datetime
) -> None:
    """Give or take the leave to attest; somebody always keeps it."""
    require_steward(store, actor, group_id, None, now)
    require_may_let_attest(store, actor, group_id, now)
    with store.writing():
        membership = member_here(store, membership_id, group_id, None)
        current = people.memberships(store, group_id=group_id)
        people.change(store, team.attesting(current, membership, may))
        verb = "let attest" if may else "no longer lets attest"
        record_part(store, actor, verb, membership, now)


def end_part(
    store: Store,
    actor: Actor,
    group_id: str | None,
    payer_id: str | None,
    membership_id: str,
    successor_id: str | None,
    now: datetime,
) -> Member:
    """Somebody leaves a team; `successor_id` is the membership of the one who takes over."""
    require_steward(store, actor, group_id, payer_id, now)
    with store.writing():
        leaving = member_here(store, membership_id, group_id, payer_id)
        current = members_of(store, group_id, payer_id)
        if leaving.role is Role.ADMINISTRATOR:
            refuse_last_administrator(store, leaving.person_id)
        elif successor := team.handed_over(current, leaving, successor_id):
            people.change(store, successor)
            record_part(store, actor, "handed over to", successor, now)
        people.leave(store, leaving.id, now)
        record_part(store, actor, "ended the part of", leaving, now)
    return Member(leaving, people.get(store, leaving.person_id))


def member_here(
    store: Store, membership_id: str, group_id: str | None, payer_id: str | None
) -> Membership:
    """The membership, when it belongs to this very place: ids of other teams are not found."""
    found = people.membership(store, membership_id)
    if (found.group_id, found.payer_id) != (group_id, payer_id):
        raise NotFound("There is no such person on this team. Reload the page.")
    return found


def member(
    store: Store,
    actor: Actor,
    group_id: str | None,
    payer_id: str | None,
    membership_id: str,
    now: datetime,
) -> Member:
    require_steward(store, actor, group_id, payer_id, now)
    found = member_here(store, membership_id, group_id, payer_id)
    return Member(found, people.get(store, found.person_id))


def set_active(
    store: Store, actor: Actor, person_id: str, is_active: bool, now: datetime
) -> Person:
    """Disable an account, which ends its sessions at once, or enable it again."""
    access.require(actor, Can.ADMINISTER, ANYWHERE)
    person = people.get(store, person_id)
    with store.writing():
        if not is_active:
            refuse_last_administrator(store, person_id)
            sessions.end_all(store, person_id, now)
            letters.withdraw_resets(store, person_id)
        people.set_active(store, person_id, is_active=is_active)
        record_person(store, actor.id, "enabled" if is_active else "disabled", person_id, now)
    return person


def refuse_last_administrator(store: Store, person_id: str) -> None:
    remaining = {m.person_id for m in people.administrators(store)}
    if remaining and remaining <= {person_id}:
        raise WrongState("They are the last administrator. Invite another before this one goes.")


def record_part(
    store: Store, actor: Actor, verb: str, membership: Membership, at: datetime
) -> None:
    events.record(
        store,
        Event(
            at,
            actor.id,
            verb,
            "person",
            membership.person_id,
            group_id=membership.group_id,
            payer_id=membership.payer_id,
            detail={"role": membership.role},
        ),
    )


def record_person(store: Store, author_id: str, verb: str, person_id: str, at: datetime) -> None:
    """Shown in the history of every place the person plays a part in: once each, or at large."""
    places = [
        (part.group_id, part.payer_id) for part in people.memberships(store, person_id=person_id)
    ]
    for group_id, payer_id in places or [(None, None)]:
        events.record(store, Event(at, author_id, verb, "person", person_id, group_id, payer_id))
