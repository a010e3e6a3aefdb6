"""Middle-sized problems, stated anew in another way and solved by another solver."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Limit,
    Option,
    ProblemGroup,
)
from readiness.investment.service.allocation import allocate
from tests.bench.investing import file_of
from tests.factories.seeds import seeds
from tests.investment import cbc_statement


def drawn(seed: int) -> AllocationProblem:
    """20 to 60 groups of 8 to 20 actions, with each kind of constraint now and then."""
    throw = random.Random(seed)
    actions = [f"a{n:02}" for n in range(throw.randint(8, 20))]
    places = tuple(
        ProblemGroup(
            f"g{n:02}",
            frozenset(throw.sample(actions[:6], throw.choice([0, 1, 2]))),
            throw.choice([None, throw.randint(60, 400)]),
            frozenset(tag for tag in ("need", "rural") if throw.random() < 0.4),
        )
        for n in range(throw.choice([20, 20, 20, 25, 30, 60]))
    )
    options = tuple(
        an_option(place.id, number, actions, throw)
        for place in places
        for number in range(len(actions))
    )
    gates = tuple(
        GateConstraint(
            place.id,
            throw.randint(1, 3),
            tuple(throw.sample(actions[:6], throw.randint(2, 5))),
            tuple(throw.sample(actions[5:], 2)),
        )
        for place in places
        for _ in range(throw.choice([0, 1, 1]))
    )
    problem = AllocationProblem(
        int(throw.uniform(0.03, 0.25) * sum(option.cost for option in options)),
        places,
        options,
        gates,
        floors=tuple(
            Floor(tag, Fraction(throw.randint(2, 7), 10))
            for tag in throw.choice(["", ["need"], ["need", "rural"]])
        ),
    )
    groups = len(places)
    return replace(
        problem,
        min_groups=throw.choice([None, None, groups // 4, groups // 3]),
        max_groups=throw.choice([None, None, groups // 2, groups * 3 // 4]),
        limits=tuple(a_limit(problem, throw) for _ in range(throw.choice([0, 0, 1, 2]))),
    )


def an_option(group: str, number: int, actions: list[str], throw: random.Random) -> Option:
    return Option(
        group,
        actions[number],
        throw.randint(0, 120),
        Fraction(throw.randint(-5, 400), 10),
        requires=tuple(throw.sample([*actions[: number + 1], "x"], throw.choice([0, 0, 0, 1]))),
        one_of=throw.choice([None, None, None, "first", "second"]),
        pin=throw.random() < 0.005,
        ban=throw.random() < 0.04,
    )


def a_limit(problem: AllocationProblem, throw: random.Random) -> Limit:
    uses = {option.key: throw.randint(0, 9) for option in problem.options if throw.random() < 0.8}
    most = int(throw.uniform(0.05, 0.2) * sum(uses.values()))
    return Limit("days", most, tuple(uses.items()), throw.choice([None, most // 3]))


def spoken(limit: Limit) -> dict[str, object]:
    return {"most": limit.most, "least": limit.least, "uses": dict(limit.uses)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(range(100, 140), 12))
def test_another_statement_of_the_problem_has_the_same_best_answer(seed):
    problem = drawn(seed)
    gap = 0.0 if len(problem.options) < 250 else 1e-3
    made = allocate(problem, gap, 60)
    limits = tuple(spoken(limit) for limit in problem.limits)
    other = cbc_statement.solved(file_of(problem, gap, 60), limits, gap)
    assert (made.chosen is not None) == other.is_possible
    if other.is_possible:
        allowed = 1e-6 + (made.gap + gap if gap else 0.0)
        assert float(made.objective) == pytest.approx(other.objective, rel=allowed)


def test_the_problems_are_of_every_kind():
    problems = [drawn(seed) for seed in range(100, 140)]
    for has in (
        lambda problem: problem.gates,
        lambda problem: len(problem.floors) > 1,
        lambda problem: problem.limits,
        lambda problem: any(limit.least for limit in problem.limits),
        lambda problem: problem.min_groups,
        lambda problem: problem.max_groups,
        lambda problem: any(option.pin for option in problem.options),
        lambda problem: any(place.cap for place in problem.groups),
    ):
        assert sum(bool(has(problem)) for problem in problems) > 5
