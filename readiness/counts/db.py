"""Counts as append-only revisions per cell, and the state of each period: one way for both kinds.

Each kind of counts says which tables it has and which columns name a cell of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.models import (
    CHANGED,
    CellT,
    CountsT,
    Explanation,
    PeriodState,
    PeriodStatus,
    Revision,
)
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
    SampleCell,
)
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.social_risk.year import YearReach
from readiness.counts.strata import Stratum, StratumType

WHOLE_GROUP = ""  # the site of counts that are entered for the group as a whole
Row = Mapping[str, Any]
Columns = dict[str, str | int]


# Which columns name a cell.


def funnel_columns(cell: FunnelCell) -> Columns:
    return {
        "need": cell.need or "",
        "step": cell.step,
        "stratum_type": cell.stratum.type,
        "stratum": cell.stratum.name,
    }


def funnel_cell(row: Row) -> FunnelCell:
    need = Need(row["need"]) if row["need"] else None
    return FunnelCell(Step(row["step"]), need, stratum_in(row))


def measure_columns(cell: MeasureCell) -> Columns:
    return {
        "measure_id": cell.measure_id,
        "stratum_type": cell.stratum.type,
        "stratum": cell.stratum.name,
        "part": cell.part,
        "is_estimated": int(cell.is_estimated),
    }


def measure_cell(row: Row) -> MeasureCell:
    return MeasureCell(
        row["measure_id"], MeasurePart(row["part"]), stratum_in(row), bool(row["is_estimated"])
    )


def demographic_columns(cell: DemographicCell) -> Columns:
    return {
        "field": cell.field,
        "known": cell.known,
        "origin": cell.origin or "",
        "site_id": cell.site_id,
    }


def demographic_cell(row: Row) -> DemographicCell:
    origin = DemographicSource(row["origin"]) if row["origin"] else None
    return DemographicCell(
        DemographicField(row["field"]), DemographicStatus(row["known"]), origin, row["site_id"]
    )


def sample_columns(cell: SampleCell) -> Columns:
    return {"recorded": cell.recorded, "asked": cell.asked}


def stratum_in(row: Row) -> Stratum:
    return Stratum(StratumType(row["stratum_type"]), row["stratum"])


@dataclass(frozen=True)
class CellTable(Generic[CellT]):
    """Where one kind of cell stands. `by_site`: once for the group, and once for each site."""

    name: str
    kind: type
    names: tuple[str, ...]  # of the columns that name a cell
    columns: Callable[[Any], Columns]
    cell: Callable[[Row], CellT]
    by_site: bool = False

    def rows(
        self, store: Store, group_id: str, period: Period | None, site_id: str, then: str
    ) -> Iterator[dict[str, Any]]:
        """Of the group, or of one period of it; `then` is how they are grouped and ordered."""
        newest = ", max(revision) as newest" if "group by" in then else ""
        conditions = ["group_id = :group"]
        conditions += ["site_id = :site"] if self.by_site else []
        conditions += ["period = :period"] if period else []
        yield from store.rows(
            f"select *{newest} from {self.name} where {' and '.join(conditions)} {then}",  # noqa: S608 - our names
            {"group": group_id, "site": site_id, "period": str(period)},
        )

    def newest(
        self, store: Store, group_id: str, period: Period | None, site_id: str = WHOLE_GROUP
    ) -> Iterator[dict[str, Any]]:
        """The last revision of each count: beside `max` SQLite reads the row that has it."""
        of_each = ", ".join(("period", *self.names))
        yield from self.rows(store, group_id, period, site_id, f"group by {of_each}")

    def revision(self, row: Row) -> Revision[CellT]:
        return Revision(
            cell=self.cell(row),
            revision=row["revision"],
            value=row["value"],
            author_id=row["author_id"],
            at=datetime.fromisoformat(row["at"]),
        )


@dataclass(frozen=True)
class CountsTables(Generic[CellT, CountsT]):
    """All tables of one kind of counts."""

    cells: tuple[CellTable[CellT], ...]
    periods: str  # the table of states
    counts: Callable[[Period, Mapping[CellT, int]], CountsT]
    has_reference: bool = False

    def table_of(self, cell: CellT) -> CellTable[CellT]:
        return next(table for table in self.cells if isinstance(cell, table.kind))

    def save(
        self,
        store: Store,
        group_id: str,
        period: Period,
        revisions: Iterable[Revision[CellT]],
        event: Event | None = None,
        explanations: Iterable[Explanation] = (),
        site_id: str = WHOLE_GROUP,
    ) -> None:
        """Append all of them, or none when one of their numbers is taken: somebody saved first."""
        place = {"group_id": group_id, "period": str(period)}
        with store.writing():
            last = self.last_revisions(store, group_id, period, site_id)
            for each in revisions:
                refuse_stale(each.revision, last.get(each.cell, 0))
                last[each.cell] = each.revision
                table = self.table_of(each.cell)
                site = {"site_id": site_id} if table.by_site else {}
                row = {**place, **site, **table.columns(each.cell), "revision": each.revision}
                saved = {"value": each.value, "author_id": each.author_id}
                store.insert(table.name, {**row, **saved, "at": each.at.isoformat()})
            for note in explanations:
                refuse_stale(note.revision, last_explanation(store, place, note.finding_key))
                store.insert("count_explanations", {**place, **explanation_row(note)})
            if event:
                audit.record(store, event)

    def last_revisions(
        self, store: Store, group_id: str, period: Period, site_id: str = WHOLE_GROUP
    ) -> dict[CellT, int]:
        return {
            table.cell(row): row["newest"]
            for table in self.cells
            for row in table.newest(store, group_id, period, site_id)
        }

    def history(
        self, store: Store, group_id: str, period: Period
    ) -> dict[CellT, list[Revision[CellT]]]:
        """Every revision of every count of the period, oldest first."""
        found: dict[CellT, list[Revision[CellT]]] = {}
        for table in self.cells:
            for row in table.rows(store, group_id, period, WHOLE_GROUP, "order by revision"):
                revision = table.revision(row)
                found.setdefault(revision.cell, []).append(revision)
        return found

    def all_revisions(
        self, store: Store, group_id: str, period: Period
    ) -> list[tuple[str, Revision[CellT]]]:
        """Every revision of every count, of the sites too (their ids), in the order of saving."""
        return [
            (row["site_id"], table.revision(row))
            for table in self.cells
            if table.by_site
            for row in store.rows(
                f"select * from {table.name} where group_id = ? and period = ? order by rowid",  # noqa: S608 - our names
                (group_id, str(period)),
            )
        ]

    def of_group(
        self, store: Store, group_id: str, only: Period | None = None
    ) -> dict[Period, CountsT]:
        """What is known now of every period that has any count, oldest first."""
        known: dict[Period, dict[CellT, int]] = {}
        for table in self.cells:
            for row in table.newest(store, group_id, only):
                if row["value"] is not None:
                    known.setdefault(period(row["period"]), {})[table.cell(row)] = row["value"]
        return {each: self.counts(each, known[each]) for each in sorted(known)}

    def status(self, store: Store, group_id: str, period: Period) -> PeriodStatus:
        found = self.statuses(store, group_id, period)
        return found.get(period) or PeriodStatus()

    def statuses(
        self, store: Store, group_id: str, only: Period | None = None
    ) -> dict[Period, PeriodStatus]:
        """Of every period that was begun."""
        return {
            period(row["period"]): PeriodStatus(
                PeriodState(row["state"]), row["revision"], row.get("reference", "")
            )
            for row in store.rows(
                f"select * from {self.periods}"  # noqa: S608 - our names
                " where group_id = ? and ? in (period, 'None')",
                (group_id, str(only)),
            )
        }

    def set_state(
        self,
        store: Store,
        group_id: str,
        period: Period,
        wanted: PeriodState,
        read: int,
        event: Event,
        reference: str = "",
    ) -> None:
        """Move the period on from the state as it was read, or refuse when someone else has."""
        row = {
            "group_id": group_id,
            "period": str(period),
            **({"reference": reference} if self.has_reference else {}),
            "state": wanted,
            "revision": read + 1,
            "changed_at": event.at.isoformat(),
            "changed_by": event.actor_id,
        }
        with store.writing():
            refuse_stale(read + 1, self.status(store, group_id, period).revision)
            store.execute(
                f"delete from {self.periods} where group_id = :group_id and period = :period",  # noqa: S608 - our names
                row,
            )
            store.insert(self.periods, row)
            audit.record(store, event)


def refuse_stale(revision: int, last: int) -> None:
    if revision != last + 1:
        raise ChangedMeanwhile(CHANGED)


social_risk: CountsTables[FunnelCell, FunnelCounts] = CountsTables(
    cells=(
        CellTable(
            "counts",
            FunnelCell,
            ("need", "step", "stratum_type", "stratum"),
            funnel_columns,
            funnel_cell,
            by_site=True,
        ),
    ),
    periods="periods",
    counts=FunnelCounts,
)
quality: CountsTables[QualityCell, QualityCounts] = CountsTables(
    cells=(
        CellTable(
            "measure_counts",
            MeasureCell,
            ("measure_id", "stratum_type", "stratum", "part", "is_estimated"),
            measure_columns,
            measure_cell,
        ),
        CellTable(
            "known_counts",
            DemographicCell,
            ("field", "known", "origin", "site_id"),
            demographic_columns,
            demographic_cell,
        ),
        CellTable(
            "sample_counts",
            SampleCell,
            ("recorded", "asked"),
            sample_columns,
            lambda row: SampleCell(row["recorded"], row["asked"]),
        ),
    ),
    periods="quality_periods",
    counts=QualityCounts,
    has_reference=True,
)


# Why an odd number is right.


def explanations(store: Store, group_id: str, period: Period) -> dict[str, Explanation]:
    """The latest explanation of each finding, by the finding's key."""
    return {
        row["finding"]: Explanation(
            finding_key=row["finding"],
            revision=row["revision"],
            says=row["says"],
            text=row["explanation"],
            author_id=row["author_id"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in store.rows(
            "select * from count_explanations where group_id = ? and period = ? order by revision",
            (group_id, str(period)),
        )
    }


def last_explanation(store: Store, place: Mapping[str, str], finding_key: str) -> int:
    row = store.row(
        "select max(revision) as n from count_explanations"
        " where group_id = :group_id and period = :period and finding = :finding",
        {**place, "finding": finding_key},
    )
    return int(row["n"] or 0) if row else 0


def explanation_row(each: Explanation) -> Columns:
    return {
        "finding": each.finding_key,
        "revision": each.revision,
        "says": each.says,
        "explanation": each.text,
        "author_id": each.author_id,
        "at": each.at.isoformat(),
    }


# Patients counted once in twelve months.


def years(store: Store, group_id: str) -> dict[Period, YearReach]:
    """The latest revision of each, by the quarter that it ends with."""
    rows = store.rows("select * from year_reach where group_id = ? order by revision", (group_id,))
    found = (YearReach(period(r["ending"]), r["seen"], r["screened"], r["revision"]) for r in rows)
    return {year.ending: year for year in found}


def add_year(store: Store, group_id: str, year: YearReach, event: Event) -> None:
    with store.writing():
        last = years(store, group_id).get(year.ending)
        refuse_stale(year.revision, last.revision if last else 0)
        own = {"group_id": group_id, "ending": str(year.ending), "revision": year.revision}
        numbers = {"seen": year.seen, "screened": year.screened}
        written = {"author_id": event.actor_id, "at": event.at.isoformat()}
        store.insert("year_reach", {**own, **numbers, **written})
        audit.record(store, event)
