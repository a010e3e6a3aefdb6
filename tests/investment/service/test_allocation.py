from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.core.errors import BadInput
from readiness.investment import problem_json
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Limit,
    Option,
    ProblemGroup,
    broken_constraints,
    total_benefit,
    total_cost,
)
from readiness.investment.service.allocation import (
    EXAMPLE,
    allocate,
    allocate_by_ratio,
    allocate_file,
    as_json,
)
from tests.bench.investing import drawn
from tests.factories.seeds import seeds
from tests.investment import brute_force, cbc_statement

pytestmark = pytest.mark.slow  # against another solver


@pytest.mark.parametrize("seeds", [range(n, n + 40) for n in range(0, 400, 40)], ids=str)
def test_the_answer_is_the_one_of_trying_every_choice(seeds):
    for seed in seeds:
        problem = brute_force.drawn(seed)
        wanted, made = brute_force.best(problem), allocate(problem, 0.0, 20)
        assert (None if made.chosen is None else frozenset(made.chosen)) == wanted, seed
        if wanted is not None:
            assert made.is_proven
            assert (made.objective, made.spent) == (
                total_benefit(problem, wanted),
                total_cost(problem, wanted),
            )


def option(group, action, cost, gain, **more):
    return Option(group, action, cost, Fraction(gain), **more)


PLACES = (ProblemGroup("g1"), ProblemGroup("g2"))


def test_of_equal_benefit_the_cheapest_is_chosen_then_the_first_by_ids():
    options = (
        option("g1", "a", 5, 10, one_of="x"),
        option("g1", "b", 4, 10, one_of="x"),
        option("g1", "c", 4, 10, one_of="x"),
    )
    assert allocate(AllocationProblem(9, PLACES, options), 0.0, 20).chosen == (("g1", "b"),)


def test_the_order_of_the_input_changes_nothing():
    problem = brute_force.drawn(7)
    turned = replace(
        problem, options=problem.options[::-1], groups=problem.groups[::-1], gates=problem.gates
    )
    assert allocate(problem, 0.0, 20).chosen == allocate(turned, 0.0, 20).chosen


def test_every_constraint_of_a_larger_problem_holds_and_the_gap_is_kept():
    places = tuple(ProblemGroup(f"g{n:02}", cap=400) for n in range(30))
    options = tuple(
        option(
            place.id,
            f"a{n:02}",
            20 + (n * 37 + m * 11) % 90,
            Fraction(1 + (n * 53 + m * 7) % 97, 10),
        )
        for m, place in enumerate(places)
        for n in range(10)
    )
    problem = AllocationProblem(3_000, places, options, min_groups=20)
    made = allocate(problem, 1e-3, 20)
    assert made.chosen
    assert not broken_constraints(problem, frozenset(made.chosen))
    assert 0 <= made.gap <= 1e-3
    assert made.bound >= made.objective


def test_the_example_is_a_problem_with_an_answer():
    found = as_json(allocate_file(json.dumps(EXAMPLE).encode()))
    assert found["status"] == "optimal"
    assert found["spent"] + found["slack"] == EXAMPLE["budget"]
    assert {"group": "oak", "action": "navigator"} not in found["chosen"] or {
        "group": "oak",
        "action": "language data",
    } in found["chosen"]


def test_a_problem_without_an_answer_says_so():
    impossible = AllocationProblem(1, PLACES, (option("g1", "a", 5, 1, pin=True),))
    assert as_json(allocate(impossible, 0.0, 20))["status"] == "infeasible"
    both = AllocationProblem(9, PLACES, (option("g1", "a", 5, 1, pin=True, ban=True),))
    assert allocate(both, 0.0, 20).chosen is None


def test_with_hardly_any_time_there_is_still_an_answer_that_holds_and_a_bound():
    problem = drawn(200, 12, 3)
    made = allocate(problem, 0.0, 0.0)
    assert made.chosen
    assert not made.is_proven
    assert 0 < made.objective < made.bound
    assert broken_constraints(problem, frozenset(made.chosen)) == ()


def test_a_simple_answer_is_held_against_the_bound_or_against_all_that_can_be_chosen():
    options = (option("g1", "a", 5, 10), option("g1", "b", 5, 9), option("g1", "c", 5, -1))
    problem = AllocationProblem(5, PLACES, (*options, option("g1", "d", 5, 99, ban=True)))
    assert allocate_by_ratio(problem, None, "simple").bound == 19
    assert allocate_by_ratio(problem, Fraction(12), "simple").bound == 12
    assert allocate_by_ratio(problem, None, "simple").chosen == (("g1", "a"),)


ONE = {"group": "elm", "action": "a", "cost": 1, "benefit": 1}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"budget": -1}, "budget"),
        ({"budget": "much"}, "budget"),
        ({"groups": [{"id": "elm"}, {"id": "elm"}, {"id": "oak"}]}, "groups"),
        ({"actions": [{**ONE, "group": "ash"}]}, "actions[0]"),
        ({"actions": [{**ONE, "cost": 1.5}]}, "actions[0].cost"),
        ({"actions": [{**ONE, "benefit": True}]}, "actions[0].benefit"),
        ({"actions": [ONE, ONE]}, "actions"),
        ({"actions": [7]}, "actions[0]"),
        ({"floors": [{"tag": "x", "share": 1.2}]}, "floors[0].share"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_wrong_with_a_problem_is_told_with_its_place(changes, place):
    with pytest.raises(BadInput) as told:
        problem_json.read(json.dumps({**EXAMPLE, **changes}).encode())
    assert place in {problem.place for problem in told.value.problems}


def middle_sized(seed: int) -> AllocationProblem:
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


@pytest.mark.parametrize("seed", seeds(range(100, 140), 12))
def test_another_statement_of_the_problem_has_the_same_best_answer(seed):
    problem = middle_sized(seed)
    gap = 0.0 if len(problem.options) < 250 else 1e-3
    made = allocate(problem, gap, 60)
    limits = tuple(spoken(limit) for limit in problem.limits)
    other = cbc_statement.solved(problem_json.write(problem, gap, 60), limits, gap)
    assert (made.chosen is not None) == other.is_possible
    if other.is_possible:
        allowed = 1e-6 + (made.gap + gap if gap else 0.0)
        assert float(made.objective) == pytest.approx(other.objective, rel=allowed)


def test_the_problems_are_of_every_kind():
    problems = [middle_sized(seed) for seed in range(100, 140)]
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
