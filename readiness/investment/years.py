"""A problem over several years: what starts when, and what it costs from then on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from readiness.investment.problem import (
    AllocationProblem,
    Choice,
    GateConstraint,
    Key,
    Limit,
    Option,
    Package,
)

Uses = tuple[tuple[Key, int], ...]

SIGN = "@"  # "navigator@2": starts in the second year
BUDGET_OF_YEAR = "the budget of year "


@dataclass(frozen=True)
class Horizon:
    """The problem, and the years that it is spread over."""

    problem: AllocationProblem
    budgets: Sequence[int]
    yearly: Mapping[Key, int]  # of single actions
    package_yearly: Mapping[Key, int] = field(default_factory=dict)  # of what is payable

    @property
    def years(self) -> range:
        return range(1, len(self.budgets) + 1)

    def cost_in(self, choice: Choice, start: int, year: int) -> int:
        """The first year costs what the choice costs, each later one what keeping it up does."""
        if year < start:
            return 0
        yearly = self.yearly if isinstance(choice, Option) else self.package_yearly
        return choice.payable if year == start else yearly.get(choice.key, 0)

    def cost(self, choice: Choice, start: int) -> int:
        return sum(self.cost_in(choice, start, year) for year in self.years)

    def benefit(self, choice: Choice, start: int) -> Fraction:
        """In proportion to the years that are left."""
        left = len(self.years) - start + 1
        return self.problem.worth(choice) * Fraction(left, len(self.years))

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(each for each in self.problem.options if self.problem.is_open(each))

    @property
    def packages(self) -> tuple[Package, ...]:
        return tuple(each for each in self.problem.packages if self.problem.is_open(each))

    @property
    def choices(self) -> tuple[Choice, ...]:
        return (*self.options, *self.packages)


def staged_problem(
    problem: AllocationProblem,
    budgets: Sequence[int],
    yearly: Mapping[Key, int],
    package_yearly: Mapping[Key, int] | None = None,
) -> AllocationProblem:
    """Each open choice becomes one for each year it can start in; one of them at most is chosen.

    What an action needs has to start in the same year or earlier. A group's cap is what it can
    take on in one year, and so is a limit; a pin holds in whichever year it starts. All actions of
    a package start in its year. What a tier is worth is in the benefit of each package, in
    proportion to the years that are left, and no longer beside it.
    """
    horizon = Horizon(problem, tuple(budgets), yearly, package_yearly or {})
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
        packages=tuple(
            staged_package(horizon, package, start)
            for package in horizon.packages
            for start in horizon.years
        ),
        reach=dict.fromkeys(problem.reach, Fraction()),
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


def staged_package(horizon: Horizon, package: Package, year: int) -> Package:
    """The group's own part of the cost is that of the first year."""
    payable = horizon.cost(package, year)
    return replace(
        package,
        id=starting_in(package.id, year),
        actions=tuple(starting_in(action, year) for _, action in horizon.problem.held(package)),
        cost=payable + package.cost - package.payable,
        payable=payable,
        benefit=horizon.benefit(package, year),
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
        yield money_limit(horizon, f"{BUDGET_OF_YEAR}{year}", budget, horizon.choices, year)


def budgets_by_year(problem: AllocationProblem) -> tuple[int, ...]:
    """Empty where the problem is of one year."""
    return tuple(each.most for each in problem.limits if each.name.startswith(BUDGET_OF_YEAR))


def without_budgets(problem: AllocationProblem) -> AllocationProblem:
    """The same with money for everything."""
    kept = (each for each in problem.limits if not each.name.startswith(BUDGET_OF_YEAR))
    everything = sum(choice.payable for choice in problem.choices)
    return replace(problem, budget=everything, limits=tuple(kept))


def money_limit(
    horizon: Horizon, name: str, most: int, choices: Sequence[Choice], year: int
) -> Limit:
    packages = [each for each in choices if isinstance(each, Package)]
    return Limit(
        name,
        most,
        costs_in(horizon, [each for each in choices if isinstance(each, Option)], year),
        packages=costs_in(horizon, packages, year) if packages else None,
    )


def costs_in(horizon: Horizon, choices: Sequence[Choice], year: int) -> Uses:
    return tuple(
        ((choice.group, starting_in(choice.key[1], start)), horizon.cost_in(choice, start, year))
        for choice in choices
        for start in range(1, year + 1)
    )


def cap_limits(horizon: Horizon) -> Iterator[Limit]:
    choices_by_group: dict[str, list[Choice]] = {}
    for choice in horizon.choices:
        choices_by_group.setdefault(choice.group, []).append(choice)
    for group in horizon.problem.groups:
        own = choices_by_group.get(group.id, [])
        if group.cap is not None and own:
            for year in horizon.years:
                name = f"what {group.id} can take on in year {year}"
                yield money_limit(horizon, name, group.cap, own, year)


def staged_limits(horizon: Horizon) -> Iterator[Limit]:
    """What is used, is used in the year of the start; a least amount is one for all years."""
    for limit in horizon.problem.limits:
        for year in horizon.years:
            yield staged_limit(limit, f"{limit.name}, year {year}", limit.most, [year])
        if limit.least is not None:
            most = limit.most * len(horizon.years)
            every = staged_limit(limit, f"{limit.name}, all years", most, horizon.years)
            yield replace(every, least=limit.least)


def staged_limit(limit: Limit, name: str, most: int, years: Sequence[int]) -> Limit:
    packages = None if limit.packages is None else starts_in(limit.packages, years)
    return Limit(name, most, starts_in(limit.uses, years), packages=packages)


def starts_in(uses: Uses, years: Sequence[int]) -> Uses:
    return tuple(((group, starting_in(id_, year)), n) for (group, id_), n in uses for year in years)


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
