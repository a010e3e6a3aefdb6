"""Counts behind equity as readers outside may come to know them.

Whoever does not meet a measure is a person too: counted minus met is protected like a printed
number. Strata of one breakdown exclude each other, and the states of a record are all patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

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
from readiness.disclosure.succession import PreviousRelease, Schema
from readiness.disclosure.table import CellId, Sum, Table

# One scheme of race only: people who move between two schemes are few, and could be counted.
SCHEMES = (
    frozenset({StratumType.RACE}),
    frozenset({StratumType.RACE_1997, StratumType.ETHNICITY}),
)
ALWAYS = frozenset({StratumType.TOTAL, StratumType.LANGUAGE, StratumType.PAYER, StratumType.AGE})

# All patients are read first; of a record, how many are known, and from where.
WORTH_OF_ALL, WORTH_OF_KNOWN, WORTH_OF_OTHERS = 20, 4, 2
Values = Mapping[QualityCell, int | None]
Which = MeasurePart | Literal["not met"]
NOT_MET: Literal["not met"] = "not met"


class Breakdown(NamedTuple):
    measure_id: str
    kind: StratumType
    is_estimated: bool = False


@dataclass(frozen=True)
class NotMet:
    """People counted in a measure who do not meet it."""

    measure_id: str
    stratum: Stratum
    is_estimated: bool


@dataclass(frozen=True)
class Residual:
    """The patients of a breakdown in none of its known strata."""

    breakdown: Breakdown
    strata: frozenset[str]  # those that are known
    which: Which


@dataclass(frozen=True)
class Everybody:
    """All patients whose record was looked at for one field."""

    field: DemographicField


@dataclass(frozen=True)
class More:
    """Patients looked at for one field beyond those looked at for the other."""

    field: DemographicField


# What leaves.


def releasable_cells(
    counts: QualityCounts, reference: str, formers: Sequence[PreviousRelease[QualityCell]]
) -> dict[QualityCell, int]:
    """The counts that may leave the group, shown or hidden; never its sites nor its samples."""
    kinds = ALWAYS | scheme_of(counts, reference, formers)
    return {
        cell: value
        for cell, value in counts.known.items()
        if (isinstance(cell, MeasureCell) and cell.stratum.type in kinds)
        or (isinstance(cell, DemographicCell) and not cell.site_id)
    }


def scheme_of(
    counts: QualityCounts, reference: str, formers: Sequence[PreviousRelease[QualityCell]]
) -> frozenset[StratumType]:
    """The one released before, else that of the declared reference, else the newer one entered."""
    used = kinds_in(cell for each in formers for cell in each.values)
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


def table_of(known: Mapping[QualityCell, int]) -> Table:
    everything = {**wholes(known), **known}
    found: dict[CellId, int] = dict(everything.items())
    sums: list[Sum] = []
    for cells, ties in (not_met(everything), breakdowns(everything), records(known)):
        found.update(cells)
        sums += ties
    return Table(
        counts=found,
        sums=tuple(sums),
        shown=frozenset(known),
        worth={cell: worth_of(cell) for cell in known},
    )


def worth_of(cell: QualityCell) -> int:
    if isinstance(cell, MeasureCell):
        return WORTH_OF_ALL if cell.stratum == ALL else WORTH_OF_OTHERS
    is_known = isinstance(cell, DemographicCell) and cell.known is DemographicStatus.KNOWN
    return WORTH_OF_KNOWN if is_known else WORTH_OF_OTHERS


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


Tied = tuple[dict[CellId, int], list[Sum]]


def not_met(known: Mapping[QualityCell, int]) -> Tied:
    """Counted in a measure is met and not met."""
    found: dict[CellId, int] = {}
    sums = []
    for counted, people in known.items():
        if not isinstance(counted, MeasureCell) or counted.part is not MeasurePart.DENOMINATOR:
            continue
        name = (counted.measure_id, counted.stratum, counted.is_estimated)
        met = MeasureCell(name[0], MeasurePart.NUMERATOR, *name[1:])
        if met in known and people >= known[met]:
            rest = NotMet(*name)
            found[rest] = people - known[met]
            sums.append(Sum(counted, (met, rest)))
    return found, sums


def breakdowns(known: Mapping[QualityCell, int]) -> Tied:
    """Known strata add up to all patients, with the rest of them where some are left."""
    found: dict[CellId, int] = {}
    sums = []
    for breakdown, strata in strata_in(known).items():
        rests: dict[MeasurePart, tuple[Residual, int]] = {}
        for part in MeasurePart:
            whole = MeasureCell(breakdown.measure_id, part)
            every = (cell_of(breakdown, part, name) for name in sorted(strata))
            cells = [cell for cell in every if cell in known]
            left = known[whole] - sum(known[cell] for cell in cells)
            if not cells or left < 0:
                continue
            rest = Residual(breakdown, frozenset(cell.stratum.name for cell in cells), part)
            if left:
                rests[part] = rest, left
            sums.append(Sum(whole, (*cells, *([rest] if left else ()))))
        found.update(rests.values())
        for rest, left, tie in left_over(rests):
            found[rest] = left
            sums.append(tie)
    return found, sums


def left_over(
    rests: Mapping[MeasurePart, tuple[Residual, int]],
) -> Iterator[tuple[Residual, int, Sum]]:
    """Of the rest too, some meet the measure and some do not, if it is the same rest of both."""
    if len(rests) < len(MeasurePart):
        return
    (counted, people), (met, fewer) = rests[MeasurePart.DENOMINATOR], rests[MeasurePart.NUMERATOR]
    if counted.strata == met.strata and people >= fewer:
        rest = Residual(counted.breakdown, counted.strata, NOT_MET)
        yield rest, people - fewer, Sum(counted, (met, rest))


def strata_in(known: Iterable[QualityCell]) -> dict[Breakdown, set[str]]:
    found: dict[Breakdown, set[str]] = {}
    for cell in known:
        if isinstance(cell, MeasureCell) and cell.stratum != ALL:
            breakdown = Breakdown(cell.measure_id, cell.stratum.type, cell.is_estimated)
            found.setdefault(breakdown, set()).add(cell.stratum.name)
    return found


def cell_of(breakdown: Breakdown, part: MeasurePart, name: str) -> MeasureCell:
    stratum = Stratum(breakdown.kind, name)
    return MeasureCell(breakdown.measure_id, part, stratum, breakdown.is_estimated)


def records(known: Mapping[QualityCell, int]) -> Tied:
    """Every patient stands in one state of each field; most often both fields are of the same."""
    found: dict[CellId, int] = {}
    sums = []
    for field in DemographicField:
        cells = [c for c in known if isinstance(c, DemographicCell) and c.field is field]
        if cells:
            found[Everybody(field)] = sum(known[cell] for cell in cells)
            sums.append(Sum(Everybody(field), tuple(cells)))
    sizes = sorted(
        (people, field) for field in DemographicField if (people := found.get(Everybody(field)))
    )
    if len(sizes) == len(DemographicField):
        (fewer, small), (more, large) = sizes
        if more > fewer:
            found[More(large)] = more - fewer
        both = (Everybody(small), *([More(large)] if more > fewer else ()))
        sums.append(Sum(Everybody(large), both))
    return found, sums


# Every difference that a reader could make is a number of the table already.
QUALITY = Schema[QualityCell](
    lambda known, threshold, also: table_of(known),  # noqa: ARG005
    table_of,
)
