"""What left a group: releases with their cells, and apart from them the counts they rest on.

The cells may be handed to anybody; the true counts are read only to check the next release of the
same period, and stay inside. One way for both kinds of counts: each says its tables and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.db import (
    demographic_cell,
    demographic_columns,
    funnel_cell,
    funnel_columns,
    measure_cell,
    measure_columns,
)
from readiness.counts.quality.models import DemographicCell, MeasureCell, QualityCell
from readiness.counts.social_risk.models import FunnelCell
from readiness.disclosure.released_counts import Release
from readiness.disclosure.succession import PreviousRelease
from readiness.disclosure.table import C

Row = Mapping[str, Any]
TAKEN = (
    "Somebody else completed this {period} a moment ago. Reload the page, look at its numbers, and "
    "complete it again if they changed."
)


@dataclass(frozen=True)
class ReleaseTables(Generic[C]):
    """Where the releases of one kind of counts stand."""

    releases: str
    cells: str
    true_counts: str
    columns: Callable[[C], Row]  # that name a cell
    cell: Callable[[Row], C]
    period: str  # how the person calls it
    references: str = ""  # the table of what is declared now: it is no count of a release

    def add(self, store: Store, release: Release[C], known: Mapping[C, int]) -> None:
        """Append it, or refuse when another one came first."""
        name = {
            "group_id": release.group_id,
            "period": str(release.period),
            "number": release.number,
        }
        with store.writing():
            if release.number != self.latest_number(store, release.group_id, release.period) + 1:
                raise ChangedMeanwhile(TAKEN.format(period=self.period))
            store.insert(self.releases, {**name, **release_row(release)})
            for cell, value in release.values.items():
                store.insert(self.cells, {**name, **self.columns(cell), "value": value})
            for cell, count in known.items():
                store.insert(self.true_counts, {**name, **self.columns(cell), "value": count})

    def latest_number(self, store: Store, group_id: str, period: Period) -> int:
        row = store.row(
            f"select max(number) as n from {self.releases} where group_id = ? and period = ?",  # noqa: S608 - our names
            (group_id, str(period)),
        )
        return int(row["n"] or 0) if row else 0

    def latest(self, store: Store, group_id: str, period: Period) -> Release[C] | None:
        number = self.latest_number(store, group_id, period)
        where = "r.group_id = ? and r.period = ? and r.number = ?"
        return next(self.read(store, where, group_id, str(period), number), None)

    def latest_of_group(
        self, store: Store, group_id: str, periods: int = -1
    ) -> tuple[Release[C], ...]:
        """The latest of each of the last periods, or of all; the oldest period first."""
        where = (
            f"r.group_id = ? and r.number = (select max(number) from {self.releases} later"  # noqa: S608 - our names
            " where later.group_id = r.group_id and later.period = r.period)"
            f" and r.period in (select distinct period from {self.releases} same"
            " where same.group_id = r.group_id order by period desc limit ?)"
        )
        return tuple(self.read(store, where, group_id, periods))

    def readable(self, store: Store, group_id: str, today: date) -> tuple[Release[C], ...]:
        """Newest period first. Whoever calls asks first whether the reader may read the group."""
        found = reversed(self.latest_of_group(store, group_id))
        return tuple(each for each in found if each.period.is_closed_on(today))

    def previous_releases(
        self, store: Store, group_id: str, period: Period
    ) -> tuple[PreviousRelease[C], ...]:
        """Every release of the period with the true counts it rested on, oldest first."""
        found = self.read(store, "r.group_id = ? and r.period = ?", group_id, str(period))
        return tuple(
            PreviousRelease(each.number, self.read_true_counts(store, each), each.values)
            for each in found
        )

    def read_true_counts(self, store: Store, release: Release[C]) -> dict[C, int]:
        name = (release.group_id, str(release.period), release.number)
        found = self.values(store, self.true_counts, *name)
        return {cell: value for cell, value in found.items() if value is not None}

    def read(self, store: Store, where: str, *values: str | int) -> Iterator[Release[C]]:
        declared = f"left join {self.references} p using (group_id, period)"
        rows = store.rows(
            f"select r.*, {'p.reference' if self.references else 'null'} as reference"  # noqa: S608 - our names
            f" from {self.releases} r {declared if self.references else ''}"
            f" where {where} order by r.period, r.number",
            values,
        )
        for row in list(rows):
            name = (row["group_id"], row["period"], row["number"])
            yield release_in(row, self.values(store, self.cells, *name))

    def values(
        self, store: Store, table: str, group_id: str, period: str, number: int
    ) -> dict[C, int | None]:
        rows = store.rows(
            f"select * from {table} where group_id = ? and period = ? and number = ?"  # noqa: S608 - our names
            " order by rowid",
            (group_id, period, number),
        )
        return {self.cell(row): row["value"] for row in rows}


def release_row(release: Release[Any]) -> dict[str, Any]:
    return {
        "made_at": release.made_at.isoformat(),
        "threshold": release.threshold,
        "method": release.method,
        "rounds": release.rounds,
        "shown": len(release.values) - release.hidden,
        "hidden": release.hidden,
        "hidden_share": release.hidden_share,
    }


def release_in(row: Row, values: Mapping[C, int | None]) -> Release[C]:
    return Release(
        group_id=row["group_id"],
        period=period(row["period"]),
        number=row["number"],
        made_at=datetime.fromisoformat(row["made_at"]),
        threshold=row["threshold"],
        method=row["method"],
        rounds=row["rounds"],
        values=values,
        reference=row["reference"] or "",
    )


BLANK: Row = {
    **dict.fromkeys(("measure_id", "stratum_type", "stratum", "part"), ""),
    "is_estimated": 0,
    **dict.fromkeys(("field", "known", "origin"), ""),
}


def quality_columns(cell: QualityCell) -> Row:
    """Sites and samples never leave, so there is no column for them."""
    columns = dict(BLANK)
    if isinstance(cell, MeasureCell):
        columns.update(measure_columns(cell))
    elif isinstance(cell, DemographicCell):
        columns.update(demographic_columns(cell))
    return {name: columns[name] for name in BLANK}


def quality_cell(row: Row) -> QualityCell:
    return measure_cell(row) if row["measure_id"] else demographic_cell({**row, "site_id": ""})


social_risk: ReleaseTables[FunnelCell] = ReleaseTables(
    releases="releases",
    cells="released_cells",
    true_counts="release_grounds",
    columns=funnel_columns,
    cell=funnel_cell,
    period="quarter",
)
quality: ReleaseTables[QualityCell] = ReleaseTables(
    releases="quality_releases",
    cells="released_quality_cells",
    true_counts="quality_release_grounds",
    columns=quality_columns,
    cell=quality_cell,
    period="period",
    references="quality_periods",
)
