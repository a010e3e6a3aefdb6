"""Answers that hold, are the best there is, say how firm they are, and come again the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.core.tables.models import Canceled
from readiness.investment.models import BenefitComponent, Tag
from readiness.investment.policy import MOST_READY, MOST_TO_NEXT_TIER
from readiness.investment.portfolio import (
    component_amounts,
    is_action,
    offers_of,
    packages_open,
    purposes_served,
)
from readiness.investment.problem import Selection, broken_constraints
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service import solving
from readiness.investment.service.allocation import allocate
from readiness.investment.service.case import Case, bare_answer
from readiness.investment.service.left_out import constraints_broken
from tests.factories.baselines import ADULTS, a_baseline, a_gap, random_baseline, without_action
from tests.factories.plans import BOOK
from tests.factories.seeds import seeds

pytestmark = pytest.mark.slow  # solved scenarios are shared by all

FOOTINGS = tuple(
    a_baseline(
        group_id,
        level=level,
        positive=(100 * level, 1_000),
        behind=(a_gap("COL", people),),
        context=ADULTS,
    )
    for group_id, level, people in (("ash", 1, 50.0), ("elm", 2, 400.0), ("fir", 3, 90.0))
)
SMALL = BudgetScenario("Spring", (90_000,))  # all of the way of elm costs 114,495
POLICIES = ["next_tier", "ready", "people", "need"]


def a_case(scenario=SMALL, groups=FOOTINGS):
    return Case(scenario, offers_of(groups, lambda _: BOOK, scenario.tier_gate), seed=7)


def nobody_waits(_done):
    pass


def alone(scenario, groups=FOOTINGS):
    """The answer under the scenario's policy, and nothing about how firm it is."""
    case = a_case(scenario, groups)
    return bare_answer(case, case.scenario.policy, made_for(case))


def made_for(case):
    return solving.CountingSolver(nobody_waits).solve(case.problem(case.scenario.policy))


TOLD: list[int] = []


@pytest.fixture(scope="module")
def answer():
    return solving.solve(a_case(), FOOTINGS, TOLD.append)


def ways(found):
    return {(each.group_id, each.package_id) for each in found.packages}


# One year.


def test_every_policy_has_a_proven_answer_within_the_budget(answer):
    assert [each.policy_id for each in answer.founds] == POLICIES
    for found in answer.founds:
        assert found.gap <= solving.GAP
        assert 0 < found.spent <= 100_000


def test_each_policy_buys_most_of_what_it_puts_first(answer):
    first = {
        "next_tier": BenefitComponent.NEXT_TIER,
        "ready": BenefitComponent.READY,
        "people": BenefitComponent.PEOPLE,
        "need": BenefitComponent.NEED,
    }
    for found in answer.founds:
        component = first[found.policy_id]
        assert found.points[component] == max(each.points[component] for each in answer.founds)


def test_the_default_pays_for_whole_ways_before_anything_else(answer):
    """All of elm's way is out of reach; what is left goes to a step of it, and to a gap."""
    main = answer.found("next_tier")
    assert ways(main) == {("ash", "to:T2"), ("fir", "to:T4")}
    assert {pick.group_id for pick in main.picks if not pick.package_id} == {"elm", "fir"}
    assert ways(answer.found("people")) == {("fir", "to:T4")}  # costs nothing


def test_the_actions_of_a_package_say_so_and_what_the_group_does_is_none(answer):
    main = answer.found("next_tier")
    mine = {p.action_id: p.package_id for p in main.picks if p.group_id == "ash"}
    assert mine == {"CONTRACT": "to:T2", "GOV": "to:T2"}


def test_the_objective_is_the_weighted_points_of_what_is_served_once(answer):
    for found, policy in zip(answer.founds, SMALL.policies, strict=True):
        weighed = sum(weight * found.points[c] / 100 for c, weight in policy.weights.items())
        if policy.first:
            offers = a_case().offers
            weighed += (
                100 * component_amounts(offers, purposes_served(offers, found.keys))[policy.first]
            )
        assert found.objective == pytest.approx(weighed, abs=0.01)


def test_less_money_is_worth_less_and_more_is_worth_more(answer):
    main = answer.found("next_tier").objective
    assert answer.less.objective <= main <= answer.more.objective
    assert answer.less.objective < answer.more.objective


def test_no_simple_way_is_better(answer):
    main = answer.found("next_tier").objective
    assert len(answer.rivals) == 2
    for rival in answer.rivals:
        assert rival.objective is None or rival.objective <= main + 1e-6


def test_what_was_left_out_would_lose_points_or_cannot_be_had(answer):
    chosen = answer.found("next_tier").keys
    assert [(each.group_id, each.action_id) for each in answer.left_out[:2]] == [
        ("elm", "to:T3"),
        ("elm", "to:T4"),
    ]
    for each in answer.left_out:
        assert (each.group_id, each.action_id) not in chosen
        assert each.points > 0
        assert each.loses is None or each.loses >= 0
        assert each.forbids


def test_a_package_that_was_left_out_is_tried_in_the_place_of_the_actions_it_holds(answer):
    """And of another package of its group: only the money and the days speak against it."""
    first, second = answer.left_out[:2]
    (money,) = first.forbids
    spent = 24_495 + 15_388 + 114_495  # ash and fir as they are, and all of elm's way
    assert money == f"{spent:,} is more than the budget of 90,000"
    assert [each for each in second.forbids if "budget" not in each] == [
        "people-days of elm: 3,961 is more than 1,000"
    ]


@pytest.mark.parametrize("budgets", [(100_000,), (60_000, 80_000)])
def test_a_package_is_tried_in_the_place_of_another_of_its_group(budgets):
    case = a_case(replace(SMALL, budgets=budgets, most_days=None))
    main = alone(case.scenario)
    assert ("ash", "to:T2") in ways(main)
    faults = constraints_broken(
        case, case.problem(case.scenario.policy), main, case.package_by_key["ash", "to:T3"]
    )
    assert faults
    assert all("budget" in each for each in faults)


def test_what_another_package_of_the_group_holds_goes_with_it():
    """This group's way to T4 needs no mailed tests, which its way to T3 holds."""
    groups = (random_baseline(19, "elm"),)
    first, second = a_case(groups=groups).offers[0].packages
    assert set(first.actions) - set(second.actions) == {"FIT"}
    just = a_case(groups=groups).payable(first.key)
    case = a_case(replace(SMALL, budgets=(just,), most_days=None), groups)
    main = alone(case.scenario, groups)
    assert ways(main) == {first.key}
    problem = case.problem(case.scenario.policy)
    assert constraints_broken(case, problem, main, second) == (
        f"{case.payable(second.key):,} is more than the budget of {just:,}",
    )


def test_the_tier_is_told_with_every_lift_as_intended(answer):
    bought = {each.group_id: each for each in answer.found("next_tier").bought}
    tiers = {group_id: (each.tier_before, each.tier_after) for group_id, each in bought.items()}
    assert tiers == {"ash": ("T1", "T2"), "elm": ("T2", "T2"), "fir": ("T3", "T4")}
    assert bought["ash"].package_id == "to:T2"
    assert bought["fir"].dollars == 15_388  # for a gap; its way to T4 is its own work
    assert sum(each.dollars for each in bought.values()) == answer.found("next_tier").spent
    assert all(each.after_title for each in bought.values())


def test_care_changes_wait_for_infrastructure_below_incentive_ready(answer):
    offers = {offer.group_id: offer for offer in a_case().offers}
    opened = 0
    for found in answer.founds:
        for group_id in ("ash", "elm"):
            mine = {pick.action_id for pick in found.picks if pick.group_id == group_id}
            for rule in offers[group_id].doors:
                if rule.is_tier_gate and mine & set(rule.unlocks):
                    assert len(mine & set(rule.of)) >= rule.needs
                    opened += 1
    assert opened


# Limits.


def test_a_pin_is_kept_and_a_ban_is_too(answer):
    pin, ban = ("elm", "REALAUD"), ("fir", "FIT")
    before = answer.found("next_tier").keys
    assert ban in before
    assert pin not in before
    after = alone(replace(SMALL, pins=frozenset({pin}), bans=frozenset({ban}))).keys
    assert pin in after
    assert ban not in after


def test_a_package_is_pinned_and_banned_as_an_action_is():
    pinned = replace(SMALL, budgets=(150_000,), policy_id="people")
    assert ("elm", "to:T3") not in ways(alone(pinned))
    assert ("elm", "to:T3") in ways(alone(replace(pinned, pins=frozenset({("elm", "to:T3")}))))
    assert ("ash", "to:T2") not in ways(alone(replace(SMALL, bans=frozenset({("ash", "to:T2")}))))
    assert ("ash", "to:T2") not in ways(alone(replace(SMALL, bans=frozenset({("ash", "GOV")}))))


def test_a_floor_moves_the_money():
    def share(**limits):
        scenario = replace(SMALL, budgets=(65_000,), policy_id="people", **limits)
        found = alone(scenario)
        case = a_case(scenario)
        mine = sum(case.dollars_in(pick, 1) for pick in found.picks if pick.group_id == "ash")
        return mine / found.spent

    assert share(floor_tag=Tag.FOUNDATION, floor_share=60) >= 0.6 > share()


def test_people_days_hold_for_packages_with_the_group_s_own_work():
    """Fir's own work to T4 takes 900 days, elm's way to T3 480 and what its actions take."""
    rich = replace(SMALL, budgets=(10**7,))
    assert {("elm", "to:T3"), ("fir", "to:T4")} <= ways(alone(rich))
    few = ways(alone(replace(rich, most_days=899)))
    assert not [group_id for group_id, _ in few if group_id == "fir"]
    unbound = ways(alone(replace(rich, most_days=None)))
    assert {group_id for group_id, _ in unbound} == {"ash", "elm", "fir"}


def test_limits_that_nothing_satisfies_are_named_and_there_is_no_sensitivity():
    case = a_case(replace(SMALL, budgets=(1_000,), pins=frozenset({("fir", "CHWCRC")})))
    made = solving.solve(case, FOOTINGS, nobody_waits)
    assert not any(found.is_possible for found in made.founds)
    assert (made.less, made.more, made.left_out) == (None, None, ())
    (sentence,) = made.found("next_tier").why_not
    assert sentence == (
        "These contradict each other: the budget is 1,000; CHWCRC in fir is pinned. Loosen one of "
        "them."
    )


@pytest.mark.parametrize("budgets", [(10**7,), (10**7, 10**7)])
def test_a_pin_on_what_a_ban_closes_is_named(budgets):
    case = a_case(
        replace(
            SMALL,
            budgets=budgets,
            pins=frozenset({("elm", "to:T3")}),
            bans=frozenset({("elm", "REALCOL")}),
        )
    )
    (sentence,) = solving.solve(case, FOOTINGS, nobody_waits).found("next_tier").why_not
    assert sentence.startswith("This cannot be kept: the pinned to:T3 in elm")


@pytest.mark.parametrize("groups", [FOOTINGS[:2], FOOTINGS])  # all of fir's way is its own work
@pytest.mark.parametrize(
    ("budgets", "why"),
    [((1_000,), "The budget of $1,000 is too"), ((500, 1_000), "the largest budget is $1,000.")],
)
def test_a_budget_too_small_for_anything_is_said_with_what_the_cheapest_costs(groups, budgets, why):
    made = solving.solve(a_case(replace(SMALL, budgets=budgets), groups), groups, nobody_waits)
    for policy_id in ("next_tier", "need"):
        found = made.found(policy_id)
        assert bool(found.packages) == (groups == FOOTINGS)
        assert why in found.too_little
        cheapest = "15,388" if groups == FOOTINGS else "24,495"  # a gap of fir, or a way
        assert f"costs ${cheapest}" in found.too_little
    assert alone(SMALL).too_little == ""


# Several years.

TWO = replace(SMALL, budgets=(60_000, 80_000))
THREE = replace(SMALL, budgets=(60_000, 150_000, 120_000))


@pytest.mark.parametrize("cap", [None, 50_000])
@pytest.mark.parametrize(
    "budgets", [(40_000,), (300_000,), (60_000, 60_000), (90_000, 3_000), (3_000, 90_000)]
)
def test_a_way_can_start_where_the_solver_finds_a_year_for_it(budgets, cap):
    scenario = replace(SMALL, budgets=budgets, cap_dollars=cap, most_days=None)
    case = a_case(scenario)
    for key in case.package_by_key:
        pinned = replace(case, scenario=replace(scenario, pins=frozenset({key})))
        made = allocate(pinned.problem(scenario.policy), 0.0, 20)
        assert case.can_start(key) == (made.chosen is not None), key


def test_over_two_years_no_year_is_overspent_and_what_runs_goes_on_costing():
    found, prices = alone(TWO), a_case(TWO).prices
    assert all(spent <= budget for spent, budget in zip(found.by_year, TWO.budgets, strict=True))
    singly = [pick for pick in found.picks if pick.year == 2]
    assert singly
    starting = sum(prices.first_year[pick.key] for pick in singly if pick.action_id != "GOV")
    assert found.by_year[1] > starting


def test_a_package_goes_on_costing_what_is_payable_and_starts_in_the_year_that_can_pay():
    case = a_case(THREE)
    made = made_for(case)
    found = bare_answer(case, case.scenario.policy, made)
    years = {each.key: each.year for each in found.packages}
    assert years["elm", "to:T3"] == 2
    assert years["ash", "to:T2"] == 1
    held = [pick for pick in found.picks if pick.key[0] == "elm" and pick.package_id]
    assert {pick.year for pick in held} == {2}
    assert found.spent == made.spent
    for year, dollars in enumerate(found.by_year, start=1):
        prices = case.prices
        paid = [
            (prices.first_year if pick.year == year else prices.yearly)[pick.key]
            for pick in found.picks
            if pick.year <= year and pick.action_id != "GOV"
        ]
        assert dollars == sum(paid) <= THREE.budgets[year - 1]


def test_an_answer_is_worth_what_its_allocation_is_over_any_years():
    for scenario in (SMALL, TWO, THREE):
        case = a_case(scenario)
        for policy in scenario.policies:
            made = solving.CountingSolver(nobody_waits).solve(case.problem(policy))
            found = bare_answer(case, policy, made)
            worth = {option.key: option.benefit for option in case.one_year(policy).options}
            assert solving.objective(case, found, worth) == made.objective
            assert (found.spent, sum(found.by_year)) == (made.spent, made.spent)


# Most groups: against every package of every group.


@pytest.fixture(scope="module", params=seeds(range(0, 130, 13), 1))
def thirteen(request):
    return tuple(random_baseline(seed) for seed in range(request.param, request.param + 13))


def least_dollars(case, component):
    """For each number of groups, what it costs at least to bring so many there: none or one
    package in each group, whatever else is chosen."""
    least = {0: 0}
    for offer in case.offers:
        costs = [
            case.payable(package.key)
            for package in packages_open(offer, case.scenario)
            if offer.raw(package, component)
            and package.own_days + sum(case.prices.days[offer.group_id, a] for a in package.actions)
            <= case.scenario.most_days
        ]
        for number, dollars in sorted(least.items(), reverse=True):
            for cost in costs:
                least[number + 1] = min(dollars + cost, least.get(number + 1, dollars + cost))
    return least


@pytest.mark.parametrize(
    ("policy", "component"),
    [
        (MOST_TO_NEXT_TIER, BenefitComponent.NEXT_TIER),
        (MOST_READY, BenefitComponent.READY),
    ],
)
def test_as_many_groups_get_there_as_any_choice_of_packages_brings_at_any_budget(
    thirteen, policy, component
):
    """And one more dollar never loses one: at each sum at which one group more gets there, and a
    dollar below it."""
    case = a_case(replace(SMALL, policy_id=policy.id), thirteen)
    least = least_dollars(case, component)
    assert len(least) > 5
    for number, dollars in list(least.items())[::3]:
        assert groups_there(case, dollars, component) == most(least, dollars) >= number
        if dollars:
            assert groups_there(case, dollars - 1, component) == most(least, dollars - 1) < number


def most(least, dollars):
    return max(number for number, cost in least.items() if cost <= dollars)


def groups_there(case, dollars, component):
    policy = case.scenario.policy
    case = replace(case, scenario=replace(case.scenario, budgets=(dollars,)))
    found = bare_answer(case, policy, made_for(case))
    served = purposes_served(case.offers, found.keys)
    return component_amounts(case.offers, served)[component]


def test_the_number_of_groups_is_proven_where_what_tells_equals_apart_is_not(thirteen):
    """Over years a group counts by the years that are left, in thirds of 100 points."""
    case = a_case(replace(SMALL, budgets=(60_000, 90_000, 150_000)), thirteen)
    made = made_for(case)
    third = Fraction(100, 3)
    assert made.packages
    assert made.bound // third == made.objective // third


# How firm it is.


def test_the_same_case_has_the_same_answer(answer):
    main = answer.found("next_tier")
    again = alone(SMALL)
    assert (again.picks, again.packages) == (main.picks, main.packages)
    assert again.objective == main.objective


def test_every_answer_is_checked_apart_from_the_solver():
    case = a_case()
    problem = case.problem(case.scenario.policy)
    made = allocate(problem, solving.GAP, 10)
    assert made.chosen
    assert not broken_constraints(problem, made.selection)
    served = frozenset(key for key in made.chosen if not is_action(key[1]))
    assert broken_constraints(problem, Selection(served, made.selection.packages))
    assert broken_constraints(problem, Selection(made.selection.actions))


def test_choices_are_counted_over_draws_and_the_same_for_the_same_seed():
    case = a_case(replace(SMALL, budgets=(130_000,)))
    found = solving.sensitivity(case, 6, nobody_waits)
    assert (found.runs, found.seed, found.answered) == (6, 7, 6)
    times = {(each.group_id, each.action_id): each.times for each in found.survivals}
    assert all(1 <= each <= 6 for each in times.values())
    assert times["fir", "to:T4"] == 6  # it costs nothing
    assert 0 < times["elm", "to:T3"] < 6  # its cost is uncertain
    assert times["elm", "REALCOL"] >= times["elm", "to:T3"]
    assert solving.sensitivity(case, 6, nobody_waits) == found
    assert solving.sensitivity(replace(case, seed=8), 6, nobody_waits) != found


def test_a_stored_problem_is_solved_again_with_its_packages(answer):
    case = a_case()
    policy = case.scenario.policy
    found, solver = solving.solve_stored(case.problem(policy), policy, nobody_waits)
    main = answer.found("next_tier")
    assert (found.picks, found.packages, solver) == (main.picks, main.packages, answer.solver)


def test_whoever_waits_is_told_after_each_solve_and_can_stop_it(answer):
    assert answer.solver
    assert list(range(1, solving.solves_of(SMALL) + 1)) == TOLD

    def stop(done):
        if done == 2:
            raise Canceled

    with pytest.raises(Canceled):
        solving.solve(a_case(), FOOTINGS, stop)


# What a group's people made of its plan.


def test_a_plan_that_does_not_reach_is_paid_for_in_parts_and_brings_no_tier():
    groups = (without_action(FOOTINGS[1], "CONTRACT"),)
    scenario = replace(SMALL, budgets=(10**6,))
    case = a_case(scenario, groups)
    made = solving.solve(case, groups, nobody_waits).found("next_tier")
    assert ways(made) == set()
    assert {pick.action_id for pick in made.picks} >= {"REALCOL", "REALAUD"}
    (award,) = made.bought
    assert (award.tier_before, award.tier_after, award.package_id) == ("T2", "T2", "")
