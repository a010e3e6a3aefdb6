"""An integer program: whole numbers within bounds that satisfy whole-number inequalities.

The domain states a question in this form and checks the answer; an engine finds the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

Solution = tuple[int, ...]  # one whole number for each column
PARTS = 2**20  # prices are whole numbers of such parts of a cost unit, so that bounds are exact


class PricedSolution(tuple[int, ...]):
    """A solution with a price on each row, in parts, from which bounds on all others follow."""

    prices: tuple[int, ...]

    def __new__(cls, values: Iterable[int], prices: Iterable[int]) -> PricedSolution:
        made = super().__new__(cls, values)
        made.prices = tuple(prices)
        return made


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
class Bound:
    """What every solution costs at least, in parts of a cost unit."""

    least: int
    nets: Sequence[int]  # what each step of a column adds: up from its lower end, or, below 0, down

    def proves(self, cost: int) -> bool:
        """Costs are whole numbers, so none is between the bound and less than one above it."""
        return PARTS * (cost - 1) < self.least


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
        return within and all(row.allows(solution) for row in self.rows_to_check(solution))

    def rows_to_check(self, solution: Solution) -> Iterator[Row]:
        """Rows in which every column is 0 allow all or nothing, and need no second look."""
        touched = {n for c, value in enumerate(solution) if value for n in self.rows_by_column[c]}
        yield from (self.rows[number] for number in touched | self.rows_against_nothing)

    @cached_property
    def rows_by_column(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.lower]
        for number, row in enumerate(self.rows):
            for column in row.terms:
                found[column].append(number)
        return found

    @cached_property
    def rows_against_nothing(self) -> frozenset[int]:
        """The rows that do not allow all columns to be 0."""
        nothing = (0,) * len(self.lower)
        return frozenset(n for n, row in enumerate(self.rows) if not row.allows(nothing))

    def also(self, *rows: Row) -> Program:
        return replace(self, rows=(*self.rows, *rows))

    def bound(self, costs: Mapping[int, int], prices: Sequence[int]) -> Bound:
        """With a price on each row a solution is worth at least what the rows ask for at these
        prices, and what the columns then still cost at their cheaper ends (weak duality)."""
        least, nets = 0, [PARTS * costs.get(column, 0) for column in range(len(self.lower))]
        for price, row in zip(prices, self.rows, strict=True):
            side = row.least if price > 0 else row.most
            if price and side is not None:
                least += price * side
                for column, coefficient in row.terms.items():
                    nets[column] -= price * coefficient
        ends = zip(nets, self.lower, self.upper, strict=True)
        return Bound(least + sum(net * (low if net > 0 else high) for net, low, high in ends), nets)

    def at_cost_of(self, found: PricedSolution, costs: Mapping[int, int]) -> Program:
        """Only the solutions that cost as much, said as a row and by the bounds of columns: as far
        from its cheaper end as the bound leaves it, no column can be."""
        cost, bound = cost_of(found, costs), self.bound(costs, found.prices)
        spare = PARTS * cost - bound.least
        columns = list(zip(bound.nets, self.lower, self.upper, strict=True))
        return Program(
            tuple(max(low, high - spare // -net) if net < 0 else low for net, low, high in columns),
            tuple(min(high, low + spare // net) if net > 0 else high for net, low, high in columns),
            (*self.rows, Row(costs, least=cost, most=cost)),
        )

    def fixed(self, values: Mapping[int, int]) -> Program:
        return replace(
            self,
            lower=tuple(values.get(c, low) for c, low in enumerate(self.lower)),
            upper=tuple(values.get(c, high) for c, high in enumerate(self.upper)),
        )


# Finds the solution with the least total cost, or None when there is no solution at all.
Solve = Callable[[Program, Mapping[int, int]], PricedSolution | None]


def cost_of(solution: Sequence[int], costs: Mapping[int, int]) -> int:
    return sum(cost * solution[column] for column, cost in costs.items())
