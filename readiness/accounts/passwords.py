"""Passwords: what makes one good enough, and their hashes by Argon2id.

At most two hashes at a time: each needs 64 MiB.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from zxcvbn import zxcvbn

PLACES = threading.BoundedSemaphore(2)
QUICK = Parameters(Type.ID, 19, 16, 32, 1, 8, 1)  # 8 KiB and one pass: protects nothing
SHORTEST, LONGEST = 12, 200  # characters; any characters
LOOKED_AT = 72  # as many as the estimate takes
STRONG = 3  # of 0 to 4: more than a hundred million guesses


def problem_with(password: str, about: Iterable[str]) -> str | None:
    """Why the password will not do, or None. `about`: the person's own name and address."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; 15 or more is better. A few words will do."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if contains_own_name(password, about):
        return "Leave your own name and e-mail address out of the password."
    if is_easily_guessed(password):
        return "That password is easily guessed. Use a few words that do not belong together."
    return None


def contains_own_name(password: str, about: Iterable[str]) -> bool:
    """Long parts only: a name of three letters sits in many an innocent word."""
    parts = {part for text in about for part in text.casefold().replace("@", " ").split()}
    return any(len(part) > 3 and part in password.casefold() for part in parts)


def is_easily_guessed(password: str) -> bool:
    """Common passwords, names, dates, keyboard rows and repeats, also disguised ones."""
    return bool(zxcvbn(password[:LOOKED_AT])["score"] < STRONG)


class Hasher:
    def __init__(self, *, quick: bool = False) -> None:
        self._hasher = PasswordHasher.from_parameters(QUICK if quick else RFC_9106_LOW_MEMORY)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with PLACES:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; as slow for an unknown person as for a known one."""
        with PLACES:
            try:
                return self._hasher.verify(stored or self._nobody, password) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)
