"""Uploads of a group: what was found in each, what was taken over, and by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound, Problem, WrongState
from readiness.core.periods import Period, period
from readiness.counts.db import funnel_cell, funnel_columns
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.imports.models import BySite, Upload, UploadReport, UploadState

DECIDED = "This upload is {state} already. Upload the file again to save it anew."


def add(store: Store, upload: Upload) -> None:
    with store.writing():
        store.insert(
            "uploads",
            {
                "id": upload.id,
                "group_id": upload.group_id,
                "sha256": upload.sha256,
                "state": upload.state,
                "report": json.dumps(to_plain(upload.report)),
                "author_id": upload.author_id,
                "at": upload.at.isoformat(),
            },
        )


def keep_found(
    store: Store,
    upload_id: str,
    state: UploadState,
    report: UploadReport,
    quarters: Mapping[Period, BySite],
) -> None:
    """What the reading came to. When the upload is gone meanwhile, so is this."""
    with store.writing():
        touched = store.execute(
            "update uploads set state = ?, report = ? where id = ? and state = ?",
            (state, json.dumps(to_plain(report)), upload_id, UploadState.READING),
        )
        for quarter, sites in quarters.items() if touched else ():
            row = {"upload_id": upload_id, "period": str(quarter)}
            store.insert("upload_quarters", row)
            for site_id, known in sites.items():
                for cell, value in known.items():
                    place = {"site_id": site_id, **funnel_columns(cell)}
                    store.insert("upload_counts", {**row, **place, "value": value})


def decide(
    store: Store,
    upload_id: str,
    state: UploadState,
    taken: tuple[Period, ...],
    person_id: str,
    at: datetime,
) -> None:
    """Once, by the first person who does."""
    with store.writing():
        touched = store.execute(
            "update uploads set state = ?, decided_by = ?, decided_at = ?"
            " where id = ? and state in (?, ?)",
            (state, person_id, at.isoformat(), upload_id, UploadState.READ, UploadState.REFUSED),
        )
        if not touched:
            raise WrongState(DECIDED.format(state=get(store, upload_id).state))
        for quarter in taken:
            store.execute(
                "update upload_quarters set is_taken = 1 where upload_id = ? and period = ?",
                (upload_id, str(quarter)),
            )


def forget(store: Store, before: datetime) -> None:
    """Remove what was discarded, and what nobody took over in time."""
    with store.writing():
        store.execute(
            "delete from uploads where state = ? or (state <> ? and at < ?)",
            (UploadState.DISCARDED, UploadState.CONFIRMED, before.isoformat()),
        )


def remove(store: Store, upload_id: str) -> None:
    with store.writing():
        store.execute("delete from uploads where id = ?", (upload_id,))


def get(store: Store, upload_id: str) -> Upload:
    row = store.row("select * from uploads where id = ?", (upload_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(row, quarters(store, QUARTERS_OF_UPLOAD, upload_id).get(upload_id, {}))


def of_group(store: Store, group_id: str) -> tuple[Upload, ...]:
    """Newest first."""
    held = quarters(store, QUARTERS_OF_GROUP, group_id)
    rows = store.rows(
        "select * from uploads where group_id = ? order by at desc, rowid desc", (group_id,)
    )
    return tuple(from_row(row, held.get(row["id"], {})) for row in rows)


QUARTERS_OF_UPLOAD = "select * from upload_quarters where upload_id = ? order by period"
QUARTERS_OF_GROUP = (
    "select q.* from upload_quarters q join uploads u on u.id = q.upload_id"
    " where u.group_id = ? order by q.period"
)


def quarters(store: Store, sql: str, whose: str) -> dict[str, dict[Period, bool]]:
    """By upload, the quarters it holds, and whether each was taken over."""
    found: dict[str, dict[Period, bool]] = {}
    for row in store.rows(sql, (whose,)):
        found.setdefault(row["upload_id"], {})[period(row["period"])] = bool(row["is_taken"])
    return found


def found_in(store: Store, upload_id: str) -> dict[Period, dict[str, dict[FunnelCell, int]]]:
    """What the file held, by quarter and site."""
    found: dict[Period, dict[str, dict[FunnelCell, int]]] = {}
    for row in store.rows("select * from upload_counts where upload_id = ?", (upload_id,)):
        sites = found.setdefault(period(row["period"]), {})
        sites.setdefault(row["site_id"], {})[funnel_cell(row)] = row["value"]
    return found


def from_row(row: Mapping[str, Any], held: Mapping[Period, bool]) -> Upload:
    return Upload(
        id=row["id"],
        group_id=row["group_id"],
        sha256=row["sha256"],
        author_id=row["author_id"],
        at=datetime.fromisoformat(row["at"]),
        state=UploadState(row["state"]),
        report=from_plain(json.loads(row["report"])),
        quarters=tuple(held),
        taken=tuple(quarter for quarter, is_taken in held.items() if is_taken),
        decided_by=row["decided_by"] or "",
        decided_at=datetime.fromisoformat(row["decided_at"]) if row["decided_at"] else None,
    )


def to_plain(report: UploadReport) -> dict[str, Any]:
    return {
        **vars(report),
        "unknown_codes": dict(report.unknown_codes),
        "problems": [[problem.place, problem.says] for problem in report.problems],
        "running": [str(quarter) for quarter in report.running],
    }


def from_plain(plain: Mapping[str, Any]) -> UploadReport:
    problems = tuple(Problem(place, says) for place, says in plain.get("problems", ()))
    running = tuple(period(text) for text in plain.get("running", ()))
    return UploadReport(
        **{
            **plain,
            "problems": problems,
            "running": running,
            "notes": tuple(plain.get("notes", ())),
            "steps": tuple(map(Step, plain.get("steps", ()))),
        }
    )
