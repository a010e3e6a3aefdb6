"""What left a group: releases with their cells, and apart from them the counts they rest on.

`released_cells` may be handed to anybody; `release_grounds` holds true counts, is read only to
check the next release of the same quarter, and stays inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.social_risk_release import Release
from readiness.disclosure.succession import PreviousRelease

TAKEN = (
    "Somebody else completed this quarter a moment ago. Reload the page, look at its numbers, and "
    "complete it again if they changed."
)


def add(store: Store, release: Release, known: Mapping[FunnelCell, int]) -> None:
    """Append it, or refuse when another one came first."""
    with store.writing():
        if release.number != latest_number(store, release.group_id, release.period) + 1:
            raise ChangedMeanwhile(TAKEN)
        name = (release.group_id, str(release.period), release.number)
        store.insert("releases", to_row(release))
        for cell, value in release.values.items():
            store.insert("released_cells", cell_row(name, cell, value))
        for cell, value in known.items():
            store.insert("release_grounds", cell_row(name, cell, value))


def latest_number(store: Store, group_id: str, quarter: Period) -> int:
    row = store.row(
        "select max(number) as n from releases where group_id = ? and period = ?",
        (group_id, str(quarter)),
    )
    return int(row["n"] or 0) if row else 0


def latest(store: Store, group_id: str, quarter: Period) -> Release | None:
    number = latest_number(store, group_id, quarter)
    found = read(store, "group_id = ? and period = ? and number = ?", group_id, quarter, number)
    return next(found, None)


NEWEST = """
group_id = ? and number = (select max(number) from releases later
  where later.group_id = releases.group_id and later.period = releases.period)
and period in (select distinct period from releases same
  where same.group_id = releases.group_id order by period desc limit ?)
"""


def latest_of_group(store: Store, group_id: str, quarters: int = -1) -> tuple[Release, ...]:
    """The newest of each of the last quarters, or of all; the oldest quarter first."""
    return tuple(read(store, NEWEST, group_id, quarters))


def read(store: Store, where: str, *values: object) -> Iterator[Release]:
    parameters = [each if isinstance(each, int) else str(each) for each in values]
    rows = store.rows(
        f"select * from releases where {where} order by period, number",  # noqa: S608 - our text
        parameters,
    )
    for row in list(rows):
        name = (row["group_id"], row["period"], row["number"])
        yield from_row(row, cells(store, "released_cells", name))


def previous_releases(
    store: Store, group_id: str, quarter: Period
) -> tuple[PreviousRelease[FunnelCell], ...]:
    """Every release of the quarter with the true counts it rested on, oldest first."""
    return tuple(
        PreviousRelease(
            number=each.number,
            known={
                cell: value
                for cell, value in cells(
                    store, "release_grounds", (group_id, str(quarter), each.number)
                ).items()
                if value is not None
            },
            values=each.values,
        )
        for each in read(store, "group_id = ? and period = ?", group_id, quarter)
    )


def cells(store: Store, table: str, name: Sequence[str | int]) -> dict[FunnelCell, int | None]:
    rows = store.rows(
        f"select * from {table} where group_id = ? and period = ? and number = ?"  # noqa: S608
        " order by rowid",
        name,
    )
    return {to_cell(row): row["value"] for row in rows}


def to_row(release: Release) -> dict[str, Any]:
    return {
        "group_id": release.group_id,
        "period": str(release.period),
        "number": release.number,
        "made_at": release.made_at.isoformat(),
        "threshold": release.threshold,
        "method": release.method,
        "rounds": release.rounds,
        "shown": len(release.values) - release.hidden,
        "hidden": release.hidden,
        "hidden_share": release.hidden_share,
    }


def from_row(row: Mapping[str, Any], values: Mapping[FunnelCell, int | None]) -> Release:
    return Release(
        group_id=row["group_id"],
        period=period(row["period"]),
        number=row["number"],
        made_at=datetime.fromisoformat(row["made_at"]),
        threshold=row["threshold"],
        method=row["method"],
        rounds=row["rounds"],
        values=values,
    )


def cell_row(name: tuple[str, str, int], cell: FunnelCell, value: int | None) -> dict[str, Any]:
    group_id, quarter, number = name
    return {
        "group_id": group_id,
        "period": quarter,
        "number": number,
        "need": cell.need or "",
        "step": cell.step,
        "stratum_type": cell.stratum.type,
        "stratum": cell.stratum.name,
        "value": value,
    }


def to_cell(row: Mapping[str, Any]) -> FunnelCell:
    return FunnelCell(
        Step(row["step"]),
        Need(row["need"]) if row["need"] else None,
        Stratum(StratumType(row["stratum_type"]), row["stratum"]),
    )
