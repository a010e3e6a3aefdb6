"""Which numbers are hidden so that nobody can work out a small one, and the proof of it.

A reader knows every printed number, every sum, and that a hidden number is at least 1, because
zeros are always printed. A small count is safe when the numbers that the reader does not know
could all be different whole numbers, with this one at the threshold or above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness.domain.program import Program, Row
from readiness.domain.release.puzzle import Cover, Extents, Puzzle
from readiness.domain.release.table import AtMost, CellId, Sum, Table

PRICE = 1_000  # of hiding a number; a larger number costs a little more, as it tells more
DEAREST = 100


@dataclass(frozen=True)
class Protection:
    """`intervals` are proven from inside: a reader cannot rule out either end."""

    hidden: frozenset[CellId]
    intervals: Mapping[CellId, tuple[int, int | None]]
    rounds: int


class Unprotectable(ValueError):
    """Numbers printed before, or zeros, give a small count away whatever is hidden now."""

    def __init__(self, cells: Iterable[CellId]) -> None:
        self.cells = frozenset(cells)
        super().__init__(f"{len(self.cells)} small counts can be worked out whatever is hidden")


def protect(table: Table, threshold: int, extents: Extents) -> Protection:
    """Hide the small counts, and others until none of them can be worked out."""
    cells = movable(table)
    puzzle = puzzle_of(table, cells, threshold)
    cover = extents(puzzle)
    if short := cover.short(puzzle):
        raise Unprotectable(cells[column] for column in short)
    hidden = must_hide(table, threshold) | {cells[column] for column in cover.hidden}
    return Protection(hidden, intervals_of(table, cells, hidden, cover), cover.rounds)


def sensitive(table: Table, threshold: int) -> frozenset[CellId]:
    return frozenset(cell for cell, count in table.counts.items() if 0 < count < threshold)


def primary(table: Table, threshold: int) -> frozenset[CellId]:
    return (sensitive(table, threshold) & table.shown) - table.pinned


def must_hide(table: Table, threshold: int) -> frozenset[CellId]:
    """Small counts, and what was hidden before. Nobody at all points at no one."""
    return primary(table, threshold) | {cell for cell in table.kept if table.counts[cell]}


def movable(table: Table) -> tuple[CellId, ...]:
    """Numbers that readers need not know: no zero, and none that was printed before."""
    return tuple(
        cell
        for cell, count in table.counts.items()
        if cell not in table.pinned and (count > 0 or cell not in table.shown)
    )


def puzzle_of(table: Table, cells: Sequence[CellId], threshold: int) -> Puzzle:
    small = sensitive(table, threshold)
    free = small | must_hide(table, threshold)
    return Puzzle(
        moves_of(table, cells, 4 * threshold),
        {
            column: table.worth.get(cell, 1) * (PRICE + min(table.counts[cell], DEAREST))
            for column, cell in enumerate(cells)
            if cell in table.shown and cell not in free
        },
        {
            column: threshold - table.counts[cell]
            for column, cell in enumerate(cells)
            if cell in small
        },
    )


def moves_of(table: Table, cells: Sequence[CellId], reach: int) -> Program:
    """How far each number may be from the truth while every sum and limit still holds.

    A number that is never printed may be zero, but a reader may guess that it is not.
    """
    column = {cell: number for number, cell in enumerate(cells)}
    rows = (
        *(row for each in table.sums if (row := row_of_sum(each, column)).terms),
        *(row for each in table.limits if (row := row_of_limit(table, each, column)).terms),
    )
    lower = tuple(max(-reach, min(1, table.counts[c]) - table.counts[c]) for c in cells)
    return Program(lower, (reach,) * len(cells), rows)


def row_of_sum(each: Sum, column: Mapping[CellId, int]) -> Row:
    terms = {column[part]: 1 for part in each.parts if part in column}
    if each.whole in column:
        terms[column[each.whole]] = -1
    return Row(terms, 0, 0)


def row_of_limit(table: Table, limit: AtMost, column: Mapping[CellId, int]) -> Row:
    terms = {column[other]: -1 for other in limit.others if other in column}
    if limit.part in column:
        terms[column[limit.part]] = 1
    slack = sum(table.counts[other] for other in limit.others) - table.counts[limit.part]
    return Row(terms, None, slack)


def intervals_of(
    table: Table, cells: Sequence[CellId], hidden: frozenset[CellId], cover: Cover
) -> dict[CellId, tuple[int, int | None]]:
    moved = zip(*cover.moves, strict=True) if cover.moves else ((0,) for _ in cells)
    return {
        cell: (table.counts[cell] + min(0, *move), table.counts[cell] + max(0, *move))
        for cell, move in zip(cells, moved, strict=True)
        if cell in hidden or cell not in table.shown
    }
