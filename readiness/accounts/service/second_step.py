"""The second step of signing in: setting it up, giving its code, doing without it again."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts import second_factor, throttle
from readiness.accounts.db import attempts, people, second_factors, sessions
from readiness.accounts.second_factor import SecondFactor
from readiness.accounts.service.one_time_links import require_may_reset
from readiness.accounts.service.people import record_person
from readiness.accounts.sessions import BrowserSession
from readiness.core import audit
from readiness.core.config import Required
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, Problem, WrongState
from readiness.core.people import Person

WRONG_CODE = "That code does not fit. Wait for the next one in your app and type its six digits."
TOO_MANY_CODES = "Too many wrong codes. Wait five minutes, then type the one that your app shows."
NOT_BEGUN = "There is nothing to confirm. Start again on your account page."


@dataclass(frozen=True)
class SetUp:
    """What an app has to be told."""

    secret: str
    address: str

    @property
    def spelled(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


@dataclass(frozen=True)
class Standing:
    """Whether a person has a second step, and how many codes on paper are left."""

    factor: SecondFactor | None
    codes_left: int
    is_required: bool

    @property
    def is_on(self) -> bool:
        return self.factor is not None and self.factor.confirmed_at is not None


def standing(session: Session, required: Required) -> Standing:
    store, actor = session.store, session.actor
    return Standing(
        second_factors.get(store, actor.id),
        second_factors.codes_left(store, actor.id),
        second_factor.is_required(required, actor.memberships),
    )


def begin(session: Session, salt: str) -> None:
    """Offer a secret; nothing is asked for before a code from it has been typed."""
    held = second_factors.get(session.store, session.actor.id)
    if held and held.confirmed_at:
        raise WrongState("You have a second step already. Turn it off first to use another app.")
    second_factors.offer(session.store, SecondFactor(session.actor.id, salt, session.now))


def set_up(session: Session, key: str) -> SetUp | None:
    """What was offered and not confirmed yet."""
    factor = second_factors.get(session.store, session.actor.id)
    if factor is None or factor.confirmed_at:
        return None
    secret = second_factor.secret_of(key, factor)
    email = people.get(session.store, session.actor.id).email
    return SetUp(secret, second_factor.address_of(secret, email))


def confirm(
    session: Session, key: str, here: BrowserSession, code: str, chance: bytes
) -> tuple[str, ...]:
    """The app works: from now on its code is asked for. Returns ten codes to keep on paper."""
    store, person_id = session.store, session.actor.id
    factor = second_factors.get(store, person_id)
    if factor is None or factor.confirmed_at:
        raise WrongState(NOT_BEGUN)
    counted(session)
    step = second_factor.step_of(second_factor.secret_of(key, factor), code, 0, session.now)
    if step is None:
        raise BadInput([Problem("code", WRONG_CODE)])
    with store.writing():
        attempts.take_back(store, throttle.for_code(person_id), session.now)
        second_factors.confirm(store, person_id, step, session.now)
        sessions.note(store, here.id, "second_step_at", session.now)
        sessions.end_all(store, person_id, session.now, but=here.id)
        record(session, "set up a second step for")
        return new_codes(session, key, chance)


def new_codes(session: Session, key: str, chance: bytes) -> tuple[str, ...]:
    """Ten codes in place of those before; they are shown this once."""
    codes = second_factor.paper_codes(chance)
    person_id = session.actor.id
    stored = [second_factor.stored_form(key, person_id, code) for code in codes]
    with session.store.writing():
        second_factors.replace_codes(session.store, person_id, stored)
        record(session, "made new codes on paper for")
    return codes


def give(session: Session, key: str, here: BrowserSession, code: str) -> None:
    """The code that a session waits for, from the app or from paper; each is taken once."""
    store, person_id = session.store, session.actor.id
    factor = second_factors.get(store, person_id)
    if factor is None or not factor.confirmed_at:
        raise WrongState(NOT_BEGUN)
    counted(session)
    secret = second_factor.secret_of(key, factor)
    step = second_factor.step_of(secret, code, factor.last_step, session.now)
    with store.writing():
        paper = second_factor.stored_form(key, person_id, code)
        if step is not None and second_factors.use_step(store, person_id, step):
            verb = "signed in to"
        elif second_factors.use_code(store, person_id, paper, session.now):
            verb = "signed in with a code on paper to"
        else:
            verb = ""
        if verb:
            attempts.take_back(store, throttle.for_code(person_id), session.now)
            sessions.note(store, here.id, "second_step_at", session.now)
            record(session, verb)
    if not verb:
        raise BadInput([Problem("code", WRONG_CODE)])


def counted(session: Session) -> None:
    """Counts the try before it is looked at."""
    limits = throttle.for_code(session.actor.id)
    if attempts.add(session.store, limits, session.now):
        return
    raise Denied(TOO_MANY_CODES)


def turn_off(session: Session, required: Required) -> None:
    if second_factor.is_required(required, session.actor.memberships):
        raise WrongState(
            "Your role asks for a second step. To use another app, ask an administrator to remove "
            "this one; you set the new one up when you next sign in."
        )
    with session.store.writing():
        second_factors.remove(session.store, session.actor.id)
        record(session, "turned off the second step of")


def remove_of(session: Session, person_id: str) -> Person:
    """For somebody who lost the phone and the codes on paper; they are signed out everywhere."""
    person = require_may_reset(session, person_id)
    remove(session, person)
    return person


def remove(session: Session, person: Person) -> None:
    with session.store.writing():
        second_factors.remove(session.store, person.id)
        sessions.end_all(session.store, person.id, session.now)
        record_person(session, "removed the second step of", person.id)


def record(session: Session, verb: str) -> None:
    audit.record(session.store, audit.event(session, verb, "person", session.actor.id))
