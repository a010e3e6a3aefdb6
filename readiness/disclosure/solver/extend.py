"""One small count after the other: the cheapest move that lifts it, hiding what the move needs.

Quick where there are many numbers and most of what is needed is hidden already. What is hidden for
one count is free for the next.
"""

from __future__ import annotations

import highspy
import numpy as np

from readiness.core.integer_program import Program, Row, Solution
from readiness.core.solver import least, model_of, quiet
from readiness.disclosure.solver.attack import NEARLY, Numbers
from readiness.disclosure.suppression_problem import Cover, Puzzle

LONG = 10.0  # steps that a number to hide is taken to move
LITTLE = 1.0  # for each step of a hidden number: of two moves the one that changes less


def extended(puzzle: Puzzle, hidden: frozenset[int] = frozenset()) -> Cover:
    """What is hidden from the beginning is free."""
    search = Extension(puzzle)
    for column in sorted(hidden):
        search.hide(column)
    for column in sorted(puzzle.needs, key=lambda c: (-puzzle.needs[c], c)):
        if not search.is_met(column):
            search.meet(column)
    return Cover(frozenset(search.hidden), tuple(search.moves), len(search.moves))


class Extension:
    """The linear program has each column twice: its steps up and its steps down."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.size = len(puzzle.moves.lower)
        self.hidden: set[int] = set()
        self.moves: list[Solution] = []
        self.highs = quiet()
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("time_limit", highspy.kHighsInf)  # it counts over all questions
        self.highs.passModel(model_of(doubled(puzzle.moves), {}, whole=False))
        for column in range(self.size):
            self.charge(column, puzzle.prices.get(column, 0) / LONG + LITTLE)

    def charge(self, column: int, cost: float) -> None:
        self.highs.changeColCost(column, cost)
        self.highs.changeColCost(self.size + column, cost)

    def is_met(self, column: int) -> bool:
        need = self.puzzle.needs[column]
        return any(move[column] >= need for move in self.moves)

    def meet(self, column: int) -> None:
        moves, down = self.puzzle.moves, self.size + column
        self.highs.changeColBounds(column, float(self.puzzle.needs[column]), moves.upper[column])
        self.highs.changeColBounds(down, 0.0, 0.0)
        self.highs.run()
        is_found = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.array(self.highs.getSolution().col_value) if is_found else None
        self.highs.changeColBounds(column, 0.0, moves.upper[column])
        self.highs.changeColBounds(down, 0.0, -moves.lower[column])
        if found is not None:
            self.keep(self.whole(found[: self.size] - found[self.size :], column))

    def whole(self, move: Numbers, column: int) -> Solution | None:
        rounded = tuple(int(value) for value in np.round(move))
        if np.abs(move - rounded).max() <= NEARLY and self.puzzle.moves.allows(rounded):
            return rounded
        still = [c for c in self.puzzle.prices if c not in self.hidden and abs(move[c]) < NEARLY]
        wanted = Row({column: 1}, least=self.puzzle.needs[column])
        return least(self.puzzle.moves.fixed(dict.fromkeys(still, 0)).also(wanted), {})

    def keep(self, move: Solution | None) -> None:
        if move is None:
            return
        self.moves.append(move)
        for column in self.puzzle.prices:
            if move[column] and column not in self.hidden:
                self.hide(column)

    def hide(self, column: int) -> None:
        self.hidden.add(column)
        self.charge(column, LITTLE)


def doubled(moves: Program) -> Program:
    size = len(moves.lower)
    return Program(
        (0,) * (2 * size),
        (*moves.upper, *(-low for low in moves.lower)),
        tuple(
            Row(
                {**row.terms, **{size + column: -value for column, value in row.terms.items()}},
                row.least,
                row.most,
            )
            for row in moves.rows
        ),
    )
