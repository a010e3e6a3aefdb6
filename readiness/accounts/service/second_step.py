"""The second step of signing in: setting it up, giving its code, doing without it again."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts import second_factor, throttle
from readiness.accounts.db import attempts, passkeys, people, second_factors, sessions
from readiness.accounts.passkeys import Passkey
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
CODE_FIRST = "Finish signing in with your second step first; then add another on your account page."
LAST = (
    "Your role asks for a second step, and you have no other. Add a passkey or an app first, then "
    "remove this one; or ask an administrator to remove it: you set up a new one when you next "
    "sign in."
)


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
    """What a person may give as the second step, and how many codes on paper are left."""

    factor: SecondFactor | None
    passkeys: tuple[Passkey, ...]
    codes_left: int
    is_required: bool

    @property
    def has_app(self) -> bool:
        return self.factor is not None and self.factor.confirmed_at is not None

    @property
    def is_on(self) -> bool:
        return self.has_app or bool(self.passkeys)

    @property
    def may_remove_one(self) -> bool:
        return not self.is_required or self.has_app + len(self.passkeys) > 1


def standing(session: Session, required: Required) -> Standing:
    store, actor = session.store, session.actor
    return Standing(
        second_factors.get(store, actor.id),
        passkeys.of_person(store, actor.id),
        second_factors.codes_left(store, actor.id),
        second_factor.is_required(required, actor.memberships),
    )


def require_given(session: Session, here: BrowserSession) -> None:
    """Whoever has the password alone must not add a second step of their own to one that is asked
    for."""
    if here.second_step_at is None and second_factors.is_on(session.store, session.actor.id):
        raise WrongState(CODE_FIRST)


def begin(session: Session, here: BrowserSession, salt: str) -> None:
    """Offer a secret; nothing is asked for before a code from it has been typed."""
    require_given(session, here)
    held = second_factors.get(session.store, session.actor.id)
    if held and held.confirmed_at:
        raise WrongState("You have an app already. Remove it first to use another.")
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
        require_given(session, here)
        attempts.take_back(store, throttle.for_code(person_id), session.now)
        second_factors.confirm(store, person_id, step, session.now)
        record(session, "set up a second step for")
        return turn_on(session, key, here, chance)


def turn_on(session: Session, key: str, here: BrowserSession, chance: bytes) -> tuple[str, ...]:
    """It is asked for from now on: sessions that never gave one end, but for this one."""
    sessions.note(session.store, here.id, "second_step_at", session.now)
    sessions.end_all(session.store, session.actor.id, session.now, but=here.id)
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
    if not second_factors.is_on(store, person_id):
        raise WrongState(NOT_BEGUN)
    counted(session)
    step = step_of(session, key, code)
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


def step_of(session: Session, key: str, code: str) -> int | None:
    """The step whose code from the person's app this is; None without an app."""
    factor = second_factors.get(session.store, session.actor.id)
    if factor is None or not factor.confirmed_at:
        return None
    secret = second_factor.secret_of(key, factor)
    return second_factor.step_of(secret, code, factor.last_step, session.now)


def counted(session: Session) -> None:
    """Counts the try before it is looked at."""
    limits = throttle.for_code(session.actor.id)
    if attempts.add(session.store, limits, session.now):
        return
    raise Denied(TOO_MANY_CODES)


def remove_app(session: Session, required: Required) -> None:
    with session.store.writing():
        require_may_remove_one(session, required)
        second_factors.remove_app(session.store, session.actor.id)
        record_removal(session, "removed the app of")


def require_may_remove_one(session: Session, required: Required) -> None:
    if not standing(session, required).may_remove_one:
        raise WrongState(LAST)


def record_removal(session: Session, verb: str) -> None:
    """With the last of them the codes on paper go too: nothing is asked for any more."""
    if not second_factors.is_on(session.store, session.actor.id):
        second_factors.remove(session.store, session.actor.id)
        verb = "turned off the second step of"
    record(session, verb)


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
