from __future__ import annotations

import random
from math import inf, isnan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.comparisons import (
    katz,
    koopman,
    miettinen_nurminen,
    miettinen_nurminen_ratio,
    newcombe,
    ratio_of_sums,
    second_share_given_difference,
    wald,
)

pytestmark = pytest.mark.slow  # hundreds of drawn tables

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SHOWN = [newcombe, miettinen_nurminen]


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


@pytest.mark.parametrize("method", [*SHOWN, wald])
@given(one=COUNTS, two=COUNTS)
def test_turning_the_sides_round_turns_the_interval_round(method, one, two):
    found, other = method(*one, *two), method(*two, *one).reversed
    assert found.low == pytest.approx(other.low, abs=1e-7)
    assert found.high == pytest.approx(other.high, abs=1e-7)


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
    lows = [method(*counts).low for method in (*SHOWN, wald)]
    assert max(lows) - min(lows) < 1e-6


SOME = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))


@pytest.mark.parametrize("method", [katz, koopman, miettinen_nurminen_ratio])
@given(one=SOME, two=SOME)
def test_an_interval_holds_its_ratio_and_turns_round_with_it(method, one, two):
    found, other = method(*one, *two), method(*two, *one)
    assert found.low <= found.ratio * (1 + 1e-9)
    assert found.ratio <= found.high * (1 + 1e-9)
    assert found.low == pytest.approx(1 / other.high, rel=1e-6)


@given(one=COUNTS, two=COUNTS)
def test_the_factor_of_a_ratio_only_widens(one, two):
    plain, wider = koopman(*one, *two), miettinen_nurminen_ratio(*one, *two)
    assert wider.low <= plain.low * (1 + 1e-9)
    assert plain.high <= wider.high * (1 + 1e-9)


def test_nobody_on_one_side_still_has_a_limit_on_the_other():
    """By hand: with x1 = 0 the statistic is z² where n1 R p̃2 / (1 − R p̃2) and its partner meet."""
    none, all_of_it = koopman(0, 20, 10, 20), koopman(10, 20, 0, 20)
    assert (none.ratio, none.low) == (0, 0)
    assert 0 < none.high < 1
    assert (all_of_it.ratio, all_of_it.high) == (inf, inf)
    assert all_of_it.low == pytest.approx(1 / none.high)


def test_nobody_on_either_side_tells_nothing():
    found = koopman(0, 20, 0, 30)
    assert isnan(found.ratio)
    assert (found.low, found.high) == (0, inf)


def test_a_logarithm_needs_someone_on_both_sides():
    with pytest.raises(ValueError, match="take the score interval"):
        katz(0, 20, 10, 20)


def test_the_ratio_is_that_of_the_sums_and_lies_within_its_interval():
    found = ratio_of_sums([1, 0, 2, 1], [1, 2, 1, 4], seed=7)
    assert found.value == pytest.approx(4 / 8)
    assert found.low < found.value < found.high


def test_the_same_seed_gives_the_same_interval_and_another_one_another():
    numbers = [n % 7 / 3 for n in range(30)], [1 + n % 11 / 7 for n in range(30)]
    assert ratio_of_sums(*numbers, seed=7) == ratio_of_sums(*numbers, seed=7)
    assert ratio_of_sums(*numbers, seed=7) != ratio_of_sums(*numbers, seed=8)


def test_with_equal_dollars_it_is_about_the_interval_of_a_mean():
    """Then the ratio is a mean, whose standard error is s/√n."""
    throw = random.Random(20260301)
    values = [throw.gauss(1, 1) for _ in range(400)]
    found = ratio_of_sums(values, [1.0] * 400, seed=7, replicates=20_000)
    mean = sum(values) / 400
    error = sqrt(sum((each - mean) ** 2 for each in values) / 400) / sqrt(400)
    assert found.low == pytest.approx(mean - 1.96 * error, abs=0.01)
    assert found.high == pytest.approx(mean + 1.96 * error, abs=0.01)


def test_at_twenty_groups_the_interval_holds_the_truth_nine_times_in_ten():
    throw = random.Random(20260301)
    held = 0
    for number in range(300):
        money = [throw.lognormvariate(0, 0.5) for _ in range(20)]
        gained = [each * 0.5 + throw.gauss(0, 0.5) for each in money]  # truly 0.5 for each
        found = ratio_of_sums(gained, money, seed=number, replicates=500)
        held += found.low <= 0.5 <= found.high
    assert 0.88 <= held / 300 <= 0.97


@pytest.mark.parametrize(
    ("above", "below"), [([], []), ([1], [1, 2]), ([1, 2], [1, 0]), ([1, 2], [1, -3])]
)
def test_what_cannot_be_divided_is_refused(above, below):
    with pytest.raises(ValueError, match="both numbers"):
        ratio_of_sums(above, below, seed=7)
