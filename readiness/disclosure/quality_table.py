"""Counts behind equity as readers outside may come to know them.

Whoever does not meet a measure is a person too: counted minus met is protected like a printed
number. Strata of one breakdown exclude each other, and the states of a record are all patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
)
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.disclosure.succession import PreviousRelease
from readiness.disclosure.table import CellId, CountsTable, Residual, TableBuilder

# One scheme of race only: people who move between two schemes are few, and could be counted.
SCHEMES = (
    frozenset({StratumType.RACE}),
    frozenset({StratumType.RACE_1997, StratumType.ETHNICITY}),
)
ALWAYS = frozenset({StratumType.TOTAL, StratumType.LANGUAGE, StratumType.PAYER, StratumType.AGE})

# All patients are read first; of a record, how many are known, and from where.
WEIGHT_OF_ALL, WEIGHT_OF_KNOWN, WEIGHT_OF_OTHERS = 20, 4, 2


class Breakdown(NamedTuple):
    measure_id: str
    kind: StratumType
    is_estimated: bool = False


@dataclass(frozen=True)
class RecordTotal:
    """All patients whose record was looked at for one field."""

    field: DemographicField


# What leaves.


def releasable_cells(
    counts: QualityCounts, reference: str, earlier: Sequence[PreviousRelease[QualityCell]]
) -> dict[QualityCell, int]:
    """The counts that may leave the group, shown or hidden; never its sites nor its samples."""
    kinds = ALWAYS | scheme_of(counts, reference, earlier)
    return {
        cell: value
        for cell, value in counts.known.items()
        if (isinstance(cell, MeasureCell) and cell.stratum.type in kinds)
        or (isinstance(cell, DemographicCell) and not cell.site_id)
    }


def scheme_of(
    counts: QualityCounts, reference: str, earlier: Sequence[PreviousRelease[QualityCell]]
) -> frozenset[StratumType]:
    """The one released before, else that of the declared reference, else the newer one entered."""
    used = kinds_in(cell for each in earlier for cell in each.values)
    entered = kinds_in(counts.known)
    declared = {kind for kind in StratumType if reference.startswith(f"{kind}.")}
    for wanted in (used, declared & entered, entered):
        for scheme in SCHEMES:
            if scheme & wanted:
                return scheme
    return SCHEMES[0]


def kinds_in(cells: Iterable[QualityCell]) -> set[StratumType]:
    return {cell.stratum.type for cell in cells if isinstance(cell, MeasureCell)}


# How it hangs together.


def table_of(
    known: Mapping[QualityCell, int],
    threshold: int | None = None,  # noqa: ARG001 - as every schema
    also: frozenset[CellId] = frozenset(),  # noqa: ARG001
) -> CountsTable:
    """Every difference that a reader could make is a number of the table, at any threshold."""
    build = TableBuilder({**wholes(known), **known})
    split_not_met(build)
    split_breakdowns(build)
    total_records(build, known)
    return build.table(known, {cell: weight_of(cell) for cell in known})


def weight_of(cell: QualityCell) -> int:
    if isinstance(cell, MeasureCell):
        return WEIGHT_OF_ALL if cell.stratum == ALL else WEIGHT_OF_OTHERS
    is_known = isinstance(cell, DemographicCell) and cell.known is DemographicStatus.KNOWN
    return WEIGHT_OF_KNOWN if is_known else WEIGHT_OF_OTHERS


def wholes(known: Mapping[QualityCell, int]) -> dict[QualityCell, int]:
    """All patients of each measure, as large as its largest breakdown: readers may take them for
    known though nobody entered them."""
    found: dict[QualityCell, int] = {}
    for breakdown, strata in strata_in(known).items():
        for part in MeasurePart:
            cells = (cell_of(breakdown, part, name) for name in strata)
            added = sum(known[cell] for cell in cells if cell in known)
            whole = MeasureCell(breakdown.measure_id, part)
            found[whole] = max(added, found.get(whole, 0))
    return found


def split_not_met(build: TableBuilder) -> None:
    """Counted in a measure is met and not met."""
    for counted in [cell for cell in build.counts if isinstance(cell, MeasureCell)]:
        met = replace(counted, part=MeasurePart.NUMERATOR)
        if counted.part is MeasurePart.DENOMINATOR and met in build.counts:
            build.split(counted, (met,), may_be_empty=True)


def split_breakdowns(build: TableBuilder) -> None:
    """Known strata add up to all patients, with the rest of them where some are left.

    Of the rest too, some meet the measure and some do not, if it is the same rest of both.
    """
    for breakdown, strata in strata_in(build.counts).items():
        rests = {}
        for part in MeasurePart:
            every = (cell_of(breakdown, part, name) for name in sorted(strata))
            known = [cell for cell in every if cell in build.counts]
            rests[part] = build.split(MeasureCell(breakdown.measure_id, part), known)
        counted, met = rests[MeasurePart.DENOMINATOR], rests[MeasurePart.NUMERATOR]
        if counted and met and strata_of(counted) == strata_of(met):
            build.split(counted, (met,), may_be_empty=True)


def strata_of(rest: Residual[MeasureCell]) -> list[Stratum]:
    return [cell.stratum for cell in rest.parts]


def strata_in(known: Iterable[CellId]) -> dict[Breakdown, set[str]]:
    found: dict[Breakdown, set[str]] = {}
    for cell in known:
        if isinstance(cell, MeasureCell) and cell.stratum != ALL:
            breakdown = Breakdown(cell.measure_id, cell.stratum.type, cell.is_estimated)
            found.setdefault(breakdown, set()).add(cell.stratum.name)
    return found


def cell_of(breakdown: Breakdown, part: MeasurePart, name: str) -> MeasureCell:
    stratum = Stratum(breakdown.kind, name)
    return MeasureCell(breakdown.measure_id, part, stratum, breakdown.is_estimated)


def total_records(build: TableBuilder, known: Iterable[QualityCell]) -> None:
    """Every patient stands in one state of each field; most often both fields are of the same."""
    totals = []
    for field in DemographicField:
        cells = [c for c in known if isinstance(c, DemographicCell) and c.field is field]
        if cells:
            build.total(RecordTotal(field), cells)
            totals.append((build.counts[RecordTotal(field)], field))
    if len(totals) == len(DemographicField) and all(people for people, _ in totals):
        (_, small), (_, large) = sorted(totals)
        build.split(RecordTotal(large), (RecordTotal(small),))
