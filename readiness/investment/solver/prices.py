"""Large investment problems group by group: what each group would do at a price of money.

Few rows join the groups: the budget, the floors, the number of groups served, limits. Given a
price for each of these rows, every group is a small problem of its own, solved exactly; the sum of
what they reach is a bound that no choice can exceed, whatever the prices. So prices may come from
anywhere: first from some of the groups without whole numbers, then from the best mixture of all
that the groups have chosen so far. The answer takes one choice for each group, the best of those
that the joint rows allow. Caps, gates, sets, pins and all that concerns one group is exact; where
the answer's distance to the bound is more than was asked for, the whole program is solved instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from time import monotonic
from typing import TypeVar

import highspy
import numpy as np

from readiness.core import solver
from readiness.core.integer_program import Solution
from readiness.investment.formulation import AllocationModel
from readiness.investment.solver.parts import Numbers, Parts, Places, parts_of, program_of

MANY_COLUMNS = 2_000  # below, the whole program is as quick
MANY_GROUPS = 50
MOST_JOINT = 60  # rows; beyond, groups are hardly problems of their own
ROUNDS = 12
SAMPLE = 400  # groups that first prices come from
REACH = 0.2  # how far a price moves in the first round, as a part of itself; then twice as far
SETTLED = 1e-7  # no more can come of refining prices
WHOLE = 1e-6
KEPT = 0.2  # of the time, for choosing one of each group's choices
NODES = 5_000  # a limit that is the same on every machine, as seconds are not


@dataclass(frozen=True)
class GroupChoice:
    """What one group could do: its columns at one, what that gives, and what it uses."""

    group: int
    columns: tuple[int, ...]
    gain: float
    uses: Numbers  # of each joint row


@dataclass
class Search:
    """All choices so far, each once, and the best bound with its prices."""

    parts: Parts
    choices: dict[tuple[int, tuple[int, ...]], GroupChoice] = field(default_factory=dict)
    bound: float = np.inf
    prices: Numbers = field(default_factory=lambda: np.zeros(0))

    def add(self, group: int, columns: Iterable[int]) -> None:
        at = [int(column) for column in columns]
        if (group, chosen := tuple(at)) not in self.choices:
            gain, uses = self.parts.gains[at].sum(), self.parts.uses[:, at].sum(axis=1)
            self.choices[group, chosen] = GroupChoice(group, chosen, float(gain), uses)

    def ordered(self) -> list[GroupChoice]:
        return [self.choices[key] for key in sorted(self.choices)]


def suits_groups(model: AllocationModel) -> bool:
    return len(model.choices) >= MANY_COLUMNS and max(model.groups) >= MANY_GROUPS


def best_by_groups(
    model: AllocationModel, gap: float, ends: float
) -> tuple[Solution | None, float]:
    """A choice, where one was found, and a bound on every choice, in units of the model's benefit.

    The same for the same model, unless the time is up first.
    """
    parts = parts_of(model)
    search, found = Search(parts), None
    last = ends - KEPT * (ends - monotonic())
    prices = first_prices(parts, last) if len(parts.joint_rows) <= MOST_JOINT else None
    if prices is None:
        return None, search.bound
    for group in idle(parts):
        search.add(group, ())
    priced = PricedGroups(parts)
    for turn in range(ROUNDS):
        is_last = not price_round(search, priced, prices, last) or turn == ROUNDS - 1
        if np.isinf(search.bound):
            return None, search.bound
        prices, value = mixture_prices(search, REACH * 2**turn)
        is_last = is_last or search.bound - value <= SETTLED * abs(value)
        if is_last or search.bound - value <= gap / 2 * abs(value):
            found = one_each(search, gap, ends) or found
            if is_last or (found and is_close(float(parts.gains @ found), search.bound, gap)):
                break
    return found, search.bound


def idle(parts: Parts) -> list[int]:
    """The groups in which nothing at all may be chosen."""
    allows = (parts.rows.least <= 0) & (parts.rows.most >= 0)
    bound = {*parts.row_group[~allows].tolist(), *parts.group[parts.lower > 0].tolist()}
    return [group for group in range(len(parts.columns)) if group not in bound]


Number = TypeVar("Number", float, Fraction)


def is_close(gain: Number, bound: Number, gap: Number) -> bool:
    return bound - gain < 1 or bound - gain <= gap * abs(gain)


# Prices.


def first_prices(parts: Parts, ends: float) -> Numbers | None:
    """What one unit more of each joint row would give, judged by some of the groups.

    None: not even half actions satisfy every row, or the time was up.
    """
    step = -(-len(parts.columns) // SAMPLE)
    for each in dict.fromkeys((step, 1)):
        highs = solver.quiet()
        solver.load(highs, sample(parts, range(0, len(parts.columns), each)))
        found = optimum(highs, ends)
        if found is not None:
            return -found[1][: len(parts.joint_rows)]
    return None


def sample(parts: Parts, groups: range) -> highspy.HighsLp:
    """These groups alone, and of each joint row a part that is as large as their use of it."""
    columns = np.sort(np.concatenate([parts.columns[group] for group in groups]))
    own = np.concatenate([parts.own[group] for group in groups])
    rows = parts.rows.taken(np.concatenate((parts.joint_rows, own)).astype(np.int32))
    uses = np.abs(parts.uses).sum(axis=1)
    part = np.ones(len(rows.least))
    part[: len(uses)] = np.abs(parts.uses[:, columns]).sum(axis=1) / np.where(uses > 0, uses, 1.0)
    scaled = replace(rows, least=in_part(rows.least, part), most=in_part(rows.most, part))
    return program_of(parts, columns, -parts.gains[columns], scaled)


def in_part(sides: Numbers, part: Numbers) -> Numbers:
    return np.where(np.isinf(sides), sides, np.where(np.isinf(sides), 0.0, sides) * part)


def optimum(highs: highspy.Highs, ends: float) -> tuple[Numbers, Numbers] | None:
    """The columns, and the duals of the rows."""
    highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, ends - monotonic()))
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = highs.getSolution()
    return np.array(solution.col_value), np.array(solution.row_dual)


def mixture_prices(search: Search, part: float) -> tuple[Numbers, float]:
    """The prices at which the best mixture of all choices so far stands, and what it gives.

    Near the prices of the best bound: beyond a part of them every joint row may be bought and sold.
    """
    joint, prices = search.parts.joint, search.prices
    scale = abs(search.bound) / np.maximum(1.0, np.abs(search.parts.uses).sum(axis=1))
    reach = part * np.where(prices == 0, scale, np.abs(prices))
    highest = np.where(np.isinf(joint.most), np.minimum(prices + reach, 0), prices + reach)
    lowest = np.where(np.isinf(joint.least), np.maximum(prices - reach, 0), prices - reach)
    highs = solver.quiet()
    solver.load(highs, mixture(search, np.concatenate((highest, lowest))))
    highs.run()
    duals = np.array(highs.getSolution().row_dual)
    return -duals[: len(prices)], -float(highs.getInfo().objective_function_value)


# Groups.


class PricedGroups:
    """All groups without whole numbers and without their joint rows, at changing prices."""

    def __init__(self, parts: Parts) -> None:
        self.columns = np.arange(len(parts.gains), dtype=np.int32)
        self.own = np.flatnonzero(parts.row_group >= 0).astype(np.int32)
        self.rows = parts.rows.taken(self.own)
        self.highs = solver.quiet()
        solver.load(self.highs, program_of(parts, self.columns, -parts.gains, self.rows))

    def at(self, costs: Numbers, ends: float) -> tuple[Numbers, Numbers] | None:
        self.highs.changeColsCost(len(costs), self.columns, costs)
        return optimum(self.highs, ends)


def price_round(search: Search, priced: PricedGroups, prices: Numbers, ends: float) -> bool:
    """Each group's best at these prices, and the bound that follows; False: the time was up."""
    parts = search.parts
    costs = prices @ parts.uses - parts.gains
    found = priced.at(costs, ends)
    if found is None:
        return False
    values, duals = found
    bounds = least_costs(parts, priced, costs, duals)
    torn = set(parts.group[np.abs(values - np.round(values)) > WHOLE].tolist())
    for group, columns in enumerate(parts.columns):
        if group not in torn:
            search.add(group, columns[values[columns] > 0.5])
        elif monotonic() < ends:
            least, chosen = in_whole_numbers(parts, group, costs, ends)
            bounds[group] = max(bounds[group], least)
            if chosen is not None:
                search.add(group, chosen)
    sides = np.where(prices > 0, parts.joint.most, parts.joint.least)
    bound = float(prices @ np.where(prices == 0, 0.0, sides) - bounds.sum())
    if bound < search.bound:
        search.bound, search.prices = bound, prices
    return True


def least_costs(parts: Parts, priced: PricedGroups, costs: Numbers, duals: Numbers) -> Numbers:
    """No choice of the group costs less: true of any duals whose sides exist (weak duality)."""
    rows, count = priced.rows, len(parts.columns)
    sides = np.where(duals > 0, rows.least, rows.most)
    duals = np.where(np.isinf(sides), 0.0, duals)
    sides = np.where(np.isinf(sides), 0.0, sides)
    left = costs - np.bincount(rows.column, duals[rows.row] * rows.value, minlength=len(costs))
    each = np.minimum(left * parts.lower, left * parts.upper)
    found = np.bincount(parts.row_group[priced.own], duals * sides, minlength=count)
    return np.asarray(found + np.bincount(parts.group, each, minlength=count), dtype=float)


def in_whole_numbers(
    parts: Parts, group: int, costs: Numbers, ends: float
) -> tuple[float, Places | None]:
    """The least cost of one group, as far as proven, and its columns at one."""
    columns = parts.columns[group]
    program = program_of(parts, columns, costs[columns], parts.rows.taken(parts.own[group]))
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    highs = solver.quiet()
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # dearer than all the rest
    highs.setOptionValue("mip_abs_gap", WHOLE)
    highs.setOptionValue("time_limit", max(0.1, ends - monotonic()))
    solver.load(highs, program)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return -np.inf, None
    return float(info.mip_dual_bound), columns[np.array(highs.getSolution().col_value) > 0.5]


# Choices of all groups together.


def mixture(search: Search, rates: Numbers) -> highspy.HighsLp:
    """Parts of choices, one in all for each group, within the joint rows; by columns.

    Each joint row can be had at the first half of the rates, and given away at the second.
    """
    choices, joint = search.ordered(), search.parts.joint
    count, groups = len(joint.least), len(search.parts.columns)
    used = [np.flatnonzero(choice.uses) for choice in choices]
    index = [np.append(u, count + c.group) for u, c in zip(used, choices, strict=True)]
    value = [np.append(c.uses[u], 1.0) for u, c in zip(used, choices, strict=True)]
    bought = np.arange(len(rates)) < count
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(choices) + len(rates), count + groups
    program.col_cost_ = np.append([-c.gain for c in choices], np.where(bought, rates, -rates))
    program.col_lower_ = np.zeros(program.num_col_)
    program.col_upper_ = np.append(np.ones(len(choices)), np.full(len(rates), highspy.kHighsInf))
    program.row_lower_ = np.append(joint.least, np.ones(groups))
    program.row_upper_ = np.append(joint.most, np.ones(groups))
    lengths = [*(len(each) for each in index), *(1 for _ in rates)]
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.append(0, np.cumsum(lengths)).astype(np.int32)
    traded = np.arange(len(rates)) % max(1, count)
    program.a_matrix_.index_ = np.concatenate([*index, traded]).astype(np.int32)
    program.a_matrix_.value_ = np.concatenate([*value, np.where(bought, -1.0, 1.0)])
    return program


def one_each(search: Search, gap: float, ends: float) -> Solution | None:
    """One whole choice for each group, the best of those that the joint rows allow."""
    choices = search.ordered()
    program = mixture(search, np.zeros(0))
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(choices)
    highs = solver.quiet()
    highs.setOptionValue("mip_rel_gap", gap / 4)
    highs.setOptionValue("mip_max_nodes", NODES)
    highs.setOptionValue("time_limit", max(0.1, ends - monotonic()))
    solver.load(highs, program)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    solution = [0] * len(search.parts.gains)
    for number in np.flatnonzero(np.array(highs.getSolution().col_value) > 0.5):
        for column in choices[number].columns:
            solution[column] = 1
    return tuple(solution)
