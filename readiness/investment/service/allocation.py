"""Choosing what a budget pays for: the solver’s answer, checked in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from time import monotonic
from typing import Any

from readiness.core.integer_program import cost_of
from readiness.investment import problem_json
from readiness.investment.conflicts import Conflict, Unknown, conflicts_in
from readiness.investment.formulation import model_of
from readiness.investment.heuristics import NoHeuristicAnswer, greedy
from readiness.investment.problem import (
    AllocationProblem,
    Key,
    Option,
    Order,
    Selection,
    broken_constraints,
    groups_by_tier,
    total_benefit,
    total_cost,
)
from readiness.investment.solver import direct
from readiness.investment.years import budgets_by_year, start_of, without_budgets


class BrokenAnswerError(RuntimeError):
    """The solver's answer does not hold: our own fault, never shown as an answer."""


@dataclass(frozen=True)
class Allocation:
    """What was chosen, checked against every constraint in plain Python."""

    problem: AllocationProblem
    chosen: (
        tuple[Key, ...] | None
    )  # held ones too, by ids; None: nothing satisfies every constraint
    objective: Fraction
    bound: Fraction
    is_proven: bool
    solver: str
    packages: tuple[Key, ...] = ()  # by ids

    @property
    def selection(self) -> Selection:
        return Selection(frozenset(self.chosen or ()), frozenset(self.packages))

    @property
    def spent(self) -> int:
        return total_cost(self.problem, self.selection)

    @property
    def gap(self) -> float:
        return float((self.bound - self.objective) / max(Fraction(1), abs(self.objective)))


def allocate(problem: AllocationProblem, gap: float, seconds: float) -> Allocation:
    """The most benefit; where the solver's time is up before it has anything, a simple answer."""
    model = model_of(problem)
    solver = direct.version()
    try:
        found = direct.best(model, gap, seconds)
    except direct.OutOfTimeError as error:
        bound = None if error.bound is None else error.bound * model.unit
        return allocate_by_ratio(
            problem, bound, f"{solver} had too little time: by benefit per dollar"
        )
    if found.solution is None:
        return Allocation(problem, None, Fraction(), Fraction(), is_proven=True, solver=solver)
    selection = model.selection(found.solution)
    if faults := broken_constraints(problem, selection):
        raise BrokenAnswerError("; ".join(faults))
    objective = total_benefit(problem, selection)
    bound = objective if found.is_proven else found.bound * model.unit
    return allocation_of(problem, selection, bound, is_proven=found.is_proven, solver=solver)


def allocation_of(
    problem: AllocationProblem,
    selection: Selection,
    bound: Fraction,
    *,
    is_proven: bool,
    solver: str,
) -> Allocation:
    return Allocation(
        problem,
        tuple(sorted(selection.actions)),
        total_benefit(problem, selection),
        bound,
        is_proven,
        solver,
        tuple(sorted(selection.packages)),
    )


def allocate_by_ratio(
    problem: AllocationProblem, bound: Fraction | None, solver: str
) -> Allocation:
    """Without a bound it is held against everything that can be chosen at all."""
    try:
        chosen, most = greedy(problem), most_of_all(problem)
    except NoHeuristicAnswer as none:
        raise NoHeuristicAnswer(
            "No answer was found in the time allowed, and none was proven impossible: allow more."
        ) from none
    least = most if bound is None else min(bound, most)
    return allocation_of(problem, chosen, least, is_proven=False, solver=solver)


def most_of_all(problem: AllocationProblem) -> Fraction:
    """Every action that is worth anything, and of each group the package that brings most."""
    best: dict[Order, Fraction] = {}
    for choice in filter(problem.is_open, problem.choices):
        place = choice.order if isinstance(choice, Option) else (choice.group, "", False)
        best[place] = max(problem.worth(choice), best.get(place, Fraction()))
    return sum(best.values(), Fraction())


def conflicts_of(problem: AllocationProblem, seconds: float = 20.0) -> tuple[Conflict, ...]:
    """Why a problem has no answer: limits that contradict each other, in this time."""
    ends = monotonic() + seconds

    def is_possible(other: AllocationProblem) -> bool:
        if (left := ends - monotonic()) <= 0:
            raise Unknown
        try:
            return direct.is_possible(model_of(other), left)
        except direct.OutOfTimeError as error:
            raise Unknown from error

    return conflicts_in(problem, is_possible)


def too_little_money(made: Allocation, sign: str, seconds: float = 5.0) -> str:
    """A sentence where no money is spent because it pays for nothing that adds to what is free,
    with the `sign` of the money; else empty."""
    problem = made.problem
    if made.chosen is None or made.spent > 0:
        return ""
    try:
        cheapest = cheapest_addition(made, seconds)
    except direct.OutOfTimeError:
        return ""
    cost, years = total_cost(problem, cheapest), budgets_by_year(problem)
    if cost <= (years[-1] if years else problem.budget):  # in the last year nothing is kept up
        return ""
    named = names_of(problem, cheapest)
    least = (
        f"the cheapest choice within the limits that adds anything, {named}, costs {sign}{cost:,}"
    )
    if not years:
        return f"The budget of {sign}{problem.budget:,} is too small to buy anything: {least}."
    most = f"the largest budget is {sign}{max(years):,}"
    why = most if cost > max(years) else "the years after have too little to keep it up"
    return f"No year’s budget can buy anything: {least}, and {why}."


def cheapest_addition(made: Allocation, seconds: float) -> Selection:
    """With what costs least of all that adds something in one group, had it any money; else what
    was chosen. Groups are tried by the cheapest that each could buy, which bounds the rest."""
    ends, free = monotonic() + seconds, without_budgets(made.problem)
    model, best, cost = model_of(free), made.selection, inf
    least: dict[str, int] = {}
    for choice in free.choices:
        if choice.payable:
            least[choice.group] = min(choice.payable, least.get(choice.group, choice.payable))
    for group in sorted(least, key=lambda each: (least[each], each)):
        if least[group] >= cost:
            break
        found = direct.least_cost(model, made.selection, group, ends - monotonic())
        if found is not None and cost_of(found, model.costs) < cost:
            best, cost = model.selection(found), cost_of(found, model.costs)
    return best


def names_of(problem: AllocationProblem, selection: Selection) -> str:
    """What costs something, by ids, whenever it starts."""
    paid = sorted((c for c in problem.bought(selection) if c.payable), key=lambda c: c.order)
    ids = [each.key[1] for each in paid]
    if budgets_by_year(problem):
        ids = [start_of(each)[0] for each in ids]
    return " and ".join(
        f"{id_ if isinstance(each, Option) else f'the package {id_}'} in {each.group}"
        for id_, each in zip(ids, paid, strict=True)
    )


def allocate_file(raw: bytes) -> Allocation:
    request = problem_json.read(raw)
    return allocate(request.problem, request.gap, request.time_limit)


def as_json(made: Allocation) -> dict[str, Any]:
    """As `flask invest` prints it; packages and tiers where the problem has them.

    What a chosen package holds is listed among the chosen actions.
    """
    is_possible = made.chosen is not None
    status = "optimal" if made.is_proven else "gap"
    return {
        "status": status if is_possible else "infeasible",
        "chosen": [{"group": group, "action": action} for group, action in made.chosen or ()],
        **(packages_json(made) if made.problem.has_packages else {}),
        "objective": json_number(made.objective) if is_possible else None,
        "bound": json_number(made.bound) if is_possible else None,
        "gap": made.gap if is_possible else None,
        "spent": made.spent,
        "slack": made.problem.budget - made.spent,
        "solver": made.solver,
    }


def packages_json(made: Allocation) -> dict[str, Any]:
    return {
        "packages": [{"group": group, "id": package} for group, package in made.packages],
        "tiers": groups_by_tier(made.problem, made.packages),
    }


def json_number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


EXAMPLE: dict[str, Any] = {
    "budget": 300_000,
    "groups": [
        {"id": "elm", "have": ["reports"], "cap": None, "tags": ["high social risk"]},
        {"id": "oak", "have": [], "cap": 180_000, "tags": []},
    ],
    "actions": [
        {"group": "elm", "action": "navigator", "cost": 120_000, "benefit": 45.5,
         "requires": ["reports"], "one_of": "outreach", "pin": False, "ban": False},
        {"group": "elm", "action": "health worker", "cost": 160_000, "benefit": 60,
         "requires": ["reports"], "one_of": "outreach", "pin": False, "ban": False},
        {"group": "oak", "action": "reports", "cost": 60_000, "benefit": 8,
         "requires": [], "one_of": None, "pin": False, "ban": False},
        {"group": "oak", "action": "language data", "cost": 40_000, "benefit": 12,
         "requires": [], "one_of": None, "pin": False, "ban": False},
        {"group": "oak", "action": "navigator", "cost": 90_000, "benefit": 38,
         "requires": ["reports"], "one_of": None, "pin": False, "ban": False},
    ],
    "gates": [
        {"group": "oak", "needs": 2, "of": ["reports", "language data"], "unlocks": ["navigator"]},
    ],
    "floors": [{"tag": "high social risk", "share": 0.4}],
    "min_groups": None,
    "max_groups": None,
    "gap": 1e-4,
    "time_limit": 20,
}  # fmt: skip
