"""An integer program: whole numbers within bounds that satisfy whole-number inequalities.

The domain states a question in this form and checks the answer; an engine finds the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

Solution = tuple[int, ...]  # one whole number for each column


@dataclass(frozen=True)
class Row:
    """least <= sum of coefficient x column <= most; None leaves a side open."""

    terms: Mapping[int, int]  # column -> coefficient
    least: int | None = None
    most: int | None = None

    def allows(self, solution: Solution) -> bool:
        total = sum(coefficient * solution[column] for column, coefficient in self.terms.items())
        return (self.least is None or total >= self.least) and (
            self.most is None or total <= self.most
        )


@dataclass(frozen=True)
class Program:
    lower: tuple[int, ...]
    upper: tuple[int, ...]
    rows: tuple[Row, ...]

    def allows(self, solution: Solution) -> bool:
        """Checked in whole numbers, so that an engine's rounding can never slip through."""
        within = all(
            low <= value <= high
            for low, value, high in zip(self.lower, solution, self.upper, strict=True)
        )
        return within and all(row.allows(solution) for row in self.rows)

    def also(self, *rows: Row) -> Program:
        return replace(self, rows=(*self.rows, *rows))

    def with_switches(self, number: int) -> Program:
        """So many columns more, each 0 or 1."""
        return replace(
            self, lower=(*self.lower, *(0,) * number), upper=(*self.upper, *(1,) * number)
        )

    def fixed(self, values: Mapping[int, int]) -> Program:
        return replace(
            self,
            lower=tuple(values.get(c, low) for c, low in enumerate(self.lower)),
            upper=tuple(values.get(c, high) for c, high in enumerate(self.upper)),
        )


# Finds the solution with the least total cost, or None when there is no solution at all.
Solve = Callable[[Program, Mapping[int, int]], Solution | None]


def cost_of(solution: Sequence[int], costs: Mapping[int, int]) -> int:
    return sum(cost * solution[column] for column, cost in costs.items())
