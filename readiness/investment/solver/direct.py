"""HiGHS for investment problems: the most benefit, then the lowest cost, then the first ids.

One thread and a fixed seed, so that the same problem always gets the same answer, unless the time
is up first: seconds are not the same on every machine. Below 200 actions (and 600 choices with
packages) the answer is the one of the rule, ties and all. From 200 actions on it is proven to
within the gap that was asked for; where it is proven to be the most of all, the cheapest of equals
is looked for in the time that is left.

HiGHS is given small numbers alone. Where benefits or costs are larger, their high parts are decided
first; among all that come close enough to that to be best, their low parts decide. So what is
called proven is true of the numbers as they were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, isinf
from time import monotonic

import highspy

from readiness.core.coefficients import halves, span, with_column, with_small_coefficients
from readiness.core.integer_program import Program, Row, Solution, cost_of
from readiness.core.solver import SolverError, load, model_of, quiet
from readiness.investment.formulation import AllocationModel
from readiness.investment.problem import Selection
from readiness.investment.solver import prices

FEW = 200  # actions; below, ties are broken to the end
FEW_CHOICES = 600  # with packages, each of which is one more to try
NAME = "HiGHS"


TOLERANCE = 1e-7  # smaller ones make HiGHS call possible programs impossible
LITTLE = Fraction(1, 1000)  # what HiGHS may be wrong by in a bound, in units of small numbers


@dataclass(frozen=True)
class SolverResult:
    """In units of the model's benefit. None: proven that there is no solution."""

    solution: Solution | None
    bound: Fraction
    is_proven: bool


IMPOSSIBLE = SolverResult(None, Fraction(), is_proven=True)


@dataclass(frozen=True)
class Least:
    """A solution, where there is one, and what no solution costs less than."""

    solution: Solution | None
    bound: Fraction


class OutOfTimeError(SolverError):
    """No solution was found, and none was proven impossible, in the time allowed."""

    bound: Fraction | None = None  # in units of the model's benefit, where one was found


def version() -> str:
    highs = quiet()
    return f"{NAME} {highs.version()}"


def best(model: AllocationModel, gap: float, seconds: float) -> SolverResult:
    """The most benefit within a relative gap; ties are broken where it is proven most."""
    ends = monotonic() + seconds
    if is_empty(model.program):
        return IMPOSSIBLE
    found, bound = most(model, 0.0 if model.offered < FEW else gap, ends)
    if found is None:
        return IMPOSSIBLE
    gain = cost_of(found, model.gains)
    is_proven = bound - gain < 1
    if is_proven:
        found = cheapest(model, found, gain, ends)
    return SolverResult(found, max(bound, Fraction(gain)), is_proven)


def is_empty(program: Program) -> bool:
    return any(low > high for low, high in zip(program.lower, program.upper, strict=True))


def is_possible(model: AllocationModel, seconds: float) -> bool:
    """Whether anything satisfies every row; raises `OutOfTimeError` where that was not found."""
    if is_empty(model.program):
        return False
    return solve(model.program, {}, 0.0, monotonic() + seconds).solution is not None


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
    program = model.program.fixed(others).also(more)
    made = solve(program, model.costs, 0.0, monotonic() + seconds)
    if made.solution is not None and cost_of(made.solution, model.costs) - made.bound >= 1:
        raise OutOfTimeError
    return made.solution


def most(model: AllocationModel, gap: float, ends: float) -> tuple[Solution | None, Fraction]:
    """Group by group where there are many; the whole program where that leaves too much open."""
    found, bound = None, None
    if prices.suits_groups(model):
        found, bound = most_by_groups(model, gap, ends)
        if (
            found is not None
            and bound is not None
            and prices.is_close(Fraction(cost_of(found, model.gains)), bound, Fraction(gap))
        ):
            return found, bound
    losses = {column: -gain for column, gain in model.gains.items()}
    try:
        made = solve(model.program, losses, gap, ends, found)
    except OutOfTimeError as error:
        error.bound = bound
        raise
    return made.solution, -made.bound if bound is None else min(bound, -made.bound)


def most_by_groups(
    model: AllocationModel, gap: float, ends: float
) -> tuple[Solution | None, Fraction | None]:
    """By the high parts of the benefits, and at most what the low ones could add to them."""
    cut = halves(model.gains)
    found, bound = prices.best_by_groups(replace(model, gains=dict(cut.high)), gap, ends)
    if found is not None:
        found = checked(model.program, found)
    if isinf(bound):
        return found, None
    return found, cut.part * Fraction(bound) + span(model.program, cut.low)[1]


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
    if monotonic() >= ends:
        return found
    try:
        other = solve(program, costs, 0.0, ends, found if program.allows(found) else None).solution
    except OutOfTimeError:
        return found
    return found if other is None else other


def solve(
    program: Program,
    costs: Mapping[int, int],
    gap: float,
    ends: float,
    start: Solution | None = None,
) -> Least:
    """A solution of least cost within the gap, and the bound.

    The high parts of the costs first. Where their least is proven, whatever is best of all comes
    so close to it that a new column tells the difference; with its worth it joins the low parts,
    which are smaller numbers, and so on until all of them are small.
    """
    cut = halves(costs)
    made = solve_small(program, cut.high, gap, ends, start)
    found, least = made.solution, ceil(made.bound - LITTLE)
    if found is None or cut.part == 1:
        return made
    low, _ = span(program, cut.low)
    high, cost = cost_of(found, cut.high), cost_of(found, costs)
    rough = Least(found, cut.part * (made.bound - LITTLE) + low)
    if least < high:
        return rough
    more = len(program.lower)
    close = with_column(program, 0, (cost - low) // cut.part - high)
    close = close.also(Row({**cut.high, more: -1}, least=high, most=high))
    try:
        made = solve(close, {**cut.low, more: cut.part}, 0.0, ends, (*found, 0))
    except OutOfTimeError:
        return rough
    if made.solution is None or cost_of(made.solution[:more], costs) > cost:
        return rough  # HiGHS lost what it had
    return Least(made.solution[:more], cut.part * high + made.bound)


def solve_small(
    program: Program,
    costs: Mapping[int, int],
    gap: float,
    ends: float,
    start: Solution | None,
) -> Least:
    """The same for small costs; large numbers in rows are restated."""
    if not program.lower:  # HiGHS calls a program without columns empty, and looks at no row
        return Least(() if program.allows(()) else None, Fraction())
    highs = quiet()
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # dear, and finds little
    highs.setOptionValue("mip_rel_gap", gap)
    for kind in ("mip", "primal"):
        highs.setOptionValue(f"{kind}_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("time_limit", max(0.1, ends - monotonic()))
    load(highs, model_of(with_small_coefficients(program), costs))
    if start is not None:
        highs.setSolution(len(start), list(range(len(start))), list(start))
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,  # every column is bounded
    ):
        return Least(None, Fraction())
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise OutOfTimeError("The solver found no answer in the time allowed: allow it more.")
    values = highs.getSolution().col_value[: len(program.lower)]
    bound = max(info.mip_dual_bound, span(program, costs)[0])
    return Least(checked(program, [round(value) for value in values]), Fraction(bound))


def checked(program: Program, solution: Sequence[int]) -> Solution:
    if not program.allows(tuple(solution)):
        raise SolverError("HiGHS gave an answer that breaks a constraint")
    return tuple(solution)
