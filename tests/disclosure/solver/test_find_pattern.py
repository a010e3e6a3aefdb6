"""Hiding few numbers: held against one large program that looks at every small count at once."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import highspy
import pytest

from readiness.core.integer_program import Program, Row
from readiness.disclosure.solver.find_pattern import extend, find_pattern, find_quickly
from readiness.disclosure.suppression import SuppressionProblem

THRESHOLD = 11


def problem_of(seed: int) -> SuppressionProblem:
    """A small table of strata by answers with its sums, some of its counts below the threshold."""
    luck = random.Random(seed)
    rows, answers = luck.randint(3, 6), luck.randint(2, 3)
    counts = [[luck.choice([2, 6, 15, 40, 90]) for _ in range(answers)] for _ in range(rows)]
    for line in counts:
        line.append(sum(line))
    counts.append([sum(line[at] for line in counts) for at in range(answers + 1)])
    flat = [count for line in counts for count in line]
    width = answers + 1
    sums = [
        *({r * width + at: 1 for at in range(answers)} | {r * width + answers: -1}
          for r in range(rows + 1)),
        *({r * width + at: 1 for r in range(rows)} | {rows * width + at: -1}
          for at in range(width)),
    ]  # fmt: skip
    moves = Program(
        tuple(max(-44, 1 - count) for count in flat),
        (44,) * len(flat),
        tuple(Row(terms, 0, 0) for terms in sums),
    )
    needs = {at: THRESHOLD - count for at, count in enumerate(flat) if count < THRESHOLD}
    prices = {at: 1_000 + min(100, count) for at, count in enumerate(flat) if at not in needs}
    return SuppressionProblem(moves, prices, needs)


def least_cost(problem: SuppressionProblem) -> int:
    """One move for each need and one switch for each priced column, all in one program."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    switch = {column: highs.addBinary(obj=float(price)) for column, price in problem.prices.items()}
    for need, steps in problem.needs.items():
        bounds = zip(problem.moves.lower, problem.moves.upper, strict=True)
        move = [highs.addIntegral(lb=float(low), ub=float(high)) for low, high in bounds]
        for column, on in switch.items():
            highs.addConstr(move[column] <= problem.moves.upper[column] * on)
            highs.addConstr(move[column] >= problem.moves.lower[column] * on)
        for row in problem.moves.rows:
            highs.addConstr(sum(value * move[c] for c, value in row.terms.items()) == 0)
        highs.addConstr(move[need] >= steps)
    highs.minimize()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(highs.getInfo().objective_function_value)


def cost_of(problem: SuppressionProblem, hidden: frozenset[int]) -> int:
    return sum(problem.prices[column] for column in hidden)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_hidden_costs_hardly_more_than_the_least_there_is(seed):
    problem = problem_of(seed)
    pattern = find_pattern(problem)
    assert not pattern.unmet_needs(problem)
    assert cost_of(problem, pattern.hidden) <= 1.03 * least_cost(problem)


@pytest.mark.parametrize("find", [extend, find_quickly, find_pattern])
def test_every_way_to_choose_is_proven(find):
    problems = [problem_of(seed) for seed in range(20)]
    assert not any(find(problem).unmet_needs(problem) for problem in problems)


def test_a_move_that_a_limit_left_out_of_the_search_forbids_proves_nothing():
    problem = problem_of(3)
    column = min(problem.needs)
    exact = problem.moves.also(Row({column: 1}, most=problem.needs[column] - 1))
    pattern = find_pattern(replace(problem, exact=exact))
    assert column in pattern.unmet_needs(replace(problem, exact=exact))


def test_looking_for_a_cheaper_choice_pays():
    """Over the same problems, hiding for one count after the other is dearer."""
    problems = [problem_of(seed) for seed in range(20)]
    first, last = (
        sum(cost_of(p, find(p).hidden) for p in problems) for find in (extend, find_pattern)
    )
    assert last < 0.95 * first


def test_the_same_problem_gets_the_same_answer():
    answers = [find_pattern(problem_of(3)) for _ in range(3)]
    assert all(one == other for one, other in pairwise(answers))
