"""Which numbers are hidden so that nobody can work out a small one, and the proof of it.

A reader knows every printed number, every sum, and that a hidden number is at least 1, because
zeros are always printed. A small count is safe when the numbers that the reader does not know
could all be different whole numbers, with this one at the threshold or above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from readiness.domain.program import Program, Row
from readiness.domain.release.table import CellId, Table

FAR = 1_000_000  # how far from the truth a reader may imagine a number

# For each column of a program asked about: its smallest and its largest whole-number value.
Extents = Callable[[Program, Sequence[int]], Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Protection:
    hidden: frozenset[CellId]
    intervals: Mapping[CellId, tuple[int, int | None]]  # None: as large as one likes
    rounds: int


class Unprotectable(ValueError):
    """Numbers printed before, or zeros, give a small count away whatever is hidden now."""


def protect(table: Table, threshold: int, extents: Extents) -> Protection:
    """Hide the small counts, and others until none of them can be worked out."""
    hidden = set(primary(table, threshold) | table.kept)
    rounds = 0
    while True:
        rounds += 1
        hide_partners(table, hidden)
        intervals = extents_of(table, hidden, extents)
        bare = [c for c in sensitive(table, threshold) if exposed(intervals.get(c), threshold)]
        if not bare:
            return Protection(frozenset(hidden), intervals, rounds)
        more = {each for cell in bare for each in next_partner(table, hidden, cell)}
        if not more:
            raise Unprotectable(f"{len(bare)} small counts can be worked out whatever is hidden")
        hidden |= more


def sensitive(table: Table, threshold: int) -> list[CellId]:
    return [cell for cell, count in table.counts.items() if 0 < count < threshold]


def primary(table: Table, threshold: int) -> frozenset[CellId]:
    return frozenset(sensitive(table, threshold)) & table.shown - table.pinned


def exposed(interval: tuple[int, int | None] | None, threshold: int) -> bool:
    return interval is None or (interval[1] is not None and interval[1] < threshold)


def may_hide(table: Table, cell: CellId) -> bool:
    return cell in table.shown and cell not in table.pinned and table.counts[cell] > 0


def hide_partners(table: Table, hidden: set[CellId]) -> None:
    """A single unknown in a sum is no secret: hide the smallest other number of the sum too."""
    waiting = list(table.sums)
    while waiting:
        each = waiting.pop()
        cells = (each.whole, *each.parts)
        unknown = [c for c in cells if c in hidden or c not in table.shown]
        free = [c for c in cells if may_hide(table, c) and c not in hidden]
        if len(unknown) == 1 and free and table.counts[unknown[0]] > 0:
            hidden.add(smallest(table, free))
            waiting = list(table.sums)


def next_partner(table: Table, hidden: set[CellId], cell: CellId) -> Iterator[CellId]:
    """One more number of each sum around this cell, or around its partners."""
    reached, seen = {cell}, set[CellId]()
    while reached != seen:
        seen = set(reached)
        near = [s for s in table.sums if seen & {s.whole, *s.parts}]
        free = {
            c for s in near for c in (s.whole, *s.parts) if may_hide(table, c) and c not in hidden
        }
        if free:
            yield smallest(table, free)
            return
        reached |= {c for s in near for c in (s.whole, *s.parts) if table.counts[c] > 0}


def smallest(table: Table, cells: Iterable[CellId]) -> CellId:
    return min(cells, key=lambda c: (table.counts[c], str(c)))


def extents_of(
    table: Table, hidden: set[CellId], extents: Extents
) -> dict[CellId, tuple[int, int | None]]:
    """The smallest and largest value of every number that is not printed."""
    cells = [c for c in table.counts if c in hidden or (c not in table.shown and table.counts[c])]
    program = program_of(table, cells)
    found = extents(program, range(len(cells)))
    return {
        cell: (
            table.counts[cell] + low,
            None if high >= FAR else table.counts[cell] + high,
        )
        for cell, (low, high) in zip(cells, found, strict=True)
    }


def program_of(table: Table, cells: Sequence[CellId]) -> Program:
    """How far each unknown may be from the truth while every sum and limit still holds."""
    column = {cell: number for number, cell in enumerate(cells)}
    rows: list[Row] = []
    for each in table.sums:
        terms = {column[c]: 1 for c in each.parts if c in column}
        if each.whole in column:
            terms[column[each.whole]] = -1
        if terms:
            rows.append(Row(terms, 0, 0))
    for limit in table.limits:
        terms = {column[c]: -1 for c in limit.others if c in column}
        if limit.part in column:
            terms[column[limit.part]] = 1
        slack = sum(table.counts[c] for c in limit.others) - table.counts[limit.part]
        if terms:
            rows.append(Row(terms, None, slack))
    lower = tuple(min(1, table.counts[c]) - table.counts[c] for c in cells)
    return Program(lower, (FAR,) * len(cells), tuple(rows))
