"""How often a design pays, against what theory says it has to be.

A share of replicates lies within four of its standard errors of the truth in 15,999 of 16,000
seeds; the seed is fixed.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from readiness.incentives.design import GapKind, Joining, Lower, Rule
from readiness.incentives.models import Scenario, Simulated, TrueChange
from tests.factories.populations import a_design, a_ground, binomial, exactly, known, tried

pytestmark = pytest.mark.slow  # simulates what theory knows

NORMAL = NormalDist()
MANY = 40_000


def close(found: Simulated, expected: float) -> bool:
    assert 0 < found.error < 0.02
    return abs(found.value - expected) < 4 * found.error


def given(people, rates):
    """Shares released, as nobody could have rounded them."""
    return tuple(Fraction(rate).limit_denominator(1000) for rate in rates)


def shares_of(counts, people):
    return tuple(Fraction(x, n) for x, n in zip(counts, people, strict=True))


def short(shares, people, lower):
    """The gap as a fraction."""
    behind = {s: max(Fraction(0), shares[0] - shares[s]) for s in lower}
    total = sum(people[s] for s in lower)
    return sum((people[s] * away for s, away in behind.items()), Fraction(0)) / max(total, 1)


def narrowed(first, counts, people, lower):
    return short(first, people, lower) - short(shares_of(counts, people), people, lower)


def a_known_ground(people, rates, **changes):
    return known(a_ground(people, rates, **changes))


# Gap narrowing


@pytest.mark.parametrize("least_points", [5, 10, 25])
@pytest.mark.parametrize("people", [(12, 8), (6, 5, 4)])
def test_narrowing_by_some_points_is_as_likely_as_the_enumeration_says(people, least_points):
    rates = (0.8, 0.5, 0.6)[: len(people)]
    first, lower = given(people, rates), range(1, len(people))
    least = Fraction(least_points, 100)
    expected = exactly(people, rates, lambda b: narrowed(first, b, people, lower) >= least)
    design = a_design(least_points=least_points, full_points=least_points)
    assert close(tried(a_known_ground(people, rates), design, replicates=MANY).paid, expected)


@pytest.mark.parametrize("people", [(12, 8), (6, 5, 4)])
def test_a_gap_seen_by_luck_narrows_by_itself(people):
    released = (0.75, 0.5, 0.6)[: len(people)]
    truth = (0.7,) * len(people)
    first, lower = given(people, released), range(1, len(people))
    expected = exactly(people, truth, lambda b: narrowed(first, b, people, lower) > 0)
    population = known(a_ground(people, released), truth)
    found = tried(population, a_design(lower=Lower.SEEN_BEHIND), replicates=MANY)
    assert close(found.paid, expected)
    assert expected > 0.7


def test_the_largest_shortfall_is_enumerated_too():
    people, rates = (6, 5, 4), (0.8, 0.5, 0.6)

    def largest(shares):
        return max(Fraction(0), *(shares[0] - shares[s] for s in (1, 2)))

    least = largest(given(people, rates)) - Fraction(1, 5)
    expected = exactly(people, rates, lambda b: largest(shares_of(b, people)) <= least)
    design = a_design(gap=GapKind.LARGEST, least_points=20, full_points=20)
    assert close(tried(a_known_ground(people, rates), design, replicates=MANY).paid, expected)


def test_a_sliding_scale_pays_the_mean_that_the_enumeration_says():
    people, rates = (12, 8), (0.8, 0.5)
    first = given(people, rates)

    def share(b):
        points = 100 * narrowed(first, b, people, (1,))
        return float(min(max((points - 10) / 20, 0), 1))

    expected = exactly(people, rates, share)
    design = a_design(least_points=10, full_points=30, pool=1)
    found = tried(a_known_ground(people, rates), design, replicates=MANY)
    assert close(found.spent, expected)
    assert found.spent.value < found.paid.value


# By chance alone, in large groups


@pytest.mark.parametrize("rule", [Rule.NARROWING, Rule.LIFTING])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_asking_for_confidence_after_a_year_without_luck_leaves_less_than_was_asked(
    rule, confidence
):
    """The test allows for the luck of two years, and only the second is drawn."""
    population = a_known_ground((20_000, 4_000), (0.8, 0.6))
    design = a_design(rule=rule, confidence=confidence)
    expected = NORMAL.cdf(-sqrt(2) * NORMAL.inv_cdf(confidence))
    assert close(tried(population, design, replicates=MANY).paid, expected)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_taking_unlike_people_as_one_group_errs_on_the_side_of_not_paying(confidence):
    """Its variance is that of one share, a little above that of two with fixed sizes."""
    population = a_known_ground((20_000, 4_000), (0.9, 0.4))
    as_one = (49 / 60) * (11 / 60)
    truly = (20 * 0.9 * 0.1 + 4 * 0.4 * 0.6) / 24
    expected = 1 - NORMAL.cdf(NORMAL.inv_cdf(confidence) * sqrt(2 * as_one / truly))
    design = a_design(rule=Rule.IMPROVEMENT, confidence=confidence)
    assert expected < 0.6 * (1 - confidence)
    assert close(tried(population, design, replicates=MANY).paid, expected)


@pytest.mark.parametrize("gap", GapKind)
def test_so_it_does_for_several_lower_groups(gap):
    population = a_known_ground((20_000, 4_000, 3_000), (0.8, 0.6, 0.5))
    design = a_design(confidence=0.8, gap=gap)
    expected = NORMAL.cdf(-sqrt(2) * NORMAL.inv_cdf(0.8))
    assert close(tried(population, design, replicates=MANY).paid, expected)


def test_true_gain_is_found_as_often_as_normal_theory_says():
    people, rates, gain = (6_000, 900), (0.8, 0.6), 0.03
    design = a_design(confidence=0.95)
    found = tried(
        a_known_ground(people, rates),
        design,
        Scenario(TrueChange.TRUE_GAIN, 100 * gain),
        replicates=MANY,
    )
    noise = [p * (1 - p) / n for p, n in ((0.8, 6000), (0.63, 900), (0.8, 6000), (0.6, 900))]
    needed = NORMAL.inv_cdf(0.95) * sqrt(sum(noise))
    expected = NORMAL.cdf((gain - needed) / sqrt(sum(noise[:2])))
    assert 0.1 < expected < 0.8
    assert found.paid.value == pytest.approx(expected, abs=4 * found.paid.error + 0.004)
    assert found.paid_of_changed == found.paid
    assert found.paid_of_unchanged is None


# Attainment


@pytest.mark.parametrize(("level", "least"), [(0.7, 21), (0.75, 23)])
def test_attainment_is_the_tail_of_a_binomial(level, least):
    population = a_known_ground((10, 20), (0.7, 0.7))
    expected = sum(binomial(x, 30, 0.7) for x in range(least, 31))
    found = tried(population, a_design(rule=Rule.ATTAINMENT, attainment=level), replicates=MANY)
    assert close(found.paid, expected)


def test_attainment_with_confidence_at_the_very_level_leaves_what_was_asked_for():
    population = a_known_ground((10_000, 10_000), (0.7, 0.7))
    design = a_design(rule=Rule.ATTAINMENT, attainment=0.7, confidence=0.9)
    assert close(tried(population, design, replicates=MANY).paid, 0.1)


@pytest.mark.parametrize("measures", [2, 3])
def test_where_every_measure_has_to_earn_chances_multiply(measures):
    population = a_known_ground((30,), (0.7,), measures=measures, strata=("all",))
    ids = population.measure_ids
    one = sum(binomial(x, 30, 0.7) for x in range(21, 31))
    each = a_design(rule=Rule.ATTAINMENT, attainment=0.7, measure_ids=ids)
    every = a_design(rule=Rule.ATTAINMENT, attainment=0.7, measure_ids=ids, joining=Joining.ALL)
    assert close(tried(population, every, replicates=MANY).paid, one**measures)
    assert close(tried(population, each, replicates=MANY).paid, 1 - (1 - one) ** measures)


# Nobody may fall


def falls(first, people, tolerance):
    allowed = Fraction(tolerance, 100)
    return lambda b: any(
        before - after > allowed for before, after in zip(first, shares_of(b, people), strict=True)
    )


@pytest.mark.parametrize("tolerance", [0, 10])
@pytest.mark.parametrize("people", [(30,), (10, 10), (10, 10, 10)])
def test_nobody_falling_is_as_likely_as_the_enumeration_says(people, tolerance):
    """Everybody attains the level, so that only the safeguard decides."""
    rates = (0.7,) * len(people)
    fell = falls(given(people, rates), people, tolerance)
    expected = exactly(people, rates, lambda b: not fell(b))
    design = a_design(
        rule=Rule.ATTAINMENT, attainment=1e-6, no_fall=True, fall_tolerance_points=tolerance
    )
    found = tried(a_known_ground(people, rates), design, replicates=MANY).paid
    assert close(found, expected)


def test_narrowing_and_nobody_falling_at_once_is_a_joint_distribution():
    people, rates = (10, 10, 5), (0.8, 0.5, 0.6)
    first = given(people, rates)
    fell = falls(first, people, 0)
    expected = exactly(
        people,
        rates,
        lambda b: not fell(b) and narrowed(first, b, people, (1, 2)) >= Fraction(1, 20),
    )
    design = a_design(least_points=5, full_points=5, no_fall=True)
    assert close(tried(a_known_ground(people, rates), design, replicates=MANY).paid, expected)


# A composite


def test_a_composite_pays_each_rule_its_weight():
    people, rates = (8, 7), (0.75, 0.5)
    first = given(people, rates)

    def is_narrower(b):
        return narrowed(first, b, people, (1,)) > 0

    def attains(b):
        return 10 * sum(b) >= 7 * 15

    design = a_design(
        rule=Rule.COMPOSITE, weights={Rule.NARROWING: 3, Rule.ATTAINMENT: 1}, attainment=0.7, pool=1
    )
    found = tried(a_known_ground(people, rates), design, replicates=MANY)
    paid = [exactly(people, rates, each) for each in (is_narrower, attains)]
    assert close(found.spent, 0.75 * paid[0] + 0.25 * paid[1])
    assert close(found.paid, exactly(people, rates, lambda b: is_narrower(b) or attains(b)))


# The higher group falls


def test_narrowing_pays_when_only_the_higher_group_falls_and_lifting_does_not():
    population = a_known_ground((9_000, 3_000), (0.8, 0.6))
    falling = Scenario(TrueChange.HIGHER_FALLS, 6)
    narrowing = a_design(least_points=2, full_points=2, confidence=0.95)
    lifting = a_design(rule=Rule.LIFTING, least_points=2, full_points=2, confidence=0.95)
    guarded = a_design(least_points=2, full_points=2, confidence=0.95, no_fall=True)
    assert tried(population, narrowing, falling).paid.value > 0.95
    assert tried(population, lifting, falling).paid.value < 0.06
    assert tried(population, guarded, falling).paid.value == 0
    assert tried(population, guarded, Scenario(TrueChange.TRUE_GAIN, 6)).paid.value > 0.3


@pytest.mark.parametrize("rule", [Rule.NARROWING, Rule.LIFTING, Rule.ATTAINMENT, Rule.IMPROVEMENT])
def test_a_measure_where_lower_is_better_pays_as_its_mirror_image_does(rule):
    up = a_known_ground((9, 8, 7), (0.8, 0.6, 0.7))
    down = a_known_ground((9, 8, 7), (0.2, 0.4, 0.3), higher_is_better=np.array([False]))
    design = a_design(rule=rule, attainment=0.7, no_fall=True, fall_tolerance_points=20)
    for kind in TrueChange:
        scenario = Scenario(kind, 10)
        one, other = (tried(population, design, scenario, MANY).paid for population in (up, down))
        assert abs(one.value - other.value) < 4 * sqrt(one.error**2 + other.error**2)
        assert one.value > 0.02
