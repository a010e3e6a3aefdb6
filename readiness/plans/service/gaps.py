"""The newest released gaps as one compact table of the printed plan, reliability stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.formatting import day, points
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.counts.strata import Stratum
from readiness.equity.gaps import StratumGap, TableFinding
from readiness.equity.gates import GROUPS_FOR_SPREAD, USE_LABELS
from readiness.equity.service.released_gaps import ReleasedGaps

NOT_COMPARED = "–"


@dataclass(frozen=True)
class Cell:
    points: str
    basis: str  # patients, and what may be done with it


@dataclass(frozen=True)
class GapTable:
    period: str
    release: str
    reference: str  # empty: none was declared
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    left_out: str  # groups of people that no measure can compare
    reliability: str


def gap_table(found: ReleasedGaps) -> GapTable:
    strata = strata_of(found)
    rows = {name: tuple(cell_of(each, name) for _, each in found.findings) for name in strata}
    shown = {name for name, cells in rows.items() if any(cell.basis for cell in cells)}
    return GapTable(
        period=f"12 months to {found.release.period.label}",
        release=f"release {found.release.number} of {day(found.release.made_at)}",
        reference=found.reference.label if found.reference else "",
        header=tuple(header(measure) for measure, _ in found.findings),
        rows=tuple((label(found, name), rows[name]) for name in strata if name in shown),
        left_out=", ".join(label(found, name) for name in strata if name not in shown),
        reliability=reliability_says([gap for _, each in found.findings for gap in each.gaps]),
    )


def strata_of(found: ReleasedGaps) -> tuple[str, ...]:
    """Every group of people that is beside the reference, as first met."""
    names = (gap.stratum for _, each in found.findings for gap in each.gaps)
    return tuple(dict.fromkeys(names))


def label(found: ReleasedGaps, name: str) -> str:
    return Stratum(found.reference.type, name).label if found.reference else name


def header(measure: QualityMeasure) -> str:
    is_lower = measure.direction is Direction.LOWER
    return f"{measure.title} (lower is better)" if is_lower else measure.title


def cell_of(finding: TableFinding, stratum: str) -> Cell:
    gap = next((each for each in finding.gaps if each.stratum == stratum), None)
    if gap is None or gap.difference is None:
        return Cell(NOT_COMPARED, "")
    people = finding.table.counts[stratum].denominator or 0
    told = "" if gap.reliability is None else f", reliability {gap.reliability:.2f}"
    span = f"{points(gap.low)} to {points(gap.high)}"
    return Cell(f"{points(gap.difference)} ({span})", f"n = {people:,}{told}")


def reliability_says(gaps: Sequence[StratumGap]) -> str:
    """What may be done with them at most."""
    compared = [gap for gap in gaps if gap.difference is not None]
    if not compared:
        return ""
    uses = list(USE_LABELS)
    most = max((gap.use for gap in compared), key=uses.index)
    if all(gap.reliability is None for gap in compared):
        return (
            f"How reliable these gaps are cannot be told: it takes {GROUPS_FOR_SPREAD} groups with "
            "the same measure. Each is a direction, not a verdict."
        )
    return (
        "Reliability stands beside each gap where it can be told. "
        f"At most: {USE_LABELS[most][0].lower()}{USE_LABELS[most][1:]}."
    )
