from __future__ import annotations

import random
from math import sqrt

import pytest

from readiness.statistics.comparisons import ratio_of_sums


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
