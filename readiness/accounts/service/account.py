"""What a person does with their own account."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts import passwords, throttle
from readiness.accounts.db import attempts, people, sessions
from readiness.accounts.db import tokens as links
from readiness.accounts.passwords import Hasher
from readiness.accounts.sessions import BrowserSession, browser_name
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Denied, NotFound, Problem
from readiness.core.people import Actor, Person

WAIT = "Too many tries. Wait five minutes, then try again."
NO_SESSION = "You are signed out there already. Reload the page."


@dataclass(frozen=True)
class Place:
    """One browser in which a person is signed in."""

    session: BrowserSession
    browser: str
    is_this_one: bool


def person(store: Store, actor: Actor) -> Person:
    return people.get(store, actor.id)


def own_sessions(session: Session, here: BrowserSession) -> list[Place]:
    return [
        Place(each, browser_name(each.browser), each.id == here.id)
        for each in sessions.running(session.store, session.actor.id, session.now)
    ]


def end_other_sessions(session: Session, here: BrowserSession) -> None:
    with session.store.writing():
        sessions.end_all(session.store, session.actor.id, session.now, but=here.id)
        record(session, "ended other sessions of")


def end_session(session: Session, session_id: str) -> None:
    with session.store.writing():
        if not sessions.end(session.store, session_id, session.actor.id, session.now):
            raise NotFound(NO_SESSION)
        record(session, "ended a session of")


def change_password(
    session: Session, hasher: Hasher, old: str, new: str, here: BrowserSession, token: str
) -> None:
    """Other sessions end with the old password, and so do links to choose another; this one goes
    on under the new `token`."""
    check_password(session, hasher, old)
    known = people.get(session.store, session.actor.id)
    if problem := passwords.problem_with(new, (known.name, known.email)):
        raise BadInput([Problem("new_password", problem)])
    hashed = hasher.hash(new)
    with session.store.writing():
        people.set_password(session.store, session.actor.id, hashed)
        links.withdraw_resets(session.store, session.actor.id)
        sessions.end_all(session.store, session.actor.id, session.now, but=here.id)
        sessions.renew(session.store, here.id, token)
        record(session, "changed the password of")


def renew(session: Session, here: BrowserSession, token: str) -> None:
    """The session has proved more than before, and goes on under another token."""
    sessions.renew(session.store, here.id, token)


def confirm(
    session: Session, hasher: Hasher, here: BrowserSession, password: str, token: str
) -> None:
    """Still the same person: pages that ask for it open for a while, under the new `token`."""
    check_password(session, hasher, password)
    with session.store.writing():
        sessions.note(session.store, here.id, "confirmed_at", session.now)
        sessions.renew(session.store, here.id, token)


def check_password(session: Session, hasher: Hasher, password: str) -> None:
    """Ask once more before something that cannot be undone: is it still the same person?"""
    limits = throttle.for_confirming(session.actor.id)
    if not attempts.add(session.store, limits, session.now):
        raise Denied(WAIT)
    if not hasher.matches(people.password_hash_of(session.store, session.actor.id), password):
        raise BadInput([Problem("password", "That is not your password. Check it and try again.")])
    attempts.take_back(session.store, limits, session.now)


def record(session: Session, verb: str) -> None:
    audit.record(session.store, audit.event(session, verb, "person", session.actor.id))
