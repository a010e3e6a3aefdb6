"""A problem over several years: what starts when, and what it costs from then on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from readiness.investment.problem import AllocationProblem, GateConstraint, Key, Limit, Option

SIGN = "@"  # "navigator@2": starts in the second year


@dataclass(frozen=True)
class Horizon:
    """The problem, and the years that it is spread over."""

    problem: AllocationProblem
    budgets: Sequence[int]
    yearly: Mapping[Key, int]

    @property
    def years(self) -> range:
        return range(1, len(self.budgets) + 1)

    def cost_in(self, option: Option, start: int, year: int) -> int:
        """The first year costs what the action costs, each later one what keeping it up does."""
        if year < start:
            return 0
        return option.cost if year == start else self.yearly.get(option.key, 0)

    def cost(self, option: Option, start: int) -> int:
        return sum(self.cost_in(option, start, year) for year in self.years)

    def benefit(self, option: Option, start: int) -> Fraction:
        """In proportion to the years that are left."""
        left = len(self.years) - start + 1
        return option.benefit * Fraction(left, len(self.years))

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(each for each in self.problem.options if self.problem.is_open(each))


def staged_problem(
    problem: AllocationProblem, budgets: Sequence[int], yearly: Mapping[Key, int]
) -> AllocationProblem:
    """Each open option becomes one for each year it can start in; one of them at most is chosen.

    What an action needs has to start in the same year or earlier. A group's cap is what it can
    take on in one year, and so is a limit; a pin holds in whichever year it starts.
    """
    horizon = Horizon(problem, tuple(budgets), yearly)
    return replace(
        problem,
        budget=sum(budgets),
        groups=tuple(replace(group, cap=None) for group in problem.groups),
        options=tuple(
            staged_option(horizon, option, start)
            for option in horizon.options
            for start in horizon.years
        ),
        gates=(*requirement_gates(horizon), *staged_gates(horizon)),
        limits=(
            *budget_limits(horizon),
            *cap_limits(horizon),
            *staged_limits(horizon),
            *pin_limits(horizon),
        ),
    )


def start_of(action: str) -> tuple[str, int]:
    """The action, and the year it starts in: the first, where the problem has only one.

    >>> start_of("navigator@2")
    ('navigator', 2)
    >>> start_of("navigator")
    ('navigator', 1)
    """
    name, sign, year = action.rpartition(SIGN)
    return (name, int(year)) if sign and year.isdecimal() else (action, 1)


def starting_in(action: str, year: int) -> str:
    return f"{action}{SIGN}{year}"


def staged_option(horizon: Horizon, option: Option, year: int) -> Option:
    return replace(
        option,
        action=starting_in(option.action, year),
        cost=horizon.cost(option, year),
        benefit=horizon.benefit(option, year),
        requires=(),
        one_of=option.one_of or f"{option.action}{SIGN}",
        pin=False,
    )


def by_then(actions: Sequence[str], year: int) -> tuple[str, ...]:
    """Each in place, or started in that year or earlier."""
    return tuple(
        name
        for action in dict.fromkeys(actions)
        for name in (action, *(starting_in(action, start) for start in range(1, year + 1)))
    )


def requirement_gates(horizon: Horizon) -> Iterator[GateConstraint]:
    for option in horizon.options:
        for needed in option.requires:
            if not horizon.problem.has(option.group, needed):
                for year in horizon.years:
                    own = (starting_in(option.action, year),)
                    yield GateConstraint(option.group, 1, by_then((needed,), year), own)


def staged_gates(horizon: Horizon) -> Iterator[GateConstraint]:
    for gate in horizon.problem.gates:
        for year in horizon.years:
            unlocked = tuple(starting_in(action, year) for action in gate.unlocks)
            yield replace(gate, of=by_then(gate.of, year), unlocks=unlocked)


def budget_limits(horizon: Horizon) -> Iterator[Limit]:
    for year, budget in zip(horizon.years, horizon.budgets, strict=True):
        yield Limit(f"the budget of year {year}", budget, costs_in(horizon, horizon.options, year))


def costs_in(horizon: Horizon, options: Sequence[Option], year: int) -> tuple[tuple[Key, int], ...]:
    return tuple(
        ((option.group, starting_in(option.action, start)), horizon.cost_in(option, start, year))
        for option in options
        for start in range(1, year + 1)
    )


def cap_limits(horizon: Horizon) -> Iterator[Limit]:
    options_by_group: dict[str, list[Option]] = {}
    for option in horizon.options:
        options_by_group.setdefault(option.group, []).append(option)
    for group in horizon.problem.groups:
        own = options_by_group.get(group.id, [])
        if group.cap is not None and own:
            for year in horizon.years:
                name = f"what {group.id} can take on in year {year}"
                yield Limit(name, group.cap, costs_in(horizon, own, year))


def staged_limits(horizon: Horizon) -> Iterator[Limit]:
    """What is used, is used in the year of the start; a least amount is one for all years."""
    for limit in horizon.problem.limits:
        for year in horizon.years:
            uses = tuple(
                ((group, starting_in(action, year)), n) for (group, action), n in limit.uses
            )
            yield Limit(f"{limit.name}, year {year}", limit.most, uses)
        if limit.least is not None:
            every = tuple(
                ((group, starting_in(action, year)), n)
                for (group, action), n in limit.uses
                for year in horizon.years
            )
            most = limit.most * len(horizon.years)
            yield Limit(f"{limit.name}, all years", most, every, limit.least)


def pin_limits(horizon: Horizon) -> Iterator[Limit]:
    """A pin that is banned has no year to start in, and can never be kept."""
    for option in horizon.problem.options:
        if horizon.problem.is_pinned(option):
            starts = [
                (option.group, starting_in(option.action, year))
                for year in horizon.years
                if not option.ban
            ]
            name = f"starts of the pinned {option.action} in {option.group}"
            yield Limit(name, 1, tuple((each, 1) for each in starts), least=1)
