"""Whether somebody's look at a group stands in the history of a day already."""

from __future__ import annotations

from datetime import date, timedelta

from readiness.core.audit import LOOKED_AT
from readiness.core.db import Store


def is_noted(store: Store, person_id: str, group_id: str, day: date) -> bool:
    return bool(
        store.row(
            "select 1 from events where object_kind = 'group' and object_id = ? and verb = ?"
            " and actor_id = ? and at >= ? and at < ? order by seq desc limit 1",
            (group_id, LOOKED_AT, person_id, str(day), str(day + timedelta(days=1))),
        )
    )
