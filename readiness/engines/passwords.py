"""Password hashing by Argon2id, with at most two hashes at a time: each needs 64 MiB."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

PLACES = threading.BoundedSemaphore(2)
QUICK = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Hasher:
    def __init__(self, *, quick: bool = False) -> None:
        self._hasher = (
            PasswordHasher(**QUICK) if quick else PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        )
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
