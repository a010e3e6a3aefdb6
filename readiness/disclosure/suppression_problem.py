"""The puzzle that a reader faces who wants to work out a small count, and what makes it safe.

Everything is told as moves away from the truth: a move changes numbers that the reader does not
know so that every sum and limit still holds. A small count is safe when some move lifts it to the
threshold: the reader cannot tell the moved table from the true one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readiness.core.integer_program import Program, Solution


@dataclass(frozen=True)
class Puzzle:
    moves: Program  # every move there would be if all priced numbers were hidden
    prices: Mapping[int, int]  # column -> what hiding it costs; the others are hidden anyway
    needs: Mapping[int, int]  # column -> how far some move must lift it


@dataclass(frozen=True)
class Cover:
    """The priced columns to hide, and moves that prove it enough."""

    hidden: frozenset[int]
    moves: tuple[Solution, ...]
    rounds: int = 0

    def short(self, puzzle: Puzzle) -> frozenset[int]:
        """The needs that none of the moves meets. A move that breaks a rule proves nothing."""
        kept = [move for move in self.moves if is_open(puzzle, self.hidden, move)]
        return frozenset(
            column
            for column, need in puzzle.needs.items()
            if not any(move[column] >= need for move in kept)
        )


def is_open(puzzle: Puzzle, hidden: frozenset[int], move: Solution) -> bool:
    """Checked in whole numbers: the move keeps every rule and changes no printed number."""
    printed = (column for column in puzzle.prices if column not in hidden)
    return puzzle.moves.allows(move) and not any(move[column] for column in printed)


# Finds columns to hide at a low price, and the moves that prove them enough.
Extents = Callable[[Puzzle], Cover]
