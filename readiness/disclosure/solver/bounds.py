"""Which numbers to hide, and the proof that they are enough, found by HiGHS."""

from __future__ import annotations

from readiness.disclosure.solver.drop_redundant import trimmed
from readiness.disclosure.solver.extend import extended
from readiness.disclosure.solver.improve import cheapened
from readiness.disclosure.suppression_problem import Cover, Extents, Puzzle

FEW_COLUMNS = 400  # up to so many a cheaper choice is looked for
MOST_COLUMNS = 1_000  # above, trying what is needless takes too long
FEW_CELLS = 4_000  # of a whole release; with more, what is found first has to do


def extents(puzzle: Puzzle) -> Cover:
    """Columns to hide at a low price, and the moves that prove them enough."""
    cover = first_found(puzzle)
    few = len(puzzle.moves.lower) <= FEW_COLUMNS
    return cheapened(puzzle, cover) if few and cover.hidden else cover


def first_found(puzzle: Puzzle) -> Cover:
    cover = extended(puzzle)
    return trimmed(puzzle, cover) if len(puzzle.moves.lower) <= MOST_COLUMNS else cover


def extents_of(cells: int) -> Extents:
    """How to look in a release of so many numbers."""
    return extents if cells <= FEW_CELLS else first_found
