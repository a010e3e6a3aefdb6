"""How small and how large an unknown number can be, by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence

from readiness.domain.program import Program
from readiness.engines.solver import SolverError, least


def extents(program: Program, columns: Sequence[int]) -> list[tuple[int, int]]:
    """The smallest and largest whole-number value of each column asked about."""
    return [(value(program, column, 1), value(program, column, -1)) for column in columns]


def value(program: Program, column: int, direction: int) -> int:
    found = least(program, {column: direction})
    if found is None or not program.allows(found):
        raise SolverError("the truth itself solves the program, and no solution was found")
    return found[column]
