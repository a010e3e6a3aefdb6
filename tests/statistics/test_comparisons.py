from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.comparisons import (
    agresti_caffo,
    mee,
    miettinen_nurminen,
    newcombe,
    second_share_given_difference,
    wald,
)

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SHOWN = [newcombe, miettinen_nurminen, mee]


@pytest.mark.parametrize(
    ("method", "counts", "low", "high"),
    [
        (newcombe, (9, 10, 3, 10), 0.1705, 0.8090),
        (miettinen_nurminen, (9, 10, 3, 10), 0.1700, 0.8406),
        (newcombe, (5, 56, 0, 29), -0.0381, 0.1926),
        (miettinen_nurminen, (5, 56, 0, 29), -0.0326, 0.1933),
        (wald, (56, 70, 48, 80), 0.0575, 0.3425),
    ],
)
def test_published_intervals_are_met(method, counts, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table II."""
    found = method(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize("method", SHOWN)
@given(one=COUNTS, two=COUNTS)
def test_an_interval_holds_its_difference_and_stays_possible(method, one, two):
    found = method(*one, *two)
    assert -1 - 1e-9 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1 + 1e-9


@pytest.mark.parametrize("method", [*SHOWN, wald, agresti_caffo])
@given(one=COUNTS, two=COUNTS)
def test_turning_the_sides_round_turns_the_interval_round(method, one, two):
    found, other = method(*one, *two), method(*two, *one).reversed
    assert found.low == pytest.approx(other.low, abs=1e-7)
    assert found.high == pytest.approx(other.high, abs=1e-7)


@given(one=COUNTS, two=COUNTS)
def test_the_factor_of_a_difference_only_widens(one, two):
    plain, wider = mee(*one, *two), miettinen_nurminen(*one, *two)
    assert wider.low <= plain.low + 1e-9
    assert plain.high <= wider.high + 1e-9


@pytest.mark.parametrize("supposed", [-0.6, -0.1, 0.0, 0.25, 0.7])
@given(one=COUNTS, two=COUNTS)
def test_the_cubic_finds_what_a_search_finds(supposed, one, two):
    """The likelihood given the difference, halved down to its top."""
    (x1, n1), (x2, n2) = one, two
    low, high = max(0.0, -supposed), min(1.0, 1 - supposed)

    def slope(p2):
        return sum(
            x / max(p, 1e-15) - (n - x) / max(1 - p, 1e-15)
            for x, n, p in ((x1, n1, p2 + supposed), (x2, n2, p2))
        )

    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    assert second_share_given_difference(x1, n1, x2, n2, supposed) == pytest.approx(low, abs=1e-6)


def test_large_groups_agree_whatever_the_method():
    counts = (70_000, 100_000, 69_000, 100_000)
    lows = [method(*counts).low for method in (*SHOWN, wald, agresti_caffo)]
    assert max(lows) - min(lows) < 1e-6
