from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.between_groups import (
    GapEstimate,
    WeightedCount,
    change_in_gap,
    excess,
    gap_of,
    gap_reliability,
    mover,
    shrunken_gap,
    true_gaps,
)
from readiness.statistics.comparisons import newcombe

GAPS = st.lists(
    st.builds(GapEstimate, st.floats(-0.5, 0.5), st.floats(1e-4, 0.05)), min_size=2, max_size=40
)


@pytest.mark.parametrize(
    ("spread", "at_30", "at_100", "at_300"),
    [
        (0.02, 0.05, 0.14, 0.32),
        (0.03, 0.10, 0.26, 0.52),
        (0.05, 0.23, 0.50, 0.75),
        (0.08, 0.43, 0.72, 0.88),
    ],
)
def test_how_little_a_gap_says(spread, at_30, at_100, at_300):
    """Both rates .70, the reference five times as large."""
    for n, expected in ((30, at_30), (100, at_100), (300, at_300)):
        gap = gap_of(0.7 * n, n, 0.7 * 5 * n, 5 * n)
        assert gap_reliability(gap, spread) == pytest.approx(expected, abs=0.006)


@given(GAPS)
def test_the_spread_is_where_the_excess_is_used_up(gaps):
    found = true_gaps(gaps)
    if found.spread:
        assert excess(gaps, found.spread**2) == pytest.approx(len(gaps) - 1, rel=1e-6)
    else:
        assert excess(gaps, 0) <= len(gaps) - 1 + 1e-9


@given(GAPS)
def test_a_shrunken_gap_lies_between_its_own_and_the_mean(gaps):
    of_all = true_gaps(gaps)
    for gap in gaps:
        found = shrunken_gap(gap, of_all)
        ends = sorted([gap.difference, of_all.mean])
        assert ends[0] - 1e-9 <= found.difference <= ends[1] + 1e-9
        assert found.low < found.difference < found.high


def test_drawn_groups_give_their_spread_back_and_shrinking_pays():
    rng = random.Random(5)
    truth = [rng.gauss(-0.06, 0.08) for _ in range(400)]
    gaps = [GapEstimate(rng.gauss(each, 0.09), 0.09**2) for each in truth]
    found = true_gaps(gaps)
    assert found.mean == pytest.approx(-0.06, abs=0.012)
    assert found.spread == pytest.approx(0.08, abs=0.012)
    assert found.heterogeneity.p < 0.001

    def off(guesses):
        return sum((a - b) ** 2 for a, b in zip(guesses, truth, strict=True))

    shrunken = [shrunken_gap(gap, found) for gap in gaps]
    assert off([each.difference for each in shrunken]) < 0.6 * off([g.difference for g in gaps])
    held = sum(each.low <= t <= each.high for each, t in zip(shrunken, truth, strict=True))
    assert held / len(truth) == pytest.approx(0.95, abs=0.03)


def test_a_rate_of_nothing_or_all_is_not_free_of_chance():
    assert gap_of(0, 12, 40, 60).variance > 0
    assert gap_of(12, 12, 60, 60).difference == 0
    assert gap_of(12, 12, 60, 60).variance > 0


COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(one=COUNTS, two=COUNTS)
def test_two_rates_are_newcombes_interval(one, two):
    found = mover([WeightedCount(1, *one), WeightedCount(-1, *two)])
    expected = newcombe(*one, *two)
    assert (found.difference, found.low, found.high) == pytest.approx(
        (expected.difference, expected.low, expected.high)
    )


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_change_backward_is_the_change_turned_round(a1, a2, b1, b2):
    before, after = (
        (WeightedCount(1, *a1), WeightedCount(1, *a2)),
        (WeightedCount(1, *b1), WeightedCount(1, *b2)),
    )
    forth, back = change_in_gap(before, after), change_in_gap(after, before).reversed
    assert forth.low <= forth.difference <= forth.high
    assert (forth.low, forth.high) == pytest.approx((back.low, back.high))


def test_a_gap_that_closed_on_paper():
    """Gap −20 points before and −5 after, 200 patients in each: closed by 15."""
    found = change_in_gap(
        (WeightedCount(1, 100, 200), WeightedCount(1, 140, 200)),
        (WeightedCount(1, 130, 200), WeightedCount(1, 140, 200)),
    )
    assert found.difference == pytest.approx(0.15)
    assert 0 < found.low < 0.15 < found.high


def test_nothing_to_add_is_refused():
    with pytest.raises(ValueError, match="nothing to add up"):
        mover([])
