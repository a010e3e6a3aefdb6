"""Backups that only the holder of another key can read.

They are age files (age-encryption.org), which any `age` program opens too: this installation knows
the public key alone, so whoever takes its backups, or the whole machine's, reads none of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

import pyrage
from pyrage.x25519 import Identity, Recipient

from readiness.core.errors import BadInput, NotSaved, WrongState

Recipients: TypeAlias = Sequence[Recipient]
ENDING = ".age"
SETTING = "READINESS_BACKUP_RECIPIENT"
NO_RECIPIENT = (
    f"{SETTING} is neither a public key (age1...) nor a file with one on each line. No backup was "
    "made. Set it to what flask database new-identity printed, or leave it out for backups that "
    "anybody can read who has the file."
)
NO_IDENTITY = (
    "{path} is encrypted. Name the file with its secret key, which flask database new-identity "
    "made: flask database restore {path} --identity FILE"
)
NOT_AN_IDENTITY = "{path} holds no secret key (AGE-SECRET-KEY-...). Name the file that does."
NOT_FOR_IT = (
    "{path} cannot be read with the secret key in {identity}. Name the file of the key that it was "
    "encrypted for."
)


def recipients(said: str) -> Recipients:
    """Whom backups are for, by the setting: keys with commas between, or a file of them."""
    if not said:
        return ()
    try:
        keys = said.split(",") if said.startswith("age1") else lines(Path(said))
        found = tuple(Recipient.from_str(key.strip()) for key in keys)
    except (OSError, ValueError, pyrage.RecipientError):
        found = ()
    if not found:
        raise BadInput(NO_RECIPIENT)
    return found


def lines(path: Path) -> list[str]:
    """Of a file of keys, but for those that say something about them."""
    told = (line.strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in told if line and not line.startswith("#")]


def encrypt(source: Path, target: Path, to: Recipients) -> None:
    """Raises OSError where there is no room, whatever the library calls it."""
    try:
        with source.open("rb") as clear, own(target) as hidden:
            pyrage.encrypt_io(clear, hidden, list(to))
    except pyrage.EncryptError as error:
        raise OSError(*error.args) from error


def decrypt(source: Path, target: Path, identity: Path | None) -> None:
    if identity is None:
        raise BadInput(NO_IDENTITY.format(path=source))
    try:
        keys = [Identity.from_str(line) for line in lines(identity)]
    except (OSError, ValueError, pyrage.IdentityError):
        keys = []
    if not keys:
        raise BadInput(NOT_AN_IDENTITY.format(path=identity))
    try:
        with source.open("rb") as hidden, own(target) as clear:
            pyrage.decrypt_io(hidden, clear, keys)
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise BadInput(NOT_FOR_IT.format(path=source, identity=identity)) from None


def write_identity(path: Path, now: datetime) -> str:
    """A new secret key in a new file; its public key."""
    made = Identity.generate()
    text = f"# made: {now.isoformat()}\n# public key: {made.to_public()}\n{made}\n"
    try:
        with own(path) as opened:
            opened.write(text.encode())
    except FileExistsError:
        raise WrongState(f"{path} is there already and was not changed. Name a new file.") from None
    except OSError as error:
        raise NotSaved(f"{path} cannot be written. Name a file on a disk with room.") from error
    return str(made.to_public())


def own(path: Path) -> BinaryIO:
    """A new file for this account alone."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
