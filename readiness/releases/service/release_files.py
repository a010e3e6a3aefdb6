"""A release as a spreadsheet: a line for each number."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from readiness.core import exports
from readiness.core.people import Group
from readiness.core.small_cells import HIDDEN
from readiness.counts.quality.grids import state_label
from readiness.counts.quality.models import (
    FIELD_LABELS,
    PART_LABELS,
    DemographicCell,
    MeasureCell,
)
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS, FunnelCell
from readiness.counts.strata import STRATUM_TYPE_LABELS
from readiness.disclosure.released_counts import Release
from readiness.disclosure.table import C

SOCIAL_RISK_HEADER = (
    "Group",
    "Quarter",
    "Release",
    "Released on",
    "Need",
    "Step",
    "Breakdown",
    "Part",
    "Patients",
)
QUALITY_HEADER = (
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


def sheet_of(group: Group, release: Release[C]) -> exports.Sheet:
    is_funnel = all(isinstance(cell, FunnelCell) for cell in release.values)
    header = SOCIAL_RISK_HEADER if is_funnel else QUALITY_HEADER
    widths = (36, 10, 9, 12, 24) if is_funnel else (36, 12, 9, 12, 20, 24, 30, 20)
    return exports.Sheet("Released counts", header, rows(group, release), widths)


def rows(group: Group, release: Release[C]) -> Iterator[tuple[exports.Cell, ...]]:
    about = (group.name, str(release.period), release.number, release.made_at.date())
    for cell, value in release.values.items():
        yield (*about, *labels_of(cell), HIDDEN if value is None else value)


def labels_of(cell: Hashable) -> tuple[str, str, str, str]:
    if isinstance(cell, FunnelCell):
        need = NEED_LABELS[cell.need] if cell.need else "All needs"
        kind = STRATUM_TYPE_LABELS[cell.stratum.type]
        return need, STEP_LABELS[cell.step], kind, cell.stratum.label
    if isinstance(cell, MeasureCell):
        kind = STRATUM_TYPE_LABELS[cell.stratum.type]
        breakdown = f"{kind}, estimated by a payer" if cell.is_estimated else kind
        return cell.measure_id, breakdown, cell.stratum.label, PART_LABELS[cell.part]
    if isinstance(cell, DemographicCell):
        what = state_label(cell.known, cell.origin)
        return FIELD_LABELS[cell.field], "How it is known", what, "In the record"
    raise TypeError(f"{cell} never leaves a group")
