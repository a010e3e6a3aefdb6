"""Successive releases of a file's counts: each new one is held against all former ones.

Whoever kept a former release subtracts it from the new one. So a period in which any number has
moved by a few people keeps its former release, and everything else is hidden jointly with all that
was ever printed: a count that did not change is the same unknown in every release.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readiness.disclosure.flat_counts import (
    NOBODY,
    CountKind,
    Counts,
    RowKey,
    RowTally,
    divisions_of,
    is_within,
    length_in_months,
    sum_tallies,
)
from readiness.disclosure.flat_table import Count, cells_of, table_of, tie_periods
from readiness.disclosure.table import AddsUp, AtMost, CellId, CountsTable, TableBuilder


@dataclass(frozen=True)
class LedgerRelease:
    """One release: the true counts of its rows, and which numbers were hidden."""

    threshold: int
    counts: Counts
    hidden: frozenset[Count]

    @property
    def cells(self) -> Mapping[Count, int]:
        return cells_of(self.counts)


class OtherValue(NamedTuple):
    """A number of a former release, or of the file, that is printed as another one now."""

    value: int
    cell: Count


class LatePeople(NamedTuple):
    """The few by which a number of the file differs from the release that stays."""

    cell: Count


class EntryCell(NamedTuple):
    """A number that only one release has: what it leaves of a longer period, for one."""

    entry: int
    cell: Hashable


@dataclass(frozen=True)
class LedgerComparison:
    """What the file may say beside the ledger."""

    file: Counts
    kept: frozenset[str]  # periods whose former release stays
    adjusted: frozenset[str]  # longer periods, printed as the releases that stay add up
    counts: Counts  # the rows that are printed: of kept periods as they were released
    new: Counts  # those of them that no former release has like this
    withheld: frozenset[RowKey]  # rows that a kept period did not have


def latest_counts(entries: Sequence[LedgerRelease]) -> dict[RowKey, RowTally]:
    return {key: tally for entry in entries for key, tally in entry.counts.items()}


def strictest(threshold: int, entries: Sequence[LedgerRelease]) -> int:
    """A lower threshold later would take back what an earlier release promised."""
    return max([threshold, *(entry.threshold for entry in entries)])


def compare(counts: Counts, entries: Sequence[LedgerRelease], threshold: int) -> LedgerComparison:
    former = latest_counts(entries)
    stay, adjusted = ReleasesThatStay(counts, former), set()
    printed: dict[RowKey, RowTally] = {}
    for period in sorted({key.period for key in counts}, key=length_in_months):
        rows = {key: tally for key, tally in counts.items() if key.period == period}
        told = stay.without_late_people(rows)
        if any(changes_by_few(told, entry.counts, threshold) for entry in entries):
            stay.kept.add(period)
            told = {key: former.get(key, tally) for key, tally in rows.items()}
        elif told != rows:
            adjusted.add(period)
        printed |= told
    withheld = frozenset(key for key in printed if key.period in stay.kept and key not in former)
    new = {
        key: tally
        for key, tally in printed.items()
        if key not in withheld and former.get(key) != tally
    }
    return LedgerComparison(
        counts, frozenset(stay.kept), frozenset(adjusted), printed, new, withheld
    )


def changes_by_few(now: Counts, before: Counts, threshold: int) -> bool:
    return any(
        0 < abs(tally.of(each) - before[key].of(each)) < threshold
        for key, tally in now.items()
        if key in before
        for each in CountKind
    )


class ReleasesThatStay:
    """The people whom the releases that stay leave out, and longer periods without them.

    A year printed anew beside a quarter that stays would tell, by subtraction, the few who came
    late to the quarter. So it leaves them out too, until the quarter is released again. Where
    patients are counted once a year nobody can be left out of a sum: such a year is printed as it
    is, and hidden as far as it has to be.
    """

    def __init__(self, counts: Counts, former: Counts) -> None:
        self.counts, self.former = counts, former
        self.kept: set[str] = set()

    def without_late_people(self, rows: Counts) -> Counts:
        late = {key: self.late_people(key) for key in {*rows, *self.rows_that_stay(rows)}}
        if not any(any(each) for each in late.values()):
            return rows
        told = {key: rows.get(key, NOBODY).minus(people) for key, people in late.items()}
        if not all(self.adds_up(key) for key in late) or any(map(is_below_zero, told.values())):
            return rows
        return {key: told[key] for key in told if key in rows or told[key] != NOBODY}

    def rows_that_stay(self, rows: Counts) -> Iterator[RowKey]:
        """Rows of the longer period that it has no more people in, but a part that stays has."""
        types = {(key.group_id, key.period, key.domain, key.stratum_type) for key in rows}
        for period in {key.period for key in rows}:
            for key in self.former:
                if key.period in self.kept and is_within(key.period, period):
                    longer = key._replace(period=period)
                    if longer[:4] in types:
                        yield longer

    def late_people(self, key: RowKey) -> RowTally:
        if key.period in self.kept:
            return self.counts.get(key, NOBODY).minus(self.former.get(key, NOBODY))
        return sum_tallies(self.late_people(part) for part in parts_of(key))

    def adds_up(self, key: RowKey) -> bool:
        people = self.counts.get(key, NOBODY)
        return not is_below_zero(people.minus(sum_tallies(map(self.people, parts_of(key)))))

    def people(self, key: RowKey) -> RowTally:
        return self.counts.get(key) or sum_tallies(map(self.people, parts_of(key)))


def is_below_zero(tally: RowTally) -> bool:
    return min(tally.screened, tally.positive, tally.negative) < 0


def parts_of(key: RowKey) -> Iterator[RowKey]:
    """The row in the longest periods that make up its own."""
    for division in divisions_of(key.period)[:1]:
        for part in division:
            yield key._replace(period=part)


def hidden_before(entries: Sequence[LedgerRelease]) -> dict[Count, bool]:
    """Of every number of the newest release that has it, whether it is hidden there."""
    return {cell: cell in entry.hidden for entry in entries for cell in entry.cells}


def joint_table(comparison: LedgerComparison, entries: Sequence[LedgerRelease]) -> CountsTable:
    """The new release, all former ones, and the file beside those that stay, as one table."""
    now = {
        key: tally for key, tally in comparison.counts.items() if key.period not in comparison.kept
    }
    union = {**latest_counts(entries), **now}
    tables = [table_of(now), period_table(union)]
    tables += [
        rename_cells(table_of(entry.counts), union, number) for number, entry in enumerate(entries)
    ]
    if comparison.kept:
        tables.append(rename_cells(table_of(comparison.file), union, len(entries)))
        tables.append(late_people_table(comparison.file, union))
    cells = {
        cell_name(cell, value, union): cell in entry.hidden
        for entry in entries
        for cell, value in entry.cells.items()
    }
    former = [*(entry.counts for entry in entries), latest_counts(entries)]
    counts = {cell: count for table in tables for cell, count in table.counts.items()}
    return CountsTable(
        counts=counts,
        sums=tuple(dict.fromkeys(each for table in tables for each in table.sums)),
        limits=tuple(
            dict.fromkeys(
                (
                    *(each for table in tables for each in table.limits),
                    *(limit for each in former for limit in growth_limits(each, union, union)),
                    *growth_limits(latest_counts(entries), comparison.file, union),
                )
            )
        ),
        shown=tables[0].shown | frozenset(cells),
        pinned=frozenset(
            (
                *(cell for cell, is_hidden in cells.items() if not is_hidden),
                *(OtherValue(0, cell) for cell in zeros_of(comparison)),
            )
        ),
        kept=frozenset(cell for cell, is_hidden in cells.items() if is_hidden),
    )


def zeros_of(comparison: LedgerComparison) -> Iterator[Count]:
    """Of rows that are withheld: nobody at all points at no one, so zeros are printed."""
    for cell, value in cells_of(comparison.counts).items():
        if cell.key in comparison.withheld and not value:
            yield cell


def late_people_table(file: Counts, union: Counts) -> CountsTable:
    counts: dict[CellId, int] = {}
    sums = []
    for cell, value in cells_of(file).items():
        people = value - union[cell.key].of(cell.measure) if cell.key in union else 0
        if people:
            counts[LatePeople(cell)] = abs(people)
            whole, part = cell_name(cell, value, union), cell
            if people < 0:
                whole, part = part, whole
            sums.append(AddsUp(whole, (part, LatePeople(cell))))
    return CountsTable(counts, tuple(sums))


def period_table(union: Counts) -> CountsTable:
    """Longer periods of one release and shorter ones of another."""
    build = TableBuilder(cells_of(union))
    tie_periods(build, union)
    return build.table(())


def cell_name(cell: CellId, value: int, union: Counts, number: int = 0) -> CellId:
    """The number as the newest release has it, or as what it was once."""
    if not isinstance(cell, Count):
        return EntryCell(number, cell)
    tally = union.get(cell.key)
    return (
        cell if tally is not None and tally.of(cell.measure) == value else OtherValue(value, cell)
    )


def rename_cells(table: CountsTable, union: Counts, number: int) -> CountsTable:
    called = {cell: cell_name(cell, value, union, number) for cell, value in table.counts.items()}
    return table.renamed(called.__getitem__)


def growth_limits(before: Counts, after: Counts, union: Counts) -> Iterator[AtMost]:
    """A reader may take it that late rows only add people, where that is so."""
    for cell, value in cells_of(before).items():
        later = after[cell.key].of(cell.measure) if cell.key in after else value
        if later > value:
            yield AtMost((cell_name(cell, value, union),), (cell_name(cell, later, union),))


def nonzero_cells(counts: Counts, keys: frozenset[RowKey]) -> frozenset[Count]:
    """All numbers of these rows but the zeros, which are always printed."""
    return frozenset(
        Count(key, measure) for key in keys for measure in CountKind if counts[key].of(measure)
    )
