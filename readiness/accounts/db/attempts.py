"""Tries to sign in that were not right, or are not known to be: kept under hashed keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from readiness.accounts.db.tokens import digest
from readiness.accounts.throttle import Limit
from readiness.core.db import Store


def add(store: Store, limits: Sequence[Limit], now: datetime) -> bool:
    """Count one more try under each key; False, and nothing counted, where one is at its limit.

    Tries that the clock says are still to come stay out: it was set back.
    """
    with store.writing():
        if any(count(store, limit.key, limit.since(now), now) >= limit.most for limit in limits):
            return False
        for key in keys_of(limits):
            store.insert("attempts", {"key": digest(key), "at": now.isoformat()})
    return True


def take_back(store: Store, limits: Sequence[Limit], at: datetime) -> None:
    """The try of that moment was right, or was not looked at."""
    with store.writing():
        for key in keys_of(limits):
            store.execute(
                "delete from attempts where rowid = "
                "(select rowid from attempts where key = ? and at = ? limit 1)",
                (digest(key), at.isoformat()),
            )


def keys_of(limits: Sequence[Limit]) -> dict[str, None]:
    return dict.fromkeys(limit.key for limit in limits)


def count(store: Store, key: str, since: datetime, now: datetime) -> int:
    row = store.row(
        "select count(*) as n from attempts where key = ? and at > ? and at <= ?",
        (digest(key), since.isoformat(), now.isoformat()),
    )
    return int(row["n"]) if row else 0


def forget_older(store: Store, before: datetime) -> None:
    with store.writing():
        store.execute("delete from attempts where at <= ?", (before.isoformat(),))
