"""Counts behind equity as append-only revisions per cell: a table for each kind of cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.edits import Revision, revision_of
from readiness.counts.models import PeriodState
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
from readiness.counts.strata import Stratum, StratumType

CHANGED = (
    "Somebody else changed these counts a moment ago. Nothing was overwritten. "
    "Reload the page, compare, and save what you agree on."
)
Columns = dict[str, str | int]


QualityRevision = Revision[QualityCell]


@dataclass(frozen=True)
class Family:
    """Where one kind of cell stands."""

    table: str
    kind: type
    columns: Callable[[Any], Columns]
    cell: Callable[[Mapping[str, Any]], QualityCell]

    def is_of(self, cell: QualityCell) -> bool:
        return isinstance(cell, self.kind)


def measure_columns(cell: MeasureCell) -> Columns:
    return {
        "measure_id": cell.measure_id,
        "stratum_type": cell.stratum.type,
        "stratum": cell.stratum.name,
        "part": cell.part,
        "is_estimated": int(cell.is_estimated),
    }


def measure_cell(row: Mapping[str, Any]) -> MeasureCell:
    return MeasureCell(
        row["measure_id"],
        MeasurePart(row["part"]),
        Stratum(StratumType(row["stratum_type"]), row["stratum"]),
        bool(row["is_estimated"]),
    )


def known_columns(cell: DemographicCell) -> Columns:
    return {
        "field": cell.field,
        "known": cell.known,
        "origin": cell.origin or "",
        "site_id": cell.site_id,
    }


def known_cell(row: Mapping[str, Any]) -> DemographicCell:
    origin = DemographicSource(row["origin"]) if row["origin"] else None
    return DemographicCell(
        DemographicField(row["field"]), DemographicStatus(row["known"]), origin, row["site_id"]
    )


FAMILIES = (
    Family("measure_counts", MeasureCell, measure_columns, measure_cell),
    Family("known_counts", DemographicCell, known_columns, known_cell),
    Family(
        "sample_counts",
        SampleCell,
        lambda cell: {"recorded": cell.recorded, "asked": cell.asked},
        lambda row: SampleCell(row["recorded"], row["asked"]),
    ),
)


def family_of(cell: QualityCell) -> Family:
    return next(family for family in FAMILIES if family.is_of(cell))


def save(
    store: Store,
    group_id: str,
    ending: Period,
    revisions: Iterable[QualityRevision],
    event: Event | None,
) -> None:
    """Append all of them, or none when one of their numbers is taken: somebody saved first."""
    with store.writing():
        saved = history(store, group_id, ending)
        for each in revisions:
            if each.revision != revision_of(saved, each.cell) + 1:
                raise ChangedMeanwhile(CHANGED)
            family = family_of(each.cell)
            store.insert(
                family.table,
                {
                    "group_id": group_id,
                    "period": str(ending),
                    **family.columns(each.cell),
                    "revision": each.revision,
                    "value": each.value,
                    "author_id": each.author_id,
                    "at": each.at.isoformat(),
                },
            )
        if event:
            audit.record(store, event)


def history(
    store: Store, group_id: str, ending: Period
) -> dict[QualityCell, list[QualityRevision]]:
    """Every revision of every count of the period, oldest first."""
    found: dict[QualityCell, list[QualityRevision]] = {}
    for family in FAMILIES:
        for row in store.rows(
            f"select * from {family.table}"  # noqa: S608  (names of our own)
            " where group_id = ? and period = ? order by revision",
            (group_id, str(ending)),
        ):
            revision = QualityRevision(
                family.cell(row),
                row["revision"],
                row["value"],
                row["author_id"],
                datetime.fromisoformat(row["at"]),
            )
            found.setdefault(revision.cell, []).append(revision)
    return found


def of_group(store: Store, group_id: str) -> dict[Period, QualityCounts]:
    """What is known now of every period that has any count, oldest first."""
    known: dict[Period, dict[QualityCell, int]] = {}
    for family in FAMILIES:
        newest: dict[tuple[Period, QualityCell], int | None] = {}
        for row in store.rows(
            f"select * from {family.table}"  # noqa: S608  (names of our own)
            " where group_id = ? order by revision",
            (group_id,),
        ):
            newest[period(row["period"]), family.cell(row)] = row["value"]
        for (ending, cell), value in newest.items():
            if value is not None:
                known.setdefault(ending, {})[cell] = value
    return {ending: QualityCounts(ending, known[ending]) for ending in sorted(known)}


@dataclass(frozen=True)
class PeriodLine:
    """A period's state, and the stratum that the others are compared with, once declared."""

    state: PeriodState
    reference: str
    revision: int


def state(store: Store, group_id: str, ending: Period) -> PeriodLine | None:
    """None when the period was never begun."""
    row = store.row(
        "select * from quality_periods where group_id = ? and period = ?",
        (group_id, str(ending)),
    )
    return PeriodLine(PeriodState(row["state"]), row["reference"], row["revision"]) if row else None


def states(store: Store, group_id: str) -> dict[Period, PeriodLine]:
    return {
        period(row["period"]): PeriodLine(
            PeriodState(row["state"]), row["reference"], row["revision"]
        )
        for row in store.rows("select * from quality_periods where group_id = ?", (group_id,))
    }


def set_state(
    store: Store,
    group_id: str,
    ending: Period,
    wanted: PeriodState,
    reference: str,
    read: int,
    event: Event,
) -> None:
    """Move the period on from the state as it was read, or refuse when someone else has."""
    with store.writing():
        line = state(store, group_id, ending)
        if (line.revision if line else 0) != read:
            raise ChangedMeanwhile(CHANGED)
        store.execute(
            "insert or replace into quality_periods"
            " (group_id, period, reference, state, revision, changed_at, changed_by)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                group_id,
                str(ending),
                reference,
                wanted,
                read + 1,
                event.at.isoformat(),
                event.actor_id,
            ),
        )
        audit.record(store, event)
