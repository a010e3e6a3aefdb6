"""Signing in and out: a password, for some a code as well, and the session that they open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from readiness.accounts import single_sign_on, throttle
from readiness.accounts.db import attempts, identities, people, second_factors, sessions
from readiness.accounts.db.tokens import digest
from readiness.accounts.passwords import Hasher
from readiness.accounts.second_factor import is_required
from readiness.accounts.service.history import NOBODY
from readiness.accounts.sessions import LONGEST, SEEN_EVERY, BrowserSession
from readiness.accounts.throttle import Limit
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.config import Required
from readiness.core.db import Store
from readiness.core.errors import BadInput, Denied, NotSaved
from readiness.core.people import Actor, Person

WRONG = "That e-mail address and password do not fit together. Check both."
TOO_MANY = "Too many tries. Wait five minutes, or ask for a link to a new password."
AN_HOUR = timedelta(hours=1)


class Waits(StrEnum):
    """What a session is still asked before it opens anything."""

    CODE = "code"
    SET_UP = "set up"  # a second step that the person does not have yet


@dataclass(frozen=True)
class Credentials:
    """What somebody sends to sign in, and what is known of where it comes from."""

    email: str
    password: str
    address: str = ""  # of the machine, where that tells anything
    browser: str = ""  # the token by which the browser is known, if it is
    user_agent: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A session that runs, whose it is, and what it still waits for."""

    session: BrowserSession
    actor: Actor
    waits_for: Waits | None


def sign_in(
    store: Store,
    hasher: Hasher,
    sent: Credentials,
    new_tokens: tuple[str, str],
    required: Required,
    now: datetime,
) -> SignedIn:
    """Open a session, or say that the pair does not fit, never which half.

    `new_tokens` are those of the session and of the browser, which is known from now on.
    """
    token, browser = new_tokens
    email = sent.email.strip()
    person = people.by_email(store, email)
    limits = throttle.for_password(email, sent.address, known_browser(store, sent, person))
    with hasher.turn():
        stored = people.password_hash(store, email)
        if not attempts.add(store, limits, now):
            raise Denied(TOO_MANY)
    if not hasher.matches(stored, sent.password) or person is None or stored is None:
        note_wrong(store, limits, person, now)
        raise BadInput(WRONG)
    renewed = hasher.hash(sent.password) if hasher.is_outdated(stored) else None
    opened = BrowserSession(
        id=digest(token),
        person_id=person.id,
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        browser=sent.user_agent,
    )
    with store.writing():
        attempts.take_back(store, limits, now)
        if renewed:
            people.set_password(store, person.id, renewed)
        return open_session(store, opened, browser, required, "signed in to")


def open_session(
    store: Store, opened: BrowserSession, browser: str, required: Required, verb: str
) -> SignedIn:
    """Begin it, in a `browser` that is known by this token from now on."""
    now, person_id = opened.created_at, opened.person_id
    with store.writing():
        forget_old(store, now)
        sessions.start(store, opened)
        sessions.know(store, browser, person_id, now)
        actor = people.actor(store, person_id)
        waits_for = waiting(store, opened, actor, required)
        if waits_for is None:
            record(store, verb, person_id, person_id, now)
    return SignedIn(opened, actor, waits_for)


def known_browser(store: Store, sent: Credentials, person: Person | None) -> str:
    """The hash of its token, where this person has signed in in it before."""
    is_known = person and sent.browser and sessions.is_known(store, sent.browser, person.id)
    return digest(sent.browser) if is_known else ""


def note_wrong(
    store: Store, limits: tuple[Limit, ...], person: Person | None, now: datetime
) -> None:
    """In the history of a person who exists: the first in an hour, and that which locks them out.

    More would let a stranger write as much as they like into what is never shortened.
    """
    if person is None:
        return
    nearest = limits[0]
    with store.writing():
        if attempts.count(store, nearest.key, nearest.since(now), now) == nearest.most:
            record(store, "was kept for five minutes from signing in as", NOBODY, person.id, now)
        elif attempts.count(store, nearest.key, now - AN_HOUR, now) == 1:
            record(store, "gave a wrong password for", NOBODY, person.id, now)


def forget_old(store: Store, now: datetime) -> None:
    attempts.forget_older(store, now - throttle.KEPT)
    sessions.forget_older(store, now - 2 * LONGEST)
    identities.forget_older(store, now - single_sign_on.LASTS)


def waiting(store: Store, opened: BrowserSession, actor: Actor, required: Required) -> Waits | None:
    if opened.second_step_at:
        return None
    if second_factors.is_on(store, actor.id):
        return Waits.CODE
    return Waits.SET_UP if is_required(required, actor.memberships) else None


def resume(store: Store, token: str, required: Required, now: datetime) -> SignedIn | None:
    """The session that still runs under this token."""
    found = sessions.find(store, token)
    if found is None or not found.runs(now):
        return None
    if now - found.seen_at >= SEEN_EVERY and note_visit(store, found.id, now):
        found = sessions.find(store, token) or found
    actor = people.actor(store, found.person_id)
    return SignedIn(found, actor, waiting(store, found, actor, required))


def note_visit(store: Store, session_id: str, now: datetime) -> bool:
    """Whether the visit could be noted. A full disk must not stop anybody from reading."""
    try:
        sessions.note(store, session_id, "seen_at", now)
    except NotSaved:
        return False
    return True


def owner_of(store: Store, token: str) -> str:
    """Whose session it is or was: what they typed is shown again to nobody else."""
    return sessions.owner(store, token) or ""


def sign_out(store: Store, token: str, now: datetime) -> None:
    """End the session under this token, if one runs."""
    found = sessions.find(store, token)
    if found is None:
        return
    with store.writing():
        if sessions.end(store, found.id, found.person_id, now):
            record(store, "signed out of", found.person_id, found.person_id, now)


def record(store: Store, verb: str, actor_id: str, person_id: str, now: datetime) -> None:
    """Signing in belongs to no group: the person sees it, and an administrator."""
    audit.record(store, Event(now, actor_id, verb, "person", person_id))
