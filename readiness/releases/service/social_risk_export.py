"""A release as a spreadsheet: a line for each number."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core import exports
from readiness.core.people import Group
from readiness.core.small_cells import HIDDEN
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS
from readiness.counts.strata import STRATUM_TYPE_LABELS
from readiness.disclosure.release import SocialRiskRelease

HEADER = (
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


def csv_of(group: Group, release: SocialRiskRelease) -> bytes:
    return exports.csv_of(HEADER, rows(group, release))


def xlsx_of(group: Group, release: SocialRiskRelease) -> bytes:
    sheet = exports.Sheet("Released counts", HEADER, rows(group, release), (36, 10, 9, 12, 24))
    return exports.xlsx_of([sheet])


def rows(group: Group, release: SocialRiskRelease) -> Iterator[tuple[exports.Cell, ...]]:
    for cell, value in release.values.items():
        yield (
            group.name,
            str(release.period),
            release.number,
            release.made_at.date(),
            NEED_LABELS[cell.need] if cell.need else "All needs",
            STEP_LABELS[cell.step],
            STRATUM_TYPE_LABELS[cell.stratum.type],
            cell.stratum.label,
            HIDDEN if value is None else value,
        )
