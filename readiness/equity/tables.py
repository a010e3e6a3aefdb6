"""Counts of a measure by stratum, as readers may see them: from what was entered or released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from readiness.core.periods import Period
from readiness.counts.quality.models import MEASURED_BY, MeasureCell, MeasurePart, QualityCell
from readiness.counts.strata import STRATA, STRATUM_TYPE_LABELS, StratumType

TOTAL = "total"
# Strata that are not a group of people: they are shown, and neither compared nor spread over.
NO_GROUP = frozenset({"unknown", "declined", "not_asked"})
NO_GROUP_LABELS = {name: STRATA[StratumType.RACE].get(name, "Not asked") for name in NO_GROUP}
ESTIMATED = "estimated"
KINDS = (StratumType.TOTAL, *MEASURED_BY)

Pair = tuple[int, int]  # those who meet a measure, of those counted in it


@dataclass(frozen=True, order=True)
class TableKey:
    """One group's measure in one period, split one way."""

    measure: str
    period: str  # "2026", "2026-Q3": in order when sorted as text
    group_id: str
    stratum_type: str


@dataclass(frozen=True)
class StratumCount:
    """Patients who meet a measure, of those counted in it; None: hidden to protect small counts."""

    numerator: int | None
    denominator: int | None

    @property
    def numbers(self) -> Pair | None:
        """Both of them, when both may be seen."""
        if self.numerator is None or self.denominator is None:
            return None
        return self.numerator, self.denominator

    @property
    def pair(self) -> Pair | None:
        """Both numbers, when both may be seen and there is anybody."""
        return self.numbers if self.denominator else None


@dataclass(frozen=True)
class StratumRow:
    """A line of the table that groups hand in."""

    place: TableKey
    stratum: str
    count: StratumCount


@dataclass(frozen=True)
class StratumTable:
    """All strata of one place, in the order they were handed in."""

    place: TableKey
    counts: Mapping[str, StratumCount]
    total: StratumCount | None = None  # of all patients, where it was handed in

    @cached_property
    def groups(self) -> dict[str, Pair]:
        """The strata that are groups of people, and whose numbers may be seen."""
        return {
            stratum: pair
            for stratum, count in self.counts.items()
            if stratum not in NO_GROUP and (pair := count.pair)
        }

    @property
    def unknown(self) -> Pair | None:
        """Everybody whose group is not known; None where a hidden number keeps that from being
        told."""
        fewest, most = self.unknown_range
        return fewest if fewest == most else None

    @cached_property
    def unknown_range(self) -> tuple[Pair | None, Pair | None]:
        """The fewest and the most whose group is not known; None where there is no such bound.

        Whoever of all patients is in no stratum is one of them, and whoever is hidden may be.
        """
        named = [count.numbers for name, count in self.counts.items() if name in NO_GROUP]
        fewest = total_pair(pair for pair in named if pair)
        if self.total is None:
            return fewest, None if None in named else fewest
        if self.total.numbers is None:
            return fewest, None
        groups = [count.numbers for name, count in self.counts.items() if name not in NO_GROUP]
        (met, of), (met_in_groups, in_groups) = self.total.numbers, total_pair(filter(None, groups))
        most = met - met_in_groups, of - in_groups
        if not 0 <= most[0] <= most[1]:
            return None, None
        return (fewest if None in groups else most), most


def total_pair(pairs: Iterable[Pair]) -> Pair:
    listed = list(pairs)
    return sum(x for x, _ in listed), sum(n for _, n in listed)


def tables_of(rows: Iterable[StratumRow]) -> tuple[StratumTable, ...]:
    """A table for each place, sorted. Raises ValueError when a stratum stands there twice, or a
    numerator is more than its denominator."""
    found: dict[TableKey, dict[str, StratumCount]] = {}
    for row in rows:
        counts = found.setdefault(row.place, {})
        if row.stratum in counts:
            raise ValueError(f"{row_name(row)} is there twice: keep one of the two")
        above, below = row.count.numerator, row.count.denominator
        if above is not None and below is not None and not 0 <= above <= below:
            raise ValueError(f"{row_name(row)}: {above} of {below} cannot be. Check both numbers")
        counts[row.stratum] = row.count
    return tuple(
        StratumTable(place, found[place], found.get(total_place(place), {}).get(TOTAL))
        for place in sorted(found)
    )


def total_place(place: TableKey) -> TableKey:
    return replace(place, stratum_type=TOTAL)


def tables_split_by(kind: str, rows: Iterable[StratumRow]) -> tuple[StratumTable, ...]:
    """Those split one way, which know from `rows` of all patients who is in no stratum."""
    found = tables_of(row for row in rows if row.place.stratum_type in (kind, TOTAL))
    return tuple(table for table in found if table.place.stratum_type == kind)


def row_name(row: StratumRow) -> str:
    place = row.place
    return f"{place.group_id}, {place.period}, {place.measure}, {place.stratum_type} {row.stratum}"


def pool_periods(rows: Iterable[StratumRow], period: str) -> tuple[StratumRow, ...]:
    """Several periods added up, for a group too small in each; hidden where one part is.

    Patients counted in several periods are counted several times: the name of the new period is to
    say so.
    """
    return add_up(replace(row, place=replace(row.place, period=period)) for row in rows)


def merge_strata(rows: Iterable[StratumRow], names: Mapping[str, str]) -> tuple[StratumRow, ...]:
    """Strata merged under new names, for those too small alone; others keep theirs."""
    return add_up(replace(row, stratum=names.get(row.stratum, row.stratum)) for row in rows)


def add_up(rows: Iterable[StratumRow]) -> tuple[StratumRow, ...]:
    """One row for each place and stratum."""
    counts: dict[tuple[TableKey, str], list[StratumCount]] = {}
    for row in rows:
        counts.setdefault((row.place, row.stratum), []).append(row.count)
    return tuple(
        StratumRow(place, stratum, total_count(each)) for (place, stratum), each in counts.items()
    )


def total_count(counts: Iterable[StratumCount]) -> StratumCount:
    listed = list(counts)
    return StratumCount(
        sum_of(each.numerator for each in listed), sum_of(each.denominator for each in listed)
    )


def sum_of(numbers: Iterable[int | None]) -> int | None:
    listed = list(numbers)
    known = [number for number in listed if number is not None]
    return sum(known) if len(known) == len(listed) else None


def rows_of(
    group_id: str, period: Period, values: Mapping[QualityCell, int | None]
) -> tuple[StratumRow, ...]:
    """A row where both numbers were entered; None is hidden, and what is absent is not known.

    Measures by id, all patients first, strata in the order of their lists.
    """
    counted = [
        cell
        for cell in values
        if isinstance(cell, MeasureCell) and cell.part is MeasurePart.DENOMINATOR
    ]
    return tuple(
        StratumRow(
            TableKey(cell.measure_id, str(period), group_id, stratum_type(cell)),
            cell.stratum.name,
            StratumCount(values[numerator_of(cell)], values[cell]),
        )
        for cell in in_order(counted)
        if numerator_of(cell) in values
    )


def numerator_of(counted: MeasureCell) -> MeasureCell:
    """The numerator that belongs to a denominator."""
    return MeasureCell(
        counted.measure_id, MeasurePart.NUMERATOR, counted.stratum, counted.is_estimated
    )


def stratum_type(cell: MeasureCell) -> str:
    """Estimated race has a type of its own, so that it is never compared with what people said.

    >>> stratum_type(MeasureCell("COL", MeasurePart.DENOMINATOR))
    'total'
    """
    return f"{cell.stratum.type}_{ESTIMATED}" if cell.is_estimated else str(cell.stratum.type)


def in_order(cells: Iterable[MeasureCell]) -> list[MeasureCell]:
    def place(cell: MeasureCell) -> tuple[str, int, bool, int, str]:
        names = list(STRATA.get(cell.stratum.type, ()))
        rank = names.index(cell.stratum.name) if cell.stratum.name in names else len(names)
        kind = KINDS.index(cell.stratum.type) if cell.stratum.type in KINDS else len(KINDS)
        return cell.measure_id, kind, cell.is_estimated, rank, cell.stratum.name

    return sorted(cells, key=place)


def kind_label(kind: str) -> str:
    """
    >>> kind_label("race_omb2024"), kind_label("race_omb2024_estimated")
    ('Race and ethnicity', 'Race and ethnicity, estimated by a payer')
    """
    plain = kind.removesuffix(f"_{ESTIMATED}")
    label = STRATUM_TYPE_LABELS[StratumType(plain)]
    return label if plain == kind else f"{label}, estimated by a payer"


def consistent_rows(rows: Iterable[StratumRow]) -> tuple[StratumRow, ...]:
    """Without those of which more meet a measure than are counted in it: numbers are kept while
    they contradict each other, and nothing can be told from them."""
    return tuple(row for row in rows if is_consistent(row.count))


def is_consistent(count: StratumCount) -> bool:
    met, of = count.numerator, count.denominator
    return met is None or of is None or met <= of
