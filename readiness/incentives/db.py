"""Runs of the incentive laboratory: what was tried and on which numbers, and what came of it.

Both are only ever added to: a run can be read, and done again, as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.core.periods import period
from readiness.incentives.models import LaboratoryRun, RunSummary

FOUND = """
select r.*, o.outcome, o.engine, o.at as done_at from laboratory_runs r
left join laboratory_outcomes o on o.run_id = r.id
"""


def add(store: Store, run: LaboratoryRun, event: Event) -> None:
    with store.writing():
        store.insert(
            "laboratory_runs",
            {
                "id": run.id,
                "payer_id": run.payer_id,
                "asked_by": run.asked_by,
                "asked_at": run.asked_at.isoformat(),
                "designs": json.dumps(run.designs),
                "settings": json.dumps(run.settings),
                "numbers": json.dumps(run.numbers),
            },
        )
        audit.record(store, event)


def keep(store: Store, run_id: str, outcome: Mapping[str, Any], engine: str, at: datetime) -> None:
    """What came of it, once."""
    with store.writing():
        store.insert(
            "laboratory_outcomes",
            {
                "run_id": run_id,
                "outcome": json.dumps(outcome),
                "engine": engine,
                "at": at.isoformat(),
            },
        )


def get(store: Store, payer_id: str, run_id: str) -> LaboratoryRun:
    row = store.row(f"{FOUND} where r.id = ? and r.payer_id = ?", (run_id, payer_id))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(row)


def of_payer(store: Store, payer_id: str) -> tuple[RunSummary, ...]:
    """Newest first."""
    rows = store.rows(
        "select r.id, r.asked_at, coalesce(p.name, '') as author, r.designs,"
        " (select json_group_array(json_extract(value, '$.group'))"
        " from json_each(r.numbers, '$.groups')) as group_ids,"
        " json_extract(r.numbers, '$.period') as period,"
        " exists (select 1 from laboratory_outcomes o where o.run_id = r.id) as is_done"
        " from laboratory_runs r left join people p on p.id = r.asked_by"
        " where r.payer_id = ? order by r.asked_at desc, r.rowid desc",
        (payer_id,),
    )
    return tuple(
        RunSummary(
            id=row["id"],
            asked_at=datetime.fromisoformat(row["asked_at"]),
            author=row["author"],
            designs=tuple(each["name"] for each in json.loads(row["designs"])),
            group_ids=tuple(json.loads(row["group_ids"])),
            period=period(row["period"]),
            is_done=bool(row["is_done"]),
        )
        for row in rows
    )


def forget_group(store: Store, group_id: str) -> None:
    """A run holds what it was tried on: with a group's records, the runs that rest on them go."""
    with store.writing():
        store.execute(
            "delete from laboratory_runs where exists (select 1"
            " from json_each(numbers, '$.groups') where json_extract(value, '$.group') = ?)",
            (group_id,),
        )


def author(store: Store, run: LaboratoryRun) -> str:
    """The name of who asked for it; "" when the account is gone."""
    row = store.row("select name from people where id = ?", (run.asked_by,))
    return str(row["name"]) if row else ""


def from_row(row: Mapping[str, Any]) -> LaboratoryRun:
    return LaboratoryRun(
        id=row["id"],
        payer_id=row["payer_id"],
        asked_by=row["asked_by"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        designs=tuple(json.loads(row["designs"])),
        settings=json.loads(row["settings"]),
        numbers=json.loads(row["numbers"]),
        outcome=json.loads(row["outcome"]) if row["outcome"] else None,
        engine=row["engine"] or "",
        done_at=datetime.fromisoformat(row["done_at"]) if row["done_at"] else None,
    )
