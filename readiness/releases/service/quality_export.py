"""A release of counts behind equity as a spreadsheet: a line for each number."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core import exports
from readiness.core.people import Group
from readiness.core.small_cells import HIDDEN
from readiness.counts.quality.grids import state_label
from readiness.counts.quality.models import FIELD_LABELS, PART_LABELS, DemographicCell, MeasureCell
from readiness.counts.strata import STRATUM_TYPE_LABELS
from readiness.disclosure.release import QualityRelease

HEADER = (
    "Group",
    "12 months to the end of",
    "Release",
    "Released on",
    "Measure or field",
    "Breakdown",
    "Part",
    "Number",
    "Patients",
)
WIDTHS = (36, 12, 9, 12, 20, 24, 30, 20)


def csv_of(group: Group, release: QualityRelease) -> bytes:
    return exports.csv_of(HEADER, rows(group, release))


def xlsx_of(group: Group, release: QualityRelease) -> bytes:
    sheet = exports.Sheet("Released counts", HEADER, rows(group, release), WIDTHS)
    return exports.xlsx_of([sheet])


def rows(group: Group, release: QualityRelease) -> Iterator[tuple[exports.Cell, ...]]:
    about = (group.name, str(release.period), release.number, release.made_at.date())
    for cell, value in release.values.items():
        shown = HIDDEN if value is None else value
        if isinstance(cell, MeasureCell):
            yield (*about, *of_measure(cell), shown)
        elif isinstance(cell, DemographicCell):
            yield (*about, *of_record(cell), shown)


def of_measure(cell: MeasureCell) -> tuple[str, str, str, str]:
    kind = STRATUM_TYPE_LABELS[cell.stratum.type]
    breakdown = f"{kind}, estimated by a payer" if cell.is_estimated else kind
    return cell.measure_id, breakdown, cell.stratum.label, PART_LABELS[cell.part]


def of_record(cell: DemographicCell) -> tuple[str, str, str, str]:
    what = state_label(cell.known, cell.origin)
    return FIELD_LABELS[cell.field], "How it is known", what, "In the record"
