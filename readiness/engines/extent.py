"""Which numbers to hide, and the proof that they are enough, found by HiGHS."""

from __future__ import annotations

from readiness.domain.release.puzzle import Cover, Puzzle
from readiness.engines.extension import extended
from readiness.engines.trimming import trimmed

MOST_COLUMNS = 1_000  # above, trying what is needless takes too long


def extents(puzzle: Puzzle) -> Cover:
    """Columns to hide at a low price, and the moves that prove them enough."""
    cover = extended(puzzle)
    return trimmed(puzzle, cover) if len(puzzle.moves.lower) <= MOST_COLUMNS else cover
