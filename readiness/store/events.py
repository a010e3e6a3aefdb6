"""The history, append-only. Each line carries a hash over itself and the line before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from readiness.domain.events import Event
from readiness.store.connection import Store

FIRST = "0" * 64


def record(store: Store, event: Event) -> None:
    """Write the line in the transaction of the change that it tells of."""
    last = store.row("select sha256 from events order by seq desc limit 1")
    row = to_row(event)
    before = last["sha256"] if last else FIRST
    store.insert("events", {**row, "before_sha256": before, "sha256": chained(before, row)})


def chained(before: str, row: dict[str, Any]) -> str:
    text = json.dumps([before, *(row[name] for name in sorted(row))], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(store: Store) -> int | None:
    """The number of the first line that was changed or is missing, or None."""
    before, expected = FIRST, 1
    for stored in store.rows("select * from events order by seq"):
        row = {name: stored[name] for name in to_row(from_row(stored))}
        if (
            stored["seq"] != expected
            or stored["before_sha256"] != before
            or stored["sha256"] != chained(before, row)
        ):
            return expected
        before, expected = stored["sha256"], expected + 1
    return None


def of_group(store: Store, group_id: str, limit: int = 200, before_seq: int | None = None) -> list[Event]:
    return [
        from_row(row)
        for row in store.rows(
            "select * from events where group_id = ? and seq < ? order by seq desc limit ?",
            (group_id, before_seq or 2**62, limit),
        )
    ]


def of_payer(store: Store, payer_id: str, limit: int = 200) -> list[Event]:
    return [
        from_row(row)
        for row in store.rows(
            "select * from events where payer_id = ? order by seq desc limit ?", (payer_id, limit)
        )
    ]


def latest(store: Store, limit: int = 200) -> list[Event]:
    return [
        from_row(row)
        for row in store.rows("select * from events order by seq desc limit ?", (limit,))
    ]


def everything(store: Store) -> Iterator[Event]:
    for row in store.rows("select * from events order by seq"):
        yield from_row(row)


def to_row(event: Event) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "actor_id": event.actor_id,
        "verb": event.verb,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "group_id": event.group_id,
        "payer_id": event.payer_id,
        "detail": json.dumps(dict(event.detail), sort_keys=True),
    }


def from_row(row: dict[str, Any]) -> Event:
    return Event(
        at=datetime.fromisoformat(row["at"]),
        actor_id=row["actor_id"],
        verb=row["verb"],
        object_kind=row["object_kind"],
        object_id=row["object_id"],
        group_id=row["group_id"],
        payer_id=row["payer_id"],
        detail=json.loads(row["detail"]),
    )
