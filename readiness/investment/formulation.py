"""The investment problem as an integer program, in whole numbers throughout.

Columns: one for each option, then one for each group that tells whether it gets anything, where
the number of groups is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from readiness.core.integer_program import Program, Row, Solution
from readiness.investment.problem import AllocationProblem, GateConstraint, Key, Option

FEW = 10**9  # benefits are scaled to whole numbers up to here, and rounded beyond


@dataclass(frozen=True)
class AllocationModel:
    """The program, and what its columns stand for."""

    program: Program
    keys: tuple[Key, ...]  # of the first columns
    gains: dict[int, int]  # column -> benefit in units of `unit`
    costs: dict[int, int]  # column -> money
    groups: tuple[int, ...]  # of each column: the number of its group
    unit: Fraction

    def keys_of(self, solution: Solution) -> frozenset[Key]:
        return frozenset(key for column, key in enumerate(self.keys) if solution[column])

    @cached_property
    def column_by_key(self) -> dict[Key, int]:
        return {key: column for column, key in enumerate(self.keys)}


def model_of(problem: AllocationProblem) -> AllocationModel:
    """Options in the order of their ids, so that the same input is always the same program."""
    options = tuple(sorted(problem.options, key=lambda option: option.key))
    columns = {option.key: column for column, option in enumerate(options)}
    served = served_columns(problem, len(options))
    number_by_group = {group: n for n, group in enumerate(by_group(columns))}
    unit = unit_of(options)
    return AllocationModel(
        program=Program(
            lower=(*(int(problem.is_pinned(option)) for option in options), *(0 for _ in served)),
            upper=(*(int(problem.is_open(option)) for option in options), *(1 for _ in served)),
            rows=(
                *money_rows(problem, columns),
                *order_rows(problem, columns),
                *set_rows(options, columns),
                *served_rows(problem, columns, served),
                *limit_rows(problem, columns),
            ),
        ),
        keys=tuple(columns),
        gains={columns[option.key]: round(option.benefit / unit) for option in options},
        costs={columns[option.key]: option.cost for option in options},
        groups=tuple(
            number_by_group[group] for group in (*(each.group for each in options), *served)
        ),
        unit=unit,
    )


def unit_of(options: tuple[Option, ...]) -> Fraction:
    """The largest unit in which every benefit is whole, as far as numbers stay of a fair size."""
    whole = lcm(1, *(option.benefit.denominator for option in options))
    most = max((abs(option.benefit) for option in options), default=Fraction(1)) or Fraction(1)
    return Fraction(1, whole) if most * whole <= FEW else most / FEW


def money_rows(problem: AllocationProblem, columns: dict[Key, int]) -> Iterator[Row]:
    costs = {c: problem.option_by_key[key].cost for key, c in columns.items()}
    yield Row(costs, most=problem.budget)
    columns_by_group = by_group(columns)
    for group in problem.groups:
        own = columns_by_group.get(group.id)
        if own and group.cap is not None:
            yield Row({c: costs[c] for c in own}, most=group.cap)
    for floor in problem.floors:
        over, under = floor.share.denominator, floor.share.numerator
        yield Row(
            {
                c: costs[c] * (over * (floor.tag in problem.group_by_id[place].tags) - under)
                for (place, _), c in columns.items()
            },
            least=0,
        )


def by_group(columns: dict[Key, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for (group, _), column in columns.items():
        found.setdefault(group, []).append(column)
    return found


def order_rows(problem: AllocationProblem, columns: dict[Key, int]) -> Iterator[Row]:
    """What comes before what: an action nobody can choose or has stands for never."""
    for option in problem.options:
        for needed in option.requires:
            if problem.has(option.group, needed):
                continue
            terms = {columns[option.key]: -1}
            if (option.group, needed) in columns:
                other = columns[option.group, needed]
                terms[other] = terms.get(other, 0) + 1
            yield Row(terms, least=0)
    gates = gates_by_set(problem)
    for gate in problem.gates:
        yield from gate_rows(problem, gate, columns, gates)


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


def gate_rows(
    problem: AllocationProblem, gate: GateConstraint, columns: dict[Key, int], gates: SetGates
) -> Iterator[Row]:
    """Actions of which one may be chosen share a row where the foundation is theirs as well."""
    foundation = dict.fromkeys(gate.of)
    missing = missing_for(problem, gate)
    if missing <= 0:
        return
    others = [
        columns[gate.group, action]
        for action in foundation
        if (gate.group, action) in columns and not problem.has(gate.group, action)
    ]
    for action in dict.fromkeys(gate.unlocks):
        if (gate.group, action) in columns:
            terms = dict.fromkeys(others, 1)
            for each in (action, *also_behind(problem, gate, action, gates, missing)):
                column = columns[gate.group, each]
                terms[column] = terms.get(column, 0) - missing
            yield Row(terms, least=0)


def also_behind(
    problem: AllocationProblem, gate: GateConstraint, action: str, gates: SetGates, missing: int
) -> tuple[str, ...]:
    """Others of the same set that need no less of no more than this gate's foundation."""
    name = problem.option_by_key[gate.group, action].one_of
    found = (
        other
        for other, its in gates.get((gate.group, name or ""), ())
        if other != action and set(its.of) <= set(gate.of) and missing_for(problem, its) >= missing
    )
    return tuple(dict.fromkeys(found))


def set_rows(options: tuple[Option, ...], columns: dict[Key, int]) -> Iterator[Row]:
    sets: dict[tuple[str, str], list[int]] = {}
    for option in options:
        if option.one_of:
            sets.setdefault((option.group, option.one_of), []).append(columns[option.key])
    for own in sets.values():
        if len(own) > 1:
            yield Row(dict.fromkeys(own, 1), most=1)


def served_columns(problem: AllocationProblem, first: int) -> dict[str, int]:
    if problem.min_groups is None and problem.max_groups is None:
        return {}
    having = sorted({option.group for option in problem.options})
    return {group: first + n for n, group in enumerate(having)}


def served_rows(
    problem: AllocationProblem, columns: dict[Key, int], served: dict[str, int]
) -> Iterator[Row]:
    """A group is served when, and only when, something is chosen in it."""
    if problem.min_groups and not served:
        yield Row({}, least=problem.min_groups)
    columns_by_group = by_group(columns)
    for group, column in served.items():
        own = columns_by_group[group]
        yield Row({**dict.fromkeys(own, 1), column: -1}, least=0)
        for each in own:
            yield Row({column: 1, each: -1}, least=0)
    if served:
        yield Row(
            dict.fromkeys(served.values(), 1), least=problem.min_groups, most=problem.max_groups
        )


def limit_rows(problem: AllocationProblem, columns: dict[Key, int]) -> Iterator[Row]:
    for limit in problem.limits:
        uses = {columns[key]: use for key, use in limit.uses if key in columns and use}
        yield Row(uses, least=limit.least, most=limit.most)
