"""Sessions, failed tries to open one, and one-time links: only hashes of their tokens are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.accounts.team import LinkPurpose, OneTimeLink
from readiness.core.db import Store
from readiness.core.serialization import from_row, to_row


def digest(token: str) -> str:
    """Tokens are stored hashed: whoever reads the file cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_link(store: Store, link: OneTimeLink) -> None:
    with store.writing():
        row = to_row(link)
        row["token_sha256"] = row.pop("id")
        store.insert("letters", row)


def get_link(store: Store, letter_id: str) -> OneTimeLink | None:
    row = store.row("select * from letters where token_sha256 = ?", (letter_id,))
    return to_link(row) if row else None


def use_link(store: Store, letter_id: str, at: datetime) -> bool:
    """Whether this was the first use. Of two at once, one is told no."""
    with store.writing():
        return bool(
            store.execute(
                "update letters set used_at = ? where token_sha256 = ? and used_at is null"
                " and expires_at > ?",
                (at.isoformat(), letter_id, at.isoformat()),
            )
        )


def withdraw_link(store: Store, letter_id: str) -> None:
    with store.writing():
        store.execute(
            "delete from letters where token_sha256 = ? and used_at is null", (letter_id,)
        )


def withdraw_invitations(
    store: Store, email: str, group_id: str | None, payer_id: str | None
) -> None:
    """Earlier invitations of the same person to the same place: a new one replaces them."""
    with store.writing():
        store.execute(
            "delete from letters where purpose = ? and email = ? and group_id is ?"
            " and payer_id is ? and used_at is null",
            (LinkPurpose.INVITATION, email, group_id, payer_id),
        )


def withdraw_resets(store: Store, person_id: str) -> None:
    with store.writing():
        store.execute(
            "delete from letters where purpose = ? and person_id = ? and used_at is null",
            (LinkPurpose.NEW_PASSWORD, person_id),
        )


def invitations(
    store: Store, now: datetime, *, group_id: str | None = None, payer_id: str | None = None
) -> tuple[OneTimeLink, ...]:
    """Those still open for one group, one payer or (without either) administrators."""
    return tuple(
        to_link(row)
        for row in store.rows(
            "select * from letters where purpose = ? and group_id is ? and payer_id is ?"
            " and used_at is null and expires_at > ? order by written_at, email",
            (LinkPurpose.INVITATION, group_id, payer_id, now.isoformat()),
        )
    )


def to_link(row: Mapping[str, Any]) -> OneTimeLink:
    author = row["written_by"] or ""
    return from_row(OneTimeLink, {**row, "id": row["token_sha256"], "written_by": author})


def start_session(store: Store, token: str, person_id: str, at: datetime) -> None:
    with store.writing():
        store.insert(
            "sessions",
            {
                "token_sha256": digest(token),
                "person_id": person_id,
                "created_at": at.isoformat(),
                "seen_at": at.isoformat(),
            },
        )


def find_session(store: Store, token: str) -> tuple[str, datetime, datetime] | None:
    """(person id, created at, seen at) of a session that nobody ended, of an active person."""
    row = store.row(
        "select s.* from sessions s join people p on p.id = s.person_id and p.is_active"
        " where s.token_sha256 = ? and s.ended_at is null",
        (digest(token),),
    )
    if row is None:
        return None
    created, seen = (datetime.fromisoformat(row[name]) for name in ("created_at", "seen_at"))
    return row["person_id"], created, seen


def session_owner(store: Store, token: str) -> str | None:
    """Whose session it is or was, ended or not."""
    row = store.row("select person_id from sessions where token_sha256 = ?", (digest(token),))
    return row["person_id"] if row else None


def running_sessions(
    store: Store, person_id: str, started: datetime, seen: datetime
) -> list[tuple[str, datetime, datetime]]:
    """(token hash, created at, seen at) of those that nobody ended, last used first."""
    return [
        (
            row["token_sha256"],
            datetime.fromisoformat(row["created_at"]),
            datetime.fromisoformat(row["seen_at"]),
        )
        for row in store.rows(
            "select * from sessions where person_id = ? and ended_at is null"
            " and created_at > ? and seen_at > ? order by seen_at desc",
            (person_id, started.isoformat(), seen.isoformat()),
        )
    ]


def touch_session(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set seen_at = ? where token_sha256 = ?",
            (at.isoformat(), digest(token)),
        )


def end_session(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where token_sha256 = ? and ended_at is null",
            (at.isoformat(), digest(token)),
        )


def end_sessions(store: Store, person_id: str, at: datetime, keep_token: str = "") -> None:
    """End them all, but for the one the person is using now when its token is given."""
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where person_id = ? and ended_at is null"
            " and token_sha256 <> ?",
            (at.isoformat(), person_id, digest(keep_token)),
        )


def forget_sessions(store: Store, before: datetime) -> None:
    """Drop those that began so long ago that nothing needs them."""
    with store.writing():
        store.execute("delete from sessions where created_at < ?", (before.isoformat(),))


def add_attempt(store: Store, key: str, at: datetime) -> None:
    with store.writing():
        store.insert("attempts", {"key": digest(key), "at": at.isoformat()})


def attempts_since(store: Store, key: str, since: datetime) -> int:
    row = store.row(
        "select count(*) as n from attempts where key = ? and at > ?",
        (digest(key), since.isoformat()),
    )
    return int(row["n"]) if row else 0


def forget_attempts(store: Store, before: datetime) -> None:
    with store.writing():
        store.execute("delete from attempts where at <= ?", (before.isoformat(),))
