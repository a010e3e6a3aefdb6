from __future__ import annotations

from dataclasses import replace
from math import log, sqrt
from statistics import fmean

import numpy as np
import pytest

from readiness.statistics.adjusted_gaps import adjusted_gaps
from readiness.statistics.between_groups import (
    GapEstimate,
    excess,
    shrunken_gap,
    true_gaps,
    weighted_mean,
)

SEED = 20261130


def portfolio(groups=60, slope=0.3, spread=0.03, seed=SEED):
    """Gaps, their case mix, and the true gap of each group at the mean case mix."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 0.6, groups)
    true = -0.08 + spread * rng.normal(size=groups)
    variances = rng.uniform(0.0005, 0.003, groups)
    observed = true + slope * (shares - shares.mean()) + rng.normal(size=groups) * variances**0.5
    gaps = [GapEstimate(float(d), float(v)) for d, v in zip(observed, variances, strict=True)]
    return gaps, [[float(each)] for each in shares], true


def test_without_case_mix_it_is_the_shrunken_gap_averaged_over_the_spread():
    gaps, _, _ = portfolio(groups=30)
    found, of_all = adjusted_gaps(gaps, [[] for _ in gaps]), true_gaps(gaps)
    assert found.spread == pytest.approx(of_all.spread)
    assert found.heterogeneity.p == pytest.approx(of_all.heterogeneity.p)
    heights, values = [], []
    for spread in np.linspace(0.0001, 0.12, 2000):
        mean, variance = weighted_mean(gaps, spread**2)
        left = sum(log(g.variance + spread**2) for g in gaps) + excess(gaps, spread**2)
        heights.append(log(variance) / 2 - left / 2)
        known = replace(of_all, mean=mean, mean_variance=variance, spread=spread)
        shrunk = [shrunken_gap(each, known) for each in gaps]
        values.append([(s.difference, (s.high - s.difference) / 1.959964) for s in shrunk])
    weight = np.exp(np.array(heights) - max(heights))
    weight /= weight.sum()
    means, errors = np.moveaxis(np.array(values), 2, 0)
    mean = weight @ means
    error = np.sqrt(weight @ (errors**2 + (means - mean) ** 2))
    for at, own in enumerate(found.groups):
        assert own.difference == pytest.approx(mean[at], abs=1e-4)
        assert own.high - own.difference == pytest.approx(1.959964 * error[at], rel=0.005)


def test_with_one_variance_for_all_it_is_ordinary_least_squares():
    gaps, shares, _ = portfolio()
    alike = [GapEstimate(each.difference, 0.001) for each in gaps]
    found = adjusted_gaps(alike, shares)
    x = np.array(shares)[:, 0]
    y = np.array([each.difference for each in alike])
    slope, _ = np.polyfit(x, y, 1)
    left = y - y.mean() - slope * (x - x.mean())
    total = (left**2).sum() / (len(y) - 2)
    assert found.mean.difference == pytest.approx(y.mean())
    assert found.coefficients[0].difference == pytest.approx(slope)
    assert found.spread == pytest.approx(sqrt(total - 0.001))
    reach = found.coefficients[0].high - found.coefficients[0].difference
    known = 1.959964 * sqrt(total / ((x - x.mean()) ** 2).sum())
    assert known < reach < 1.05 * known  # the spread itself is not known


def test_groups_are_compared_at_one_case_mix():
    gaps, shares, true = portfolio(groups=400)
    found = adjusted_gaps(gaps, shares)
    assert found.coefficients[0].low < 0.3 < found.coefficients[0].high
    assert found.spread == pytest.approx(0.03, abs=0.006)
    plain = true_gaps(gaps)
    assert plain.spread > found.spread + 0.01
    own = np.array([each.difference for each in found.groups])
    unadjusted = np.array([shrunken_gap(each, plain).difference for each in gaps])
    assert ((own - true) ** 2).mean() < 0.5 * ((unadjusted - true) ** 2).mean()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = [
        own.low <= true <= own.high
        for seed in range(10)
        for gaps, shares, truth in [portfolio(seed=seed)]
        for own, true in zip(adjusted_gaps(gaps, shares).groups, truth, strict=True)
    ]
    assert 0.92 < fmean(held) < 0.98


def test_where_chance_explains_all_groups_are_drawn_near_the_gap_of_their_case_mix():
    gaps = [GapEstimate(-0.1 + 0.2 * g / 40 + 0.02 * (-1) ** g, 0.01) for g in range(40)]
    found = adjusted_gaps(gaps, [[g / 40] for g in range(40)])
    assert found.spread == 0
    middle = -0.1 + 0.2 * 19.5 / 40
    assert all(abs(each.difference - middle) < 0.003 for each in found.groups)


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ([[0.1], [0.2], [0.3]], "more gaps"),
        ([[0.5]] * 20, "same everywhere"),
        ([[g / 20, 1 - g / 20] for g in range(20)], "add up to 1"),
    ],
)
def test_case_mix_that_tells_nothing_is_refused(shares, says):
    with pytest.raises(ValueError, match=says):
        adjusted_gaps([GapEstimate(0.1, 0.01)] * len(shares), shares)
