"""All groups together: social risk, tags, policies, and the problem that comes of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from readiness.core import serialization
from readiness.instruments import cost_book as costs
from readiness.investment.models import (
    ActionOrigin,
    BenefitComponent,
    GroupOffer,
    Tag,
)
from readiness.investment.policy import (
    MOST_PEOPLE,
    MOST_READY,
    MOST_TO_NEXT_TIER,
    NEED_FIRST,
    own_policy,
    scale_of,
)
from readiness.investment.portfolio import (
    NOBODY_KNOWN,
    additive_problem,
    high_risk,
    is_action,
    offers_of,
    over_years,
    packages_open,
    problem_of,
    purposes_served,
    risks_of,
    singles,
    tags_of,
)
from readiness.investment.problem import (
    AllocationProblem,
    Selection,
    broken_by_gates,
    broken_constraints,
    total_benefit,
)
from readiness.investment.scenario import BudgetScenario, CostBasis, problems_of
from readiness.investment.uncertainty import (
    Z_90,
    cost_at,
    cost_span,
    draw_offers,
    draw_prices,
    mean_cost,
    price_list,
)
from tests.factories.baselines import ADULTS, a_baseline

GROUPS = ("ash", "birch", "cedar", "elm", "oak")
ONE = BudgetScenario("Spring", (500_000,))


def a_portfolio():
    return [
        a_baseline(group_id, level=1 + n % 3, positive=(100 * (n + 1), 1_000), context=ADULTS)
        for n, group_id in enumerate(GROUPS)
    ]


@pytest.fixture(scope="module")
def offers():
    return offers_of(a_portfolio(), lambda _: costs.load(), 2)


def the_problem(offers, scenario=ONE, policy=MOST_TO_NEXT_TIER):
    return problem_of(
        offers, scenario, policy, scale_of(offers), price_list(offers, CostBasis.LIKELY)
    )


def test_social_risk_is_the_mean_of_what_was_released_and_what_was_submitted():
    risk = risks_of([a_baseline(positive=(300, 1_000), context={"deprived_share": 0.5})])["elm"]
    assert risk.share == pytest.approx(0.4)
    assert risk.says == (
        "Social risk: 40.0 of 100, the mean of two shares: 30% of screened patient-quarters had a "
        "need (300 of 1,000, as released) and 50% of patients live in the most deprived fifth of "
        "areas (as submitted)."
    )


def test_one_known_share_is_called_a_share_with_what_it_is_of():
    risk = risks_of([a_baseline(positive=(300, 1_000), context={"deprived_share": None})])["elm"]
    assert risk.says == (
        "Social risk: 30% of screened patient-quarters had a need (300 of 1,000, as released)."
    )


def test_an_unknown_risk_is_the_middle_of_the_others_and_says_so():
    dark = a_baseline("oak", positive=None, context={"deprived_share": None})
    low, high = (
        a_baseline(g, positive=None, context={"deprived_share": s})
        for g, s in (("ash", 0.1), ("elm", 0.3))
    )
    risk = risks_of([low, high, dark])["oak"]
    assert risk.share == pytest.approx(0.2)
    assert not risk.is_known
    assert "20.0 of 100 is assumed" in risk.says
    assert risks_of([dark])["oak"].says == NOBODY_KNOWN


def test_the_third_at_most_risk_is_told_from_five_groups_on():
    risks = risks_of(a_portfolio())
    assert high_risk(risks) == {"elm", "oak"}
    del risks["ash"]
    assert high_risk(risks) == frozenset()


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        ({"rural_share": 0.5}, (Tag.RURAL,)),
        ({"rural_share": 0.49, "deprived_share": 0.5}, (Tag.DEPRIVED,)),
        ({"rural_share": None, "deprived_share": True}, ()),
    ],
)
def test_a_place_is_where_half_of_the_patients_live(told, tags):
    assert tags_of(a_baseline(level=2, context=told), {}) == tags


def test_tags_go_by_risk_place_tier_and_size_alone():
    small = a_baseline(context={"clinicians_fte": 10, "race_ethnicity": [{"group": "x"}]})
    risks = risks_of([small])
    assert tags_of(small, risks) == (Tag.FOUNDATION, Tag.SMALL)
    larger = a_baseline(level=2, context={"clinicians_fte": 10.5})
    assert tags_of(larger, risks) == ()


def test_each_component_is_scaled_to_a_hundred_over_the_portfolio(offers):
    scale = scale_of(offers)
    for component in BenefitComponent:
        total = sum(p.amount(component) for offer in offers for p in offer.purposes)
        assert scale.points(component, total) == pytest.approx(100)


def test_without_something_first_everything_together_is_worth_a_hundred(offers):
    scale = scale_of(offers)
    weights = dict.fromkeys(BenefitComponent, 20)
    for policy in (MOST_PEOPLE, NEED_FIRST, own_policy(weights)):
        assert sum(policy.weights.values()) == 100
        total = sum(scale.benefit(p, policy) for offer in offers for p in offer.purposes)
        assert float(total) == pytest.approx(100, abs=0.05)


@pytest.mark.parametrize("policy", [MOST_TO_NEXT_TIER, MOST_READY])
def test_one_group_more_is_worth_more_than_all_else_even_if_it_starts_in_the_last_year(
    offers, policy
):
    scale = scale_of(offers)
    purposes = [each for offer in offers for each in offer.purposes]
    is_counted = [bool(each.amount(policy.first)) for each in purposes]
    worth = [scale.benefit(each, policy) for each in purposes]
    groups = [each for each, counted in zip(worth, is_counted, strict=True) if counted]
    rest = [each for each, counted in zip(worth, is_counted, strict=True) if not counted]
    beside = sum(groups) - 100 * len(groups) + sum(rest)  # a group counts for other things too
    assert len(groups) == sum(policy.first in served(offer) for offer in offers)
    assert 0 < beside < Fraction(100, 3)


def served(offer):
    return {c for p in offer.purposes for c in BenefitComponent if p.amount(c)}


def test_actions_are_worth_nothing_but_what_they_serve(offers):
    problem = the_problem(offers)
    for option in problem.options:
        assert (option.benefit if is_action(option.action) else option.cost) == 0
    assert all(package.benefit == 0 for package in problem.packages)
    realcol = candidate(offers, "birch", "REALCOL")
    purposes = purposes_served(offers, frozenset({realcol.key}))
    assert not broken_constraints(problem, Selection(purposes | {realcol.key}))
    assert broken_constraints(problem, Selection(purposes))  # each needs something that serves it


def candidate(offers, group_id, action_id):
    return next(o for o in offers if o.group_id == group_id).candidate_by_id[action_id]


def test_a_package_serves_what_its_actions_and_the_group_s_own_work_do(offers):
    problem = the_problem(offers)
    for offer in offers:
        for package in offer.packages:
            key = frozenset({package.key})
            purposes = purposes_served(offers, key)
            assert {purpose for _, purpose in purposes} == set(package.serves)
            held = problem.held_by(key)
            assert (offer.group_id, package.own_work) in held
            assert not list(broken_by_gates(problem, held | purposes))
            more = {(offer.group_id, each.id) for each in offer.purposes} - purposes
            assert all(list(broken_by_gates(problem, held | {each})) for each in more)


def test_what_two_serve_counts_once(offers):
    problem = the_problem(offers)
    two = frozenset({("birch", "REALCOL"), ("birch", "to:T3")})
    each = [purposes_served(offers, frozenset({key})) for key in sorted(two)]
    shared = each[0] & each[1]
    assert shared
    both, first, second, once = (
        total_benefit(problem, Selection(purposes))
        for purposes in (purposes_served(offers, two), *each, shared)
    )
    assert both == first + second - once


def test_the_budget_pays_for_what_a_payer_may_pay_and_the_group_for_the_rest(offers):
    problem, prices = the_problem(offers), price_list(offers, CostBasis.LIKELY).first_year
    for offer in offers:
        for package in offer.packages:
            stated = problem.package_by_key[package.key]
            paid = [each for each in package.actions if each not in ("GOV", "TRAIN")]
            assert stated.payable == sum(prices[offer.group_id, each] for each in paid)
            own = sum(prices[offer.group_id, each] for each in set(package.actions) - set(paid))
            assert stated.cost == stated.payable + own + package.still_to_pay
            (days,) = (e for e in problem.limits if e.name == f"people-days of {offer.group_id}")
            likely = price_list(offers, CostBasis.LIKELY).days
            held = sum(likely[offer.group_id, each] for each in package.actions)
            assert dict(days.packages)[package.key] == held + package.own_days


# What is offered in a scenario.


def singly(offers, scenario=ONE):
    return {each.key for offer in offers for each in singles(offer, scenario)}


def test_what_is_in_no_plan_is_offered_only_where_the_payer_asks_for_it(offers):
    beyond = replace(ONE, beyond_plans=True)
    more = singly(offers, beyond) - singly(offers)
    assert more
    assert {candidate(offers, *key).origin for key in more} == {ActionOrigin.NO_PLAN}
    one = min(more)
    assert singly(offers, replace(ONE, pins=frozenset({one}))) == singly(offers) | {one}
    in_problem = {each.key for each in the_problem(offers).options if is_action(each.action)}
    assert in_problem == singly(offers)


def test_what_only_the_group_pays_and_what_is_in_a_later_plan_is_never_offered_singly(offers):
    open_ = singly(offers, replace(ONE, beyond_plans=True))
    for offer in offers:
        for each in offer.candidates:
            if each.id in ("GOV", "TRAIN") or each.origin is ActionOrigin.LATER:
                assert each.key not in open_


def test_a_ban_on_an_action_closes_the_packages_that_hold_it(offers):
    birch = next(offer for offer in offers if offer.group_id == "birch")
    assert {each.id for each in birch.packages} == {"to:T3", "to:T4"}
    (only_t4,) = (
        set(birch.package_by_id["to:T4"].actions) - set(birch.package_by_id["to:T3"].actions)
    ) & {"COACH"}
    for banned, left in ((only_t4, ["to:T3"]), ("GOV", []), ("to:T3", ["to:T4"])):
        scenario = replace(ONE, bans=frozenset({("birch", banned)}))
        assert [each.id for each in packages_open(birch, scenario)] == left
        problem = the_problem(offers, scenario)
        assert [each.id for each in problem.packages if each.group == "birch"] == left


def test_a_pin_is_kept_singly_or_by_a_package_and_never_forgotten(offers):
    """GOV is the group's own to pay for, COACH in a later plan."""
    for pinned, kept_by in (
        ("REALCOL", ["REALCOL", "to:T3", "to:T4"]),
        ("GOV", ["to:T3", "to:T4"]),
        ("COACH", ["to:T4"]),
        ("to:T4", ["to:T4"]),
    ):
        scenario = replace(ONE, pins=frozenset({("birch", pinned)}))
        problem = the_problem(offers, scenario)
        for choice in ("REALCOL", "to:T3", "to:T4"):
            faults = broken_constraints(problem, selection_of(problem, choice))
            is_kept = not [each for each in faults if "pinned" in each]
            assert is_kept == (choice in kept_by), (pinned, choice, faults)


def selection_of(problem, choice):
    if choice.startswith("to:"):
        packages = frozenset({("birch", choice)})
        return Selection(problem.held_by(packages), packages)
    return Selection(frozenset({("birch", choice)}))


def test_a_pin_whose_package_is_banned_can_never_be_kept(offers):
    scenario = replace(
        ONE, pins=frozenset({("birch", "to:T3")}), bans=frozenset({("birch", "GOV")})
    )
    (limit,) = (each for each in the_problem(offers, scenario).limits if "pinned" in each.name)
    assert (limit.name, limit.least) == ("the pinned to:T3 in birch", 1)
    assert not limit.uses
    assert not limit.packages


def test_a_simple_rule_sees_each_action_with_all_that_it_serves(offers):
    one = the_problem(offers)
    simple = additive_problem(one, offers)
    assert all(is_action(option.action) for option in simple.options)
    realcol = simple.option_by_key["birch", "REALCOL"]
    purposes = purposes_served(offers, frozenset({realcol.key}))
    assert realcol.benefit == total_benefit(one, Selection(purposes))


def test_a_simple_rule_sees_a_package_with_what_none_of_its_actions_serves(offers):
    one = the_problem(offers)
    simple = additive_problem(one, offers)
    for offer in offers:
        for package in offer.packages:
            held = {(offer.group_id, each) for each in package.actions}
            beside = purposes_served(offers, {package.key}) - purposes_served(
                offers, held & simple.option_by_key.keys()
            )
            worth = simple.package_by_key[package.key].benefit
            assert worth == total_benefit(one, Selection(beside))
            assert worth > 0


def test_limits_floors_and_pins_reach_the_problem(offers):
    scenario = replace(
        ONE, starts=2, most_days=100, cap_dollars=90_000, cap_share=10, floor_tag=Tag.FOUNDATION,
        floor_share=40, min_groups=2, max_groups=4, pins=frozenset({("birch", "REALCOL")}),
        bans=frozenset({("elm", "CONTRACT")}),
    )  # fmt: skip
    problem = the_problem(offers, scenario)
    assert {group.cap for group in problem.groups} == {50_000}
    assert problem.floors[0].share == Fraction(2, 5)
    assert (problem.min_groups, problem.max_groups) == (2, 4)
    limits = {limit.name: limit for limit in problem.limits}
    starts, days = limits["starts in birch"], limits["people-days of birch"]
    assert (starts.most, days.most) == (4, 100)
    assert starts.packages == ()  # a plan keeps its own starts
    assert days.packages
    assert problem.option_by_key["birch", "REALCOL"].pin
    assert problem.option_by_key["elm", "CONTRACT"].ban


def test_over_years_a_later_start_is_worth_less_and_a_package_runs_on_at_what_is_payable(offers):
    scenario = replace(ONE, budgets=(300_000, 200_000, 100_000))
    prices = price_list(offers, CostBasis.LIKELY)
    one = the_problem(offers, scenario)
    staged = over_years(one, offers, scenario.budgets, prices)
    worth = [staged.option_by_key["birch", f"tier:next@{year}"].benefit for year in (1, 2, 3)]
    assert worth == [worth[0], worth[0] * Fraction(2, 3), worth[0] / 3]
    package = next(o for o in offers if o.group_id == "birch").package_by_id["to:T3"]
    paid = [("birch", each) for each in package.actions if each != "GOV"]
    first, yearly = (
        sum(found[key] for key in paid) for found in (prices.first_year, prices.yearly)
    )
    assert yearly > 0
    payable = [staged.package_by_key["birch", f"to:T3@{year}"].payable for year in (1, 2, 3)]
    assert payable == [first + 2 * yearly, first + yearly, first]


def test_a_scenario_says_everything_that_is_wrong_with_it():
    places = [each.place for each in problems_of(BudgetScenario(" ", (), "own", floor_tag="T1"))]
    assert places == ["name", "budget_1", "weight_next_tier", "floor_share"]
    assert problems_of(replace(ONE, policy_id="race"))[0].place == "policy"
    both = frozenset({("elm", "CONTRACT")})
    assert "pinned and banned" in problems_of(replace(ONE, pins=both, bans=both))[0].says
    assert problems_of(ONE) == ()


def test_draws_are_the_same_for_the_same_seed_and_differ_for_another(offers):
    first, again, other = (draw_offers(offers, Random(n)) for n in (1, 1, 2))
    assert first == again != other
    assert draw_prices(offers, Random(1)) == draw_prices(offers, Random(1))


def test_draws_move_people_and_need_and_leave_steps_alone(offers):
    drawn = draw_offers(offers, Random(3))
    pairs = [
        (before, after)
        for old, new in zip(offers, drawn, strict=True)
        for before, after in zip(old.purposes, new.purposes, strict=True)
    ]
    assert all(before.readiness == after.readiness for before, after in pairs)
    assert any(before.people != after.people for before, after in pairs)
    assert all(after.people >= 0 and after.need >= 0 for _, after in pairs)


def test_draws_centre_on_what_is_known(offers):
    many = [draw_offers(offers[:1], Random(n))[0].purpose_by_id["reach:COL"] for n in range(400)]
    mean = sum(each.people for each in many) / len(many)
    assert mean == pytest.approx(120, abs=4)


def test_a_tenth_of_the_costs_lies_beyond_each_end_and_their_mean_is_as_told(offers):
    cost = offers[0].candidates[0].cost
    luck = Random(5)
    drawn = sorted(cost_at(cost, luck.gauss(0, 1)) for _ in range(20_000))
    assert drawn[2_000] == pytest.approx(float(cost.low), rel=0.03)
    assert drawn[18_000] == pytest.approx(float(cost.high), rel=0.03)
    assert sum(drawn) / len(drawn) == pytest.approx(mean_cost(cost), rel=0.02)
    assert cost_at(cost, Z_90) == pytest.approx(float(cost.high))


def test_a_total_is_told_with_how_often_the_budget_covers_it(offers):
    listed = [(each, 0) for each in offers[0].candidates[:5]]
    span = cost_span(listed, 10**9, 1)
    assert span.low < span.middle < span.high
    assert (span.within, cost_span(listed, 0, 1).within) == (1.0, 0.0)
    later = cost_span([(each, 2) for each, _ in listed], 10**9, 1)
    assert later.middle > span.middle


def test_offers_and_problems_come_back_from_json_as_they_were(offers):
    assert serialization.from_json(tuple[GroupOffer, ...], serialization.to_json(offers)) == offers
    problem = the_problem(offers)
    assert serialization.from_json(AllocationProblem, serialization.to_json(problem)) == problem
