"""The investment problem as an integer program, in whole numbers throughout.

Columns: one for each choice (an action singly, or a package), then one for each group that tells
whether it gets anything, where the number of groups is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from readiness.core.integer_program import Program, Row, Solution
from readiness.investment.problem import (
    AllocationProblem,
    Choice,
    GateConstraint,
    Key,
    Limit,
    Option,
    Selection,
)

FEW = 10**9  # benefits are scaled to whole numbers up to here, and rounded beyond


@dataclass(frozen=True)
class AllocationModel:
    """The program, and what its columns stand for."""

    program: Program
    choices: tuple[Choice, ...]  # of the first columns
    gains: dict[int, int]  # column -> benefit in units of `unit`
    costs: dict[int, int]  # column -> money
    groups: tuple[int, ...]  # of each column: the number of its group
    unit: Fraction

    def selection(self, solution: Solution) -> Selection:
        chosen = [choice for column, choice in enumerate(self.choices) if solution[column]]
        return Selection(
            frozenset(each.key for each in chosen if isinstance(each, Option)),
            frozenset(each.key for each in chosen if not isinstance(each, Option)),
        )

    @cached_property
    def actions(self) -> int:
        return sum(isinstance(choice, Option) for choice in self.choices)


@dataclass(frozen=True)
class Columns:
    """Where the choices stand, in the order of their ids: the same input is the same program."""

    problem: AllocationProblem
    choices: tuple[Choice, ...]

    @cached_property
    def singly(self) -> Mapping[Key, int]:
        """Of each action."""
        return {c.key: n for n, c in enumerate(self.choices) if isinstance(c, Option)}

    @cached_property
    def package(self) -> Mapping[Key, int]:
        return {c.key: n for n, c in enumerate(self.choices) if not isinstance(c, Option)}

    @cached_property
    def holding(self) -> Mapping[Key, list[int]]:
        """Of each action the packages that carry it out."""
        found: dict[Key, list[int]] = {}
        for key, column in self.package.items():
            for held in self.problem.held(self.problem.package_by_key[key]):
                found.setdefault(held, []).append(column)
        return found

    @cached_property
    def carrying(self) -> Mapping[Key, tuple[int, ...]]:
        """Of each action every column that carries it out: one of them at most is chosen."""
        own = {key: (column, *self.holding.get(key, ())) for key, column in self.singly.items()}
        alone = {key: tuple(c) for key, c in self.holding.items() if key not in own}
        return own | alone

    @cached_property
    def by_group(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for column, choice in enumerate(self.choices):
            found.setdefault(choice.group, []).append(column)
        return found


def model_of(problem: AllocationProblem) -> AllocationModel:
    columns = Columns(problem, tuple(sorted(problem.choices, key=lambda choice: choice.order)))
    choices = columns.choices
    served = served_columns(columns)
    number_by_group = {group: n for n, group in enumerate(columns.by_group)}
    worth = [problem.worth(choice) for choice in choices]
    unit = unit_of(worth)
    return AllocationModel(
        program=Program(
            lower=(*(int(must_be_singly(columns, c)) for c in choices), *(0 for _ in served)),
            upper=(*(int(problem.is_open(choice)) for choice in choices), *(1 for _ in served)),
            rows=(
                *money_rows(columns),
                *order_rows(columns),
                *set_rows(columns),
                *package_rows(columns),
                *served_rows(columns, served),
                *limit_rows(columns),
            ),
        ),
        choices=choices,
        gains={column: round(each / unit) for column, each in enumerate(worth)},
        costs={column: choice.payable for column, choice in enumerate(choices)},
        groups=tuple(
            number_by_group[group] for group in (*(each.group for each in choices), *served)
        ),
        unit=unit,
    )


def must_be_singly(columns: Columns, choice: Choice) -> bool:
    """A pin that no package can keep."""
    if not isinstance(choice, Option) or choice.key in columns.holding:
        return False
    return columns.problem.is_pinned(choice)


def unit_of(worth: Sequence[Fraction]) -> Fraction:
    """The largest unit in which every benefit is whole, as far as numbers stay of a fair size."""
    whole = lcm(1, *(each.denominator for each in worth))
    most = max(map(abs, worth), default=Fraction(1)) or Fraction(1)
    return Fraction(1, whole) if most * whole <= FEW else most / FEW


def money_rows(columns: Columns) -> Iterator[Row]:
    problem, costs = columns.problem, {n: c.payable for n, c in enumerate(columns.choices)}
    yield Row(costs, most=problem.budget)
    for group in problem.groups:
        own = columns.by_group.get(group.id)
        if own and group.cap is not None:
            yield Row({c: costs[c] for c in own}, most=group.cap)
    for floor in problem.floors:
        over, under = floor.share.denominator, floor.share.numerator
        tagged = {group.id for group in problem.groups if floor.tag in group.tags}
        yield Row(
            {
                column: costs[column] * (over * (choice.group in tagged) - under)
                for column, choice in enumerate(columns.choices)
            },
            least=0,
        )


def order_rows(columns: Columns) -> Iterator[Row]:
    """What comes before what: an action nobody can choose or has stands for never."""
    problem = columns.problem
    for option in problem.options:
        for needed in option.requires:
            if not problem.has(option.group, needed):
                terms = dict.fromkeys(columns.carrying[option.key], -1)
                for column in columns.carrying.get((option.group, needed), ()):
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
    standing: dict[int, int] = {}
    for action in dict.fromkeys(gate.of):
        if not columns.problem.has(gate.group, action):
            for column in columns.carrying.get((gate.group, action), ()):
                standing[column] = min(missing, standing.get(column, 0) + 1)
    for action in dict.fromkeys(gate.unlocks):
        if (gate.group, action) in columns.carrying:
            terms = dict(standing)
            for each in (action, *also_behind(columns.problem, gate, action, gates, missing)):
                for column in columns.carrying[gate.group, each]:
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
    sets: dict[tuple[str, str], list[Key]] = {}
    for choice in columns.choices:
        if isinstance(choice, Option) and choice.one_of:
            sets.setdefault((choice.group, choice.one_of), []).append(choice.key)
    for keys in sets.values():
        if len(keys) > 1:
            own = (column for key in keys for column in columns.carrying[key])
            yield Row(dict.fromkeys(own, 1), most=1)


def package_rows(columns: Columns) -> Iterator[Row]:
    """One package a group, no action twice, and pins that a package may keep."""
    packages: dict[str, list[int]] = {}
    for (group, _), column in columns.package.items():
        packages.setdefault(group, []).append(column)
    for own in packages.values():
        if len(own) > 1:
            yield Row(dict.fromkeys(own, 1), most=1)
    for key in columns.holding:
        option = columns.problem.option_by_key.get(key)
        if option:
            pinned = 1 if columns.problem.is_pinned(option) else None
            yield Row(dict.fromkeys(columns.carrying[key], 1), least=pinned, most=1)


def served_columns(columns: Columns) -> dict[str, int]:
    problem, first = columns.problem, len(columns.choices)
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
    terms: dict[int, int] = {}
    for key, use in limit.uses:
        single = (columns.singly[key],) if key in columns.singly else ()
        for column in columns.carrying.get(key, ()) if limit.packages is None else single:
            terms[column] = terms.get(column, 0) + use
    for key, use in limit.packages or ():
        if key in columns.package:
            terms[columns.package[key]] = use
    return {column: use for column, use in terms.items() if use}
