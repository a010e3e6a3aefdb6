"""The counts behind equity laid out for their pages: every field, label, number and link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from readiness.core.errors import NotFound, Problem
from readiness.counts.edits import revision_of
from readiness.counts.models import CountsClash, Grid, PeriodState, PostedCounts, cells_in
from readiness.counts.presenters.social_risk import Field, GridView, Row, written
from readiness.counts.quality.grids import known_grids, sample_grid
from readiness.counts.quality.models import MEASURED_BY, DemographicCell, QualityCell, SampleCell
from readiness.counts.service.quality import MeasurementPeriod, cells, measured
from readiness.counts.strata import STRATUM_TYPE_LABELS, StratumType

RACE_DATA, ASKED_AGAIN = "race-data", "asked-again"
STATE_WORDS = {
    None: "Not started",
    PeriodState.OPEN: "Started, not yet complete",
    PeriodState.COMPLETE: "Complete",
}
INTRODUCTIONS: dict[str, str] = {
    StratumType.TOTAL: "Patients counted in each measure, and of them those who meet it, over the "
    "12 months.",
    StratumType.RACE: "As patients have said it themselves, or as the record holds it. A payer’s "
    "estimates do not belong here.",
    StratumType.SITE: "Each patient counts at one site: the one that they see most.",
    RACE_DATA: "Active patients by what is recorded of their race and ethnicity, and of their "
    "language. “Known” is split by where the answer comes from.",
    ASKED_AGAIN: "A sample of patients whose record was compared with what they say when asked "
    "again. Each row is what the record said, each column what the patient said. About 140 "
    "patients of a category tell its accuracy to within 5 points.",
}
PAGES: tuple[str, ...] = (StratumType.TOTAL, *MEASURED_BY, RACE_DATA, ASKED_AGAIN)
TITLES: dict[str, str] = {
    **{str(kind): label for kind, label in STRATUM_TYPE_LABELS.items()},
    RACE_DATA: "How race, ethnicity and language are known",
    ASKED_AGAIN: "Patients asked again",
}


@dataclass(frozen=True)
class Scope:
    """Which tables stand on the page."""

    key: str
    title: str
    introduction: str
    grids: tuple[Grid[QualityCell], ...]

    @property
    def is_main(self) -> bool:
        return self.key == StratumType.TOTAL


def scope_of(ending: MeasurementPeriod, key: str) -> Scope:
    if key == RACE_DATA:
        grids: tuple[Grid[QualityCell], ...] = tuple(known_grids(ending.sites))
    elif key == ASKED_AGAIN:
        grids = (sample_grid(),)
    elif key in PAGES:
        grids = measured(StratumType(key), ending.period, ending.sites)
    else:
        raise NotFound("There is no such breakdown. Choose one from the page of the period.")
    return Scope(key, TITLES[key], INTRODUCTIONS.get(key, ""), grids)


def page_of(cell: QualityCell) -> str:
    """The page on which a count is entered."""
    if isinstance(cell, DemographicCell):
        return RACE_DATA
    return ASKED_AGAIN if isinstance(cell, SampleCell) else cell.stratum.type


@dataclass(frozen=True)
class Entry:
    """What the page shows beyond what is stored: typed texts, their errors, the other's values."""

    sent: PostedCounts | None = None
    problems: tuple[Problem, ...] = ()
    clash: CountsClash | None = None
    filled: Mapping[QualityCell, int] = field(default_factory=dict)  # from a pasted block
    block: str = ""
    is_unfinished: bool = False


@dataclass(frozen=True)
class Shown:
    """Everything the template prints."""

    state: str
    grids: tuple[GridView, ...]
    base: str
    problems: tuple[tuple[str, str], ...]  # address and sentence
    contradictions: tuple[tuple[str, str], ...]
    unusual: tuple[tuple[str, str], ...]
    breakdowns: tuple[tuple[str, str, str], ...]  # address, title, what is in it
    block: str


def shown(ending: MeasurementPeriod, scope: Scope, entry: Entry) -> Shown:
    errors = {problem.place: problem.says for problem in entry.problems}
    hard = ending.contradictions
    return Shown(
        state=STATE_WORDS[ending.status.state],
        grids=tuple(grid_view(grid, ending, entry, errors) for grid in scope.grids),
        base=base_of(ending, scope, entry),
        problems=tuple(
            (key_address(problem.place, ending, scope), problem.says) for problem in entry.problems
        ),
        contradictions=()
        if entry.problems
        else tuple((cell_address(each.cell, ending, scope), each.says) for each in hard),
        unusual=tuple(
            (cell_address(each.cell, ending, scope), each.says)
            for each in ending.findings
            if each not in hard
        ),
        breakdowns=tuple(breakdown(ending, key) for key in PAGES if key != StratumType.TOTAL),
        block=entry.block,
    )


def grid_view(
    grid: Grid[QualityCell], ending: MeasurementPeriod, entry: Entry, errors: Mapping[str, str]
) -> GridView:
    return GridView(
        id=grid.id,
        title=grid.title,
        corner="Patients",
        columns=grid.columns,
        rows=tuple(
            Row(
                label=row.label,
                fields=tuple(
                    field_at(
                        grid.cells[row.key, column.key],
                        f"{row.label}, {column.label}",
                        ending,
                        entry,
                        errors,
                    )
                    for column in grid.columns
                ),
                href="",
                is_optional=False,
            )
            for row in grid.rows
        ),
    )


def field_at(
    cell: QualityCell,
    label: str,
    ending: MeasurementPeriod,
    entry: Entry,
    errors: Mapping[str, str],
) -> Field:
    last = ending.before.known.get(cell) if ending.before else None
    return Field(
        id=cell.key,
        label=label,
        value=value_at(cell, ending, entry),
        last=f"{ending.before.period}: {last:,}" if ending.before and last is not None else "",
        error=errors.get(cell.key, ""),
        note=note_at(cell, ending, entry),
    )


def value_at(cell: QualityCell, ending: MeasurementPeriod, entry: Entry) -> str:
    """What was pasted, else what was typed, else what is stored."""
    if cell in entry.filled:
        return str(entry.filled[cell])
    if entry.clash and cell in entry.clash.merge.values:
        return written(entry.clash.merge.values[cell])
    if entry.sent and cell.key in entry.sent.typed:
        return entry.sent.typed[cell.key]
    return written(ending.counts.known.get(cell))


def note_at(cell: QualityCell, ending: MeasurementPeriod, entry: Entry) -> str:
    for clash in entry.clash.merge.clashes if entry.clash else ():
        if clash.cell == cell:
            return f"Saved by somebody else: {written(clash.theirs) or 'blank'}"
    stored = ending.counts.known.get(cell)
    if cell in entry.filled and entry.filled[cell] != stored:
        return f"Saved before: {written(stored) or 'blank'}"
    return ""


def base_of(ending: MeasurementPeriod, scope: Scope, entry: Entry) -> str:
    """The revisions that stand on the page; after a clash the other's value counts as seen."""
    if entry.sent and not entry.clash:
        return json.dumps(dict(entry.sent.base))
    return seen(ending, cells_in(scope.grids))


def seen(ending: MeasurementPeriod, shown: Mapping[str, QualityCell]) -> str:
    revisions = {key: revision_of(ending.history, cell) for key, cell in shown.items()}
    return json.dumps({key: revision for key, revision in revisions.items() if revision})


def key_address(key: str, ending: MeasurementPeriod, scope: Scope) -> str:
    cell = cells(ending.period, ending.sites).get(key)
    if cell is not None:
        return cell_address(cell, ending, scope)
    return f"#{key}" if key else ""


def cell_address(cell: QualityCell, ending: MeasurementPeriod, scope: Scope) -> str:
    """On this page, or on the page of its own."""
    where = page_of(cell)
    if where == scope.key:
        return f"#{cell.key}"
    return f"{address(ending, where)}#{cell.key}"


def address(ending: MeasurementPeriod, key: str) -> str:
    group_id, period = ending.group.id, str(ending.period)
    if key == StratumType.TOTAL:
        return url_for("quality.period", group_id=group_id, period=period)
    return url_for("quality.breakdown", group_id=group_id, period=period, kind=key)


def breakdown(ending: MeasurementPeriod, key: str) -> tuple[str, str, str]:
    having = sum(1 for cell in ending.counts.known if page_of(cell) == key)
    says = f"{having:,} {'count' if having == 1 else 'counts'}" if having else "No counts yet"
    return address(ending, key), TITLES[key], says
