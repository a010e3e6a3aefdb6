"""What was awarded, spent and given back for actions, and what groups still need: only added to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, ChangedMeanwhile, NotFound
from readiness.plans.postings import Cents, Posting, PostingKind, StillNeeded


def add(store: Store, posting: Posting, event: Event) -> None:
    """Of two who correct the same posting at once, the second is told."""
    with store.writing():
        if posting.corrects and is_corrected(store, posting.corrects):
            raise ChangedMeanwhile(
                "Somebody else corrected this entry a moment ago. Look at the newest one, and "
                "correct that if it is wrong."
            )
        store.insert("postings", to_row(posting))
        audit.record(store, event)


def is_corrected(store: Store, posting_id: str) -> bool:
    return (
        store.row("select 1 as found from postings where corrects = ?", (posting_id,)) is not None
    )


def get(store: Store, posting_id: str) -> Posting:
    row = store.row("select * from postings where id = ?", (posting_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(row)


def of_assessment(store: Store, assessment_id: str) -> tuple[Posting, ...]:
    """Oldest first, those that were corrected too."""
    return tuple(
        from_row(row)
        for row in store.rows(
            "select * from postings where assessment_id = ? order by at, rowid", (assessment_id,)
        )
    )


def of_groups(store: Store, group_ids: Iterable[str]) -> tuple[Posting, ...]:
    """Oldest first, of all their plans: one query for a whole portfolio."""
    return tuple(
        from_row(row)
        for row in store.rows(
            "select * from postings where group_id in (select value from json_each(?))"
            " order by group_id, at, rowid",
            (json.dumps(list(group_ids)),),
        )
    )


def say_needed(store: Store, said: StillNeeded, event: Event) -> None:
    with store.writing():
        store.insert("still_needed", needed_to_row(said))
        audit.record(store, event)


def needed_of_assessment(store: Store, assessment_id: str) -> tuple[StillNeeded, ...]:
    """Oldest first: the last of an action is the one that counts."""
    return tuple(
        needed_from_row(row)
        for row in store.rows(
            "select * from still_needed where assessment_id = ? order by at, rowid",
            (assessment_id,),
        )
    )


def to_row(posting: Posting) -> dict[str, Any]:
    return {
        "id": posting.id,
        "group_id": posting.group_id,
        "assessment_id": posting.assessment_id,
        "action_id": posting.action_id,
        "kind": posting.kind,
        "cents": posting.cents,
        "day": posting.on.isoformat(),
        "payer": posting.payer,
        "note": posting.note,
        "author_id": posting.author_id,
        "at": posting.at.isoformat(),
        "corrects": posting.corrects,
    }


def from_row(row: Mapping[str, Any]) -> Posting:
    return Posting(
        id=row["id"],
        group_id=row["group_id"],
        assessment_id=row["assessment_id"],
        action_id=row["action_id"],
        kind=PostingKind(row["kind"]),
        cents=row["cents"],
        on=date.fromisoformat(row["day"]),
        payer=row["payer"],
        note=row["note"],
        author_id=row["author_id"],
        at=datetime.fromisoformat(row["at"]),
        corrects=row["corrects"],
    )


def needed_to_row(said: StillNeeded) -> dict[str, Any]:
    return {
        "id": said.id,
        "group_id": said.group_id,
        "assessment_id": said.assessment_id,
        "action_id": said.action_id,
        "low": said.cents.low,
        "likely": said.cents.likely,
        "high": said.cents.high,
        "note": said.note,
        "author_id": said.author_id,
        "at": said.at.isoformat(),
    }


def needed_from_row(row: Mapping[str, Any]) -> StillNeeded:
    return StillNeeded(
        id=row["id"],
        group_id=row["group_id"],
        assessment_id=row["assessment_id"],
        action_id=row["action_id"],
        cents=Cents(row["low"], row["likely"], row["high"]),
        note=row["note"],
        author_id=row["author_id"],
        at=datetime.fromisoformat(row["at"]),
    )
