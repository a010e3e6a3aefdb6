"""Signing in and out."""

from __future__ import annotations

from datetime import datetime, timedelta

from readiness.domain.errors import BadInput, Denied
from readiness.domain.people import Actor
from readiness.engines.passwords import Hasher
from readiness.store import Store, people

IDLE = timedelta(minutes=60)  # after this long without a request the session ends
LONGEST = timedelta(hours=12)  # and after this long in any case
SEEN_EVERY = timedelta(minutes=1)  # how finely "last seen" is kept: spares a write per request
WINDOW = timedelta(minutes=5)
ATTEMPTS = 10  # wrong passwords per window, for one address and for one machine


def sign_in(
    store: Store, hasher: Hasher, email: str, password: str, machine: str, token: str, now: datetime
) -> Actor:
    """Open a session under `token`, or say that the pair does not fit, never which half."""
    email = email.strip()
    keys = (f"sign-in {email.casefold()}", f"sign-in from {machine}")
    if any(people.attempts_since(store, key, now - WINDOW) >= ATTEMPTS for key in keys):
        raise Denied("Too many tries. Wait five minutes and try again, or reset your password.")
    stored = people.password_hash(store, email)
    if not hasher.matches(stored, password):
        for key in keys:
            people.note_attempt(store, key, now)
        raise BadInput("That e-mail address and password do not fit together. Check both.")
    person = people.by_email(store, email)
    assert person is not None and stored is not None
    with store.writing():
        if hasher.is_outdated(stored):
            people.set_password(store, person.id, hasher.hash(password))
        people.forget_attempts(store, now - WINDOW)
        people.open_session(store, token, person.id, now)
    return people.actor(store, person.id)


def resume(store: Store, token: str, now: datetime) -> tuple[Actor, datetime] | None:
    """The person behind a session that still runs, and when it ends unless they go on."""
    found = people.session(store, token)
    if found is None:
        return None
    person_id, created, seen = found
    if now >= ends_at(created, seen):
        return None
    if now - seen >= SEEN_EVERY:
        people.see_session(store, token, now)
        seen = now
    return people.actor(store, person_id), ends_at(created, seen)


def ends_at(created: datetime, seen: datetime) -> datetime:
    return min(seen + IDLE, created + LONGEST)


def sign_out(store: Store, token: str, now: datetime) -> None:
    people.end_session(store, token, now)
