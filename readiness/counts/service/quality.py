"""Entering the counts behind equity: measures by patient group, and how race is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.core import exports, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.people import Actor, Group
from readiness.core.periods import Period, latest_closed, quarters_back
from readiness.core.permissions import Can
from readiness.counts import pasted_grid
from readiness.counts.db import quality
from readiness.counts.db.quality import PeriodLine, QualityRevision
from readiness.counts.edits import CountsClash, History, count_of, latest, revision_of
from readiness.counts.edits import merge as merge_edits
from readiness.counts.grids import Grid, cells_in
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualitySet
from readiness.counts.models import PeriodState, Severity
from readiness.counts.pasted_grid import Pasted
from readiness.counts.quality import table
from readiness.counts.quality.checks import Finding, findings, is_counted
from readiness.counts.quality.grids import (
    WHOLE,
    in_force,
    known_grids,
    measure_grids,
    rows_of,
    sample_grid,
)
from readiness.counts.quality.models import (
    CATEGORIES,
    MEASURED_BY,
    STATES,
    DemographicCell,
    DemographicField,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
    SampleCell,
)
from readiness.counts.quality.table import KNOWN, MEASURES, SAMPLE, SHEETS
from readiness.counts.service.entry import enterable_period
from readiness.counts.service.social_risk import PostedCounts
from readiness.counts.strata import ALL, Stratum, StratumType

SHOWN_PERIODS = 8
YEAR = 4  # quarters; two periods closer than that have patients in common

AnyGrid = Grid[QualityCell]


@dataclass(frozen=True)
class MeasurementPeriod:
    """The 12 months that end with a quarter, as their group sees them."""

    group: Group
    period: Period
    is_closed: bool
    line: PeriodLine | None  # None: not begun
    measures: QualitySet
    sites: Mapping[str, str]  # names by id
    history: History[QualityCell]
    counts: QualityCounts
    before: QualityCounts | None  # of a year earlier, else the nearest before
    findings: tuple[Finding, ...]

    @property
    def reference(self) -> Stratum | None:
        """The stratum that the others are compared with, once somebody has declared it."""
        written = self.line.reference if self.line else ""
        kind, _, name = written.partition(".")
        return Stratum(StratumType(kind), name) if name else None

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.HARD)

    @property
    def grids(self) -> tuple[AnyGrid, ...]:
        """Every table of the period."""
        return (
            *(grid for kind in KINDS for grid in self.measured(kind)),
            *known_grids(self.sites),
            sample_grid(),
        )

    def measured(self, kind: StratumType) -> tuple[AnyGrid, ...]:
        return tuple(measure_grids(self.measures, self.period, kind, self.sites))


KINDS = (StratumType.TOTAL, *MEASURED_BY)


@dataclass(frozen=True)
class Line:
    """One period in the list."""

    period: Period
    is_closed: bool
    state: PeriodState | None
    measures: int  # with both numbers for all patients
    is_race_known: bool  # whether anybody entered how race and ethnicity are known


@dataclass(frozen=True)
class Overview:
    group: Group
    lines: tuple[Line, ...]  # newest first


def overview(session: Session, group_id: str) -> Overview:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    today = session.now.date()
    known, states = (
        quality.of_group(session.store, group_id),
        quality.states(session.store, group_id),
    )
    listed = {*quarters_back(latest_closed(today), SHOWN_PERIODS), *known, *states}
    return Overview(
        groups.get(session.store, group_id),
        tuple(
            line_of(each, known.get(each) or QualityCounts(each), states.get(each), today)
            for each in sorted(listed, reverse=True)
        ),
    )


def line_of(each: Period, counts: QualityCounts, line: PeriodLine | None, today: date) -> Line:
    return Line(
        each,
        each.is_closed_on(today),
        line.state if line else None,
        sum(1 for measure_id in counts.measures() if counts.pair(measure_id, ALL)),
        any(cell.key.startswith("known.") for cell in counts.known),
    )


def get(session: Session, group_id: str, written: str) -> MeasurementPeriod:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    return read(
        session.store, group_id, enterable_period(written, session.now.date()), session.now.date()
    )


def read(store: Store, group_id: str, ending: Period, today: date) -> MeasurementPeriod:
    """For use cases that have already asked whether the person may see it."""
    known = quality.of_group(store, group_id)
    history = quality.history(store, group_id, ending)
    counts = QualityCounts(ending, latest(history))
    before = known.get(ending.plus(-YEAR)) or nearest(known, ending)
    measures = measure_files.load_quality()
    return MeasurementPeriod(
        group=groups.get(store, group_id),
        period=ending,
        is_closed=ending.is_closed_on(today),
        line=quality.state(store, group_id, ending),
        measures=measures,
        sites={site.id: site.name for site in groups.sites(store, group_id)},
        history=history,
        counts=counts,
        before=before,
        findings=findings(counts, before, measures),
    )


def nearest(known: Mapping[Period, QualityCounts], ending: Period) -> QualityCounts | None:
    earlier = [each for each in known if each < ending]
    return known[max(earlier)] if earlier else None


@dataclass(frozen=True)
class EntryState:
    """What a task list says of the latest closed period."""

    says: str
    is_done: bool


def states_of(store: Store, group_id: str, today: date) -> tuple[EntryState, EntryState]:
    """Of the measures, and of how race and ethnicity are known.

    For use cases that have already asked whether the person may see it.
    """
    ending = latest_closed(today)
    known = quality.of_group(store, group_id).get(ending) or QualityCounts(ending)
    line = line_of(ending, known, quality.state(store, group_id, ending), today)
    is_complete = line.state is PeriodState.COMPLETE
    measures = "complete" if is_complete else "started" if line.measures else "missing"
    race = "entered" if line.is_race_known else "missing"
    return (
        EntryState(f"12 months to {ending.label} {measures}", is_complete),
        EntryState(f"12 months to {ending.label} {race}", line.is_race_known),
    )


# Saving


def save(session: Session, group_id: str, written: str, sent: PostedCounts) -> bool:
    """Keep what was typed, finished or not; whether anything was new.

    Numbers that contradict each other are kept too: they stop a period from being complete, not
    from being worked on. A text that is no count is refused together with all that came with it.
    """
    permissions.require(
        session.actor, Can.ENTER_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = enterable_period(written, session.now.date())
    with session.store.writing():
        before = read(session.store, group_id, ending, session.now.date())
        cells = cells_in(before.grids)
        typed = counts_in(sent.typed, cells, labels(before.grids))
        base = {cells[key]: n for key, n in sent.base.items() if key in cells}
        merge = merge_edits(before.history, base, typed)
        if merge.clashes:
            raise CountsClash(merge)
        revisions = tuple(
            QualityRevision(
                cell, revision_of(before.history, cell) + 1, value, session.actor.id, session.now
            )
            for cell, value in merge.changed.items()
        )
        if not revisions:
            return False
        event = event_of(before, session.actor, "entered quality counts", session.now)
        quality.save(session.store, group_id, ending, revisions, event)
        if before.line is None or before.line.state is not PeriodState.OPEN:
            set_state(session, before, PeriodState.OPEN, "opened quality counts")
    return True


def counts_in(
    typed: Mapping[str, str], cells: Mapping[str, QualityCell], names: Mapping[str, str]
) -> dict[QualityCell, int | None]:
    """Every count by its cell, or every problem at once. Fields we did not ask for are ignored."""
    values: dict[QualityCell, int | None] = {}
    problems: list[Problem] = []
    for key, text in typed.items():
        if cell := cells.get(key):
            try:
                values[cell] = count_of(text)
            except ValueError as error:
                problems.append(Problem(key, f"{names[key]}: this {error}"))
    if problems:
        raise BadInput(problems)
    return values


def labels(grids: Iterable[AnyGrid]) -> dict[str, str]:
    """By cell key: table, row and column, as the page names them."""
    return {
        grid.cells[row.key, column.key].key: f"{row.label}, {column.label}"
        for grid in grids
        for row in grid.rows
        for column in grid.columns
    }


def declare(session: Session, group_id: str, written: str, reference: str) -> None:
    """Say which stratum the others are compared with. It is never picked by the program."""
    permissions.require(
        session.actor, Can.ENTER_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = enterable_period(written, session.now.date())
    with session.store.writing():
        before = read(session.store, group_id, ending, session.now.date())
        if reference and reference not in references(before):
            raise BadInput([Problem("reference", "Choose one of the listed patient groups.")])
        state = before.line.state if before.line else PeriodState.OPEN
        set_state(session, before, state, "declared a reference", reference)


def references(ending: MeasurementPeriod) -> dict[str, str]:
    """What can be compared with: race and ethnicity strata that have counts."""
    kinds = (StratumType.RACE, StratumType.RACE_1997, StratumType.ETHNICITY, StratumType.LANGUAGE)
    return {
        f"{kind}.{stratum.name}": stratum.label
        for kind in kinds
        for measure_id in ending.counts.measures()
        for stratum in ending.counts.strata(measure_id, kind)
    }


def completion_problems(before: MeasurementPeriod) -> Iterator[Problem]:
    if not is_counted(before.counts):
        yield Problem("", "Enter one measure for all patients, or how race is known, first.")
    for finding in before.contradictions:
        yield Problem(finding.cell.key, finding.says)


def set_state(
    session: Session,
    before: MeasurementPeriod,
    wanted: PeriodState,
    verb: str,
    reference: str | None = None,
) -> None:
    line = before.line
    quality.set_state(
        session.store,
        before.group.id,
        before.period,
        wanted,
        reference if reference is not None else line.reference if line else "",
        line.revision if line else 0,
        event_of(before, session.actor, verb, session.now),
    )


def event_of(before: MeasurementPeriod, actor: Actor, verb: str, now: datetime) -> Event:
    return Event(now, actor.id, verb, "quality", str(before.period), group_id=before.group.id)


# From a spreadsheet


def paste(
    session: Session,
    group_id: str,
    text: str,
    grids: tuple[AnyGrid, ...],
) -> Pasted[QualityCell]:
    """What a pasted block would fill in. Nothing is stored."""
    permissions.require(
        session.actor, Can.ENTER_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    return pasted_grid.read(text, grids)


@dataclass(frozen=True)
class Change:
    """What a file would change in one count."""

    key: str
    label: str
    stored: int | None
    wanted: int


@dataclass(frozen=True)
class Preview:
    ending: MeasurementPeriod
    changes: tuple[Change, ...]
    same: int  # counts of the file that stand already
    findings: tuple[Finding, ...] = field(default=())  # as they would be


def preview(session: Session, group_id: str, written: str, raw: bytes) -> Preview:
    """What a file would write, or BadInput with every problem by its row. Nothing is stored."""
    permissions.require(
        session.actor, Can.ENTER_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = read(
        session.store, group_id, enterable_period(written, session.now.date()), session.now.date()
    )
    found = table.read(raw, ending.period, ending.measures, ending.sites)
    named = labels(ending.grids)
    changes = tuple(
        Change(cell.key, named.get(cell.key, cell.key), ending.counts.known.get(cell), value)
        for cell, value in found.items()
        if ending.counts.known.get(cell) != value
    )
    would_be = QualityCounts(ending.period, {**ending.counts.known, **found})
    return Preview(
        ending,
        changes,
        len(found) - len(changes),
        findings(would_be, ending.before, ending.measures),
    )


GONE = "Somebody who has left"


Rows = Iterator[tuple[exports.Cell, ...]]


def workbook(session: Session, group_id: str, written: str) -> bytes:
    """The three tables, filled with what is stored: a way out, and a way back in."""
    ending = get(session, group_id, written)
    measures, known, again = SHEETS
    return exports.xlsx_of(
        [
            exports.Sheet(measures, MEASURES, measure_rows(ending), (10, 10, 16, 16, 12, 12)),
            exports.Sheet(known, KNOWN, known_rows(ending), (10, 16, 12, 14, 12, 10)),
            exports.Sheet(again, SAMPLE, sample_rows(ending), (10, 12, 12, 10)),
        ]
    )


def measures_csv(session: Session, group_id: str, written: str) -> bytes:
    ending = get(session, group_id, written)
    return exports.csv_of(MEASURES, measure_rows(ending))


def measure_rows(ending: MeasurementPeriod) -> Rows:
    for measure in in_force(ending.measures, ending.period):
        for kind in (StratumType.TOTAL, *MEASURED_BY):
            for stratum, _ in rows_of(kind, ending.sites):
                both = (
                    ending.counts.known.get(MeasureCell(measure.id, part, stratum))
                    for part in MeasurePart
                )
                yield str(ending.period), measure.id, kind.value, stratum.name, *both


def known_rows(ending: MeasurementPeriod) -> Rows:
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


@dataclass(frozen=True)
class Past:
    """One change of one count."""

    at: datetime
    author: str
    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class ChangeLog:
    ending: MeasurementPeriod
    lines: tuple[Past, ...]  # newest first


def change_log(session: Session, group_id: str, written: str) -> ChangeLog:
    ending = get(session, group_id, written)
    authors = people.with_ids(
        session.store, {each.author_id for lines in ending.history.values() for each in lines}
    )
    named = labels(ending.grids)
    lines = [
        Past(
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
