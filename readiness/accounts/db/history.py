"""Lines of the history that fit what somebody asked for."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import timedelta

from readiness.accounts.history_filter import HistoryFilter, Matter
from readiness.core import audit
from readiness.core.audit import CHANGES, Line
from readiness.core.db import Store

ABOUT = {
    Matter.EVERYTHING: "true",
    Matter.CHANGES: CHANGES,
    Matter.READING: f"not ({CHANGES})",
    Matter.PEOPLE: "object_kind in ('person', 'invitation')",
}


def lines(
    store: Store,
    whose: tuple[str, str],
    wanted: HistoryFilter,
    person_ids: Collection[str] | None,
    limit: int,
    before: int | None,
) -> list[Line]:
    """Newest first. `whose`: the column and the id that it has to hold, ("", "") for all lines;
    `person_ids`: by or about one of these, None for anybody."""
    column, owner = whose
    tests, values = [ABOUT[wanted.matter]], list[str]()
    if column:
        tests.append(f"{column} = ?")
        values.append(owner)
    if wanted.since:
        tests.append("at >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until:
        tests.append("at < ?")
        values.append((wanted.until + timedelta(days=1)).isoformat())
    if person_ids is not None:
        tests.append(
            "(actor_id in (select value from json_each(?)) or (object_kind = 'person'"
            " and object_id in (select value from json_each(?))))"
        )
        values += [json.dumps(sorted(person_ids))] * 2
    return audit.lines(store, " and ".join(tests), tuple(values), limit, before)
