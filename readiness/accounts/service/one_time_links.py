"""One-time links: inviting somebody to a team, accepting, and choosing a new password.

There is no mail server: each link is shown once to the person who made it, to pass on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts import passwords, team
from readiness.accounts.db import one_time_links, people, sessions
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
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Denied, NotFound, Problem, WrongState
from readiness.core.people import Membership, Person
from readiness.core.permissions import ANYWHERE, Can

USED_UP = "This link has been used, was withdrawn or has run out. Ask for a new one."


@dataclass(frozen=True)
class LinkContents:
    """What the person who follows a one-time link is told."""

    letter: OneTimeLink
    place: str  # "Elm Physicians", "Fair Health", "this installation"
    is_known: bool  # they have an account already


def invite(session: Session, seat: Invitee, token: str) -> OneTimeLink:
    """Write an invitation under `token`; an earlier one to the same place no longer holds."""
    require_manager(session, seat.group_id, seat.payer_id)
    if seat.may_attest and seat.group_id is not None:
        require_may_let_attest(session, seat.group_id)
    place_name(session.store, seat.group_id, seat.payer_id)  # it exists
    return write_invitation(session.store, session.actor.id, seat, token, session.now)


def write_invitation(
    store: Store, author_id: str, seat: Invitee, token: str, now: datetime
) -> OneTimeLink:
    team.check_invitee(seat)
    letter = OneTimeLink(
        id=one_time_links.digest(token),
        purpose=LinkPurpose.INVITATION,
        email=seat.email.strip(),
        written_by=author_id,
        written_at=now,
        expires_at=now + LASTS[LinkPurpose.INVITATION],
        role=seat.role,
        group_id=seat.group_id,
        payer_id=seat.payer_id,
        may_attest=seat.may_attest,
        name=seat.name,
    )
    with store.writing():
        known = people.by_email(store, letter.email)
        if known and is_member(store, known.id, seat.group_id, seat.payer_id):
            raise BadInput([Problem("email", f"{known.name} is on this team already.")])
        one_time_links.withdraw_invitations(store, letter.email, seat.group_id, seat.payer_id)
        one_time_links.write(store, letter)
        audit.record(store, invitation_event("invited", author_id, letter, now))
    return letter


def invitation_event(verb: str, author_id: str, letter: OneTimeLink, at: datetime) -> Event:
    """The history names the link by the start of its id, never the address it was made for."""
    return Event(
        at,
        author_id,
        verb,
        "invitation",
        letter.id[:12],
        group_id=letter.group_id,
        payer_id=letter.payer_id,
        detail={"role": letter.role, "may_attest": letter.may_attest},
    )


def withdraw_invitation(
    session: Session,
    group_id: str | None,
    payer_id: str | None,
    letter_id: str,
) -> None:
    require_manager(session, group_id, payer_id)
    letter = one_time_links.get(session.store, letter_id)
    here = (letter.purpose, letter.group_id, letter.payer_id) if letter else None
    if letter is None or here != (LinkPurpose.INVITATION, group_id, payer_id):
        raise NotFound("There is no such invitation. Reload the page.")
    with session.store.writing():
        one_time_links.withdraw(session.store, letter.id)
        audit.record(
            session.store, invitation_event("withdrew", session.actor.id, letter, session.now)
        )


def open_link(
    store: Store, token: str, now: datetime, purpose: LinkPurpose | None = None
) -> LinkContents:
    """What a one-time link offers; used, run out, made up or for another purpose: not found."""
    letter = one_time_links.get(store, one_time_links.digest(token))
    if letter is None or not letter.is_open(now) or purpose not in (None, letter.purpose):
        raise NotFound(USED_UP)
    return LinkContents(
        letter,
        place_name(store, letter.group_id, letter.payer_id),
        people.by_email(store, letter.email) is not None,
    )


def accept(
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
    if problem := passwords.problem_with(password, (name, opened.letter.email)):
        raise BadInput([Problem("new_password", problem)])
    person = Person(ids[0], name.strip(), opened.letter.email, True, now)
    hashed = hasher.hash(password)
    with store.writing():
        if people.by_email(store, person.email) is not None:
            raise WrongState("You have an account already. Sign in, then follow the link again.")
        people.add(store, person, hashed)
        join(store, person.id, opened.letter, ids[1], now)
    return person


def accept_as(session: Session, token: str, membership_id: str) -> None:
    """A person with an account takes the seat, when the invitation was made out to them."""
    opened = open_link(session.store, token, session.now, LinkPurpose.INVITATION)
    person = people.get(session.store, session.actor.id)
    if person.email.casefold() != opened.letter.email.casefold():
        raise Denied(
            "This invitation is for somebody else. Sign out, and sign in with the e-mail "
            "address it was made for."
        )
    with session.store.writing():
        join(session.store, person.id, opened.letter, membership_id, session.now)


def join(
    store: Store, person_id: str, letter: OneTimeLink, membership_id: str, now: datetime
) -> None:
    if letter.role is None or not one_time_links.use(store, letter.id, now):
        raise NotFound(USED_UP)
    if is_member(store, person_id, letter.group_id, letter.payer_id):
        raise WrongState("You are on this team already. There is nothing left to accept.")
    people.join(
        store,
        Membership(
            membership_id,
            person_id,
            letter.role,
            letter.group_id,
            letter.payer_id,
            letter.may_attest,
        ),
        now,
    )
    audit.record(store, invitation_event("accepted", person_id, letter, now))


def offer_new_password(session: Session, person_id: str, token: str) -> Person:
    """Write a link under `token` by which that person chooses a new password."""
    person = people.get(session.store, person_id)
    parts = people.memberships(session.store, person_id=person_id)
    if not permissions.allowed(session.actor, Can.ADMINISTER, ANYWHERE):
        require_all_own(session, parts)
    if not person.is_active:
        raise WrongState("This account is disabled. An administrator can enable it first.")
    write_reset(session.store, session.actor.id, person, token, session.now)
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


def write_reset(store: Store, author_id: str, person: Person, token: str, now: datetime) -> None:
    with store.writing():
        one_time_links.withdraw_resets(store, person.id)
        one_time_links.write(
            store,
            OneTimeLink(
                id=one_time_links.digest(token),
                purpose=LinkPurpose.NEW_PASSWORD,
                email=person.email,
                written_by=author_id,
                written_at=now,
                expires_at=now + LASTS[LinkPurpose.NEW_PASSWORD],
                person_id=person.id,
            ),
        )
        record_person(store, author_id, "offered a new password to", person.id, now)


def choose_password(store: Store, hasher: Hasher, token: str, password: str, now: datetime) -> None:
    """The password a link leads to; every session of that person ends."""
    letter = open_link(store, token, now, LinkPurpose.NEW_PASSWORD).letter
    person = people.get(store, letter.person_id or "")
    if problem := passwords.problem_with(password, (person.name, person.email)):
        raise BadInput([Problem("new_password", problem)])
    hashed = hasher.hash(password)
    with store.writing():
        if not one_time_links.use(store, letter.id, now):
            raise NotFound(USED_UP)
        people.set_password(store, person.id, hashed)
        sessions.end_all(store, person.id, now)
        record_person(store, person.id, "chose a new password for", person.id, now)
