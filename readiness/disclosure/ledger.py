"""Successive releases of a file's counts: each new one is held against all former ones.

Whoever kept a former release subtracts it from the new one. So a period in which any number has
moved by a few people keeps its former release, and everything else is hidden jointly with all that
was ever printed: a count that did not change is the same unknown in every release.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readiness.disclosure.flat_counts import CountKind, Counts, RowKey, RowTally
from readiness.disclosure.flat_table import Count, cells_of, table_of, tie_periods
from readiness.disclosure.table import AtMost, CellId, CountsTable, TableBuilder


@dataclass(frozen=True)
class LedgerRelease:
    """One release: the true counts of its rows, and which numbers were hidden."""

    threshold: int
    counts: Counts
    hidden: frozenset[Count]

    @property
    def cells(self) -> Mapping[Count, int]:
        return cells_of(self.counts)


class FormerValue(NamedTuple):
    """A number of a former release that is another one now."""

    value: int
    cell: Count


class EntryCell(NamedTuple):
    """A number that only one release has: what it leaves of a longer period, for one."""

    entry: int
    cell: Hashable


@dataclass(frozen=True)
class LedgerComparison:
    """What the file may say beside the ledger."""

    kept: frozenset[str]  # periods whose former release stays
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
    kept = frozenset(
        key.period
        for key, tally in counts.items()
        if key in former and changes_by_few(former[key], tally, threshold)
    )
    printed = {
        key: former.get(key, tally) if key.period in kept else tally
        for key, tally in counts.items()
    }
    withheld = frozenset(key for key in counts if key.period in kept and key not in former)
    new = {
        key: tally
        for key, tally in printed.items()
        if key not in withheld and former.get(key) != tally
    }
    return LedgerComparison(kept, printed, new, withheld)


def changes_by_few(before: RowTally, after: RowTally, threshold: int) -> bool:
    return any(0 < abs(after.of(each) - before.of(each)) < threshold for each in CountKind)


def hidden_before(entries: Sequence[LedgerRelease]) -> dict[Count, bool]:
    """Of every number of the newest release that has it, whether it is hidden there."""
    return {cell: cell in entry.hidden for entry in entries for cell in entry.cells}


def joint_table(comparison: LedgerComparison, entries: Sequence[LedgerRelease]) -> CountsTable:
    """The new release and all former ones as one table."""
    now = {
        key: tally for key, tally in comparison.counts.items() if key.period not in comparison.kept
    }
    union = {**latest_counts(entries), **now}
    tables = [table_of(now), period_table(union)]
    tables += [
        rename_cells(table_of(entry.counts), union, number) for number, entry in enumerate(entries)
    ]
    cells = {
        cell_name(cell, value, union): cell in entry.hidden
        for entry in entries
        for cell, value in entry.cells.items()
    }
    counts = {cell: count for table in tables for cell, count in table.counts.items()}
    return CountsTable(
        counts=counts,
        sums=tuple(dict.fromkeys(each for table in tables for each in table.sums)),
        limits=(
            *dict.fromkeys(each for table in tables for each in table.limits),
            *growth_limits(entries, union),
        ),
        shown=tables[0].shown | frozenset(cells),
        pinned=frozenset(cell for cell, is_hidden in cells.items() if not is_hidden),
        kept=frozenset(cell for cell, is_hidden in cells.items() if is_hidden),
    )


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
        cell if tally is not None and tally.of(cell.measure) == value else FormerValue(value, cell)
    )


def rename_cells(table: CountsTable, union: Counts, number: int) -> CountsTable:
    called = {cell: cell_name(cell, value, union, number) for cell, value in table.counts.items()}
    return table.renamed(called.__getitem__)


def growth_limits(entries: Sequence[LedgerRelease], union: Counts) -> Iterator[AtMost]:
    """A reader may take it that late rows only add people, where that is so."""
    for entry in entries:
        for cell, value in entry.cells.items():
            if union[cell.key].of(cell.measure) > value:
                yield AtMost(FormerValue(value, cell), (cell,))


def nonzero_cells(counts: Counts, keys: frozenset[RowKey]) -> frozenset[Count]:
    """All numbers of these rows but the zeros, which are always printed."""
    return frozenset(
        Count(key, measure) for key in keys for measure in CountKind if counts[key].of(measure)
    )
