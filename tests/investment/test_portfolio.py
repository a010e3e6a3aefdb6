"""All groups together: social risk, tags, policies, and the problem that comes of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from readiness.core import serialization
from readiness.instruments import cost_book as costs
from readiness.investment.models import (
    BenefitComponent,
    GroupOffer,
    Tag,
)
from readiness.investment.policy import NAMED, READINESS_FIRST, own_policy, scale_of
from readiness.investment.portfolio import (
    NOBODY_KNOWN,
    additive_problem,
    high_risk,
    is_purpose,
    offers_of,
    over_years,
    problem_of,
    purposes_served,
    risks_of,
    tags_of,
)
from readiness.investment.problem import (
    AllocationProblem,
    Selection,
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
from tests.factories.baselines import a_baseline

GROUPS = ("ash", "birch", "cedar", "elm", "oak")
ONE = BudgetScenario("Spring", (500_000,))


def a_portfolio():
    return [
        a_baseline(group_id, level=1 + n % 3, positive=(100 * (n + 1), 1_000))
        for n, group_id in enumerate(GROUPS)
    ]


@pytest.fixture(scope="module")
def offers():
    return offers_of(a_portfolio(), costs.load(), 2)


def the_problem(offers, scenario=ONE, policy=READINESS_FIRST):
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


def test_everything_together_is_worth_a_hundred_under_every_policy(offers):
    scale = scale_of(offers)
    weights = {
        BenefitComponent.READINESS: 50,
        BenefitComponent.NEED: 25,
        BenefitComponent.PEOPLE: 25,
    }
    for policy in (*NAMED, own_policy(weights)):
        assert sum(policy.weights.values()) == 100
        total = sum(scale.benefit(p, policy) for offer in offers for p in offer.purposes)
        assert float(total) == pytest.approx(100, abs=0.05)


def test_actions_are_worth_nothing_but_what_they_serve(offers):
    problem = the_problem(offers)
    for option in problem.options:
        assert is_purpose(option.action) == (option.cost == 0 and option.benefit > 0)
    elm = next(offer for offer in offers if offer.group_id == "elm")
    coach = elm.candidate_by_id["COACH"]
    purposes = purposes_served(offers, frozenset({coach.key}))
    assert not broken_constraints(problem, Selection(purposes | {coach.key}))
    assert broken_constraints(problem, Selection(purposes))  # each needs something that serves it


def test_what_two_actions_serve_counts_once(offers):
    problem = the_problem(offers)
    two = frozenset({("elm", "COACH"), ("elm", "LEARN")})
    each = [purposes_served(offers, frozenset({key})) for key in two]
    shared = each[0] & each[1]
    assert shared
    both, first, second, once = (
        total_benefit(problem, Selection(purposes))
        for purposes in (purposes_served(offers, two), *each, shared)
    )
    assert both == first + second - once


def test_a_simple_rule_sees_each_action_with_all_that_it_serves(offers):
    one = the_problem(offers)
    simple = additive_problem(one, offers)
    assert not [option for option in simple.options if is_purpose(option.action)]
    coach = next(o for o in simple.options if o.key == ("elm", "COACH"))
    purposes = purposes_served(offers, frozenset({coach.key}))
    assert coach.benefit == total_benefit(one, Selection(purposes))


def test_limits_floors_and_pins_reach_the_problem(offers):
    scenario = replace(
        ONE, starts=2, most_days=100, cap_dollars=90_000, cap_share=10, floor_tag=Tag.FOUNDATION,
        floor_share=40, min_groups=2, max_groups=4, pins=frozenset({("elm", "GOV")}),
        bans=frozenset({("oak", "GOV")}),
    )  # fmt: skip
    problem = the_problem(offers, scenario)
    assert {group.cap for group in problem.groups} == {50_000}
    assert problem.floors[0].share == Fraction(2, 5)
    assert (problem.min_groups, problem.max_groups) == (2, 4)
    named = {limit.name: limit.most for limit in problem.limits}
    assert (named["starts in elm"], named["people-days of elm"]) == (4, 100)
    assert problem.option_by_key["elm", "GOV"].pin
    assert problem.option_by_key["oak", "GOV"].ban


def test_over_years_a_later_start_is_worth_less(offers):
    scenario = replace(ONE, budgets=(300_000, 200_000))
    staged = over_years(
        the_problem(offers, scenario), scenario.budgets, price_list(offers, CostBasis.LIKELY)
    )
    first, second = (staged.option_by_key["elm", f"lift:CONT-4@{y}"].benefit for y in (1, 2))
    assert second == first / 2


def test_a_scenario_says_everything_that_is_wrong_with_it():
    places = [each.place for each in problems_of(BudgetScenario(" ", (), "own", floor_tag="T1"))]
    assert places == ["name", "budget_1", "weight_readiness", "floor_share"]
    assert problems_of(replace(ONE, policy_id="race"))[0].place == "policy"
    both = frozenset({("elm", "GOV")})
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
