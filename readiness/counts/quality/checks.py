"""What cannot be true of the counts behind equity, and what is unusual."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from readiness.counts.measures.models import QualitySet
from readiness.counts.models import CountFinding, Severity
from readiness.counts.quality.models import (
    MEASURED_BY,
    DemographicCell,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, UNKNOWN, Stratum, StratumType

JUMP = Fraction(20, 100)  # between two periods
MOST_UNKNOWN = Fraction(20, 100)  # of the patients counted in a measure
ENOUGH = 30  # patients for a share of 0 or 100 percent to be unusual


Finding = CountFinding[QualityCell]


def findings(
    counts: QualityCounts, before: QualityCounts | None, measures: QualitySet
) -> tuple[Finding, ...]:
    """Hard ones first; each stands at one number."""
    found = [
        *more_than_counted(counts, measures),
        *parts_against_whole(counts, measures),
        *sites_against_group(counts),
        *odd_shares(counts, measures),
        *unknown_strata(counts, measures),
        *jumps(counts, before, measures),
    ]
    return tuple(sorted(found, key=lambda each: each.severity is not Severity.HARD))


def title(measures: QualitySet, measure_id: str) -> str:
    measure = measures.by_id.get(measure_id)
    return measure.title if measure else measure_id


def where(stratum: Stratum) -> str:
    return "" if stratum == ALL else f", {stratum.label}"


def pairs(counts: QualityCounts) -> Iterator[tuple[str, Stratum, int, int]]:
    """Every measure and stratum with both numbers: id, stratum, numerator, denominator."""
    for cell in counts.known:
        if isinstance(cell, MeasureCell) and cell.part is MeasurePart.DENOMINATOR:
            both = counts.pair(cell.measure_id, cell.stratum, is_estimated=cell.is_estimated)
            if both and not cell.is_estimated:
                yield cell.measure_id, cell.stratum, *both


def more_than_counted(counts: QualityCounts, measures: QualitySet) -> Iterator[Finding]:
    for measure_id, stratum, above, below in pairs(counts):
        if above > below:
            yield Finding(
                "met-within-counted",
                Severity.HARD,
                MeasureCell(measure_id, MeasurePart.NUMERATOR, stratum),
                f"{title(measures, measure_id)}{where(stratum)}: {above:,} who meet the measure "
                f"cannot be more than the {below:,} counted in it. Check both numbers.",
            )


def parts_against_whole(counts: QualityCounts, measures: QualitySet) -> Iterator[Finding]:
    """Strata of one type exclude each other: they add up to the whole or to less, never to more."""
    for measure_id in counts.measures():
        for kind in MEASURED_BY:
            for part in MeasurePart:
                whole = counts.known.get(MeasureCell(measure_id, part))
                cells = [
                    cell
                    for cell in counts.known
                    if isinstance(cell, MeasureCell)
                    and (cell.measure_id, cell.part, cell.stratum.type) == (measure_id, part, kind)
                    and not cell.is_estimated
                ]
                added = sum(counts.known[cell] for cell in cells)
                if whole is not None and added > whole:
                    yield Finding(
                        f"parts-over-whole-{kind}",
                        Severity.HARD,
                        min(cells),
                        f"{title(measures, measure_id)}: {STRATUM_TYPE_LABELS[kind].lower()} adds "
                        f"up to {added:,}, more than the {whole:,} of all patients. Count each "
                        "patient in one part only.",
                    )


def sites_against_group(counts: QualityCounts) -> Iterator[Finding]:
    """Patients may be seen at two sites, but one site never has more than the group."""
    for cell, value in counts.known.items():
        if not isinstance(cell, DemographicCell) or not cell.site_id:
            continue
        whole = counts.known.get(DemographicCell(cell.field, cell.known, cell.origin))
        if whole is not None and value > whole:
            yield Finding(
                "site-within-group",
                Severity.HARD,
                cell,
                f"{value:,} at one site cannot be more than the {whole:,} of the whole group. "
                "Check both numbers.",
            )


def odd_shares(counts: QualityCounts, measures: QualitySet) -> Iterator[Finding]:
    for measure_id, stratum, above, below in pairs(counts):
        if below >= ENOUGH and above in (0, below):
            share = "nobody" if not above else "everybody"
            yield Finding(
                "all-or-nobody",
                Severity.SOFT,
                MeasureCell(measure_id, MeasurePart.NUMERATOR, stratum),
                f"{title(measures, measure_id)}{where(stratum)}: {share} of {below:,} meets the "
                "measure. Check that the right column was counted.",
            )


def unknown_strata(counts: QualityCounts, measures: QualitySet) -> Iterator[Finding]:
    for measure_id in counts.measures():
        whole = counts.known.get(MeasureCell(measure_id, MeasurePart.DENOMINATOR))
        for kind in (StratumType.RACE, StratumType.RACE_1997, StratumType.LANGUAGE):
            cell = MeasureCell(measure_id, MeasurePart.DENOMINATOR, Stratum(kind, UNKNOWN))
            missing = counts.known.get(cell)
            if whole and missing is not None and Fraction(missing, whole) > MOST_UNKNOWN:
                yield Finding(
                    f"unknown-{kind}",
                    Severity.SOFT,
                    cell,
                    f"{title(measures, measure_id)}: {STRATUM_TYPE_LABELS[kind].lower()} is not "
                    f"known for {missing:,} of {whole:,} patients. Gaps may not be what they seem.",
                )


def jumps(
    counts: QualityCounts, before: QualityCounts | None, measures: QualitySet
) -> Iterator[Finding]:
    if before is None:
        return
    for measure_id, stratum, above, below in pairs(counts):
        earlier = before.pair(measure_id, stratum)
        if not earlier or min(below, earlier[1]) < ENOUGH:
            continue
        change = Fraction(above, below) - Fraction(*earlier)
        if abs(change) > JUMP:
            yield Finding(
                "jump",
                Severity.SOFT,
                MeasureCell(measure_id, MeasurePart.NUMERATOR, stratum),
                f"{title(measures, measure_id)}{where(stratum)}: the rate moved by "
                f"{float(change) * 100:+.0f} points since {before.period.label}. Check that both "
                "periods were counted alike.",
            )


def is_counted(counts: QualityCounts) -> bool:
    """Enough to be complete: one measure for all patients, or how race is known."""
    return bool(counts.paired_measures) or counts.has_demographics
