"""Bounds by prices and the solver's answers agree with trying every solution of small programs."""

from __future__ import annotations

import random
from itertools import product

import pytest

from readiness.core import solver
from readiness.core.integer_program import PARTS, PricedSolution, Program, Row, cost_of
from tests.factories.seeds import seeds


def a_program(rng):
    columns = rng.randint(1, 5)
    lower = tuple(rng.randint(-1, 1) for _ in range(columns))
    upper = tuple(low + rng.randint(0, 3) for low in lower)
    return Program(lower, upper, tuple(a_row(rng, columns) for _ in range(rng.randint(0, 4))))


def a_row(rng, columns):
    inside = rng.sample(range(columns), rng.randint(1, columns))
    middle = rng.randint(-4, 8)
    return Row(
        {column: rng.choice([-3, -1, 1, 1, 2, 5]) for column in inside},
        least=rng.choice([None, middle]),
        most=rng.choice([None, middle + rng.randint(0, 6)]),
    )


def solutions(program):
    ranges = (range(low, high + 1) for low, high in zip(program.lower, program.upper, strict=True))
    return [each for each in product(*ranges) if program.allows(each)]


def a_case(seed):
    rng = random.Random(seed)
    program = a_program(rng)
    costs = {c: rng.randint(-9, 20) for c in range(len(program.lower)) if rng.random() < 0.8}
    return rng, program, costs


@pytest.mark.parametrize("seed", seeds(range(2000), 100))
def test_the_least_cost_is_that_of_trying_every_solution(seed):
    _, program, costs = a_case(seed)
    every = solutions(program)
    found = solver.least(program, costs)
    assert (found is None) == (not every)
    if found is not None:
        assert found in every
        assert cost_of(found, costs) == min(cost_of(each, costs) for each in every)


@pytest.mark.parametrize("seed", seeds(range(2000), 100))
def test_whatever_the_prices_no_solution_costs_less_than_their_bound(seed):
    rng, program, costs = a_case(seed)
    prices = [rng.randint(-3 * PARTS, 6 * PARTS) for _ in program.rows]
    bound = program.bound(costs, prices)
    for each in solutions(program):
        cost = cost_of(each, costs)
        assert PARTS * cost >= bound.least
        assert not bound.proves(cost + 1)


@pytest.mark.parametrize("seed", seeds(range(2000), 100))
def test_a_program_held_at_its_least_cost_keeps_every_solution_of_that_cost_and_no_other(seed):
    rng, program, costs = a_case(seed)
    found = solver.least(program, costs)
    if found is None:
        return
    guessed = PricedSolution(found, [rng.randint(-2 * PARTS, 3 * PARTS) for _ in program.rows])
    as_good = [x for x in solutions(program) if cost_of(x, costs) == cost_of(found, costs)]
    unpriced = PricedSolution(found, [0] * len(program.rows))
    for priced in (found, guessed, unpriced):
        assert solutions(program.at_cost_of(priced, costs)) == as_good


def test_prices_settle_a_column_that_is_too_dear():
    """Two of the first are enough; the second costs 9 for what the first does for 2."""
    program, costs = Program((0, 0), (3, 1), (Row({0: 1, 1: 1}, least=2),)), {0: 2, 1: 9}
    found = solver.least(program, costs)
    assert found is not None
    assert list(found) == [2, 0]
    assert program.at_cost_of(found, costs).upper == (3, 0)
    unpriced = PricedSolution(found, (0,))
    assert program.at_cost_of(unpriced, costs).upper == (2, 0)  # by its cost alone
