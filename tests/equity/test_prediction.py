from __future__ import annotations

import random

import pytest

from readiness.equity.prediction import (
    FollowedGap,
    drift_of,
    link_of,
    prediction_of,
)
from readiness.statistics.regression import least_squares

BIG = 40_000  # patients of whom next to nothing is chance


def group(number, score, before, after, n=BIG, name="DATA"):
    """A group whose reference has a rate of .7 in both periods."""

    def pairs(gap):
        return (round(n * (0.7 + gap)), n), (round(n * 0.7), n)

    return FollowedGap(f"g{number}", {name: score}, pairs(before), pairs(after))


def many(groups, per_point, n=BIG, seed=1, starts=None):
    """Groups of every score whose gap moves by so much for each point; counts are chance too."""
    throw = random.Random(seed)

    def random_rate(rate):
        spread = (n * rate * (1 - rate)) ** 0.5
        return max(0, min(n, round(throw.gauss(n * rate, spread)))), n

    found = []
    for number in range(groups):
        score = throw.uniform(20, 80)
        gap = starts(score) if starts else throw.gauss(-0.1, 0.03)
        before, after = random_rate(0.7 + gap), random_rate(0.7 + gap + per_point * score)
        found.append(
            FollowedGap(
                f"g{number}", {"DATA": score}, (before, random_rate(0.7)), (after, random_rate(0.7))
            )
        )
    return found


def adjusted(link):
    """The slope among groups with the same gap at first, which must be there."""
    assert link.adjusted
    return link.adjusted


def drift(followed):
    found = drift_of(followed)
    assert found
    return found


def test_nothing_is_told_from_nine_groups_and_an_interval_from_ten():
    nine = [group(n, 30 + 5 * n, -0.1 - n / 300, -0.1 + n * n / 900) for n in range(9)]
    link = link_of("DATA", nine)
    assert (link.groups, link.adjusted, link.plain, link.is_told) == (9, None, None, False)
    ten = [*nine, group(9, 80, -0.12, 0.02)]
    assert adjusted(link_of("DATA", ten)).low < adjusted(link_of("DATA", ten)).high


def test_a_group_without_the_score_is_not_counted():
    found = [group(n, 30 + n, -0.1 - n * n / 3000, -0.1) for n in range(12)]
    assert link_of("DATA", [*found, group(12, None, -0.1, -0.1)]).groups == 12
    assert link_of("LEAD", found).groups == 0


def test_the_slope_is_for_ten_points_of_score():
    found = many(40, 0.002)
    link = link_of("DATA", found)
    assert adjusted(link).value == pytest.approx(0.02, abs=0.002)
    assert link.plain
    assert link.plain.value == pytest.approx(0.02, abs=0.002)


def test_it_is_the_slope_among_groups_with_the_same_gap_at_first():
    found = many(25, 0.001, n=400)
    rows = [(f.scores["DATA"] / 10, f.gap_before.difference) for f in found]
    changes = [f.gap_after.difference - f.gap_before.difference for f in found]
    assert link_of("DATA", found).adjusted == least_squares(rows, changes).slopes[0]


def test_a_link_is_told_when_both_ways_of_looking_agree():
    assert prediction_of(many(40, 0.002), ["DATA"]).links[0].is_told


def test_a_link_that_only_the_adjusted_view_shows_is_not_told():
    """Nothing changes but by chance; the readier groups had the smaller gap at first."""
    told = adjusted_only = 0
    for seed in range(60):
        found = many(60, 0, 120, seed, lambda score: (score - 80) / 400)
        (link,) = prediction_of(found, ["DATA"]).links
        told += link.is_told
        adjusted_only += not adjusted(link).holds(0)
    assert adjusted_only > 20  # adjusting alone would tell a link in every third world or more
    assert told <= 6


def test_where_nothing_is_linked_seldom_anything_is_told():
    told = sum(
        prediction_of(many(20, 0, 150, seed), ["DATA"]).links[0].is_told for seed in range(200)
    )
    assert told <= 14  # 5 percent, and twice its chance


def test_looking_at_many_scores_asks_more_of_each():
    found = many(30, 0.002, n=2000)
    throw = random.Random(3)
    names = [f"S{n}" for n in range(9)]
    every = [
        FollowedGap(f.group_id, {**f.scores, **{s: throw.uniform(0, 100) for s in names}}, *f.both)
        for f in found
    ]
    alone = prediction_of(every, ["DATA"]).links[0]
    among = prediction_of(every, ["DATA", *names]).links[0]
    assert alone.p_holm == adjusted(alone).p
    assert among.p_holm == pytest.approx(10 * adjusted(alone).p)


def test_groups_that_all_have_one_score_tell_nothing():
    found = [group(n, 50, -0.1 - n * n / 3000, -0.1) for n in range(12)]
    (link,) = prediction_of(found, ["DATA"]).links
    assert (link.adjusted, link.p_holm, link.is_told) == (None, None, False)


def test_the_drift_back_is_what_two_counts_of_the_same_gap_show():
    """True gaps stay; the widest at first come back by themselves, as far as expected."""
    found = many(3000, 0, n=200, seed=5)
    told = drift(found)
    assert told.mean == pytest.approx(-0.1, abs=0.004)
    widest = sorted(found, key=lambda each: each.gap_before.difference)[:300]
    came_back = sum(f.gap_after.difference - f.gap_before.difference for f in widest) / 300
    expected = sum(told.expected[each.group_id] for each in widest) / 300
    assert came_back > 0.04
    assert came_back == pytest.approx(expected, abs=0.012)


def test_how_far_gaps_drift_back_takes_thirty_groups():
    found = many(30, 0)
    assert drift_of(found[:29]) is None
    assert 0 < drift(found).reliability < 1


def test_the_change_is_the_later_gap_minus_the_earlier_with_its_interval():
    change = group(1, 50, -0.1, -0.06, n=1000).change
    assert change.difference == pytest.approx(0.04)
    assert change.low < 0.04 < change.high
