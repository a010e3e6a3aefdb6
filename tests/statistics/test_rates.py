from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.rates import (
    clopper_pearson,
    jeffreys,
    wilson,
    wilson_corrected,
    wilson_rate,
    z_of,
)

COUNTS = st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.floats(0.5, 0.999)
METHODS = [wilson, wilson_corrected, clopper_pearson, jeffreys]


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


@pytest.mark.parametrize("method", METHODS)
@given(pair=COUNTS, confidence=LEVELS)
def test_every_interval_holds_the_share_and_mirrors_its_complement(method, pair, confidence):
    x, n = pair
    found, rest = method(x, n, confidence), method(n - x, n, confidence)
    assert 0 <= found.low <= x / n <= found.high <= 1
    assert found.low == pytest.approx(1 - rest.high, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@given(pair=COUNTS)
def test_more_confidence_is_wider(method, pair):
    narrow, wide = method(*pair, 0.8), method(*pair, 0.99)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


@given(COUNTS)
def test_a_correction_for_continuity_widens(pair):
    plain, corrected = wilson(*pair), wilson_corrected(*pair)
    assert corrected.low <= plain.low + 1e-12
    assert plain.high <= corrected.high + 1e-12


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_exact_limits_leave_two_and_a_half_percent_on_each_side(pair):
    x, n = pair
    low, high = clopper_pearson(x, n).low, clopper_pearson(x, n).high
    if x:
        assert sum(chance(k, n, low) for k in range(x, n + 1)) == pytest.approx(0.025)
    if x < n:
        assert sum(chance(k, n, high) for k in range(x + 1)) == pytest.approx(0.025)


def chance(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


@pytest.mark.parametrize(("some", "total"), [(1, 0), (0, 0), (5, 4), (-1, 4)])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_share_is_refused(method, some, total):
    with pytest.raises(ValueError, match="is not a share"):
        method(some, total)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_what_is_no_level_is_refused(confidence):
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        z_of(confidence)
