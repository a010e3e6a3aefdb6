"""The investment problem as an integer program, in whole numbers throughout.

Columns: one for each action, at one where it is chosen, singly or in a package; one for each
package; then one for each group that tells whether it gets anything, where the number of groups is
bounded. A package's column brings what it changes beside its actions: its benefit and the worth of
its tier, and its payable cost less what its actions cost singly, which may be less than nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from readiness.core.coefficients import simplest_floor
from readiness.core.integer_program import Program, Row, Solution
from readiness.investment.problem import (
    AllocationProblem,
    GateConstraint,
    Key,
    Limit,
    Package,
    Selection,
)


@dataclass(frozen=True)
class AllocationModel:
    """The program, and what its columns stand for."""

    program: Program
    actions: tuple[Key, ...]  # of the first columns, by ids
    packages: tuple[Key, ...]  # of the next, by ids
    offered: int  # actions that are offered singly; the others are only in packages
    gains: dict[int, int]  # column -> benefit in units of `unit`
    costs: dict[int, int]  # column -> money
    groups: tuple[int, ...]  # of each column: the number of its group
    unit: Fraction

    @property
    def choices(self) -> range:
        """The columns of actions and packages, in the order in which ties are broken."""
        return range(len(self.actions) + len(self.packages))

    def selection(self, solution: Solution) -> Selection:
        named = (*self.actions, *self.packages)
        chosen = [column for column in self.choices if solution[column]]
        first = len(self.actions)
        return Selection(
            frozenset(named[column] for column in chosen if column < first),
            frozenset(named[column] for column in chosen if column >= first),
        )

    def chosen(self, selection: Selection) -> dict[int, int]:
        """By column, one where a selection has it."""
        actions = (key in selection.actions for key in self.actions)
        packages = (key in selection.packages for key in self.packages)
        return dict(enumerate(map(int, (*actions, *packages))))

    def columns_of(self, group: str) -> list[int]:
        named = (*self.actions, *self.packages)
        return [column for column, key in enumerate(named) if key[0] == group]


@dataclass(frozen=True)
class Columns:
    """Where the choices stand, in the order of their ids: the same input is the same program."""

    problem: AllocationProblem

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        return tuple(sorted(self.problem.packages, key=lambda package: package.key))

    @cached_property
    def action(self) -> Mapping[Key, int]:
        """Of each action that is offered singly or held by a package."""
        held = (key for package in self.packages for key in self.problem.held(package))
        keys = sorted({*self.problem.option_by_key, *held})
        return {key: column for column, key in enumerate(keys)}

    @cached_property
    def package(self) -> Mapping[Key, int]:
        first = len(self.action)
        return {package.key: first + n for n, package in enumerate(self.packages)}

    @cached_property
    def holding(self) -> Mapping[Key, list[int]]:
        """Of each action the packages that hold it."""
        found: dict[Key, list[int]] = {}
        for package in self.packages:
            for held in self.problem.held(package):
                found.setdefault(held, []).append(self.package[package.key])
        return found

    @cached_property
    def costs(self) -> dict[int, int]:
        options, found = self.problem.option_by_key, dict.fromkeys(self.action.values(), 0)
        found |= {self.action[key]: option.cost for key, option in options.items()}
        return found | {self.package[p.key]: self.problem.cost_change(p) for p in self.packages}

    @cached_property
    def worth(self) -> dict[int, Fraction]:
        options = self.problem.option_by_key
        found = dict.fromkeys(self.action.values(), Fraction())
        found |= {self.action[key]: self.problem.worth(each) for key, each in options.items()}
        return found | {self.package[p.key]: self.problem.worth(p) for p in self.packages}

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Of each action and package."""
        return tuple(group for group, _ in (*self.action, *self.package))

    @cached_property
    def by_group(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for column, group in enumerate(self.groups):
            found.setdefault(group, []).append(column)
        return found


def model_of(problem: AllocationProblem) -> AllocationModel:
    columns = Columns(problem)
    served = served_columns(columns)
    number_by_group = {group: n for n, group in enumerate(columns.by_group)}
    unit = unit_of(tuple(columns.worth.values()))
    return AllocationModel(
        program=Program(
            lower=(*lowest(columns), *(0 for _ in served)),
            upper=(*highest(columns), *(1 for _ in served)),
            rows=(
                *money_rows(columns),
                *order_rows(columns),
                *set_rows(columns),
                *package_rows(columns),
                *served_rows(columns, served),
                *limit_rows(columns),
            ),
        ),
        actions=tuple(columns.action),
        packages=tuple(columns.package),
        offered=len(problem.options),
        gains={column: int(each / unit) for column, each in columns.worth.items()},
        costs=columns.costs,
        groups=tuple(number_by_group[group] for group in (*columns.groups, *served)),
        unit=unit,
    )


def lowest(columns: Columns) -> Iterator[int]:
    """One for what has to be chosen."""
    for key in columns.action:
        option = columns.problem.option_by_key.get(key)
        yield int(option is not None and columns.problem.is_pinned(option))
    yield from (0 for _ in columns.packages)


def highest(columns: Columns) -> Iterator[int]:
    """Zero for what cannot be chosen at all."""
    for key in columns.action:
        option = columns.problem.option_by_key.get(key)
        yield int(option is None or columns.problem.is_open(option))
    yield from (int(columns.problem.is_open(package)) for package in columns.packages)


def unit_of(worth: Sequence[Fraction]) -> Fraction:
    """The largest unit in which every benefit is whole."""
    common = gcd(*(each.numerator for each in worth)) or 1
    return Fraction(common, lcm(*(each.denominator for each in worth)))


def money_rows(columns: Columns) -> Iterator[Row]:
    problem, costs = columns.problem, columns.costs
    yield Row(costs, most=problem.budget)
    for group in problem.groups:
        own = columns.by_group.get(group.id)
        if own and group.cap is not None:
            yield Row({c: costs[c] for c in own}, most=group.cap)
    common = gcd(*costs.values()) or 1  # all that is spent is a multiple of it
    for floor in problem.floors:
        share = simplest_floor(floor.share, max(1, problem.budget // common))
        over, under = share.denominator, share.numerator
        tagged = {group.id for group in problem.groups if floor.tag in group.tags}
        yield Row(
            {
                column: costs[column] * (over * (group in tagged) - under)
                for column, group in enumerate(columns.groups)
            },
            least=0,
        )


def order_rows(columns: Columns) -> Iterator[Row]:
    """What comes before what: an action nobody can choose or has stands for never."""
    problem = columns.problem
    for option in problem.options:
        for needed in option.requires:
            if not problem.has(option.group, needed):
                terms = {columns.action[option.key]: -1}
                if (option.group, needed) in columns.action:
                    column = columns.action[option.group, needed]
                    terms[column] = terms.get(column, 0) + 1
                yield Row(terms, least=0)
    gates = gates_by_set(problem)
    for gate in problem.gates:
        yield from gate_rows(columns, gate, gates)


SetGates = dict[
    Key, list[tuple[str, GateConstraint]]
]  # of one set and behind gates: (action, its gate)


def gates_by_set(problem: AllocationProblem) -> SetGates:
    found: SetGates = {}
    for gate in problem.gates:
        for action in dict.fromkeys(gate.unlocks):
            option = problem.option_by_key.get((gate.group, action))
            if option and option.one_of:
                found.setdefault((gate.group, option.one_of), []).append((action, gate))
    return found


def missing_for(problem: AllocationProblem, gate: GateConstraint) -> int:
    return gate.needs - sum(problem.has(gate.group, action) for action in set(gate.of))


def gate_rows(columns: Columns, gate: GateConstraint, gates: SetGates) -> Iterator[Row]:
    """Actions of which one may be chosen share a row where the foundation is theirs as well."""
    missing = missing_for(columns.problem, gate)
    if missing <= 0:
        return
    standing = [
        columns.action[gate.group, action]
        for action in dict.fromkeys(gate.of)
        if (gate.group, action) in columns.action and not columns.problem.has(gate.group, action)
    ]
    for action in dict.fromkeys(gate.unlocks):
        if (gate.group, action) in columns.action:
            terms = dict.fromkeys(standing, 1)
            for each in (action, *also_behind(columns.problem, gate, action, gates, missing)):
                column = columns.action[gate.group, each]
                terms[column] = terms.get(column, 0) - missing
            yield Row(terms, least=0)


def also_behind(
    problem: AllocationProblem, gate: GateConstraint, action: str, gates: SetGates, missing: int
) -> tuple[str, ...]:
    """Others of the same set that need no less of no more than this gate's foundation."""
    option = problem.option_by_key.get((gate.group, action))
    found = (
        other
        for other, its in gates.get((gate.group, option.one_of or "") if option else ("", ""), ())
        if other != action and set(its.of) <= set(gate.of) and missing_for(problem, its) >= missing
    )
    return tuple(dict.fromkeys(found))


def set_rows(columns: Columns) -> Iterator[Row]:
    sets: dict[tuple[str, str], list[int]] = {}
    for key, column in columns.action.items():
        option = columns.problem.option_by_key.get(key)
        if option and option.one_of:
            sets.setdefault((option.group, option.one_of), []).append(column)
    for own in sets.values():
        if len(own) > 1:
            yield Row(dict.fromkeys(own, 1), most=1)


def package_rows(columns: Columns) -> Iterator[Row]:
    """One package a group, each with its actions, of which some are not to be had without it."""
    packages: dict[str, list[int]] = {}
    for (group, _), column in columns.package.items():
        packages.setdefault(group, []).append(column)
    for own in packages.values():
        if len(own) > 1:
            yield Row(dict.fromkeys(own, 1), most=1)
    for key, holding in columns.holding.items():
        terms = {columns.action[key]: 1, **dict.fromkeys(holding, -1)}
        yield Row(terms, least=0, most=None if key in columns.problem.option_by_key else 0)


def served_columns(columns: Columns) -> dict[str, int]:
    problem, first = columns.problem, len(columns.groups)
    if problem.min_groups is None and problem.max_groups is None:
        return {}
    return {group: first + n for n, group in enumerate(sorted(columns.by_group))}


def served_rows(columns: Columns, served: dict[str, int]) -> Iterator[Row]:
    """A group is served when, and only when, something is chosen in it."""
    problem = columns.problem
    if problem.min_groups and not served:
        yield Row({}, least=problem.min_groups)
    for group, column in served.items():
        own = columns.by_group[group]
        yield Row({**dict.fromkeys(own, 1), column: -1}, least=0)
        for each in own:
            yield Row({column: 1, each: -1}, least=0)
    if served:
        yield Row(
            dict.fromkeys(served.values(), 1), least=problem.min_groups, most=problem.max_groups
        )


def limit_rows(columns: Columns) -> Iterator[Row]:
    for limit in columns.problem.limits:
        yield Row(limit_terms(columns, limit), least=limit.least, most=limit.most)


def limit_terms(columns: Columns, limit: Limit) -> dict[int, int]:
    uses = {columns.action[key]: use for key, use in limit.uses if key in columns.action}
    changes = columns.problem.use_changes(limit)
    uses |= {columns.package[key]: change for key, change in changes.items()}
    return {column: use for column, use in uses.items() if use}
