from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import exp, log, sqrt

import numpy as np
import pytest

from readiness.plans.costs import PeopleDays
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    GroupValues,
    PlanAction,
    ResourceEstimate,
)
from readiness.plans.simulation import TENTH, draw, factors_of, percentiles, simulate
from tests.factories.catalogs import dollars


def an_action(number, one_off=None, yearly=None, days=None, half_year=1):
    own = GroupValues(amounts=ResourceEstimate(one_off, yearly, days), half_year=half_year)
    return PlanAction(f"own:{number}", 1, "x", "", None, ActionStatus.PLANNED, "", None, own)


def a_plan(*actions, plan_id="p1"):
    return ActionPlan(plan_id, "elm", "a1", "r1", date(2027, 1, 15), None, actions, (), ())


def near(found, wanted, share=0.03):
    assert [float(found.low), float(found.likely), float(found.high)] == pytest.approx(
        list(wanted), rel=share
    )


@pytest.mark.parametrize("ends", [(100, 200, 400), (100, 120, 900), (10_000, 39_000, 40_000)])
def test_one_action_alone_comes_out_as_it_went_in(ends):
    found = simulate(a_plan(an_action(1, dollars(*ends), days=PeopleDays(*map(Decimal, ends)))))
    near(found.first_year, ends)
    near(found.total, ends)
    near(found.people_days, ends)


def test_the_parts_of_one_action_rise_and_fall_as_one():
    found = simulate(a_plan(an_action(1, dollars(100, 200, 400), dollars(50, 80, 90))))
    near(found.first_year, (150, 280, 490))


def test_two_parts_that_never_move_alike_add_as_independent_ones_do():
    """Sum of two independent lognormals: its mean and variance are the sums of theirs."""
    spread = log(2) / TENTH
    values = sum(draw(dollars(100, 200, 400), f) for f in factors_of("p1", "ab", 0.0, 200_000))
    mean = 200 * exp(spread**2 / 2)
    sd = mean * sqrt(exp(spread**2) - 1)
    assert np.mean(values) == pytest.approx(2 * mean, rel=0.01)
    assert np.std(values) == pytest.approx(sqrt(2) * sd, rel=0.02)


def test_parts_that_always_move_alike_add_end_to_end():
    actions = [an_action(n, dollars(100, 200, 400)) for n in range(4)]
    near(simulate(a_plan(*actions), correlation=1.0).first_year, (400, 800, 1600))


def test_the_range_narrows_as_costs_move_less_alike():
    actions = [an_action(n, dollars(100, 200, 400)) for n in range(6)]
    widths = [
        found.high - found.low
        for correlation in (0.0, 0.5, 1.0)
        for found in [simulate(a_plan(*actions), correlation=correlation).first_year]
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[1] < widths[2]


def test_factors_of_two_actions_are_correlated_as_said():
    found = np.asarray(factors_of("p1", "abc", 0.5, 100_000))
    assert np.asarray(np.corrcoef(found))[np.triu_indices(3, 1)] == pytest.approx(
        [0.5] * 3, abs=0.01
    )
    assert found.std(axis=1) == pytest.approx([1] * 3, abs=0.01)


def test_the_same_plan_gives_the_same_numbers_and_another_its_own():
    action = an_action(1, dollars(100, 200, 400))
    assert simulate(a_plan(action)) == simulate(a_plan(action))
    assert simulate(a_plan(action)) != simulate(a_plan(action, plan_id="p2"))


def test_what_is_added_or_taken_out_moves_the_draws_of_nothing_else():
    priced, work = an_action(1, dollars(100, 200, 400)), PeopleDays(*map(Decimal, (1, 2, 3)))
    alone = simulate(a_plan(priced))
    beside = simulate(a_plan(an_action(0, days=work), priced, an_action(2, days=work)))
    assert beside.total == alone.total
    assert beside.people_days != alone.people_days


def test_a_dearer_action_never_makes_a_plan_cheaper():
    cheap = a_plan(an_action(1, dollars(100, 200, 400)), an_action(2, dollars(10, 20, 30)))
    dear = a_plan(an_action(1, dollars(100, 210, 500)), an_action(2, dollars(10, 20, 30)))
    for one, other in zip(costs_of(cheap), costs_of(dear), strict=True):
        assert (one.low, one.likely, one.high) <= (other.low, other.likely, other.high)


def costs_of(plan):
    found = simulate(plan)
    return [found.total, *(year.cost for year in found.years)]


def test_what_starts_later_costs_later_and_runs_for_what_is_left():
    exact = {"one_off": dollars(100, 100, 100), "yearly": dollars(10, 10, 10)}
    found = simulate(a_plan(an_action(1, **exact, half_year=4)))
    assert [year.cost.likely for year in found.years] == [0, 105, 10]
    assert found.total.likely == 115


def test_what_was_dropped_costs_nothing_and_what_is_not_known_is_not_counted():
    gone = replace(an_action(1, dollars(1, 2, 3)), status=ActionStatus.DROPPED)
    found = simulate(a_plan(gone, an_action(2)))
    assert found.total == dollars(0, 0, 0)
    assert found.actions == 0


def test_a_range_that_begins_at_nothing_stays_at_or_above_it():
    values = draw(dollars(0, 50, 100), factors_of("p1", "a", 0.5, 50_000)[0])
    assert values.min() >= 0
    assert percentiles(values) == pytest.approx([0, 50, 100], abs=1.5)
    from_zero = draw(dollars(0, 0, 100), factors_of("p1", "a", 0.5, 50_000)[0])
    assert percentiles(from_zero) == pytest.approx([0, 0, 100], abs=2.5)
