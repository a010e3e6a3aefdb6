"""The history: who did what to which thing, when. Ids and numbers only, never what was typed.

Append-only, and each line carries a hash over itself and the line before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from readiness.core.db import Session, Store
from readiness.core.sealing import FIRST, KeyUse, anchor_of, key_of, line_hash

ALL = 2**62  # no line has a number as high
SYSTEM = "the command line"  # the actor id of what an operator did without signing in
LOOKED_AT, DOWNLOADED = "looked at", "downloaded"  # the verbs of who only reads
CHANGES = f"verb not in ('{LOOKED_AT}', '{DOWNLOADED}')"
Detail = Mapping[str, str | int | bool | None]


@dataclass(frozen=True)
class Event:
    at: datetime
    actor_id: str
    verb: str  # past tense, as a person reads it: "answered", "submitted"
    object_kind: str  # "assessment", "cycle", "person"
    object_id: str
    group_id: str | None = None  # whose history shows it
    payer_id: str | None = None
    detail: Detail = field(default_factory=dict)


COLUMNS = tuple(each.name for each in fields(Event))
Line = tuple[int, Event]  # its number in the history, and the event


def event(
    session: Session,
    verb: str,
    object_kind: str,
    object_id: str,
    *,
    group_id: str | None = None,
    payer_id: str | None = None,
    detail: Detail | None = None,
) -> Event:
    """What the person of this session does now, to be recorded with the change itself."""
    at, who = session.now, session.actor.id
    return Event(at, who, verb, object_kind, object_id, group_id, payer_id, detail or {})


def record(store: Store, event: Event) -> None:
    """Write the line in the transaction of the change that it tells of."""
    last = store.row("select sha256 from events order by seq desc limit 1")
    row = {**to_row(event), "rows_mark": store.last_mark()}
    before = last["sha256"] if last else FIRST
    sha256 = keyed_hash(key_of(store.path), before, row)
    store.insert("events", {**row, "before_sha256": before, "sha256": sha256})


def keyed_hash(key: bytes, before: str, row: Mapping[str, Any]) -> str:
    """Over the line, the line before it, and the newest mark on a row at that moment."""
    return line_hash(key, before, [row[name] for name in (*sorted(COLUMNS), "rows_mark")])


def plain_hash(before: str, row: Mapping[str, Any]) -> str:
    """Of lines that were written before there was a key."""
    text = json.dumps([before, *(row[name] for name in sorted(COLUMNS))], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(store: Store, key: bytes | None) -> int | None:
    """The number of the first line that was changed or is missing, or None. Without a key: of a
    database from before there was one.

    Lines cut off at the end are missed by the chain alone; the counter that gave out their
    numbers remembers them.
    """
    before, expected = FIRST, 1
    with store.snapshot():
        uses = key_uses(store) if key else []
        for row in store.rows("select * from events order by seq"):
            if key and not is_anchored(store, key, uses, expected, before):
                return expected
            hashed = expected_hash(key, uses, expected, before, row)
            if (row["seq"], row["before_sha256"], row["sha256"]) != (expected, before, hashed):
                return expected
            before, expected = row["sha256"], expected + 1
        is_whole = not key or is_anchored(store, key, uses, expected, before)
        return None if is_whole and expected > last_number_given(store) else expected


def key_uses(store: Store) -> list[KeyUse]:
    """Oldest first: one for each key that there was."""
    rows = store.rows("select from_seq, seals_from, anchor from history_keys order by from_seq")
    return [KeyUse(**row) for row in rows]


def is_anchored(store: Store, key: bytes, uses: list[KeyUse], line: int, before: str) -> bool:
    """Whether the present key was in use by this line, or begins with it as its mark says."""
    if not uses or uses[-1].from_seq != line:
        return bool(uses)
    use = uses[-1]
    last = store.row("select mark from row_seals where seq = ?", (use.seals_from - 1,))
    mark = last["mark"] if last else FIRST
    return use.anchor == anchor_of(key, line, before, use.seals_from, mark)


def expected_hash(
    key: bytes | None, uses: list[KeyUse], line: int, before: str, row: Mapping[str, Any]
) -> str:
    """What was written with a key that is lost cannot be worked out again, and stands as it is."""
    if key is None or line < uses[0].from_seq:
        return plain_hash(before, row)
    return keyed_hash(key, before, row) if line >= uses[-1].from_seq else str(row["sha256"])


def last_number_given(store: Store) -> int:
    row = store.row("select seq from sqlite_sequence where name = 'events'")
    return int(row["seq"]) if row else 0


def head(store: Store) -> tuple[int, str]:
    """The number and the hash of the last line: kept elsewhere, they anchor all before it."""
    row = store.row("select seq, sha256 from events order by seq desc limit 1")
    return (int(row["seq"]), str(row["sha256"])) if row else (0, FIRST)


def last_of_group(store: Store, group_id: str) -> int:
    """The number of its last change: the same as before when nothing about it has changed."""
    row = store.row(
        f"select seq from events where group_id = ? and {CHANGES} order by seq desc limit 1",  # noqa: S608
        (group_id,),
    )
    return int(row["seq"]) if row else 0


def of_group(store: Store, group_id: str, limit: int = 200) -> list[Event]:
    """Newest first."""
    return [event for _, event in lines(store, "group_id = ?", (group_id,), limit, None)]


def of_payer(store: Store, payer_id: str, limit: int = 200) -> list[Event]:
    """What changed for it, newest first."""
    found = lines(store, f"payer_id = ? and {CHANGES}", (payer_id,), limit, None)
    return [event for _, event in found]


def lines(
    store: Store, whose: str, values: tuple[str | int, ...], limit: int, before: int | None
) -> list[Line]:
    return [
        (row["seq"], from_row(row))
        for row in store.rows(
            f"select * from events where {whose} and seq < ? order by seq desc limit ?",  # noqa: S608 - our words
            (*values, before or ALL, limit),
        )
    ]


NAMES = {
    "assessment": "select id, title as name from assessments",
    "cycle": "select id, name from cycles",
    "group": "select id, name from groups",
    "mapping": "select id, name from upload_mappings",
    "payer": "select id, name from payers",
    "plan": "select plans.id, title as name from plans"
    " join assessments on assessments.id = assessment_id",
}


def names_of(store: Store, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """What those of the things that still exist are called, by id."""
    found = store.rows(
        f"select * from ({NAMES[kind]}) where id in (select value from json_each(?))",  # noqa: S608
        (json.dumps(sorted(set(ids))),),
    )
    return {row["id"]: row["name"] for row in found}


def to_row(event: Event) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in COLUMNS}
    detail = json.dumps(dict(event.detail), sort_keys=True)
    return {**row, "at": event.at.isoformat(), "detail": detail}


def from_row(row: dict[str, Any]) -> Event:
    kept = {name: row[name] for name in COLUMNS}
    at, detail = datetime.fromisoformat(row["at"]), json.loads(row["detail"])
    return Event(**{**kept, "at": at, "detail": detail})
