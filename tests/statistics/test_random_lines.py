from __future__ import annotations

from math import sqrt
from statistics import fmean, variance

import numpy as np
import pytest

from readiness.statistics.between_groups import GapEstimate, TrueGaps, shrunken_gap, true_gaps
from readiness.statistics.hypothesis_tests import ChiSquare
from readiness.statistics.random_lines import TimedValue, random_lines

YEARS = (0.0, 1.0, 2.0, 3.0)
MIDDLE, SXX = 1.5, 5.0
SEED = 20261130


def portfolio(groups=40, noise=0.03, levels=0.05, trends=0.02, seed=SEED):
    """Values of every group at all years, and its true level and trend."""
    rng = np.random.default_rng(seed)
    truth = {
        f"g{g}": (0.6 + levels * rng.normal(), 0.01 + trends * rng.normal()) for g in range(groups)
    }
    values = {
        name: [
            TimedValue(at, level + trend * (at - MIDDLE) + noise * rng.normal(), noise**2)
            for at in YEARS
        ]
        for name, (level, trend) in truth.items()
    }
    return values, truth


def own_lines(values):
    """By ordinary least squares: level and trend of each group."""
    return {
        name: (
            fmean(each.value for each in own),
            sum((each.at - MIDDLE) * each.value for each in own) / SXX,
        )
        for name, own in values.items()
    }


def averaged_gap(parts, place, chance):
    """One of balanced parts, drawn in and averaged over the spread by a fine grid of its own."""
    k, between = len(parts), variance(parts)
    fits = []
    for spread in np.linspace(0.0001, 0.15, 3000):
        total = spread**2 + chance
        height = -(k - 1) / 2 * (np.log(total) + between / total)
        of_all = TrueGaps(fmean(parts), total / k, spread, ChiSquare(0.0, 1, 1.0))
        shrunk = shrunken_gap(GapEstimate(parts[place], chance), of_all)
        fits.append((height, shrunk.difference, (shrunk.high - shrunk.difference) / 1.959964))
    heights, means, errors = np.array(fits).T
    weight = np.exp(heights - heights.max()) / np.exp(heights - heights.max()).sum()
    mean = weight @ means
    return mean, sqrt(weight @ (errors**2 + (means - mean) ** 2))


def test_of_balanced_years_it_is_what_the_two_sums_of_squares_say():
    """Restricted likelihood is then in closed form: variance over groups less that by chance."""
    noise = 0.03
    values, _ = portfolio(noise=noise)
    own, found = own_lines(values), random_lines(values)
    chance = (noise**2 / len(YEARS), noise**2 / SXX)
    spreads = (found.level_spread, found.trend_spread)
    for part, (mean, spread) in enumerate(zip((found.level, found.trend), spreads, strict=True)):
        parts = [each[part] for each in own.values()]
        assert mean.difference == pytest.approx(fmean(parts))
        assert spread == pytest.approx(sqrt(variance(parts) - chance[part]), rel=1e-3)
        for place in (0, 7):
            line = list(found.groups.values())[place]
            mine = (line.level, line.trend)[part]
            value, error = averaged_gap(parts, place, chance[part])
            assert mine.difference == pytest.approx(value, abs=0.0003)
            assert mine.high - mine.difference == pytest.approx(1.959964 * error, rel=0.01)


def test_groups_that_are_alike_are_drawn_to_one_line():
    values, _ = portfolio(levels=0.0, trends=0.0, noise=0.05, seed=4)
    own, found = own_lines(values), random_lines(values)
    assert found.trend_spread < 0.012
    observed = [trend for _, trend in own.values()]
    drawn = [each.trend.difference for each in found.groups.values()]
    assert max(drawn) - min(drawn) < 0.3 * (max(observed) - min(observed))


def test_a_group_seen_once_has_the_trend_of_all_and_a_wider_interval():
    values, _ = portfolio()
    whole = random_lines(values).groups["g0"].trend
    found = random_lines({**values, "g0": values["g0"][:1]})
    once = found.groups["g0"]
    assert once.times == 1
    assert once.trend.high - once.trend.low > whole.high - whole.low
    assert abs(once.trend.difference - found.trend.difference) < found.trend_spread


def test_what_the_order_of_groups_and_the_start_of_time_are_does_not_matter():
    values, _ = portfolio()
    later = {
        name: [TimedValue(each.at + 2023, each.value, each.variance) for each in own]
        for name, own in reversed(values.items())
    }
    one, other = random_lines(values), random_lines(later)
    assert other.middle == pytest.approx(one.middle + 2023)
    for name, line in one.groups.items():
        mine = other.groups[name]
        assert mine.trend.difference == pytest.approx(line.trend.difference, abs=1e-5)
        assert mine.level.difference == pytest.approx(line.level.difference, abs=1e-5)


@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Five portfolios of forty groups: 200 levels and trends; a longer form is in script/bench."""
    held = [
        interval.low <= true <= interval.high
        for seed in range(5)
        for values, truth in [portfolio(seed=seed)]
        for name, line in random_lines(values).groups.items()
        for interval, true in zip((line.level, line.trend), truth[name], strict=True)
    ]
    assert 0.91 < fmean(held) < 0.98


def test_of_one_year_alone_it_agrees_with_the_gaps_of_all():
    """Only one group has a second time, so the level is that of a plain shrunken gap."""
    values, _ = portfolio(groups=200)
    once = {name: own[1:2] for name, own in values.items()}
    gaps = true_gaps([GapEstimate(own[0].value, own[0].variance) for own in once.values()])
    once["g0"] = values["g0"][1:3]
    found = random_lines(once)
    assert found.level.difference == pytest.approx(gaps.mean, abs=0.002)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"a": [TimedValue(0, 0.5, 0.01)] * 2, "b": [TimedValue(0, 0.5, 0.01)]}, "three groups"),
        ({name: [TimedValue(0, 0.5, 0.01)] * 2 for name in "abc"}, "two times"),
        (
            {name: [TimedValue(at, 0.5, 0.0) for at in (0, 1)] for name in "abc"},
            "variance by chance",
        ),
    ],
)
def test_what_tells_no_line_is_refused(values, says):
    with pytest.raises(ValueError, match=says):
        random_lines(values)
