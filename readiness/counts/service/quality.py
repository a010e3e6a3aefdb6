"""Entering the counts behind equity: measures by patient group, and how race is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from readiness.accounts.db import people
from readiness.core import exports
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period, latest_closed
from readiness.core.permissions import Can
from readiness.counts.db import quality
from readiness.counts.measures.loader import load_quality
from readiness.counts.models import CountFinding, Grid, PeriodState, cells_in
from readiness.counts.quality import checks, table
from readiness.counts.quality.models import (
    CATEGORIES,
    MEASURED_BY,
    STATES,
    WHOLE,
    DemographicCell,
    DemographicField,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
    SampleCell,
    demographic_grids,
    measure_grids,
    measures_in_force,
    rows_of,
    sample_grid,
)
from readiness.counts.quality.table import KNOWN, MEASURES, SAMPLE, SHEETS
from readiness.counts.service import entry
from readiness.counts.service.entry import EntryPeriod, EntryState, Schema, Sites, Verbs
from readiness.counts.strata import StratumType

YEAR = 4  # quarters; two periods closer than that have patients in common
KINDS = (StratumType.TOTAL, *MEASURED_BY)
MeasurementPeriod = EntryPeriod[QualityCell, QualityCounts]  # the 12 months that end with a quarter


def stratum_grids(kind: StratumType, ending: Period, sites: Sites) -> tuple[Grid[QualityCell], ...]:
    return tuple(measure_grids(load_quality(), ending, kind, sites))


def all_grids(ending: Period, sites: Sites) -> tuple[Grid[QualityCell], ...]:
    """Every table of the period."""
    by_kind = (grid for kind in KINDS for grid in stratum_grids(kind, ending, sites))
    return (*by_kind, *demographic_grids(sites), sample_grid())


def cells(ending: Period, sites: Sites) -> dict[str, QualityCell]:
    return cells_in(all_grids(ending, sites))


def labels(ending: Period, sites: Sites) -> dict[str, str]:
    return {key: label for grid in all_grids(ending, sites) for key, label in grid.labels.items()}


def year_before(store: Store, group_id: str, ending: Period) -> QualityCounts | None:
    """The counts of a year earlier, else the nearest before."""
    known = quality.of_group(store, group_id)
    earlier = [each for each in known if each < ending]
    return known.get(ending.plus(-YEAR)) or (known[max(earlier)] if earlier else None)


def findings(
    counts: QualityCounts, before: QualityCounts | None
) -> tuple[CountFinding[QualityCell], ...]:
    return checks.findings(counts, before, load_quality())


def missing_measures(counts: QualityCounts) -> Iterator[Problem]:
    if not checks.is_counted(counts):
        yield Problem("", "Enter one measure for all patients, or how race is known, first.")


SCHEMA: Schema[QualityCell, QualityCounts] = Schema(
    tables=quality,
    can_read=Can.READ_QUALITY,
    can_enter=Can.ENTER_QUALITY,
    object_kind="quality",
    verbs=Verbs("entered quality counts", "opened quality counts", "completed quality counts"),
    cells=cells,
    labels=labels,
    earlier=year_before,
    findings=findings,
    missing=missing_measures,
    finding_says=lambda finding: finding.says,
    newest=latest_closed,
    listed=8,
    asks_why=False,
)


def states_of(store: Store, group_id: str, today: date) -> tuple[EntryState, EntryState]:
    """What a task list says of the measures, and of how race and ethnicity are known.

    For use cases that have already asked whether the person may see it.
    """
    ending = latest_closed(today)
    known = quality.of_group(store, group_id, ending).get(ending) or QualityCounts(ending)
    is_complete = quality.status(store, group_id, ending).state is PeriodState.COMPLETE
    measures = "complete" if is_complete else "started" if known.paired_measures else "missing"
    race = "entered" if known.has_demographics else "missing"
    return (
        EntryState(f"12 months to {ending.label} {measures}", is_complete),
        EntryState(f"12 months to {ending.label} {race}", known.has_demographics),
    )


# The declared reference


def declare(session: Session, group_id: str, written: str, reference: str) -> None:
    """Say which stratum the others are compared with. It is never picked by the program."""
    entry.require(session, Can.ENTER_QUALITY, group_id)
    ending = entry.enterable_period(written, session.now.date())
    with session.store.writing():
        before = entry.read(session.store, SCHEMA, group_id, ending, session.now.date())
        if reference and reference not in references(before.counts):
            raise BadInput([Problem("reference", "Choose one of the listed patient groups.")])
        state = before.status.state or PeriodState.OPEN
        entry.set_state(session, SCHEMA, before, state, "declared a reference", reference)


def references(counts: QualityCounts) -> dict[str, str]:
    """What can be compared with: race and ethnicity strata that have counts."""
    kinds = (StratumType.RACE, StratumType.RACE_1997, StratumType.ETHNICITY, StratumType.LANGUAGE)
    return {
        f"{kind}.{stratum.name}": stratum.label
        for kind in kinds
        for measure_id in counts.measures()
        for stratum in counts.strata(measure_id, kind)
    }


# From a spreadsheet, and back


@dataclass(frozen=True)
class FileChange:
    """What a file would change in one count."""

    key: str
    label: str
    stored: int | None
    wanted: int


@dataclass(frozen=True)
class FilePreview:
    ending: MeasurementPeriod
    changes: tuple[FileChange, ...]
    same: int  # counts of the file that stand already
    findings: tuple[CountFinding[QualityCell], ...]  # as they would be


def preview(session: Session, group_id: str, written: str, raw: bytes) -> FilePreview:
    """What a file would write, or BadInput with every problem by its row. Nothing is stored."""
    entry.require(session, Can.ENTER_QUALITY, group_id)
    today = session.now.date()
    wanted = entry.enterable_period(written, today)
    ending = entry.read(session.store, SCHEMA, group_id, wanted, today)
    found = table.read(raw, wanted, load_quality(), ending.sites)
    named, known = labels(wanted, ending.sites), ending.counts.known
    changes = tuple(
        FileChange(cell.key, named.get(cell.key, cell.key), known.get(cell), value)
        for cell, value in found.items()
        if known.get(cell) != value
    )
    would_be = findings(QualityCounts(wanted, {**known, **found}), ending.before)
    return FilePreview(ending, changes, len(found) - len(changes), would_be)


Rows = Iterator[tuple[exports.Cell, ...]]


def workbook(session: Session, group_id: str, written: str) -> bytes:
    """The three tables, filled with what is stored: a way out, and a way back in."""
    ending = entry.get(session, SCHEMA, group_id, written)
    measures, known, again = SHEETS
    return exports.xlsx_of(
        [
            exports.Sheet(measures, MEASURES, measure_rows(ending), (10, 10, 16, 16, 12, 12)),
            exports.Sheet(known, KNOWN, demographic_rows(ending), (10, 16, 12, 14, 12, 10)),
            exports.Sheet(again, SAMPLE, sample_rows(ending), (10, 12, 12, 10)),
        ]
    )


def measures_csv(session: Session, group_id: str, written: str) -> bytes:
    ending = entry.get(session, SCHEMA, group_id, written)
    return exports.csv_of(MEASURES, measure_rows(ending))


def measure_rows(ending: MeasurementPeriod) -> Rows:
    for measure in measures_in_force(load_quality(), ending.period):
        for kind in KINDS:
            for stratum, _ in rows_of(kind, ending.sites):
                both = (
                    ending.counts.known.get(MeasureCell(measure.id, part, stratum))
                    for part in MeasurePart
                )
                yield str(ending.period), measure.id, kind.value, stratum.name, *both


def demographic_rows(ending: MeasurementPeriod) -> Rows:
    for each in DemographicField:
        for known, origin in STATES:
            for site in ("", *ending.sites):
                count = ending.counts.known.get(DemographicCell(each, known, origin, site))
                yield (
                    str(ending.period),
                    each.value,
                    known.value,
                    origin.value if origin else "",
                    site or WHOLE,
                    count,
                )


def sample_rows(ending: MeasurementPeriod) -> Rows:
    for recorded in CATEGORIES:
        for asked in CATEGORIES:
            count = ending.counts.known.get(SampleCell(recorded, asked))
            yield str(ending.period), recorded, asked, count


# Who changed what

GONE = "Somebody who has left"


@dataclass(frozen=True)
class ChangeLine:
    """One change of one count."""

    at: datetime
    author: str
    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class ChangeLog:
    ending: MeasurementPeriod
    lines: tuple[ChangeLine, ...]  # newest first


def change_log(session: Session, group_id: str, written: str) -> ChangeLog:
    ending = entry.get(session, SCHEMA, group_id, written)
    authors = people.with_ids(
        session.store, {each.author_id for lines in ending.history.values() for each in lines}
    )
    named = labels(ending.period, ending.sites)
    lines = [
        ChangeLine(
            each.at,
            authors[each.author_id].name if each.author_id in authors else GONE,
            named.get(cell.key, cell.key),
            earlier.value if earlier else None,
            each.value,
        )
        for cell, revisions in ending.history.items()
        for earlier, each in zip((None, *revisions), revisions, strict=False)
    ]
    return ChangeLog(ending, tuple(sorted(lines, key=lambda line: line.at, reverse=True)))
