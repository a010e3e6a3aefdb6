"""A period's released counts behind equity laid out as tables, beside what the group counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from readiness.core.formatting import day, percent
from readiness.counts.measures import loader as measure_files
from readiness.counts.models import Grid as Sheet
from readiness.counts.models import PeriodState
from readiness.counts.quality.grids import known_grids, measure_grids
from readiness.counts.quality.models import DemographicCell, MeasureCell, QualityCell
from readiness.counts.strata import STRATUM_TYPE_LABELS, StratumType
from readiness.disclosure.quality_table import ALWAYS, SCHEMES
from readiness.disclosure.release import QualityRelease
from readiness.releases.presenters.social_risk import Grid, Line, number
from readiness.releases.service.quality import GroupView

KINDS = tuple(kind for kind in StratumType if kind in ALWAYS.union(*SCHEMES))


def grids_of(own: GroupView) -> tuple[Grid, ...]:
    """One for each breakdown and each field of the record, with what was released or counted."""
    values = own.release.values if own.release else {}
    known = {*values, *own.known}
    found = (filled(sheet, title, known, values, own.known) for sheet, title in sheets_of(own))
    return tuple(grid for grid in found if grid.lines)


def sheets_of(own: GroupView) -> Iterator[tuple[Sheet[QualityCell], str]]:
    for kind in KINDS:
        for sheet in measure_grids(measure_files.load_quality(), own.period, kind):
            title = f"{STRATUM_TYPE_LABELS[kind]}: {sheet.title.lower()}"
            yield wide(sheet), title
            yield estimated(sheet), f"{title}, estimated by a payer"
    for each in known_grids({}):
        yield wide(each), f"{each.title} in the record"


def wide(sheet: Sheet[MeasureCell] | Sheet[DemographicCell]) -> Sheet[QualityCell]:
    """The same table, of any kind of count."""
    return Sheet(sheet.id, sheet.title, sheet.rows, sheet.columns, dict(sheet.cells.items()))


def estimated(sheet: Sheet[MeasureCell]) -> Sheet[QualityCell]:
    cells = {at: replace(cell, is_estimated=True) for at, cell in sheet.cells.items()}
    return Sheet(sheet.id, sheet.title, sheet.rows, sheet.columns, dict(cells.items()))


def filled(
    sheet: Sheet[QualityCell],
    title: str,
    known: set[QualityCell],
    values: Mapping[QualityCell, int | None],
    own: Mapping[QualityCell, int],
) -> Grid:
    """Rows and columns of which nothing is known are left out."""
    cells = sheet.cells
    columns = [c for c in sheet.columns if any(cells[r.key, c.key] in known for r in sheet.rows)]
    rows = [r for r in sheet.rows if any(cells[r.key, c.key] in known for c in columns)]
    return Grid(
        title,
        "Patients",
        tuple(column.label for column in columns),
        tuple(
            Line(row.label, tuple(number(cells[row.key, c.key], values, own) for c in columns))
            for row in rows
        ),
    )


# In words.


def released_says(release: QualityRelease) -> str:
    shown = len(release.values) - release.hidden
    return (
        f"Release {release.number} of the 12 months to {release.period.label}, "
        f"{day(release.made_at)}: {shown:,} numbers shown, {release.hidden:,} hidden."
    )


def rule_says(release: QualityRelease) -> str:
    return (
        f"Counts from 1 to {release.threshold - 1} are hidden, and every other count with which "
        "one of them, or so few patients who do not meet a measure, could be worked out. Zeros "
        "are shown."
    )


def audit_says(release: QualityRelease) -> str:
    """What was proved of the release, for the group that it came from."""
    beside = " and in the releases before" if release.number > 1 else ""
    again = "once" if release.rounds == 1 else f"{release.rounds} times"
    return (
        f"Before it left, this release was checked {again} for what could follow from all that is "
        f"shown here{beside}. {percent(release.hidden_share)} of the numbers are hidden for it."
    )


def state_says(own: GroupView) -> str:
    if own.release is None and own.state is PeriodState.COMPLETE:
        return "Nothing has left yet. Mark the period complete again to let its counts out."
    if own.release is None:
        return "Nothing has left yet. It does when you mark the period complete."
    if own.is_edited:
        return (
            "You changed counts since. Payers go on reading this release until you mark the "
            "period complete again."
        )
    if own.is_behind:
        return (
            "Your counts changed since, by so few patients in one number or more that the change "
            "itself could point at somebody. So payers go on reading this release."
        )
    return "Payers you share with read this release, once you have submitted an assessment."
