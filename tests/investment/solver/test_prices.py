"""Group by group at prices: the bound is never too low, and the answer keeps every row."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest

from readiness.core.integer_program import cost_of
from readiness.investment.formulation import model_of
from readiness.investment.problem import (
    AllocationProblem,
    Limit,
    ProblemGroup,
    broken_constraints,
    total_benefit,
)
from readiness.investment.solver import direct, prices
from tests.bench.investing import random_problem, with_packages
from tests.factories.seeds import seeds
from tests.factories.waiting import PATIENCE
from tests.investment import brute_force

pytestmark = pytest.mark.slow  # hundreds of groups


def by_groups(model, gap=1e-3):
    return prices.best_by_groups(model, gap, monotonic() + PATIENCE)


@pytest.mark.parametrize(
    "make_problem", [brute_force.random_problem, brute_force.random_problem_with_packages]
)
@pytest.mark.parametrize("seeds", seeds([range(n, n + 60) for n in range(0, 300, 60)], 2), ids=str)
def test_no_choice_exceeds_the_bound_and_what_is_chosen_is_allowed(seeds, make_problem):
    solution = 0
    for seed in seeds:
        problem = make_problem(seed)
        best, model = brute_force.best(problem), model_of(problem)
        if not model.choices or any(
            low > high for low, high in zip(model.program.lower, model.program.upper, strict=True)
        ):
            continue
        found, bound = by_groups(model)
        if found is not None:
            solution += 1
            assert broken_constraints(problem, model.selection(found)) == (), seed
        if best is not None:
            assert bound * model.unit >= total_benefit(problem, best) - 1e-6 * model.unit, seed
    assert solution > 20


def with_everything(problem: AllocationProblem) -> AllocationProblem:
    """Also a limit, the number of groups from both sides, pins and bans."""
    options = tuple(
        replace(option, pin=number % 97 == 0, ban=number % 31 == 5)
        for number, option in enumerate(problem.options)
    )
    days = {option.key: 1 + number % 7 for number, option in enumerate(options)}
    groups = len(problem.groups)
    return replace(
        problem,
        options=options,
        groups=tuple(ProblemGroup(each.id, each.have, None, each.tags) for each in problem.groups),
        limits=(Limit("people-days", 4 * groups, tuple(days.items())),),
        min_groups=groups // 2,
        max_groups=groups * 3 // 4,
    )


@pytest.mark.parametrize("has_packages", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_groups_with_every_constraint_are_within_the_gap_of_the_whole_program(
    seed, has_packages
):
    problem = with_everything(random_problem(60, 12, seed))
    if has_packages:
        problem = with_packages(problem, seed)
    model = model_of(problem)
    found, bound = by_groups(model)
    worst = {column: -gain for column, gain in model.gains.items()}
    made = direct.solve(model.program, worst, 1e-4, monotonic() + 60)
    best, least = made.solution, float(made.bound)
    assert found is not None
    assert best is not None
    assert broken_constraints(problem, model.selection(found)) == ()
    most = cost_of(best, model.gains)
    assert cost_of(found, model.gains) <= -least + 0.5
    assert bound >= most - 0.5
    assert bound <= most * 1.01


def test_the_same_problem_gets_the_same_answer_whatever_the_order_it_comes_in():
    problem = random_problem(80, 10, 5)
    turned = replace(problem, options=problem.options[::-1], groups=problem.groups[::-1])
    first, second = by_groups(model_of(problem)), by_groups(model_of(turned))
    assert first == second
    assert first[0] is not None


def test_where_no_time_is_left_there_is_no_answer_and_no_bound():
    found, bound = prices.best_by_groups(
        model_of(random_problem(200, 12, 1)), 1e-3, monotonic() - 1
    )
    assert found is None or bound < float("inf")


def test_what_half_actions_cannot_satisfy_has_no_prices():
    problem = replace(random_problem(60, 10, 1), min_groups=61)
    assert by_groups(model_of(problem)) == (None, float("inf"))
