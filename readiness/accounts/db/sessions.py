"""Sessions and the browsers that people are known in: only hashes of their tokens are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.accounts.db.tokens import digest
from readiness.accounts.sessions import BrowserSession
from readiness.core.db import Store
from readiness.core.serialization import from_row, to_row


def start(store: Store, session: BrowserSession) -> None:
    with store.writing():
        row = to_row(session)
        row["token_sha256"] = row.pop("id")
        store.insert("sessions", row)


def find(store: Store, token: str) -> BrowserSession | None:
    """A session that nobody ended, of an active person."""
    row = store.row(
        "select s.* from sessions s join people p on p.id = s.person_id and p.is_active"
        " where s.token_sha256 = ? and s.ended_at is null",
        (digest(token),),
    )
    return of_row(row) if row else None


def of_row(row: Mapping[str, Any]) -> BrowserSession:
    return from_row(BrowserSession, {**row, "id": row["token_sha256"]})


def owner(store: Store, token: str) -> str | None:
    """Whose session it is or was, ended or not."""
    row = store.row("select person_id from sessions where token_sha256 = ?", (digest(token),))
    return row["person_id"] if row else None


def running(store: Store, person_id: str, now: datetime) -> list[BrowserSession]:
    """Last used first."""
    found = store.rows(
        "select * from sessions where person_id = ? and ended_at is null order by seen_at desc",
        (person_id,),
    )
    return [session for session in map(of_row, found) if session.runs(now)]


def note(store: Store, session_id: str, column: str, at: datetime) -> None:
    """Write down when it was seen, or when the person proved who they are."""
    with store.writing():
        store.execute(
            f"update sessions set {column} = ? where token_sha256 = ?",  # noqa: S608 - our names
            (at.isoformat(), session_id),
        )


def renew(store: Store, session_id: str, token: str) -> None:
    """The same session under another token: the one before opens nothing any more."""
    with store.writing():
        store.execute(
            "update sessions set token_sha256 = ? where token_sha256 = ?",
            (digest(token), session_id),
        )


def end(store: Store, session_id: str, person_id: str, at: datetime) -> bool:
    """Whether there was one of theirs to end."""
    with store.writing():
        return bool(
            store.execute(
                "update sessions set ended_at = ?"
                " where token_sha256 = ? and person_id = ? and ended_at is null",
                (at.isoformat(), session_id, person_id),
            )
        )


def end_all(store: Store, person_id: str, at: datetime, but: str = "") -> None:
    """End them all, but for the one of this id."""
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where person_id = ? and ended_at is null"
            " and token_sha256 <> ?",
            (at.isoformat(), person_id, but),
        )


def forget_older(store: Store, before: datetime) -> None:
    """Drop those that began so long ago that nothing needs them."""
    with store.writing():
        store.execute("delete from sessions where created_at < ?", (before.isoformat(),))


def is_known(store: Store, browser: str, person_id: str) -> bool:
    """Whether this person has signed in before in the browser that holds this token."""
    return bool(
        store.row(
            "select 1 from known_browsers where token_sha256 = ? and person_id = ?",
            (digest(browser), person_id),
        )
    )


def know(store: Store, browser: str, person_id: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "insert or replace into known_browsers (token_sha256, person_id, at) values (?, ?, ?)",
            (digest(browser), person_id, at.isoformat()),
        )


def forget_browsers(store: Store, person_id: str) -> None:
    with store.writing():
        store.execute("delete from known_browsers where person_id = ?", (person_id,))
