"""HiGHS for investment problems: the most benefit, then the lowest cost, then the first ids.

One thread and a fixed seed, so that the same problem always gets the same answer, unless the time
is up first: seconds are not the same on every machine. Below 200 actions (and 600 choices with
packages) the answer is the one of the rule, ties and all. From 200 actions on it is proven to
within the gap that was asked for; where it is proven to be the most of all, the cheapest of equals
is looked for in the time that is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import highspy

from readiness.core.integer_program import Program, Row, Solution, cost_of
from readiness.core.solver import SolverError, model_of, quiet
from readiness.investment.formulation import AllocationModel
from readiness.investment.problem import Selection
from readiness.investment.solver import prices

FEW = 200  # actions; below, ties are broken to the end
FEW_CHOICES = 600  # with packages, each of which is one more to try
NAME = "HiGHS"


@dataclass(frozen=True)
class SolverResult:
    """In units of the model's benefit. None: proven that there is no solution."""

    solution: Solution | None
    bound: float
    is_proven: bool


class OutOfTimeError(SolverError):
    """No solution was found, and none was proven impossible, in the time allowed."""

    bound = math.inf  # in units of the model's benefit, where one was found


def version() -> str:
    highs = quiet()
    return f"{NAME} {highs.version()}"


def best(model: AllocationModel, gap: float, seconds: float) -> SolverResult:
    """The most benefit within a relative gap; ties are broken where it is proven most."""
    ends = monotonic() + seconds
    program = model.program
    if any(low > high for low, high in zip(program.lower, program.upper, strict=True)):
        return SolverResult(None, 0.0, is_proven=True)
    found, bound = most(model, 0.0 if model.offered < FEW else gap, ends)
    if found is None:
        return SolverResult(None, 0.0, is_proven=True)
    gain = cost_of(found, model.gains)
    is_proven = bound - gain < 1
    if is_proven:
        found = cheapest(model, found, gain, ends)
    return SolverResult(found, max(bound, gain), is_proven)


def is_possible(model: AllocationModel, seconds: float) -> bool:
    """Whether anything satisfies every row; raises `OutOfTimeError` where that was not found."""
    program = model.program
    if any(low > high for low, high in zip(program.lower, program.upper, strict=True)):
        return False
    return solve(program, {}, 0.0, seconds)[0] is not None


def least_cost(
    model: AllocationModel, selection: Selection, group: str, seconds: float
) -> Solution | None:
    """Of all that adds to a selection in one group what costs least; None where nothing does."""
    if seconds <= 0:
        raise OutOfTimeError
    others = model.chosen(selection)
    own = {column: others.pop(column) for column in model.columns_of(group)}
    gains = {column: model.gains[column] for column in own}
    more = Row(gains, least=1 + sum(gains[column] for column in own if own[column]))
    found, bound = solve(model.program.fixed(others).also(more), model.costs, 0.0, seconds)
    if found is not None and cost_of(found, model.costs) - bound >= 1:
        raise OutOfTimeError
    return found


def most(model: AllocationModel, gap: float, ends: float) -> tuple[Solution | None, float]:
    """Group by group where there are many; the whole program where that leaves too much open."""
    found, bound = None, math.inf
    if prices.suits_groups(model):
        found, bound = prices.best_by_groups(model, gap, ends)
        if found is not None and prices.is_close(
            cost_of(checked(model.program, found), model.gains), bound, gap
        ):
            return found, bound
    worst = {column: -gain for column, gain in model.gains.items()}
    try:
        found, least = solve(model.program, worst, gap, ends - monotonic(), found)
    except OutOfTimeError as error:
        error.bound = bound
        raise
    return found, min(bound, -least)


def cheapest(model: AllocationModel, found: Solution, gain: int, ends: float) -> Solution:
    """Of all with the same benefit those of the lowest cost, and of these the first by ids."""
    as_good = model.program.also(Row(model.gains, least=gain))
    found = better(as_good, model.costs, found, ends)
    as_cheap = as_good.also(Row(model.costs, most=cost_of(found, model.costs)))
    is_small = model.offered < FEW and len(model.choices) < FEW_CHOICES
    return first_by_ids(model, as_cheap, found, ends) if is_small else found


def first_by_ids(
    model: AllocationModel, program: Program, found: Solution, ends: float
) -> Solution:
    """Earlier ids are taken where they can be: the columns stand in the order of ids."""
    for column in model.choices:
        if not found[column] and program.upper[column]:
            kept = {before: found[before] for before in range(column)}
            found = better(program.fixed({**kept, column: 1}), model.costs, found, ends)
    return found


def better(program: Program, costs: Mapping[int, int], found: Solution, ends: float) -> Solution:
    """What the program allows at the lowest cost, or what was found where it allows nothing."""
    left = ends - monotonic()
    if left <= 0:
        return found
    try:
        other, _ = solve(program, costs, 0.0, left, found if program.allows(found) else None)
    except OutOfTimeError:
        return found
    return other if other is not None and program.allows(other) else found


def solve(
    program: Program,
    costs: Mapping[int, int],
    gap: float,
    seconds: float,
    start: Solution | None = None,
) -> tuple[Solution | None, float]:
    """A solution of least cost within the gap, and the bound; None when there is none."""
    if not program.lower:  # HiGHS calls a program without columns empty, and looks at no row
        return (() if program.allows(()) else None), 0.0
    highs = quiet()
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # dear, and finds little
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("time_limit", max(0.1, seconds))
    highs.passModel(model_of(program, costs))
    if start is not None:
        highs.setSolution(len(start), list(range(len(start))), list(start))
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,  # every column is bounded
    ):
        return None, 0.0
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise OutOfTimeError("The solver found no answer in the time allowed: allow it more.")
    if status not in (
        highspy.HighsModelStatus.kOptimal,
        highspy.HighsModelStatus.kTimeLimit,
    ):
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
    solution = tuple(round(value) for value in highs.getSolution().col_value)
    return checked(program, solution), float(info.mip_dual_bound)


def checked(program: Program, solution: Sequence[int]) -> Solution:
    if not program.allows(tuple(solution)):
        raise SolverError("HiGHS gave an answer that breaks a constraint")
    return tuple(solution)
