from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.comparisons import newcombe
from readiness.statistics.gaps import WeightedCount, change_in_gap, mover

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
