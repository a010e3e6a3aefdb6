from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.domain.statistics.rates import wilson_rate


@pytest.mark.parametrize(
    ("positive", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_matches_the_published_table(positive, total, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    rate = wilson_rate(positive, total)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@given(st.integers(1, 10_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(pair):
    rate = wilson_rate(*pair)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1
    assert rate.share == Fraction(*pair)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_other_side_has_the_mirrored_interval(pair):
    some, total = pair
    rate, rest = wilson_rate(some, total), wilson_rate(total - some, total)
    assert rate.low == pytest.approx(1 - rest.high)


@pytest.mark.parametrize(("some", "total"), [(1, 0), (0, 0), (5, 4), (-1, 4)])
def test_what_is_no_share_is_refused(some, total):
    with pytest.raises(ValueError, match="is not a share"):
        wilson_rate(some, total)
