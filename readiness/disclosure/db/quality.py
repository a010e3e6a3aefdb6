"""What left a group of its counts behind equity, and apart from it the counts it rests on.

`released_quality_cells` may be handed to anybody; `quality_release_grounds` holds true counts, is
read only to check the next release of the same period, and stays inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.db import demographic_cell, measure_cell, quality
from readiness.counts.quality.models import QualityCell
from readiness.disclosure.quality_release import QualityRelease
from readiness.disclosure.succession import PreviousRelease

TAKEN = (
    "Somebody else completed this period a moment ago. Reload the page, look at its numbers, and "
    "complete it again if they changed."
)
BLANK: dict[str, str | int] = {
    **dict.fromkeys(("measure_id", "stratum_type", "stratum", "part"), ""),
    "is_estimated": 0,
    **dict.fromkeys(("field", "known", "origin"), ""),
}
# The declared reference is no count: readers are told the one that stands now.
RELEASES = """
select r.*, coalesce(p.reference, '') as reference from quality_releases r
left join quality_periods p on p.group_id = r.group_id and p.period = r.period
"""
NEWEST = """
r.group_id = ? and r.number = (select max(number) from quality_releases later
  where later.group_id = r.group_id and later.period = r.period)
"""


def add(store: Store, release: QualityRelease, known: Mapping[QualityCell, int]) -> None:
    """Append it, or refuse when another one came first."""
    with store.writing():
        if release.number != latest_number(store, release.group_id, release.period) + 1:
            raise ChangedMeanwhile(TAKEN)
        name = {
            "group_id": release.group_id,
            "period": str(release.period),
            "number": release.number,
        }
        store.insert("quality_releases", {**name, **to_row(release)})
        for cell, value in release.values.items():
            store.insert("released_quality_cells", {**name, **cell_row(cell), "value": value})
        for cell, value in known.items():
            store.insert("quality_release_grounds", {**name, **cell_row(cell), "value": value})


def latest_number(store: Store, group_id: str, ending: Period) -> int:
    row = store.row(
        "select max(number) as n from quality_releases where group_id = ? and period = ?",
        (group_id, str(ending)),
    )
    return int(row["n"] or 0) if row else 0


def latest(store: Store, group_id: str, ending: Period) -> QualityRelease | None:
    return next(read(store, f"{NEWEST} and r.period = ?", group_id, str(ending)), None)


def latest_of_group(store: Store, group_id: str) -> tuple[QualityRelease, ...]:
    """The newest of each period, the oldest period first."""
    return tuple(read(store, NEWEST, group_id))


def read(store: Store, where: str, *values: str) -> Iterator[QualityRelease]:
    rows = store.rows(f"{RELEASES} where {where} order by r.period, r.number", values)
    for row in list(rows):
        name = (row["group_id"], row["period"], row["number"])
        yield from_row(row, cells(store, "released_quality_cells", name))


def previous_releases(
    store: Store, group_id: str, ending: Period
) -> tuple[PreviousRelease[QualityCell], ...]:
    """Every release of the period with the true counts it rested on, oldest first."""
    where = "r.group_id = ? and r.period = ?"
    return tuple(
        PreviousRelease(each.number, true_counts(store, each), each.values)
        for each in read(store, where, group_id, str(ending))
    )


def true_counts(store: Store, release: QualityRelease) -> dict[QualityCell, int]:
    name = (release.group_id, str(release.period), release.number)
    found = cells(store, "quality_release_grounds", name)
    return {cell: value for cell, value in found.items() if value is not None}


def cells(store: Store, table: str, name: Sequence[str | int]) -> dict[QualityCell, int | None]:
    rows = store.rows(
        f"select * from {table} where group_id = ? and period = ? and number = ?"  # noqa: S608
        " order by rowid",
        name,
    )
    return {to_cell(row): row["value"] for row in rows}


def to_row(release: QualityRelease) -> dict[str, Any]:
    return {
        "made_at": release.made_at.isoformat(),
        "threshold": release.threshold,
        "method": release.method,
        "rounds": release.rounds,
        "shown": len(release.values) - release.hidden,
        "hidden": release.hidden,
        "hidden_share": release.hidden_share,
    }


def from_row(row: Mapping[str, Any], values: Mapping[QualityCell, int | None]) -> QualityRelease:
    return QualityRelease(
        group_id=row["group_id"],
        period=period(row["period"]),
        number=row["number"],
        made_at=datetime.fromisoformat(row["made_at"]),
        threshold=row["threshold"],
        method=row["method"],
        rounds=row["rounds"],
        values=values,
        reference=row["reference"],
    )


def cell_row(cell: QualityCell) -> dict[str, str | int]:
    """Sites never leave, so there is no column for them."""
    columns = {**BLANK, **quality.table_of(cell).columns(cell)}
    return {name: columns[name] for name in BLANK}


def to_cell(row: Mapping[str, Any]) -> QualityCell:
    return measure_cell(row) if row["measure_id"] else demographic_cell({**row, "site_id": ""})
