"""One-time links: inviting somebody to a team, accepting, and choosing a new password.

There is no mail server: each link is shown once to the person who made it, to pass on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts import passwords, team
from readiness.accounts.db import people, sessions, tokens
from readiness.accounts.passwords import Hasher
from readiness.accounts.service import scope
from readiness.accounts.service.people import (
    is_member,
    place_name,
    record_person,
    require_manager,
    require_may_let_attest,
)
from readiness.accounts.team import LASTS, Invitee, LinkPurpose, OneTimeLink
from readiness.core import audit, permissions
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Denied, NotFound, Problem, WrongState
from readiness.core.people import Actor, Membership, Person
from readiness.core.permissions import ANYWHERE, Can

USED_UP = "This link has been used, was withdrawn or has run out. Ask for a new one."


@dataclass(frozen=True)
class LinkContents:
    """What the person who follows a one-time link is told."""

    link: OneTimeLink
    place: str  # "Elm Physicians", "Fair Health", "this installation"
    is_known: bool  # they have an account already


def invite(session: Session, invitee: Invitee, token: str) -> OneTimeLink:
    """Write an invitation under `token`; an earlier one to the same place no longer holds."""
    require_manager(session, invitee.group_id, invitee.payer_id)
    if invitee.may_attest and invitee.group_id is not None:
        require_may_let_attest(session, invitee.group_id)
    place_name(session.store, invitee.group_id, invitee.payer_id)  # it exists
    return write_invitation(session, invitee, token)


def write_invitation(session: Session, invitee: Invitee, token: str) -> OneTimeLink:
    store = session.store
    team.check_invitee(invitee)
    link = OneTimeLink(
        id=tokens.digest(token),
        purpose=LinkPurpose.INVITATION,
        email=invitee.email.strip(),
        written_by=session.actor.id,
        written_at=session.now,
        expires_at=session.now + LASTS[LinkPurpose.INVITATION],
        role=invitee.role,
        group_id=invitee.group_id,
        payer_id=invitee.payer_id,
        may_attest=invitee.may_attest,
        name=invitee.name,
    )
    with store.writing():
        known = people.by_email(store, link.email)
        if known and is_member(store, known.id, invitee.group_id, invitee.payer_id):
            raise BadInput([Problem("email", f"{known.name} is on this team already.")])
        tokens.withdraw_invitations(store, link.email, invitee.group_id, invitee.payer_id)
        tokens.add_link(store, link)
        record(session, "invited", link)
    return link


def record(session: Session, verb: str, link: OneTimeLink) -> None:
    """The history names the link by the start of its id, never the address it was made for."""
    event = audit.event(
        session,
        verb,
        "invitation",
        link.id[:12],
        group_id=link.group_id,
        payer_id=link.payer_id,
        detail={"role": link.role, "may_attest": link.may_attest},
    )
    audit.record(session.store, event)


def withdraw_invitation(
    session: Session,
    group_id: str | None,
    payer_id: str | None,
    letter_id: str,
) -> None:
    require_manager(session, group_id, payer_id)
    link = tokens.get_link(session.store, letter_id)
    here = (link.purpose, link.group_id, link.payer_id) if link else None
    if link is None or here != (LinkPurpose.INVITATION, group_id, payer_id):
        raise NotFound("There is no such invitation. Reload the page.")
    with session.store.writing():
        tokens.withdraw_link(session.store, link.id)
        record(session, "withdrew", link)


def open_link(
    store: Store, token: str, now: datetime, purpose: LinkPurpose | None = None
) -> LinkContents:
    """What a one-time link offers; used, run out, made up or for another purpose: not found."""
    link = tokens.get_link(store, tokens.digest(token))
    if link is None or not link.is_open(now) or purpose not in (None, link.purpose):
        raise NotFound(USED_UP)
    return LinkContents(
        link,
        place_name(store, link.group_id, link.payer_id),
        people.by_email(store, link.email) is not None,
    )


def accept_invitation(
    store: Store,
    hasher: Hasher,
    token: str,
    name: str,
    password: str,
    ids: tuple[str, str],
    now: datetime,
) -> Person:
    """A new person takes the seat offered; `ids` are those of the person and the membership."""
    opened = open_link(store, token, now, LinkPurpose.INVITATION)
    if problem := passwords.problem_with(password, (name, opened.link.email)):
        raise BadInput([Problem("new_password", problem)])
    person = Person(ids[0], name.strip(), opened.link.email, True, now)
    hashed = hasher.hash(password)
    with store.writing():
        if people.by_email(store, person.email) is not None:
            raise WrongState("You have an account already. Sign in, then follow the link again.")
        people.add(store, person, hashed)
        join(session_of(store, person, now), opened.link, ids[1])
    return person


def accept_signed_in(session: Session, token: str, membership_id: str) -> None:
    """A person with an account takes the invitee, when the invitation was made out to them."""
    opened = open_link(session.store, token, session.now, LinkPurpose.INVITATION)
    person = people.get(session.store, session.actor.id)
    if person.email.casefold() != opened.link.email.casefold():
        raise Denied(
            "This invitation is for somebody else. Sign out, and sign in with the e-mail "
            "address it was made for."
        )
    with session.store.writing():
        join(session, opened.link, membership_id)


def session_of(store: Store, person: Person, now: datetime) -> Session:
    """Whoever follows a link of their own acts as themselves, before they sign in."""
    return Session(store, Actor(person.id, person.name), now)


def join(session: Session, link: OneTimeLink, membership_id: str) -> None:
    store, person_id = session.store, session.actor.id
    if link.role is None or not tokens.use_link(store, link.id, session.now):
        raise NotFound(USED_UP)
    if is_member(store, person_id, link.group_id, link.payer_id):
        raise WrongState("You are on this team already. There is nothing left to accept.")
    place = link.group_id, link.payer_id
    membership = Membership(membership_id, person_id, link.role, *place, link.may_attest)
    people.join(store, membership, session.now)
    record(session, "accepted", link)


def offer_new_password(session: Session, person_id: str, token: str) -> Person:
    """Write a link under `token` by which that person chooses a new password."""
    person = require_may_reset(session, person_id)
    if not person.is_active:
        raise WrongState("This account is disabled. An administrator can enable it first.")
    write_reset(session, person, token)
    return person


def require_may_reset(session: Session, person_id: str) -> Person:
    """The person, where the one acting may put their way of signing in back to its beginning."""
    person = people.get(session.store, person_id)
    if not permissions.allowed(session.actor, Can.ADMINISTER, ANYWHERE):
        require_all_own(session, people.memberships(session.store, person_id=person_id))
    return person


def require_all_own(session: Session, parts: Iterable[Membership]) -> None:
    """Whoever can set a password can sign in as that person, so every part must be their own to
    manage: the manager of one group never gains a second group through somebody who is in both."""
    standing = [may_manage(session, part) for part in parts]
    if not any(standing):
        raise NotFound("There is no such person.")
    if not all(standing):
        raise Denied(
            "This person also works elsewhere. Ask an administrator for their new password."
        )


def may_manage(session: Session, part: Membership) -> bool:
    if part.group_id is not None:
        return permissions.allowed(
            session.actor,
            Can.MANAGE_TEAM,
            scope.of_group(session.store, part.group_id, session.now),
        )
    if part.payer_id is not None:
        return permissions.allowed(
            session.actor, Can.MANAGE_PAYER_TEAM, scope.of_payer(part.payer_id)
        )
    return False


def write_reset(session: Session, person: Person, token: str) -> None:
    link = OneTimeLink(
        id=tokens.digest(token),
        purpose=LinkPurpose.NEW_PASSWORD,
        email=person.email,
        written_by=session.actor.id,
        written_at=session.now,
        expires_at=session.now + LASTS[LinkPurpose.NEW_PASSWORD],
        person_id=person.id,
    )
    with session.store.writing():
        tokens.withdraw_resets(session.store, person.id)
        tokens.add_link(session.store, link)
        record_person(session, "offered a new password to", person.id)


def choose_password(store: Store, hasher: Hasher, token: str, password: str, now: datetime) -> None:
    """The password a link leads to; every session of that person ends."""
    link = open_link(store, token, now, LinkPurpose.NEW_PASSWORD).link
    person = people.get(store, link.person_id or "")
    if problem := passwords.problem_with(password, (person.name, person.email)):
        raise BadInput([Problem("new_password", problem)])
    hashed = hasher.hash(password)
    with store.writing():
        if not tokens.use_link(store, link.id, now):
            raise NotFound(USED_UP)
        people.set_password(store, person.id, hashed)
        sessions.end_all(store, person.id, now)
        sessions.forget_browsers(store, person.id)
        record_person(session_of(store, person, now), "chose a new password for", person.id)
