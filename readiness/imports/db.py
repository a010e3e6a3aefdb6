"""Uploads of a group: what was found in each, what was taken over, and by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound, Problem, WrongState
from readiness.core.periods import CalendarYear, Period, period
from readiness.counts.db import funnel_cell, funnel_columns
from readiness.counts.social_risk.models import FunnelCell, Step
from readiness.imports.models import (
    WHOLE_GROUP,
    BySite,
    KnownCounts,
    SavedMapping,
    Upload,
    UploadReport,
    UploadState,
)

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
                "mapping_id": upload.mapping_id,
            },
        )


def keep_found(
    store: Store,
    upload_id: str,
    state: UploadState,
    report: UploadReport,
    quarters: Mapping[Period, BySite],
    years: Mapping[CalendarYear, KnownCounts],
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
                add_counts(store, row, site_id, known)
        for year, known in years.items() if touched else ():
            add_counts(store, {"upload_id": upload_id, "period": str(year)}, WHOLE_GROUP, known)


def add_counts(store: Store, row: Mapping[str, str], site_id: str, known: KnownCounts) -> None:
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
    sql = "select * from upload_counts where upload_id = ? and period like '%-Q%'"
    for row in store.rows(sql, (upload_id,)):
        sites = found.setdefault(period(row["period"]), {})
        sites.setdefault(row["site_id"], {})[funnel_cell(row)] = row["value"]
    return found


def years_of_group(
    store: Store, group_id: str
) -> dict[CalendarYear, tuple[datetime, dict[FunnelCell, int]]]:
    """By calendar year, when the last upload that held all of it was saved, and its counts."""
    found: dict[CalendarYear, tuple[datetime, dict[FunnelCell, int]]] = {}
    for row in store.rows(
        "select c.*, u.decided_at from upload_counts c join uploads u on u.id = c.upload_id"
        " where u.group_id = ? and u.state = ? and length(c.period) = 4 order by u.decided_at",
        (group_id, UploadState.CONFIRMED),
    ):
        year, at = CalendarYear(int(row["period"])), datetime.fromisoformat(row["decided_at"])
        if year not in found or found[year][0] != at:
            found[year] = at, {}
        found[year][1][funnel_cell(row)] = row["value"]
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
        mapping_id=row["mapping_id"],
    )


def to_plain(report: UploadReport) -> dict[str, Any]:
    return {
        **vars(report),
        "unknown_codes": dict(report.unknown_codes),
        "unreadable_answers": dict(report.unreadable_answers),
        "passed_forms": dict(report.passed_forms),
        "first_day": report.first_day and report.first_day.isoformat(),
        "last_day": report.last_day and report.last_day.isoformat(),
        "warnings": [[problem.place, problem.says] for problem in report.warnings],
        "problems": [[problem.place, problem.says] for problem in report.problems],
        "running": [str(quarter) for quarter in report.running],
    }


def from_plain(plain: Mapping[str, Any]) -> UploadReport:
    found: dict[str, Any] = {
        key: tuple(Problem(place, says) for place, says in plain.get(key, ()))
        for key in ("warnings", "problems")
    }
    found["running"] = tuple(period(text) for text in plain.get("running", ()))
    for key in ("first_day", "last_day"):
        found[key] = date.fromisoformat(plain[key]) if plain.get(key) else None
    found["notes"] = tuple(plain.get("notes", ()))
    found["steps"] = tuple(map(Step, plain.get("steps", ())))
    return UploadReport(**{**plain, **found})


# Mappings of a group


def save_mapping(store: Store, mapping: SavedMapping) -> None:
    """Under its name, in the place of one that had the name before."""
    row = {**vars(mapping), "at": mapping.at.isoformat()}
    with store.writing():
        touched = store.execute(
            "update upload_mappings set text = ?, author_id = ?, at = ?"
            " where group_id = ? and name = ?",
            (row["text"], row["author_id"], row["at"], row["group_id"], row["name"]),
        )
        if not touched:
            store.insert("upload_mappings", row)


def rename_mapping(store: Store, mapping_id: str, name: str) -> None:
    with store.writing():
        store.execute("update upload_mappings set name = ? where id = ?", (name, mapping_id))


def remove_mapping(store: Store, mapping_id: str) -> None:
    """The uploads that were read with it stay."""
    with store.writing():
        store.execute("delete from upload_mappings where id = ?", (mapping_id,))


def mapping(store: Store, mapping_id: str) -> SavedMapping | None:
    row = store.row("select * from upload_mappings where id = ?", (mapping_id,))
    return mapping_from_row(row) if row else None


def mappings_of_group(store: Store, group_id: str) -> tuple[SavedMapping, ...]:
    """Newest first."""
    rows = store.rows(
        "select * from upload_mappings where group_id = ? order by at desc, rowid desc",
        (group_id,),
    )
    return tuple(map(mapping_from_row, rows))


def mapping_from_row(row: Mapping[str, Any]) -> SavedMapping:
    return SavedMapping(**{**row, "at": datetime.fromisoformat(row["at"])})
