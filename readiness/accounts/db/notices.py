"""What a person has to be told of: done by others to their account, or to a team of theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from readiness.core import audit
from readiness.core.audit import Line
from readiness.core.db import Store

MOST = 50


def told_up_to(store: Store, person_id: str) -> int:
    """The number of the last line of the history that the person has said to have seen."""
    row = store.row("select seq from told where person_id = ?", (person_id,))
    return int(row["seq"]) if row else 0


def set_told_up_to(store: Store, person_id: str, seq: int) -> None:
    with store.writing():
        store.execute("insert or replace into told values (?, ?)", (person_id, seq))


def about(store: Store, person_id: str, after: int) -> list[Line]:
    """Newest first: what somebody else did to this account."""
    return audit.lines(
        store,
        "object_kind = 'person' and object_id = ? and actor_id <> object_id and seq > ?",
        (person_id, after),
        MOST,
        None,
    )


def from_outside(store: Store, person_id: str, group_ids: Sequence[str], after: int) -> list[Line]:
    """What somebody who is not on the team of one of these groups did to its people, since this
    person is on it."""
    return audit.lines(
        store,
        "group_id in (select value from json_each(?)) and seq > ?"
        " and object_kind in ('person', 'invitation') and actor_id not in ("
        "select person_id from memberships where group_id = events.group_id)"
        " and at > (select min(started_at) from memberships"
        " where group_id = events.group_id and person_id = ?)",
        (json.dumps(list(group_ids)), after, person_id),
        MOST,
        None,
    )


def own_entries(store: Store, person_id: str, limit: int) -> list[Line]:
    """Of the account itself and of no place: signing in, failing to, changing the password."""
    return audit.lines(
        store,
        "object_kind = 'person' and object_id = ? and group_id is null and payer_id is null",
        (person_id,),
        limit,
        None,
    )
