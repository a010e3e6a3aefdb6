from __future__ import annotations

import random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.inequality import (
    GroupEstimate,
    SummaryEstimate,
    attributable,
    between_group_variance,
    corrected_variance,
    entropy,
    index_of_disparity,
    index_of_disparity_from_reference,
    mean_differences,
    pairwise,
)

GROUPS = st.lists(
    st.builds(GroupEstimate, st.floats(1, 100), st.integers(1, 5_000), st.floats(0, 20)),
    min_size=2,
    max_size=8,
)
PAPER = [GroupEstimate(80, 60, 2), GroupEstimate(60, 30, 3), GroupEstimate(50, 10, 5)]  # mean 71


def test_measures_on_paper():
    """Mean 71; distances 9, 11, 21; variance 0.6 × 81 + 0.3 × 121 + 0.1 × 441."""
    found = mean_differences(PAPER, is_favorable=True, reference=1)
    assert between_group_variance(PAPER).variance.value == pytest.approx(129)
    assert (found.from_mean, found.from_mean_weighted) == pytest.approx((41 / 3, 10.8))
    assert (found.from_best, found.from_best_weighted) == pytest.approx((50 / 3, 9))
    assert (found.from_reference, found.from_reference_weighted) == pytest.approx((10, 13))
    assert index_of_disparity(PAPER).weighted == pytest.approx(1080 / 71)
    assert attributable(PAPER, is_favorable=True).risk.value == pytest.approx(9)
    assert attributable(PAPER, is_favorable=False).risk.value == pytest.approx(-21)


def test_the_two_indices_of_disparity_differ():
    """From the reference of 60, over the other two groups: (20 + 10) ÷ 2 ÷ 60."""
    assert index_of_disparity_from_reference(PAPER, reference=1) == pytest.approx(25)
    assert index_of_disparity(PAPER).unweighted == pytest.approx(100 * 41 / 3 / 71)


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups, rng):
    turned = rng.sample(groups, len(groups))
    for measure in (
        lambda g: pairwise(g).difference.value,
        lambda g: between_group_variance(g).variance.error,
        lambda g: index_of_disparity(g).unweighted,
        lambda g: entropy(g).theil.value,
        lambda g: attributable(g, is_favorable=True).risk.value,
    ):
        assert measure(groups) == pytest.approx(measure(turned), rel=1e-6, abs=1e-7)


@given(GROUPS)
def test_nothing_is_below_zero_and_equal_groups_are_at_zero(groups):
    same = [GroupEstimate(50, group.people, group.error) for group in groups]
    assert entropy(groups).theil.value >= -1e-9
    assert entropy(groups).mean_log_deviation.value >= -1e-9
    assert between_group_variance(same).variance.value == pytest.approx(0, abs=1e-9)
    assert entropy(same).theil.value == pytest.approx(0, abs=1e-9)
    assert pairwise(same).difference.value == 0


@given(GROUPS)
def test_relative_measures_do_not_see_the_unit(groups):
    shares = [
        GroupEstimate(group.estimate / 100, group.people, group.error / 100) for group in groups
    ]
    assert entropy(shares).theil.error == pytest.approx(entropy(groups).theil.error, abs=1e-6)
    one, two = attributable(shares, is_favorable=True), attributable(groups, is_favorable=True)
    assert one.percent
    assert two.percent
    assert one.percent.error == pytest.approx(two.percent.error, abs=1e-6)


def test_without_standard_errors_there_are_values_only():
    groups = [GroupEstimate(80, 60), GroupEstimate(60, 40)]
    assert pairwise(groups).difference.error is None
    assert pairwise(groups).ratio == SummaryEstimate(80 / 60)
    assert entropy(groups).theil.low is None
    assert attributable(groups, is_favorable=True).risk.low is None


def test_errors_agree_with_drawing_again_and_again():
    """Delta method against 4,000 draws; rates .7/.6/.5 of 2,000/500/300."""
    rates, people = (0.7, 0.6, 0.5), (2_000, 500, 300)
    errors = [100 * (p * (1 - p) / n) ** 0.5 for p, n in zip(rates, people, strict=True)]
    groups = [GroupEstimate(100 * p, n, e) for p, n, e in zip(rates, people, errors, strict=True)]
    rng = random.Random(7)
    drawn = [
        [GroupEstimate(rng.gauss(g.estimate, g.error or 0), g.people, 1) for g in groups]
        for _ in range(4_000)
    ]
    for measure in (
        lambda g: between_group_variance(g).variance,
        lambda g: entropy(g).theil,
        lambda g: entropy(g).mean_log_deviation,
        lambda g: attributable(g, is_favorable=True).risk,
        lambda g: attributable(g, is_favorable=True).percent or SummaryEstimate(0),
    ):
        again = [measure(each).value for each in drawn]
        assert stdev(again) == pytest.approx(measure(groups).error, rel=0.06)


def test_the_corrected_variance_is_unbiased_and_the_plain_one_is_not():
    """No true disparity, 60/15/12/10 patients: chance alone makes 65 squared points."""
    rng, people = random.Random(11), (60, 15, 12, 10)
    found = [
        corrected_variance([(sum(rng.random() < 0.7 for _ in range(n)), n) for n in people])
        for _ in range(4_000)
    ]
    assert fmean(each.naive for each in found) == pytest.approx(65, rel=0.06)
    assert fmean(each.corrected for each in found) == pytest.approx(0, abs=3)
    assert all(each.deviation_points >= 0 for each in found)


def test_a_group_of_one_says_nothing_of_chance():
    assert corrected_variance([(7, 10), (1, 1), (4, 10)]) == corrected_variance([(7, 10), (4, 10)])


@pytest.mark.parametrize("measure", [pairwise, between_group_variance, entropy, index_of_disparity])
@pytest.mark.parametrize(
    "groups", [[], [GroupEstimate(50, 10)], [GroupEstimate(50, 0), GroupEstimate(40, 0)]]
)
def test_one_group_is_not_unequal(measure, groups):
    with pytest.raises(ValueError, match="at least two groups"):
        measure(groups)


def test_a_lowest_rate_of_zero_has_no_ratio_and_still_an_entropy():
    groups = [GroupEstimate(0, 10, 1), GroupEstimate(40, 10, 1)]
    assert pairwise(groups).ratio is None
    assert entropy(groups).mean_log_deviation.value > 1_000
