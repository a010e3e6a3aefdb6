"""Which numbers are hidden so that nobody can work out a small one, and the proof of it.

A reader knows every printed number, every sum, and that a hidden number is at least 1, because
zeros are always printed. A small count is safe when the numbers that the reader does not know
could all be different whole numbers, with this one at the threshold or above. Nobody is said to be
outside a count where that would tell of everybody in it: there one person has to be possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.integer_program import Program, Row, Solution
from readiness.disclosure.table import AddsUp, AtMost, CellId, CountsTable, Piece, pieces, pieces_of

PRICE = 1_000  # of hiding a number; a larger number costs a little more, as it tells more
DEAREST = 100

Windows = Callable[[Sequence[CellId]], Iterable[Sequence[CellId]]]


# The problem, and what solves it: told as moves away from the truth. A move changes numbers that
# the reader does not know so that every sum and limit still holds. A small count is safe when some
# move lifts it to the threshold: the reader cannot tell the moved table from the true one.


@dataclass(frozen=True)
class SuppressionProblem:
    moves: Program  # every move there would be if all priced numbers were hidden
    prices: Mapping[int, int]  # column -> what hiding it costs; the others are hidden anyway
    needs: Mapping[int, int]  # column -> how far some move must lift it
    exact: Program | None = None  # with the limits that the search leaves out, if there are any

    def allows(self, move: Solution) -> bool:
        return (self.exact or self.moves).allows(move)


@dataclass(frozen=True)
class SuppressionPattern:
    """The priced columns to hide, and moves that prove it enough."""

    hidden: frozenset[int]
    moves: tuple[Solution, ...]
    rounds: int = 0

    def unmet_needs(self, problem: SuppressionProblem) -> frozenset[int]:
        """The needs that none of the moves meets. A move that breaks a rule proves nothing."""
        kept = [move for move in self.moves if is_allowed(problem, self.hidden, move)]
        return frozenset(
            column
            for column, need in problem.needs.items()
            if not any(move[column] >= need for move in kept)
        )


def is_allowed(problem: SuppressionProblem, hidden: frozenset[int], move: Solution) -> bool:
    """Checked in whole numbers: the move keeps every rule and changes no printed number."""
    printed = (column for column in problem.prices if column not in hidden)
    return problem.allows(move) and not any(move[column] for column in printed)


# Finds columns to hide at a low price, and the moves that prove them enough.
PatternFinder = Callable[[SuppressionProblem], SuppressionPattern]


# From a table of counts to problems, and back.


@dataclass(frozen=True)
class Protection:
    hidden: frozenset[CellId]
    rounds: int


class Unprotectable(ValueError):
    """Numbers printed before, or zeros, give a small count away whatever is hidden now."""

    def __init__(self, cells: Iterable[CellId]) -> None:
        self.cells = frozenset(cells)
        super().__init__(f"{len(self.cells)} small counts can be worked out whatever is hidden")


def protect(
    table: CountsTable, threshold: int, find_pattern: PatternFinder, windows: Windows = lambda _: ()
) -> Protection:
    """Hide the small counts, and others until none of them can be worked out.

    `windows` names parts of cells that hang together. They may overlap, and are protected first,
    one after the other; what is proven in a part holds for the whole.
    """
    run = SuppressionRun(table, threshold, find_pattern)
    for piece in pieces_of(table, movable(table)):
        for part in pieces(table, windows(piece.cells)):
            run.protect(part, part.without_slack_limits(table, run.movable, 2 * threshold))
        run.protect(piece, piece)
    if exposed := run.exposed - table.doubted:
        raise Unprotectable(exposed)
    return Protection(frozenset(run.hidden), run.rounds)


class SuppressionRun:
    """What is hidden so far, and which small counts are not proven safe yet."""

    def __init__(self, table: CountsTable, threshold: int, find_pattern: PatternFinder) -> None:
        self.table, self.threshold, self.find_pattern = table, threshold, find_pattern
        self.movable = frozenset(movable(table))
        self.hidden = set(must_hide(table, threshold))
        self.exposed = set((sensitive(table, threshold) | table.doubted) & self.movable)
        self.rounds = 0

    def protect(self, piece: Piece, looser: Piece) -> None:
        """Limits that the looser piece lacks are left out of the search, never of the proof."""
        if self.exposed.isdisjoint(piece.cells):
            return
        problem = self.problem(piece)
        moves = moves_of(self.table, looser, 4 * self.threshold)
        pattern = self.find_pattern(replace(problem, moves=moves, exact=problem.moves))
        unmet = pattern.unmet_needs(problem)
        self.hidden.update(piece.cells[column] for column in pattern.hidden)
        self.exposed -= {piece.cells[c] for c in problem.needs.keys() - unmet}
        self.rounds += pattern.rounds

    def problem(self, piece: Piece) -> SuppressionProblem:
        return SuppressionProblem(
            moves_of(self.table, piece, 4 * self.threshold),
            {
                column: price_of(self.table, cell)
                for column, cell in enumerate(piece.cells)
                if cell in self.table.shown and cell not in self.hidden
            },
            {
                column: self.need_of(cell)
                for column, cell in enumerate(piece.cells)
                if cell in self.exposed
            },
        )

    def need_of(self, cell: CellId) -> int:
        return 1 if cell in self.table.doubted else self.threshold - self.table.counts[cell]


def price_of(table: CountsTable, cell: CellId) -> int:
    return PRICE * table.weights.get(cell, 1) + min(table.counts[cell], DEAREST)


def sensitive(table: CountsTable, threshold: int) -> frozenset[CellId]:
    return frozenset(cell for cell, count in table.counts.items() if 0 < count < threshold)


def primary(table: CountsTable, threshold: int) -> frozenset[CellId]:
    return (sensitive(table, threshold) & table.shown) - table.pinned


def must_hide(table: CountsTable, threshold: int) -> frozenset[CellId]:
    """Small counts, and what was hidden before. Nobody at all points at no one."""
    return primary(table, threshold) | {cell for cell in table.kept if table.counts[cell]}


def movable(table: CountsTable) -> list[CellId]:
    """Numbers that readers need not know: no zero, and none that was printed before."""
    return [
        cell
        for cell, count in table.counts.items()
        if cell not in table.pinned and (count > 0 or cell not in table.shown)
    ]


def moves_of(table: CountsTable, piece: Piece, reach: int) -> Program:
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


def row_of_sum(each: AddsUp, column: Mapping[CellId, int]) -> Row:
    terms = {column[part]: 1 for part in each.parts if part in column}
    if each.whole in column:
        terms[column[each.whole]] = -1
    return Row(terms, 0, 0)


def row_of_limit(table: CountsTable, limit: AtMost, column: Mapping[CellId, int]) -> Row:
    terms: dict[int, int] = defaultdict(int)
    for sign, cells in ((1, limit.parts), (-1, limit.others)):
        for cell in cells:
            if cell in column:
                terms[column[cell]] += sign
    return Row(dict(terms), None, table.slack_of(limit))
