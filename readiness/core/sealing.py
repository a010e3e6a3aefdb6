"""Marks that only this installation can make: on rows that must not be changed by hand.

The key lies beside the database and not in it: in the file `history.key`, which may be a link to
another disk. Whoever has the database alone may change a row, take a line out of
the history and work every hash out anew; the marks then no longer fit.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from readiness.core.errors import NotSaved

FIRST = "0" * 64
GONE = ""  # what stands for the content of a row that was removed
NO_KEY = (
    "The key of the history is missing: {path}. Nothing was changed. Put the file back from where "
    "you keep a copy, then try again; if it is lost, run flask database new-key."
)
SEALED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # table -> its key, what counts
    "people": (("id",), ("email", "password_hash", "is_active")),
    "identities": (("issuer", "subject"), ("person_id",)),
    "memberships": (
        ("id",),
        ("person_id", "role", "group_id", "payer_id", "may_attest", "started_at", "ended_at"),
    ),
    "second_factors": (("person_id",), ("salt", "confirmed_at")),
    "passkeys": (("id",), ("person_id", "host", "credential_id", "public_key")),
    "grants": (
        ("id",),
        (
            *("group_id", "payer_id", "cycle_id", "granted_at", "granted_by", "expires_on"),
            *("revoked_at", "revoked_by"),
        ),
    ),
    "answers": (
        ("assessment_id", "item_id", "revision"),
        ("kind", "level", "reason", "note", "author_id", "at", "is_carried"),
    ),
    "submissions": (
        ("assessment_id", "number"),
        ("at", "author_id", "attested_name", "statement", "reference", "answers_sha256"),
    ),
    "submitted_answers": (("assessment_id", "number", "item_id"), ("revision",)),
    "runs": (
        ("id",),
        (
            *("assessment_id", "number", "kind", "engine_version", "instrument_sha256"),
            *("inputs_sha256", "inputs", "result", "at"),
        ),
    ),
}


@dataclass(frozen=True)
class KeyUse:
    """From which line of the history and which seal on a key is used."""

    from_seq: int
    seals_from: int
    anchor: str


@dataclass(frozen=True)
class Seal:
    """What is stored of one mark; they are chained, so that none can be taken out."""

    table_name: str
    row_key: str
    content: str  # the mark of the row as it stood, or GONE
    mark: str  # over this seal and the one before it


def key_path(database: Path) -> Path:
    return database.with_name("history.key")


def make_key(database: Path) -> None:
    """A new key, for a database that has none; one that is there stays."""
    try:
        opened = os.open(key_path(database), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(opened, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


@lru_cache(maxsize=8)
def key_of(database: Path) -> bytes:
    """Raises NotSaved where there is none."""
    path = key_path(database)
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        raise NotSaved(NO_KEY.format(path=path)) from None


def key_if_there(database: Path) -> bytes | None:
    return key_of(database) if key_path(database).exists() else None


def hmac_of(key: bytes, *parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256").hex()


def row_key(table: str, row: Mapping[str, object]) -> str:
    names, _ = SEALED[table]
    return json.dumps([row[name] for name in names], ensure_ascii=False)


def content_of(key: bytes, table: str, row: Mapping[str, object]) -> str:
    """The mark of a row as SQLite holds it."""
    names, columns = SEALED[table]
    return hmac_of(key, "row", table, [row[name] for name in (*names, *columns)])


def next_seal(key: bytes, before: str, table: str, of_row: str, content: str) -> Seal:
    return Seal(table, of_row, content, hmac_of(key, "seal", before, table, of_row, content))


def anchor_of(key: bytes, from_seq: int, before: str, seals_from: int, mark_before: str) -> str:
    """The mark that the key is used from this line and this seal on, after those before them."""
    return hmac_of(key, "from", from_seq, before, seals_from, mark_before)


def line_hash(key: bytes, before: str, values: Sequence[object]) -> str:
    return hmac_of(key, "line", before, list(values))
