"""Answers that hold, are the best there is, say how firm they are, and come again the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.core.tables.models import Canceled
from readiness.instruments import cost_book as costs
from readiness.investment.models import (
    BenefitComponent,
    Tag,
)
from readiness.investment.portfolio import is_purpose, offers_of
from readiness.investment.problem import Selection, broken_constraints
from readiness.investment.scenario import BudgetScenario, CostBasis
from readiness.investment.service import solving
from readiness.investment.service.allocation import allocate
from readiness.investment.service.solving import Case
from tests.factories.baselines import a_baseline, a_gap

pytestmark = pytest.mark.slow  # solved scenarios are shared by all

FOOTINGS = tuple(
    a_baseline(group_id, level=level, positive=(100 * level, 1_000), behind=(a_gap("COL", people),))
    for group_id, level, people in (("ash", 1, 50.0), ("elm", 2, 400.0), ("fir", 3, 90.0))
)
SMALL = BudgetScenario("Spring", (250_000,), costs_at=CostBasis.LIKELY)


def a_case(scenario=SMALL):
    offers = offers_of(FOOTINGS, costs.load(), scenario.tier_gate)
    return Case(scenario, offers, seed=7)


def nobody_waits(_done):
    pass


def alone(scenario, policy_id="readiness"):
    """One policy's answer, and nothing about how firm it is."""
    case = a_case(scenario)
    policy = next(each for each in scenario.policies if each.id == policy_id)
    made = solving.CountingSolver(nobody_waits).solve(case.problem(policy))
    return solving.bare_answer(case, policy, made)


TOLD: list[int] = []


@pytest.fixture(scope="module")
def answer():
    return solving.solve(a_case(), FOOTINGS, TOLD.append)


def test_every_policy_has_a_proven_answer_within_the_budget(answer):
    assert [each.policy_id for each in answer.founds] == ["readiness", "need", "people"]
    for found in answer.founds:
        assert found.gap <= solving.GAP
        assert 0 < found.spent <= 250_000


def test_each_policy_buys_most_of_what_it_puts_first(answer):
    for found, component in zip(answer.founds, BenefitComponent, strict=True):
        assert found.points[component] == max(each.points[component] for each in answer.founds)


def test_the_objective_is_the_weighted_points_of_what_is_served_once(answer):
    case = a_case()
    for found, policy in zip(answer.founds, SMALL.policies, strict=True):
        weighed = sum(policy.weights[c] * found.points[c] / 100 for c in BenefitComponent)
        assert found.objective == pytest.approx(weighed, abs=0.01)
    assert case.scenario.policy.id == "readiness"


def test_less_money_is_worth_less_and_more_is_worth_more(answer):
    main = answer.found("readiness").objective
    assert answer.less.objective <= main <= answer.more.objective
    assert answer.less.objective < answer.more.objective


def test_no_simple_way_is_better(answer):
    main = answer.found("readiness").objective
    for rival in answer.rivals:
        assert rival.objective is None or rival.objective <= main + 1e-6


def test_what_was_left_out_would_lose_points_or_cannot_be_had(answer):
    chosen = {pick.key for pick in answer.found("readiness").picks}
    assert len(answer.left_out) == 3
    for each in answer.left_out:
        assert (each.group_id, each.action_id) not in chosen
        assert each.points > 0
        assert each.loses is None or each.loses >= 0
        assert each.forbids


def test_the_tier_is_told_with_every_lift_as_intended(answer):
    for bought in answer.found("readiness").bought:
        assert bought.dollars > 0
        assert bought.tier_before <= bought.tier_after
        assert bought.after_title


def test_care_changes_wait_for_infrastructure_below_incentive_ready(answer):
    offers = {offer.group_id: offer for offer in a_case().offers}
    for found in answer.founds:
        for group_id in ("ash", "elm"):
            mine = {pick.action_id for pick in found.picks if pick.group_id == group_id}
            for rule in offers[group_id].doors:
                if mine & set(rule.unlocks):
                    assert len(mine & set(rule.of)) >= rule.needs


def test_a_pin_is_kept_and_a_ban_is_too(answer):
    pin, ban = ("fir", "CHWCRC"), ("elm", "GOV")
    before = {pick.key for pick in answer.found("readiness").picks}
    assert ban in before
    assert pin not in before
    found = alone(replace(SMALL, pins=frozenset({pin}), bans=frozenset({ban})))
    keys = {pick.key for pick in found.picks}
    assert pin in keys
    assert ban not in keys


def test_a_floor_moves_the_money():
    def share(**limits):
        scenario = replace(SMALL, policy_id="people", **limits)
        found = alone(scenario, "people")
        prices = a_case(scenario).prices.first_year
        return sum(prices[p.key] for p in found.picks if p.group_id == "ash") / found.spent

    assert share(floor_tag=Tag.FOUNDATION, floor_share=60) >= 0.6 > share()


def test_limits_that_nothing_satisfies_have_no_answer_and_no_sensitivity():
    case = a_case(replace(SMALL, budgets=(1_000,), pins=frozenset({("fir", "CHWCRC")})))
    made = solving.solve(case, FOOTINGS, nobody_waits)
    assert not any(found.is_possible for found in made.founds)
    assert (made.less, made.more, made.left_out) == (None, None, ())


def test_over_two_years_no_year_is_overspent_and_what_runs_goes_on_costing():
    scenario = replace(SMALL, budgets=(60_000, 80_000))
    found, prices = alone(scenario), a_case(scenario).prices
    assert all(
        spent <= budget for spent, budget in zip(found.by_year, (60_000, 80_000), strict=True)
    )
    assert {pick.year for pick in found.picks} == {1, 2}
    starting = sum(prices.first_year[p.key] for p in found.picks if p.year == 2)
    assert found.by_year[1] > starting


def test_the_same_case_has_the_same_answer(answer):
    main = answer.found("readiness")
    again = alone(SMALL)
    assert (again.picks, again.objective) == (main.picks, main.objective)


def test_every_answer_is_checked_apart_from_the_solver():
    case = a_case()
    problem = case.problem(case.scenario.policy)
    chosen = allocate(problem, solving.GAP, 10).chosen
    assert chosen
    assert not broken_constraints(problem, Selection(frozenset(chosen)))
    less = frozenset(key for key in chosen if is_purpose(key[1]))
    assert broken_constraints(problem, Selection(less))


def test_choices_are_counted_over_draws_and_the_same_for_the_same_seed():
    case = a_case()
    found = solving.sensitivity(case, 4, nobody_waits)
    assert (found.runs, found.seed, found.answered) == (4, 7, 4)
    assert all(1 <= each.times <= 4 for each in found.survivals)
    assert len({each.times for each in found.survivals}) > 1
    assert solving.sensitivity(case, 4, nobody_waits) == found
    assert solving.sensitivity(replace(case, seed=8), 4, nobody_waits) != found


def test_whoever_waits_is_told_after_each_solve_and_can_stop_it(answer):
    assert answer.solver
    assert list(range(1, solving.solves_of(SMALL) + 1)) == TOLD

    def stop(done):
        if done == 2:
            raise Canceled

    with pytest.raises(Canceled):
        solving.solve(a_case(), FOOTINGS, stop)
