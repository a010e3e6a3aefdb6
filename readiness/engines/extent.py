"""Which numbers to hide, and the proof that they are enough, found by HiGHS."""

from __future__ import annotations

from readiness.domain.release.puzzle import Cover, Puzzle
from readiness.engines.covering import cheapened
from readiness.engines.extension import extended
from readiness.engines.trimming import trimmed

FEW_COLUMNS = 400  # up to so many a cheaper choice is looked for
MOST_COLUMNS = 1_000  # above, trying what is needless takes too long


def extents(puzzle: Puzzle) -> Cover:
    """Columns to hide at a low price, and the moves that prove them enough."""
    columns = len(puzzle.moves.lower)
    cover = extended(puzzle)
    if columns <= MOST_COLUMNS:
        cover = trimmed(puzzle, cover)
    return cheapened(puzzle, cover) if columns <= FEW_COLUMNS and cover.hidden else cover
