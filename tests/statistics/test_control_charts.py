from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.control_charts import (
    funnel_limits,
    funnel_score,
    overdispersion,
    p_chart,
    run_chart,
    run_limits,
)

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(COUNTS, min_size=1, max_size=30))
def test_limits_hold_the_center_and_stay_between_0_and_1(counts):
    found = p_chart(counts)
    assert all(0 <= each.low <= found.center <= each.high <= 1 for each in found.limits)


def test_montgomerys_juice_cans():
    """Example 7.1: center .2313, limits .0524 and .4102."""
    x = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9,
         12, 7, 13, 9, 6]  # fmt: skip
    found = p_chart([(each, 50) for each in x])
    limits = found.limits[0]
    assert (found.center, limits.low, limits.high) == pytest.approx(
        (0.2313, 0.0524, 0.4102), abs=6e-5
    )


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_a_run_chart_turned_upside_down_signals_the_same(values):
    one, two = run_chart(values), run_chart([-value for value in values])
    assert (one.longest_run, one.crossings, one.is_signal) == (
        two.longest_run,
        two.crossings,
        two.is_signal,
    )


def test_points_on_the_median_are_dropped():
    found = run_chart([1, 2, 3, 2, 1])
    assert (found.center, found.useful, found.crossings, found.runs) == (2, 3, 2, 3)


def test_a_line_signals_nothing():
    found = run_chart([5, 5, 5])
    assert (found.useful, found.runs, found.limits, found.is_signal) == (0, 0, None, False)


def test_a_frozen_center_finds_a_shift_that_the_median_of_all_hides():
    values = [50, 52, 49, 51, 48, 53, 55, 56, 57, 58, 59, 60, 61]
    assert run_chart(values, center=50).is_signal


def test_false_signals_stay_few():
    rng = random.Random(2)
    charts = [run_chart([rng.gauss(0, 1) for _ in range(24)]) for _ in range(2_000)]
    assert sum(chart.is_signal for chart in charts) / 2_000 < 0.08


def test_limits_need_a_point():
    with pytest.raises(ValueError, match="no limits"):
        run_limits(0)


@given(st.floats(0, 1), st.integers(1, 5_000))
def test_a_funnel_narrows_and_its_alarm_is_outside_its_warning(target, n):
    here, larger = funnel_limits(target, n), funnel_limits(target, 4 * n)
    assert here.alarm.low <= here.warning.low <= target <= here.warning.high <= here.alarm.high
    assert here.warning.low <= larger.warning.low


def test_a_group_at_the_limit_has_the_limits_score():
    limits = funnel_limits(0.8, 100)
    assert funnel_score(100 * limits.warning.low, 100, 0.8) == pytest.approx(-1.959964, abs=1e-5)


def test_groups_that_scatter_more_than_by_chance_widen_the_funnel():
    """By hand: of ten scores the outer two are drawn in to the next."""
    scores = [-9, -2, -2, -2, -2, 2, 2, 2, 2, 9]
    assert overdispersion(scores) == pytest.approx(4)
    assert overdispersion([0.1, -0.2, 0.3]) == 1
    plain, wide = funnel_limits(0.8, 100), funnel_limits(0.8, 100, overdispersion=4)
    assert 0.8 - wide.warning.low == pytest.approx(2 * (0.8 - plain.warning.low))
