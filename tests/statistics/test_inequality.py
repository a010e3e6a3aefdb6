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
    concentration_index,
    corrected_variance,
    entropy,
    fractional_ranks,
    index_of_disparity,
    mean_differences,
    pairwise,
)

pytestmark = pytest.mark.slow  # hundreds of drawn tables

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
    assert index_of_disparity(PAPER).unweighted == pytest.approx(100 * 41 / 3 / 71)
    assert index_of_disparity(PAPER).weighted == pytest.approx(1080 / 71)
    assert attributable(PAPER, is_favorable=True).risk.value == pytest.approx(9)
    assert attributable(PAPER, is_favorable=False).risk.value == pytest.approx(-21)


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


RANKED_GROUPS = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.integers(1, 500)),
    min_size=1,
    max_size=12,
).filter(lambda groups: sum(given for given, _, _ in groups) > 0)


def index_of(groups):
    return concentration_index(*zip(*groups, strict=True))


def test_the_middle_of_each_group_is_its_rank():
    """100, 300 and 600 people: up to .1, .4 and 1."""
    assert fractional_ranks([5, 7, 9], [100, 300, 600]) == pytest.approx([0.05, 0.25, 0.7])
    assert fractional_ranks([9, 5, 7], [600, 100, 300]) == pytest.approx([0.7, 0.05, 0.25])


def test_groups_ranked_alike_share_one_rank():
    assert fractional_ranks([5, 5, 9], [100, 300, 600]) == pytest.approx([0.2, 0.2, 0.7])


def test_the_index_of_three_groups_by_hand():
    """Ranks .05, .25, .7; given 20, 30, 50: 2 × (20 × −.45 + 30 × −.25 + 50 × .2) ÷ 100 = −.13."""
    assert concentration_index([20, 30, 50], [5, 7, 9], [100, 300, 600]) == pytest.approx(-0.13)


def test_the_index_is_the_textbook_sum_over_single_people():
    """2 ÷ (n² μ) Σ h i − 1 − 1/n, with people numbered from the lowest ranked."""
    each = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    n, mean = len(each), sum(each) / len(each)
    textbook = 2 / (n * n * mean) * sum(h * i for i, h in enumerate(each, 1)) - 1 - 1 / n
    assert concentration_index(each, range(n), [1] * n) == pytest.approx(textbook)


def test_all_to_one_end_of_many_is_nearly_one():
    nothing = [0.0] * 99
    assert concentration_index([*nothing, 1], range(100), [1] * 100) == pytest.approx(0.99)
    assert concentration_index([1, *nothing], range(100), [1] * 100) == pytest.approx(-0.99)


@given(RANKED_GROUPS)
def test_the_same_to_everybody_is_no_concentration(groups):
    assert index_of([(people, rank, people) for _, rank, people in groups]) == pytest.approx(0)


@given(RANKED_GROUPS, st.randoms(use_true_random=False))
def test_neither_order_nor_scale_nor_splitting_a_group_changes_it(groups, rng):
    expected = pytest.approx(index_of(groups), abs=1e-9)
    shuffled = rng.sample(groups, len(groups))
    assert index_of(shuffled) == expected
    assert (
        index_of([(7 * given, 3 + rank, 2 * people) for given, rank, people in groups]) == expected
    )
    given, rank, people = groups[0]
    halves = [(given / 2, rank, people / 2)] * 2
    assert index_of([*halves, *groups[1:]]) == expected


@given(RANKED_GROUPS)
def test_turning_the_ranking_round_turns_the_sign(groups):
    turned = [(given, -rank, people) for given, rank, people in groups]
    assert index_of(turned) == pytest.approx(-index_of(groups), abs=1e-9)


@pytest.mark.parametrize(
    ("given", "ranked_by", "people"),
    [([1], [1], [0]), ([1], [1], [1, 2]), ([], [], []), ([1, 1], [1, 2], [2, -1])],
)
def test_a_ranking_of_nobody_is_refused(given, ranked_by, people):
    with pytest.raises(ValueError, match="how many people"):
        concentration_index(given, ranked_by, people)


@pytest.mark.parametrize("given", [[0, 0], [3, -1], [1]])
def test_a_concentration_of_nothing_is_refused(given):
    with pytest.raises(ValueError, match="above 0 in all"):
        concentration_index(given, [1, 2], [1, 1])
