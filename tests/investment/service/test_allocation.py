from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from readiness.core.errors import BadInput
from readiness.investment import problem_json
from readiness.investment.conflicts import keeping, without
from readiness.investment.heuristics import NoHeuristicAnswer
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Limit,
    Option,
    Package,
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
    conflicts_of,
    too_little_money,
)
from readiness.investment.years import staged_problem
from tests.bench.investing import random_problem, with_packages
from tests.factories.seeds import seeds
from tests.investment import brute_force, cbc_statement

pytestmark = pytest.mark.slow  # against another solver


@pytest.mark.parametrize("seeds", seeds([range(n, n + 40) for n in range(0, 400, 40)], 5), ids=str)
def test_the_answer_is_the_one_of_trying_every_choice(seeds):
    for seed in seeds:
        problem = brute_force.random_problem(seed)
        wanted, made = brute_force.best(problem), allocate(problem, 0.0, 20)
        assert (None if made.chosen is None else made.selection) == wanted, seed
        if wanted is not None:
            assert made.is_proven
            assert (made.objective, made.spent) == (
                total_benefit(problem, wanted),
                total_cost(problem, wanted),
            )


@pytest.mark.parametrize("seeds", seeds([range(n, n + 50) for n in range(0, 300, 50)], 4), ids=str)
def test_with_packages_the_answer_is_the_one_of_trying_every_choice(seeds):
    packages = beside = impossible = 0
    for seed in seeds:
        problem = brute_force.random_problem_with_packages(seed)
        wanted, made = brute_force.best(problem), allocate(problem, 0.0, 20)
        assert (None if made.chosen is None else made.selection) == wanted, seed
        assert made.is_proven
        packages += bool(wanted and wanted.packages)
        beside += bool(
            wanted and wanted.packages and wanted.actions - problem.held_by(wanted.packages)
        )
        impossible += wanted is None
    assert packages > 20
    assert beside >= 10
    assert impossible > 5


@pytest.mark.parametrize("seeds", seeds([range(n, n + 50) for n in range(0, 900, 50)], 2), ids=str)
@pytest.mark.parametrize(
    "make_problem", [brute_force.random_problem, brute_force.random_problem_with_packages]
)
def test_numbers_of_any_size_and_digits_are_answered_as_they_were_given(seeds, make_problem):
    large = 0
    for seed in seeds:
        problem = brute_force.with_odd_numbers(make_problem(seed), seed)
        wanted, made = brute_force.best(problem), allocate(problem, 0.0, 20)
        assert (None if made.chosen is None else made.selection) == wanted, seed
        assert made.is_proven, seed
        large += any(option.cost > 10**11 for option in problem.options)
    assert large > 5


def test_what_is_small_beside_the_largest_benefit_is_chosen_all_the_same():
    benefits = {"big": "1e12", "x": 400, "y": 1}
    options = tuple(option("g1", name, 5, gain) for name, gain in benefits.items())
    made = allocate(AllocationProblem(10, PLACES, options), 1e-4, 20)
    assert as_json(made)["status"] == "optimal"
    assert made.chosen == (("g1", "big"), ("g1", "x"))
    assert made.objective == 10**12 + 400


def test_a_floor_of_many_digits_is_kept_to_the_last_of_them():
    """30 of 90 is a third, and a little less than a floor of 0.3333333333333334."""
    places = (ProblemGroup("g1", tags=frozenset({"need"})), ProblemGroup("g2"))
    options = option("g1", "a", 30, 1), option("g2", "b", 60, 5)
    both = AllocationProblem(90, places, options)
    for share, number in (("0.3333333333333333", 2), ("0.3333333333333334", 1)):
        made = allocate(replace(both, floors=(Floor("need", Fraction(share)),)), 0.0, 20)
        assert made.is_proven
        assert len(made.selection.actions) == number


def test_without_time_and_without_a_simple_answer_more_time_is_asked_for():
    places = (ProblemGroup("g1"),)
    pinned = option("g1", "a", 5, 1, pin=True)
    impossible = AllocationProblem(9, places, (pinned,), floors=(Floor("need", Fraction(1, 3)),))
    with pytest.raises(NoHeuristicAnswer, match="none was proven impossible: allow more"):
        allocate_by_ratio(impossible, None, "simple")
    assert allocate(impossible, 0.0, 20).chosen is None


def test_the_problems_with_packages_are_of_every_kind():
    problems = [brute_force.random_problem_with_packages(seed) for seed in range(300)]
    closed = [p for p in problems if not all(map(p.is_open, p.packages))]
    pinned = [p for p in problems for o in p.options if p.is_pinned(o) and is_held(p, o)]
    own_use = [p for p in problems if any(limit.packages for limit in p.limits)]
    floors, gates, caps = ([p for p in problems if p.packages and each(p)] for each in (
        lambda p: p.floors, lambda p: p.gates, lambda p: any(g.cap for g in p.groups),
    ))  # fmt: skip
    assert min(map(len, (closed, pinned, own_use, floors, gates, caps))) > 10


def is_held(problem, option):
    return any(option.key in problem.held(package) for package in problem.packages)


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
    problem = brute_force.random_problem(7)
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
    assert not broken_constraints(problem, made.selection)
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


def test_what_is_written_with_packages_is_read_as_it_was():
    for seed in range(40):
        problem = replace(brute_force.random_problem_with_packages(seed), limits=())
        raw = json.dumps(problem_json.write(problem, 0.0, 20)).encode()
        again = problem_json.read(raw).problem
        assert [each.key for each in again.packages] == [each.key for each in problem.packages]
        assert allocate(again, 0.0, 20).selection == allocate(problem, 0.0, 20).selection


def test_packages_and_tiers_are_in_the_answer_where_the_problem_has_them():
    plain = as_json(allocate_file(json.dumps(EXAMPLE).encode()))
    packages = [
        {"group": "oak", "id": "to T2", "tier": "T2", "actions": ["reports", "language data"],
         "cost": 90_000, "payable": 70_000, "benefit": 0},
        {"group": "oak", "id": "to T3", "tier": "T3",
         "actions": ["reports", "language data", "navigator"],
         "cost": 200_000, "payable": 185_000, "benefit": 0},
    ]  # fmt: skip
    file = {**EXAMPLE, "packages": packages, "reach": {"T2": 100, "T3": 30}}
    found = as_json(allocate_file(json.dumps(file).encode()))
    assert list(found) == [*list(plain)[:2], "packages", "tiers", *list(plain)[2:]]
    assert found["packages"] == [{"group": "oak", "id": "to T2"}]
    assert found["tiers"] == {"T2": 1, "T3": 0}
    assert found["chosen"] == [
        {"group": "elm", "action": "navigator"},
        {"group": "oak", "action": "language data"},
        {"group": "oak", "action": "navigator"},
        {"group": "oak", "action": "reports"},
    ]
    assert found["objective"] == 45.5 + 12 + 38 + 8 + 100
    assert found["spent"] == 120_000 + 90_000 + 70_000


def test_the_packages_that_the_documentation_shows_are_read_and_chosen():
    page = Path(__file__).parents[3] / "docs/how-to/offer-packages-to-a-budget.md"
    shown = page.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    made = allocate_file(json.dumps(EXAMPLE | json.loads(shown)).encode())
    assert made.packages == (("oak", "to T2"),)
    assert as_json(made)["tiers"] == {"T2": 1, "T3": 0}


def test_of_equal_benefit_and_spending_the_first_actions_decide_then_the_first_packages():
    """Each of the three ways brings 10 for 4: `b` singly, `p` and `q` with what they hold."""
    p, q = (Package("g1", id_, "T2", ("c",), 4, 4, Fraction(10)) for id_ in "pq")
    problem = AllocationProblem(4, PLACES, (option("g1", "b", 4, 10),), packages=(q, p))
    assert allocate(problem, 0.0, 20).packages == ()
    for held, chosen in ((("a",), "q"), (("b", "c"), "q"), (("c",), "p")):
        other = replace(problem, options=(), packages=(replace(q, actions=held), p))
        assert allocate(other, 0.0, 20).packages == (("g1", chosen),)
        assert allocate(other, 0.0, 20).chosen == tuple(("g1", each) for each in held)


def test_what_a_package_holds_counts_as_before_and_what_is_in_place_counts_for_nothing():
    options = (option("g1", "a", 9, 5), option("g1", "b", 9, -2), option("g1", "old", 9, 50))
    pack = Package("g1", "p", "T2", ("a", "b", "old", "z"), 8, 3, Fraction(1))
    place = ProblemGroup("g1", have=frozenset({"old"}))
    problem = AllocationProblem(3, (place,), options, packages=(pack,), reach={"T2": Fraction(7)})
    made = allocate(problem, 0.0, 20)
    assert made.chosen == (("g1", "a"), ("g1", "b"), ("g1", "z"))
    assert made.objective == 5 - 2 + 1 + 7
    assert made.spent == 3


def test_the_solver_names_the_contradictions_that_trying_every_choice_finds():
    conflicts = 0
    for seed in range(120):
        problem = brute_force.random_problem_with_packages(seed)
        if brute_force.best(problem) is None:
            for conflict in conflicts_of(problem):
                assert conflict.is_minimal
                assert brute_force.best(keeping(problem, conflict.limits)) is None, seed
                for limit in conflict.limits:
                    rest = keeping(problem, without(conflict.limits, (limit,)))
                    assert brute_force.best(rest) is not None, seed
                conflicts += 1
    assert conflicts > 20


def test_of_hundreds_of_groups_the_contradiction_is_found():
    problem = with_packages(random_problem(200, 12, 3), 3)
    last = problem.options[-1]
    options = (*problem.options[:-1], replace(last, pin=True, requires=(), cost=10**9))
    (conflict,) = conflicts_of(replace(problem, options=options), 60.0)
    assert conflict.is_minimal
    assert [limit.says for limit in conflict.limits if limit.of == last.key] == [
        f"{last.action} in {last.group} is pinned"
    ]
    assert len(conflict.limits) == 2


def test_without_time_no_contradiction_is_called_minimal():
    impossible = AllocationProblem(1, PLACES, (option("g1", "a", 5, 1, pin=True),))
    (conflict,) = conflicts_of(impossible, 0.0)
    assert not conflict.is_minimal


def test_money_too_small_for_anything_is_said_with_what_the_cheapest_costs():
    options = (
        option("g1", "a", 5, 0),
        option("g1", "b", 6, 4, requires=("a",)),
        option("g2", "free", 0, 0),
        option("g2", "useless", 1, 0),
    )
    pack = Package("g2", "p", "T2", ("z",), 20, 10, Fraction(0))
    problem = AllocationProblem(9, PLACES, options, packages=(pack,), reach={"T2": Fraction(1)})
    assert too_little_money(allocate(problem, 0.0, 20), "$") == (
        "The budget of $9 is too small to buy anything: the cheapest choice within the limits that "
        "adds anything, the package p in g2, costs $10."
    )
    alone = replace(problem, packages=())
    assert "a in g1 and b in g1, costs 11." in too_little_money(allocate(alone, 0.0, 20), "")


FREE = option("g2", "free", 0, 3)


def test_what_is_free_hides_nothing_of_money_that_is_too_small():
    problem = AllocationProblem(9, PLACES, (FREE, option("g1", "a", 12, 1)))
    made = allocate(problem, 0.0, 20)
    assert made.chosen == (FREE.key,)
    assert "adds anything, a in g1, costs 12." in too_little_money(made, "")
    paid = replace(problem, budget=12)
    assert too_little_money(allocate(paid, 0.0, 20), "") == ""
    assert too_little_money(allocate(replace(problem, options=(FREE,)), 0.0, 20), "") == ""


def test_a_dearer_package_of_a_group_with_a_free_one_adds_what_it_reaches_beyond():
    free, dear = (
        Package("g1", i, i, (), cost, cost, Fraction(1)) for i, cost in (("T2", 0), ("T3", 7))
    )
    reach = {"T2": Fraction(5), "T3": Fraction(5)}
    made = allocate(AllocationProblem(6, PLACES, (), packages=(free, dear), reach=reach), 0.0, 20)
    assert made.packages == (free.key,)
    assert "adds anything, the package T3 in g1, costs 7." in too_little_money(made, "")


@pytest.mark.parametrize(
    ("budgets", "why"),
    [
        ((5, 9, 4), "costs $12, and the largest budget is $9."),
        ((20, 3), "costs $12, and the years after have too little to keep it up."),
        ((20, 4), None),
        ((3, 12), None),
    ],
)
@pytest.mark.parametrize("free", [(), (FREE,)])
def test_over_years_each_year_s_budget_is_held_against_the_cheapest_choice(budgets, why, free):
    one = AllocationProblem(0, PLACES, (*free, option("g1", "a", 12, 1)))
    made = allocate(staged_problem(one, budgets, {("g1", "a"): 4}), 0.0, 20)
    assert too_little_money(made, "$") == (
        "No year’s budget can buy anything: the cheapest choice within the limits that adds "
        f"anything, a in g1, {why}"
        if why
        else ""
    )


def test_money_is_not_blamed_where_something_is_chosen_nothing_is_of_use_or_nothing_is_allowed():
    useful = AllocationProblem(9, PLACES, (option("g1", "a", 5, 1),))
    for problem in (
        useful,
        replace(useful, options=(option("g1", "a", 99, 0),)),
        replace(useful, options=(option("g1", "a", 99, 1, ban=True),)),
        replace(useful, groups=(ProblemGroup("g1", cap=4),)),
        replace(useful, budget=0, min_groups=1),
        replace(useful, options=()),
    ):
        assert too_little_money(allocate(problem, 0.0, 20), "") == ""


def test_with_hardly_any_time_there_is_still_an_answer_that_holds_and_a_bound():
    problem = random_problem(200, 12, 3)
    made = allocate(problem, 0.0, 0.0)
    assert made.chosen
    assert not made.is_proven
    assert 0 < made.objective < made.bound
    assert broken_constraints(problem, made.selection) == ()


def test_a_simple_answer_is_held_against_the_bound_or_against_all_that_can_be_chosen():
    options = (option("g1", "a", 5, 10), option("g1", "b", 5, 9), option("g1", "c", 5, -1))
    problem = AllocationProblem(5, PLACES, (*options, option("g1", "d", 5, 99, ban=True)))
    assert allocate_by_ratio(problem, None, "simple").bound == 19
    assert allocate_by_ratio(problem, Fraction(12), "simple").bound == 12
    assert allocate_by_ratio(problem, None, "simple").chosen == (("g1", "a"),)


ONE = {"group": "elm", "action": "a", "cost": 1, "benefit": 1}
PACK = {
    "group": "elm", "id": "p", "tier": "T2", "actions": ["a"], "cost": 5, "payable": 5,
    "benefit": 1,
}  # fmt: skip


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
        ({"packages": 7}, "packages"),
        ({"packages": [{**PACK, "tier": "second"}]}, "packages[0].tier"),
        ({"packages": [PACK, {**PACK, "id": "q", "payable": 6}]}, "packages[1].payable"),
        ({"packages": [{**PACK, "group": "ash"}]}, "packages[0]"),
        ({"packages": [{**PACK, "cost": -1}]}, "packages[0].cost"),
        ({"packages": [{**PACK, "actions": "a"}]}, "packages[0].actions"),
        ({"packages": [{"group": "elm"}]}, "packages[0].payable"),
        ({"packages": [PACK, PACK]}, "packages"),
        ({"reach": {"T2": "much"}}, "reach.T2"),
        ({"reach": {"second": 1}}, "reach.second"),
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


def some_packages(problem: AllocationProblem, seed: int) -> AllocationProblem:
    """Up to three in each group, the larger ones to higher tiers."""
    throw = random.Random(f"packages {seed}")
    costs = {option.key: option.cost for option in problem.options}
    actions = sorted({option.action for option in problem.options})
    packages = tuple(
        Package(
            place.id,
            tier,
            tier,
            names := tuple(throw.sample(actions, 2 * number + 1)),
            cost := sum(costs.get((place.id, name), 9) for name in names) * 3 // 4,
            throw.choice([cost, cost // 2]),
            Fraction(throw.randint(0, 300), 10),
        )
        for place in problem.groups
        for number, tier in enumerate(("T2", "T3", "T4"))
        if throw.random() < 0.7
    )
    reach = {"T2": Fraction(throw.randint(0, 80)), "T3": Fraction(throw.randint(0, 120), 2)}
    return replace(problem, packages=packages, reach=reach)


@pytest.mark.parametrize("seed", seeds(range(200, 230), 8))
def test_another_statement_of_packages_has_the_same_best_answer(seed):
    problem = replace(some_packages(middle_sized(seed), seed), limits=())
    gap = 0.0 if len(problem.options) < 250 else 1e-3
    made = allocate(problem, gap, 60)
    other = cbc_statement.solved(problem_json.write(problem, gap, 60), (), gap)
    assert (made.chosen is not None) == other.is_possible
    if other.is_possible:
        allowed = 1e-6 + (made.gap + gap if gap else 0.0)
        assert float(made.objective) == pytest.approx(other.objective, rel=allowed)
        assert made.packages


@pytest.mark.parametrize("seeds", seeds([range(n, n + 60) for n in range(0, 180, 60)], 1), ids=str)
def test_the_other_statement_agrees_with_trying_every_choice(seeds):
    for seed in seeds:
        problem = replace(brute_force.random_problem_with_packages(seed), limits=())
        wanted = brute_force.best(problem)
        other = cbc_statement.solved(problem_json.write(problem, 0.0, 60), (), 0.0)
        assert (wanted is not None) == other.is_possible, seed
        if wanted:
            assert float(total_benefit(problem, wanted)) == pytest.approx(other.objective), seed


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
