"""Single sign-on: signing in by it, linking it to an account, joining and confirming with it.

An identity opens an account only after somebody who was signed in to it, or an invitation that was
accepted, has linked the two: that the provider knows the same e-mail address proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness.accounts import throttle
from readiness.accounts.db import attempts, identities, people, sessions
from readiness.accounts.db.tokens import digest, get_link
from readiness.accounts.service import identity_provider, one_time_links, signing_in
from readiness.accounts.service.one_time_links import USED_UP
from readiness.accounts.service.second_step import record
from readiness.accounts.service.signing_in import TOO_MANY, SignedIn
from readiness.accounts.sessions import BrowserSession, Method
from readiness.accounts.single_sign_on import Identity, SignOnRequest, Vouched, is_for
from readiness.accounts.team import LinkPurpose
from readiness.core.config import IdentityProvider, Required
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.core.people import Person

STALE = "That took too long, was begun in another browser or came twice. Start again."
UNKNOWN = (
    "You are known there, but to no account here. Sign in with your password and link the two on "
    "your account page, or open your invitation and join from there."
)
DISABLED = "This account is disabled. Ask your administrator to enable it."
TAKEN = (
    "This identity is linked to another account here. Sign in with that one, or sign out at the "
    "provider and come back as yourself."
)
SOMEBODY_ELSE = "That was somebody else. Sign out at the provider and come back as yourself."
NOT_ANEW = "The provider did not ask who you are anew. Sign out there, then try again."
LOCKED_OUT = (
    "You have no password yet, and would be locked out. Ask your practice manager or your "
    "administrator for a link to one first."
)


@dataclass(frozen=True)
class Standing:
    """What a person signs in with."""

    has_password: bool
    identity: Identity | None


def standing(session: Session, provider: IdentityProvider | None) -> Standing:
    store, person_id = session.store, session.actor.id
    held = identities.of_person(store, person_id, provider.issuer) if provider else ()
    has_password = people.password_hash_of(store, person_id) is not None
    return Standing(has_password, held[0] if held else None)


def ask(
    store: Store,
    provider: IdentityProvider,
    back: str,
    request: SignOnRequest,
    state: str,
    address: str,
) -> str:
    """Where the browser goes to be vouched for. `address`: of the machine, as in `Credentials`."""
    if not attempts.add(store, throttle.for_single_sign_on(address), request.at):
        raise Denied(TOO_MANY)
    place = identity_provider.address_to_ask(provider, back, request, state)
    identities.ask(store, request, state)
    return place


def take(store: Store, state: str, now: datetime) -> SignOnRequest:
    asked = identities.take(store, state, now)
    if asked is None:
        raise BadInput(STALE)
    return asked


def sign_in(
    store: Store,
    said: Vouched,
    new_tokens: tuple[str, str],
    user_agent: str,
    required: Required,
    now: datetime,
) -> SignedIn:
    """Open a session of whom the identity is linked to. The second step is done only where the
    provider says that it took one."""
    identity = identities.find(store, said.issuer, said.subject)
    if identity is None:
        raise Denied(UNKNOWN)
    if not people.get(store, identity.person_id).is_active:
        raise Denied(DISABLED)
    token, browser = new_tokens
    opened = BrowserSession(
        id=digest(token),
        person_id=identity.person_id,
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        second_step_at=now if said.is_multi_factor else None,
        browser=user_agent,
        method=Method.SINGLE_SIGN_ON,
    )
    with store.writing():
        identities.note_use(store, identity, now)
        verb = "signed in by single sign-on to"
        return signing_in.open_session(store, opened, browser, required, verb)


def link(session: Session, here: BrowserSession, asked: SignOnRequest, said: Vouched) -> None:
    require_same(here, asked)
    with session.store.writing():
        link_identity(session, said)


def link_identity(session: Session, said: Vouched) -> None:
    person_id = session.actor.id
    identity = Identity(said.issuer, said.subject, person_id, session.now)
    if identities.of_person(session.store, person_id, said.issuer):
        raise WrongState("Single sign-on is linked already. Remove it first to link another.")
    if not identities.link(session.store, identity):
        raise Denied(TAKEN)
    record(session, "linked single sign-on to")


def require_same(here: BrowserSession, asked: SignOnRequest) -> None:
    """The session that asked is the one that comes back."""
    if asked.session_id != here.id:
        raise BadInput(STALE)


def confirm(session: Session, here: BrowserSession, asked: SignOnRequest, said: Vouched) -> None:
    """Still the same person, who has just proved it at the provider."""
    require_same(here, asked)
    identity = identities.find(session.store, said.issuer, said.subject)
    if identity is None or identity.person_id != session.actor.id:
        raise Denied(SOMEBODY_ELSE)
    if not is_for(said, asked.at):
        raise BadInput(NOT_ANEW)
    sessions.note(session.store, here.id, "confirmed_at", session.now)


def join(
    store: Store, asked: SignOnRequest, said: Vouched, ids: tuple[str, str], now: datetime
) -> Person:
    """A new person, without a password, takes what an invitation offers; `ids` are those of the
    person and the membership."""
    link = get_link(store, asked.invitation)
    if link is None or link.purpose is not LinkPurpose.INVITATION or not link.is_open(now):
        raise NotFound(USED_UP)
    person = Person(ids[0], asked.name, link.email, True, now)
    with store.writing():
        if people.by_email(store, person.email) is not None:
            raise WrongState("You have an account already. Sign in, then follow the link again.")
        people.add(store, person, None)
        own = one_time_links.session_of(store, person, now)
        one_time_links.join(own, link, ids[1])
        link_identity(own, said)
    return person


def unlink(session: Session, provider: IdentityProvider, here: BrowserSession) -> None:
    """Sessions elsewhere end: the identity may have opened them."""
    if not standing(session, provider).has_password:
        raise WrongState(LOCKED_OUT)
    with session.store.writing():
        if not identities.unlink(session.store, session.actor.id, provider.issuer):
            raise NotFound("Single sign-on is not linked any more. Reload the page.")
        sessions.end_all(session.store, session.actor.id, session.now, but=here.id)
        record(session, "removed single sign-on from")
