"""Who belongs to a group or a payer: who may attest, handing over, leaving, being disabled."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts import team
from readiness.accounts.db import groups, people, sessions, tokens
from readiness.accounts.service import scope
from readiness.accounts.team import OneTimeLink
from readiness.core import audit, permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, WrongState
from readiness.core.people import Membership, Payer, Person, Role
from readiness.core.permissions import ANYWHERE, Can


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
    invited: tuple[OneTimeLink, ...]
    sites: tuple[str, ...] = ()


def require_manager(session: Session, group_id: str | None, payer_id: str | None) -> None:
    """A team is managed by its own managers, and any team by an administrator."""
    if permissions.allowed(session.actor, Can.ADMINISTER, ANYWHERE):
        return
    if group_id is not None:
        scope.require_for_group(session, Can.MANAGE_TEAM, group_id)
    elif payer_id is not None:
        scope.require_for_payer(session, Can.MANAGE_PAYER_TEAM, payer_id)
    else:
        scope.require_administrator(session)


def require_may_let_attest(session: Session, group_id: str, *, gives: bool = True) -> None:
    """Leave to attest is given by those who have it. An administrator gives it where nobody has:
    to the first manager of a group, or after the last one is gone."""
    if not permissions.allowed(session.actor, Can.ADMINISTER, ANYWHERE):
        scope.require_for_group(session, Can.ATTEST, group_id)
        return
    parts = people.memberships(session.store, group_id=group_id)
    active = people.with_ids(session.store, (part.person_id for part in parts))
    if gives and any(part.may_attest and active[part.person_id].is_active for part in parts):
        raise WrongState(
            "Somebody in this group may attest already, and decides who else does. Invite without "
            "it, and ask the group to give it."
        )


def place_name(store: Store, group_id: str | None, payer_id: str | None) -> str:
    if group_id is not None:
        return groups.get(store, group_id).name
    return groups.payer(store, payer_id).name if payer_id is not None else "this installation"


def team_of(session: Session, group_id: str | None, payer_id: str | None) -> Team:
    require_manager(session, group_id, payer_id)
    found = members_of(session.store, group_id, payer_id)
    persons = people.with_ids(session.store, (m.person_id for m in found))
    return Team(
        place_name(session.store, group_id, payer_id),
        tuple(Member(m, persons[m.person_id]) for m in found),
        tokens.invitations(session.store, session.now, group_id=group_id, payer_id=payer_id),
        tuple(site.name for site in groups.sites(session.store, group_id)) if group_id else (),
    )


def members_of(store: Store, group_id: str | None, payer_id: str | None) -> tuple[Membership, ...]:
    if group_id is None and payer_id is None:
        return people.of_installation(store)
    return people.memberships(store, group_id=group_id, payer_id=payer_id)


def is_member(store: Store, person_id: str, group_id: str | None, payer_id: str | None) -> bool:
    return any(
        m.group_id == group_id and m.payer_id == payer_id
        for m in people.memberships(store, person_id=person_id)
    )


def set_attesting(session: Session, group_id: str, membership_id: str, may: bool) -> None:
    """Give or take the leave to attest; somebody always keeps it."""
    require_manager(session, group_id, None)
    require_may_let_attest(session, group_id, gives=may)
    with session.store.writing():
        membership = membership_at(session.store, membership_id, group_id, None)
        current = people.memberships(session.store, group_id=group_id)
        people.change(session.store, team.set_may_attest(current, membership, may))
        verb = "let attest" if may else "no longer lets attest"
        record_membership(session, verb, membership)


def end_part(
    session: Session,
    group_id: str | None,
    payer_id: str | None,
    membership_id: str,
    successor_id: str | None,
) -> Member:
    """Somebody leaves a team; `successor_id` is the membership of the one who takes over."""
    require_manager(session, group_id, payer_id)
    with session.store.writing():
        leaving = membership_at(session.store, membership_id, group_id, payer_id)
        current = members_of(session.store, group_id, payer_id)
        if leaving.role is Role.ADMINISTRATOR:
            refuse_last_administrator(session.store, leaving.person_id)
        elif successor := team.successor_of(current, leaving, successor_id):
            people.change(session.store, successor)
            record_membership(session, "handed over to", successor)
        people.leave(session.store, leaving.id, session.now)
        record_membership(session, "ended the part of", leaving)
    return Member(leaving, people.get(session.store, leaving.person_id))


def membership_at(
    store: Store, membership_id: str, group_id: str | None, payer_id: str | None
) -> Membership:
    """The membership, when it belongs to this very place: ids of other teams are not found."""
    found = people.membership(store, membership_id)
    if (found.group_id, found.payer_id) != (group_id, payer_id):
        raise NotFound("There is no such person on this team. Reload the page.")
    return found


def member(
    session: Session,
    group_id: str | None,
    payer_id: str | None,
    membership_id: str,
) -> Member:
    require_manager(session, group_id, payer_id)
    found = membership_at(session.store, membership_id, group_id, payer_id)
    return Member(found, people.get(session.store, found.person_id))


def set_active(session: Session, person_id: str, is_active: bool) -> Person:
    """Disable an account, which ends its sessions at once, or enable it again."""
    scope.require_administrator(session)
    person = people.get(session.store, person_id)
    with session.store.writing():
        if not is_active:
            refuse_last_administrator(session.store, person_id)
            sessions.end_all(session.store, person_id, session.now)
            tokens.withdraw_resets(session.store, person_id)
        people.set_active(session.store, person_id, is_active=is_active)
        record_person(session, "enabled" if is_active else "disabled", person_id)
    return person


def refuse_last_administrator(store: Store, person_id: str) -> None:
    remaining = {m.person_id for m in people.administrators(store)}
    if remaining and remaining <= {person_id}:
        raise WrongState("They are the last administrator. Invite another before this one goes.")


def record_membership(session: Session, verb: str, membership: Membership) -> None:
    event = audit.event(
        session,
        verb,
        "person",
        membership.person_id,
        group_id=membership.group_id,
        payer_id=membership.payer_id,
        detail={"role": membership.role},
    )
    audit.record(session.store, event)


def record_person(session: Session, verb: str, person_id: str) -> None:
    """Shown in the history of every place the person plays a part in: once each, or at large."""
    places = [
        (part.group_id, part.payer_id)
        for part in people.memberships(session.store, person_id=person_id)
    ]
    for group_id, payer_id in places or [(None, None)]:
        event = audit.event(
            session, verb, "person", person_id, group_id=group_id, payer_id=payer_id
        )
        audit.record(session.store, event)


def payers_of(session: Session) -> tuple[Payer, ...]:
    """Everybody the person works for."""
    return tuple(groups.payer(session.store, payer_id) for payer_id in session.actor.payer_ids)


@dataclass(frozen=True)
class NamedMembership:
    """A membership with the name of its place."""

    membership: Membership
    place: str


def parts_of(store: Store, person_id: str) -> tuple[NamedMembership, ...]:
    return tuple(
        NamedMembership(each, place_name(store, each.group_id, each.payer_id))
        for each in people.memberships(store, person_id=person_id)
    )
