"""Several years: what starts when is tried in every way, in the words of the rule."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from readiness.investment.problem import (
    AllocationProblem,
    Limit,
    Option,
    Package,
    ProblemGroup,
    Selection,
    broken_constraints,
)
from readiness.investment.service.allocation import allocate, as_json
from readiness.investment.years import staged_problem, start_of
from tests.factories.seeds import seeds
from tests.investment import brute_force

pytestmark = pytest.mark.slow  # against trying everything


def random_years(seed):
    """A small problem over two or three years, with what each action costs from then on."""
    throw = random.Random(seed)
    problem = brute_force.random_problem(seed)
    years = throw.choice([2, 2, 3])
    problem = replace(problem, options=problem.options[: 6 if years == 2 else 5])
    budgets = tuple(throw.randint(0, 16) for _ in range(years))
    yearly = {each.key: throw.randint(0, 3) for each in problem.options if throw.random() < 0.7}
    return problem, budgets, yearly


def satisfies_limits(problem, budgets, yearly, starts):
    """`starts`: the year of each action that is started."""
    years = range(1, len(budgets) + 1)

    def stands(group, action, year):
        return action in problem.group_by_id[group].have or starts.get((group, action), 99) <= year

    def paid(key, year):
        if starts[key] > year:
            return 0
        return problem.option_by_key[key].cost if starts[key] == year else yearly.get(key, 0)

    for option in problem.options:
        has = option.action in problem.group_by_id[option.group].have
        if option.key not in starts:
            if option.pin and not has:
                return False
            continue
        if option.ban or has:
            return False
        if not all(stands(option.group, need, starts[option.key]) for need in option.requires):
            return False
    for gate in problem.gates:
        for action in gate.unlocks:
            year = starts.get((gate.group, action))
            if year and sum(stands(gate.group, each, year) for each in set(gate.of)) < gate.needs:
                return False
    sets = [(key[0], problem.option_by_key[key].one_of) for key in starts]
    named = [each for each in sets if each[1]]
    if len(set(named)) < len(named):
        return False
    for year, budget in zip(years, budgets, strict=True):
        if sum(paid(key, year) for key in starts) > budget:
            return False
        for group in problem.groups:
            own = sum(paid(key, year) for key in starts if key[0] == group.id)
            if group.cap is not None and own > group.cap:
                return False
        for limit in problem.limits:
            if (
                sum(dict(limit.uses).get(key, 0) for key in starts if starts[key] == year)
                > limit.most
            ):
                return False
    for limit in problem.limits:
        if (
            limit.least is not None
            and sum(dict(limit.uses).get(key, 0) for key in starts) < limit.least
        ):
            return False
    money = {key: sum(paid(key, year) for year in years) for key in starts}
    for floor in problem.floors:
        tagged = [key for key in starts if floor.tag in problem.group_by_id[key[0]].tags]
        if sum(money[key] for key in tagged) < floor.share * sum(money.values()):
            return False
    served = len({group for group, _ in starts})
    return (
        (problem.min_groups or 0)
        <= served
        <= (99 if problem.max_groups is None else problem.max_groups)
    )


def most_benefit(problem, budgets, yearly):
    years = len(budgets)
    found = None
    for when in product(range(years + 1), repeat=len(problem.options)):
        starts = {o.key: year for o, year in zip(problem.options, when, strict=True) if year}
        if satisfies_limits(problem, budgets, yearly, starts):
            gain = sum(
                (
                    problem.option_by_key[key].benefit * Fraction(years + 1 - year, years)
                    for key, year in starts.items()
                ),
                Fraction(),
            )
            found = gain if found is None else max(found, gain)
    return found


@pytest.mark.parametrize("seeds", seeds([range(n, n + 50) for n in range(0, 300, 50)], 2), ids=str)
def test_the_best_starts_are_those_of_trying_every_year_for_every_action(seeds):
    for seed in seeds:
        problem, budgets, yearly = random_years(seed)
        made = allocate(staged_problem(problem, budgets, yearly), 0.0, 20)
        wanted = most_benefit(problem, budgets, yearly)
        assert (None if made.chosen is None else made.objective) == wanted, seed
        if made.chosen:
            starts = {(group, start_of(each)[0]): start_of(each)[1] for group, each in made.chosen}
            assert len(starts) == len(made.chosen)
            assert satisfies_limits(problem, budgets, yearly, starts), seed


def random_years_with_packages(seed):
    """As `random_years`, with fewer actions, up to three packages, and what these cost later on."""
    throw = random.Random(f"years {seed}")
    problem = brute_force.random_problem_with_packages(seed)
    problem = replace(
        problem,
        options=problem.options[:4],
        packages=problem.packages[:3],
        limits=tuple(limit for limit in problem.limits if limit.packages is None),
    )
    budgets = tuple(throw.randint(0, 16) for _ in range(2))
    yearly = {each.key: throw.randint(0, 3) for each in problem.options if throw.random() < 0.7}
    later = {each.key: throw.randint(0, 4) for each in problem.packages if throw.random() < 0.7}
    return problem, budgets, yearly, later


def bought_together(problem, later, singly, packages):
    """The same starts as if each action had been bought singly, at no cost, and one action that
    nothing else concerns had the package's cost and its own benefit."""
    starts, yearly, options = dict(singly), {}, {each.key: each for each in problem.options}
    for key, year in packages.items():
        package = problem.package_by_key[key]
        for held in problem.held(package):
            free = options.get(held, Option(held[0], held[1], 0, Fraction(0)))
            options[held] = replace(free, cost=0)
            starts[held], yearly[held] = year, 0
        bill = key[0], f"bill {key[1]}"
        options[bill] = Option(bill[0], bill[1], package.payable, problem.worth(package))
        starts[bill], yearly[bill] = year, later.get(key, 0)
    return replace(problem, options=tuple(options.values()), packages=(), reach={}), starts, yearly


def most_with_packages(problem, budgets, yearly, later):
    found = None
    for selection in brute_force.every(problem):
        held = problem.held_by(selection.packages)
        actions, packages = sorted(selection.actions - held), sorted(selection.packages)
        for when in product((1, 2), repeat=len(actions) + len(packages)):
            singly = dict(zip(actions, when[: len(actions)], strict=True))
            bought = dict(zip(packages, when[len(actions) :], strict=True))
            same = bought_together(problem, later, singly, bought)
            if satisfies_limits(same[0], budgets, yearly | same[2], same[1]):
                worth = same[0].option_by_key
                gain = sum(worth[key].benefit * Fraction(3 - n, 2) for key, n in same[1].items())
                found = gain if found is None else max(found, gain)
    return found


@pytest.mark.parametrize("seeds", seeds([range(n, n + 50) for n in range(0, 200, 50)], 2), ids=str)
def test_the_best_starts_of_packages_are_those_of_trying_every_year(seeds):
    packages = 0
    for seed in seeds:
        problem, budgets, yearly, later = random_years_with_packages(seed)
        made = allocate(staged_problem(problem, budgets, yearly, later), 0.0, 20)
        wanted = most_with_packages(problem, budgets, yearly, later)
        assert (None if made.chosen is None else made.objective) == wanted, seed
        packages += len(made.packages)
    assert packages > 10


def option(action, cost, benefit, **more):
    return Option("elm", action, cost, Fraction(benefit), **more)


ELM = (ProblemGroup("elm"),)


def test_what_is_kept_up_is_paid_for_in_every_later_year():
    """100 to start and 40 a year: started in the second of three years it costs 140."""
    problem = staged_problem(
        AllocationProblem(0, ELM, (option("navigator", 100, 30),)),
        (50, 100, 40),
        {("elm", "navigator"): 40},
    )
    made = allocate(problem, 0.0, 20)
    assert made.chosen == (("elm", "navigator@2"),)
    assert made.spent == 140
    assert made.objective == 20


def test_an_action_that_needs_another_starts_no_earlier():
    problem = AllocationProblem(0, ELM, (option("a", 5, 9, requires=("b",)), option("b", 5, 1)))
    two = staged_problem(problem, (5, 5), {})
    assert allocate(two, 0.0, 20).chosen == (("elm", "a@2"), ("elm", "b@1"))
    assert broken_constraints(two, Selection(frozenset({("elm", "a@1"), ("elm", "b@2")})))


def test_a_pin_holds_in_whichever_year_the_money_is_there():
    problem = AllocationProblem(0, ELM, (option("a", 5, 0, pin=True), option("b", 5, 9)))
    assert allocate(staged_problem(problem, (2, 5), {}), 0.0, 20).chosen == (("elm", "a@2"),)
    assert allocate(staged_problem(problem, (2, 2), {}), 0.0, 20).chosen is None
    banned = AllocationProblem(0, ELM, (option("a", 5, 0, pin=True, ban=True),))
    assert allocate(staged_problem(banned, (9, 9), {}), 0.0, 20).chosen is None


def test_a_package_is_kept_up_from_its_own_money_and_its_tier_is_worth_the_years_left():
    package = Package("elm", "p", "T2", ("a", "old"), 120, 100, Fraction(6))
    place = (ProblemGroup("elm", have=frozenset({"old"})),)
    later = option("b", 5, 3, requires=("a",))
    problem = AllocationProblem(
        0, place, (option("a", 90, 3), later), packages=(package,), reach={"T2": Fraction(9)}
    )
    staged = staged_problem(problem, (50, 100, 45), {}, {package.key: 40})
    made = allocate(staged, 0.0, 20)
    assert made.packages == (("elm", "p@2"),)
    assert made.chosen == (("elm", "a@2"), ("elm", "b@3"))
    assert made.spent == 145
    assert made.objective == (3 + 6 + 9) * Fraction(2, 3) + 1
    assert staged.package_by_key["elm", "p@2"].cost == 160
    assert as_json(made)["tiers"] == {"T2": 1}


def test_so_many_starts_in_a_year_are_a_limit():
    options = tuple(option(name, 1, 5) for name in "abcd")
    limit = Limit("starts", 1, tuple((each.key, 1) for each in options))
    made = allocate(
        staged_problem(AllocationProblem(0, ELM, options, limits=(limit,)), (9, 9), {}), 0.0, 20
    )
    assert made.chosen is not None
    assert sorted(start_of(action)[1] for _, action in made.chosen) == [1, 2]


def test_a_cap_is_what_a_group_takes_on_in_one_year():
    place = (ProblemGroup("elm", cap=5),)
    problem = staged_problem(
        AllocationProblem(0, place, (option("a", 5, 1), option("b", 5, 1))), (9, 9), {}
    )
    made = allocate(problem, 0.0, 20)
    assert made.chosen == (("elm", "a@1"), ("elm", "b@2"))
