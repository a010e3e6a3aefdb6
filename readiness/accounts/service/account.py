"""Signing in and out, and what a person does with their own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from readiness.accounts import passwords
from readiness.accounts.db import people, tokens
from readiness.accounts.passwords import Hasher
from readiness.accounts.sessions import IDLE, LONGEST, SEEN_EVERY, ends_at
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Denied, NotSaved, Problem
from readiness.core.people import Actor, Person

WINDOW = timedelta(minutes=5)
ATTEMPTS = 10  # wrong passwords per window, for one address and for one machine


@dataclass(frozen=True)
class SignInSession:
    """One browser in which a person is signed in."""

    started_at: datetime
    seen_at: datetime
    is_this_one: bool


def sign_in(
    store: Store, hasher: Hasher, email: str, password: str, machine: str, token: str, now: datetime
) -> Actor:
    """Open a session under `token`, or say that the pair does not fit, never which half."""
    email = email.strip()
    keys = (f"sign-in {email.casefold()}", f"sign-in from {machine}")
    refuse_too_many(store, keys, now)
    stored = people.password_hash(store, email)
    person = people.by_email(store, email)
    if not hasher.matches(stored, password) or person is None or stored is None:
        note_failure(store, keys, now)
        raise BadInput("That e-mail address and password do not fit together. Check both.")
    renewed = hasher.hash(password) if hasher.is_outdated(stored) else None
    with store.writing():
        if renewed:
            people.set_password(store, person.id, renewed)
        tokens.forget_sessions(store, now - 2 * LONGEST)
        tokens.start_session(store, token, person.id, now)
    return people.actor(store, person.id)


def refuse_too_many(store: Store, keys: tuple[str, ...], now: datetime) -> None:
    """Too many wrong passwords: even the right one has to wait."""
    if any(tokens.attempts_since(store, key, now - WINDOW) >= ATTEMPTS for key in keys):
        raise Denied("Too many tries. Wait five minutes, or ask for a link to a new password.")


def note_failure(store: Store, keys: tuple[str, ...], now: datetime) -> None:
    with store.writing():
        tokens.forget_attempts(store, now - WINDOW)
        for key in keys:
            tokens.add_attempt(store, key, now)


def resume(store: Store, token: str, now: datetime) -> tuple[Actor, datetime] | None:
    """The person behind a session that still runs, and when it ends unless they go on."""
    found = tokens.find_session(store, token)
    if found is None:
        return None
    person_id, created, seen = found
    if now >= ends_at(created, seen):
        return None
    if now - seen >= SEEN_EVERY and note_visit(store, token, now):
        seen = now
    return people.actor(store, person_id), ends_at(created, seen)


def note_visit(store: Store, token: str, now: datetime) -> bool:
    """Whether the visit could be noted. A full disk must not stop anybody from reading."""
    try:
        tokens.touch_session(store, token, now)
    except NotSaved:
        return False
    return True


def owner_of(store: Store, token: str) -> str:
    """Whose session it is or was: what they typed is shown again to nobody else."""
    return tokens.session_owner(store, token) or ""


def sign_out(store: Store, token: str, now: datetime) -> None:
    tokens.end_session(store, token, now)


def person(store: Store, actor: Actor) -> Person:
    return people.get(store, actor.id)


def own_sessions(session: Session, token: str) -> list[SignInSession]:
    this = tokens.digest(token)
    return [
        SignInSession(started, seen, key == this)
        for key, started, seen in tokens.running_sessions(
            session.store, session.actor.id, session.now - LONGEST, session.now - IDLE
        )
    ]


def end_other_sessions(session: Session, token: str) -> None:
    with session.store.writing():
        tokens.end_sessions(session.store, session.actor.id, session.now, keep_token=token)
        record(session, "ended other sessions of")


def change_password(session: Session, hasher: Hasher, old: str, new: str, token: str) -> None:
    """Other sessions end with the old password, and so do links to choose another."""
    confirm_password(session, hasher, old)
    known = people.get(session.store, session.actor.id)
    if problem := passwords.problem_with(new, (known.name, known.email)):
        raise BadInput([Problem("new_password", problem)])
    hashed = hasher.hash(new)
    with session.store.writing():
        people.set_password(session.store, session.actor.id, hashed)
        tokens.withdraw_resets(session.store, session.actor.id)
        tokens.end_sessions(session.store, session.actor.id, session.now, keep_token=token)
        record(session, "changed the password of")


def confirm_password(session: Session, hasher: Hasher, password: str) -> None:
    """Ask once more before something that cannot be undone: is it still the same person?"""
    keys = (f"password of {session.actor.id}",)
    refuse_too_many(session.store, keys, session.now)
    if not hasher.matches(people.password_hash_of(session.store, session.actor.id), password):
        note_failure(session.store, keys, session.now)
        raise BadInput([Problem("password", "That is not your password. Check it and try again.")])


def record(session: Session, verb: str) -> None:
    audit.record(session.store, audit.event(session, verb, "person", session.actor.id))
