"""Which numbers are hidden so that nobody can work out a small one, and the proof of it.

A reader knows every printed number, every sum, and that a hidden number is at least 1, because
zeros are always printed. A small count is safe when the numbers that the reader does not know
could all be different whole numbers, with this one at the threshold or above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from readiness.domain.program import Program, Row
from readiness.domain.release.blocks import Piece, pieces_of
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
    hidden = set(must_hide(table, threshold))
    small = sensitive(table, threshold)
    short: set[CellId] = set()
    intervals: dict[CellId, tuple[int, int | None]] = {}
    rounds = 0
    for piece in pieces_of(table, movable(table)):
        if small.isdisjoint(piece.cells):
            continue
        puzzle = puzzle_of(table, piece, threshold, hidden)
        cover = extents(puzzle)
        hidden.update(piece.cells[column] for column in cover.hidden)
        short.update(piece.cells[column] for column in cover.short(puzzle))
        intervals.update(intervals_of(table, piece, cover))
        rounds += cover.rounds
    if short:
        raise Unprotectable(short)
    unknown = {cell: found for cell, found in intervals.items() if cell not in table.shown}
    known = {cell: intervals.get(cell, (table.counts[cell],) * 2) for cell in hidden}
    return Protection(frozenset(hidden), {**unknown, **known}, rounds)


def sensitive(table: Table, threshold: int) -> frozenset[CellId]:
    return frozenset(cell for cell, count in table.counts.items() if 0 < count < threshold)


def primary(table: Table, threshold: int) -> frozenset[CellId]:
    return (sensitive(table, threshold) & table.shown) - table.pinned


def must_hide(table: Table, threshold: int) -> frozenset[CellId]:
    """Small counts, and what was hidden before. Nobody at all points at no one."""
    return primary(table, threshold) | {cell for cell in table.kept if table.counts[cell]}


def movable(table: Table) -> list[CellId]:
    """Numbers that readers need not know: no zero, and none that was printed before."""
    return [
        cell
        for cell, count in table.counts.items()
        if cell not in table.pinned and (count > 0 or cell not in table.shown)
    ]


def puzzle_of(table: Table, piece: Piece, threshold: int, hidden: set[CellId]) -> Puzzle:
    counts = table.counts
    return Puzzle(
        moves_of(table, piece, 4 * threshold),
        {
            column: PRICE * table.worth.get(cell, 1) + min(counts[cell], DEAREST)
            for column, cell in enumerate(piece.cells)
            if cell in table.shown and cell not in hidden
        },
        {
            column: threshold - counts[cell]
            for column, cell in enumerate(piece.cells)
            if 0 < counts[cell] < threshold
        },
    )


def moves_of(table: Table, piece: Piece, reach: int) -> Program:
    """How far each number may be from the truth while every sum and limit still holds.

    A number that is never printed may be zero, but a reader may guess that it is not.
    """
    column = {cell: number for number, cell in enumerate(piece.cells)}
    rows = (
        *(row for each in piece.sums if (row := row_of_sum(each, column)).terms),
        *(row for each in piece.limits if (row := row_of_limit(table, each, column)).terms),
    )
    counts = table.counts
    lower = tuple(max(-reach, min(1, counts[c]) - counts[c]) for c in piece.cells)
    return Program(lower, (reach,) * len(piece.cells), rows)


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


def intervals_of(table: Table, piece: Piece, cover: Cover) -> dict[CellId, tuple[int, int | None]]:
    moved = zip(*cover.moves, strict=True) if cover.moves else ((0,) for _ in piece.cells)
    return {
        cell: (table.counts[cell] + min(0, *move), table.counts[cell] + max(0, *move))
        for cell, move in zip(piece.cells, moved, strict=True)
    }
