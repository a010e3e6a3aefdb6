"""Sessions and failed tries to open one. Tokens and addresses are kept as hashes only."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.db.one_time_links import digest
from readiness.core.db import Store


def start(store: Store, token: str, person_id: str, at: datetime) -> None:
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


def find(store: Store, token: str) -> tuple[str, datetime, datetime] | None:
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


def owner(store: Store, token: str) -> str | None:
    """Whose session it is or was, ended or not."""
    row = store.row("select person_id from sessions where token_sha256 = ?", (digest(token),))
    return row["person_id"] if row else None


def running(
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


def see(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set seen_at = ? where token_sha256 = ?",
            (at.isoformat(), digest(token)),
        )


def end(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where token_sha256 = ? and ended_at is null",
            (at.isoformat(), digest(token)),
        )


def end_all(store: Store, person_id: str, at: datetime, keep_token: str = "") -> None:
    """End them all, but for the one the person is using now when its token is given."""
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where person_id = ? and ended_at is null"
            " and token_sha256 <> ?",
            (at.isoformat(), person_id, digest(keep_token)),
        )


def forget(store: Store, before: datetime) -> None:
    """Drop those that began so long ago that nothing needs them."""
    with store.writing():
        store.execute("delete from sessions where created_at < ?", (before.isoformat(),))


def note_attempt(store: Store, key: str, at: datetime) -> None:
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
