"""Passkeys as the second step: adding one, signing in with it, removing it."""

from __future__ import annotations

import base64

from readiness.accounts import passkeys as rules
from readiness.accounts.db import passkeys, people, second_factors, sessions
from readiness.accounts.passkeys import Passkey, RelyingParty
from readiness.accounts.service import signing_in
from readiness.accounts.service.history import NOBODY
from readiness.accounts.service.second_step import (
    record,
    record_removal,
    require_given,
    require_may_remove_one,
    turn_on,
)
from readiness.accounts.sessions import BrowserSession
from readiness.core.config import Required
from readiness.core.db import Session
from readiness.core.errors import BadInput, NotFound, Problem, WrongState

TOO_LATE = "That took too long, or was sent twice. Press the button to try again."
NO_NAME_HERE = (
    "Passkeys hold for a name, and this page was opened by an address in numbers. Open it by its "
    "name; for a demonstration on this computer, that is localhost in place of 127.0.0.1."
)
NONE_HERE = "You have no passkey for this address. Type a code instead."
HERE_ALREADY = "This passkey is in use here already. Choose another device, or remove it first."
MAY_BE_COPIED = (
    "This passkey counts fewer uses than it did before: somebody may have a copy of it. Sign in "
    "with a code, remove this passkey on your account page, and tell your administrator."
)


def usable(session: Session, site: RelyingParty) -> tuple[Passkey, ...]:
    """Those of the person that a browser can use where it is."""
    held = passkeys.of_person(session.store, session.actor.id)
    return tuple(each for each in held if each.host == site.host)


def offer(session: Session, here: BrowserSession, site: RelyingParty, challenge: bytes) -> str:
    """What the browser is told to make a passkey."""
    require_given(session, here)
    if not site.host:
        raise WrongState(NO_NAME_HERE)
    ask(session, here, challenge)
    person = people.get(session.store, session.actor.id)
    return rules.creation_options(site, person, challenge, usable(session, site))


def request(session: Session, here: BrowserSession, site: RelyingParty, challenge: bytes) -> str:
    """What the browser is told to sign in with one."""
    held = usable(session, site)
    if not held:
        raise WrongState(NONE_HERE)
    ask(session, here, challenge)
    return rules.request_options(site, challenge, held)


def ask(session: Session, here: BrowserSession, challenge: bytes) -> None:
    text = base64.urlsafe_b64encode(challenge).decode()
    passkeys.ask(session.store, here.id, text, session.now)


def asked(session: Session, here: BrowserSession) -> bytes:
    """What this session was asked; whatever comes of it, it is not asked again."""
    text = passkeys.take_challenge(session.store, here.id, session.now)
    if not text:
        raise BadInput(TOO_LATE)
    return base64.urlsafe_b64decode(text)


def add(
    session: Session,
    key: str,
    here: BrowserSession,
    site: RelyingParty,
    named: tuple[str, str],
    answer: str,
    chance: bytes,
) -> tuple[str, ...]:
    """Keep the passkey that the browser made, as `named` (id, name). Where it is the first second
    step: ten codes for paper, as with an app."""
    made = rules.made(site, asked(session, here), answer)
    id_, name = named
    passkey = Passkey(id_, session.actor.id, name, site.host, **vars(made), added_at=session.now)
    with session.store.writing():
        require_given(session, here)
        was_on = second_factors.is_on(session.store, session.actor.id)
        if not passkeys.add(session.store, passkey):
            raise BadInput([Problem("name", HERE_ALREADY)])
        record(session, "added a passkey to")
        return () if was_on else turn_on(session, key, here, chance)


def sign_in(session: Session, here: BrowserSession, site: RelyingParty, answer: str) -> None:
    """The second step that a session waits for."""
    store, person_id = session.store, session.actor.id
    held = usable(session, site)
    passkey, sign_count = rules.used(site, asked(session, here), answer, held)
    with store.writing():
        if is_next := passkeys.use(store, passkey.id, sign_count, session.now):
            sessions.note(store, here.id, "second_step_at", session.now)
            record(session, "signed in with a passkey to")
        else:
            verb = "gave a passkey that may have been copied for"
            signing_in.record(store, verb, NOBODY, person_id, session.now)
    if not is_next:
        raise BadInput(MAY_BE_COPIED)


def remove(session: Session, passkey_id: str, required: Required) -> None:
    with session.store.writing():
        require_may_remove_one(session, required)
        if not passkeys.remove(session.store, session.actor.id, passkey_id):
            raise NotFound("There is no such passkey any more. Reload the page.")
        record_removal(session, "removed a passkey of")
