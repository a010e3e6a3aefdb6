"""How often a design pays, against what theory says it has to be.

A share of replicates lies within four of its standard errors of the truth in 15,999 of 16,000
seeds; the seed is fixed.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest

from readiness.incentives.design import GapKind, Joining, Lower, Rule
from readiness.incentives.models import Scenario, Simulated, TrueChange
from tests.factories.populations import a_design, a_ground, binomial, exactly, tried

pytestmark = pytest.mark.slow  # simulates what theory knows

NORMAL = NormalDist()
MANY = 40_000


def close(found: Simulated, expected: float) -> bool:
    assert 0 < found.error < 0.02
    return abs(found.value - expected) < 4 * found.error


@cache
def short(counts, people, lower):
    """The gap as a fraction: what nobody could have rounded."""
    reference = Fraction(counts[0], people[0])
    behind = {s: max(Fraction(0), reference - Fraction(counts[s], people[s])) for s in lower}
    total = sum(people[s] for s in lower)
    return sum((people[s] * away for s, away in behind.items()), Fraction(0)) / max(total, 1)


@cache
def seen_behind(counts, people):
    own = Fraction(counts[0], people[0])
    return tuple(s for s in range(1, len(people)) if Fraction(counts[s], people[s]) < own)


# Gap narrowing


def test_any_narrowing_is_paid_by_chance_in_half_of_what_is_not_a_tie():
    people, rates = (10, 10), (0.8, 0.5)
    tie = exactly(
        people, rates, rates, lambda a, b: short(a, people, (1,)) == short(b, people, (1,))
    )
    found = tried(a_ground(people, rates), a_design(), replicates=MANY)
    assert 0.05 < tie < 0.3
    assert close(found.paid, (1 - tie) / 2)


@pytest.mark.parametrize("least_points", [5, 10, 25])
@pytest.mark.parametrize("people", [(12, 8), (6, 5, 4)])
def test_narrowing_by_some_points_is_as_likely_as_the_enumeration_says(people, least_points):
    rates = (0.8, 0.55, 0.6)[: len(people)]
    lower = range(1, len(people))
    least = Fraction(least_points, 100)
    expected = exactly(
        people,
        rates,
        rates,
        lambda a, b: short(a, people, lower) - short(b, people, lower) >= least,
    )
    design = a_design(least_points=least_points, full_points=least_points)
    assert close(tried(a_ground(people, rates), design, replicates=MANY).paid, expected)


@pytest.mark.parametrize("people", [(12, 8), (6, 5, 4)])
def test_choosing_the_lower_groups_by_the_first_year_pays_for_regression_to_the_mean(people):
    rates = (0.7,) * len(people)

    def is_paid(a, b):
        lower = seen_behind(a, people)
        return short(a, people, lower) > short(b, people, lower)

    expected = exactly(people, rates, rates, is_paid)
    found = tried(a_ground(people, rates), a_design(lower=Lower.SEEN_BEHIND), replicates=MANY)
    assert close(found.paid, expected)
    among_those_with_a_gap = exactly(
        people, rates, rates, lambda a, _: bool(seen_behind(a, people))
    )
    assert expected / among_those_with_a_gap > 0.65


def test_the_largest_shortfall_is_enumerated_too():
    people, rates = (6, 5, 4), (0.8, 0.5, 0.6)

    @cache
    def largest(counts):
        own = Fraction(counts[0], people[0])
        return max(Fraction(0), *(own - Fraction(counts[s], people[s]) for s in (1, 2)))

    expected = exactly(people, rates, rates, lambda a, b: largest(a) - largest(b) >= Fraction(1, 5))
    design = a_design(gap=GapKind.LARGEST, least_points=20, full_points=20)
    assert close(tried(a_ground(people, rates), design, replicates=MANY).paid, expected)


def test_a_sliding_scale_pays_the_mean_that_the_enumeration_says():
    people, rates = (12, 8), (0.8, 0.5)

    def share(a, b):
        points = 100 * (short(a, people, (1,)) - short(b, people, (1,)))
        return float(min(max((points - 10) / 20, 0), 1))

    expected = exactly(people, rates, rates, share)
    design = a_design(least_points=10, full_points=30, pool=1)
    found = tried(a_ground(people, rates), design, replicates=MANY)
    assert close(found.spent, expected)
    assert found.spent.value < found.paid.value


# By chance alone, in large groups


@pytest.mark.parametrize("rule", [Rule.NARROWING, Rule.LIFTING])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_asking_for_confidence_leaves_the_chance_that_was_asked_for(rule, confidence):
    population = a_ground((20_000, 4_000), (0.8, 0.6))
    design = a_design(rule=rule, confidence=confidence)
    assert close(tried(population, design, replicates=MANY).paid, 1 - confidence)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_taking_unlike_people_as_one_group_errs_on_the_side_of_not_paying(confidence):
    """Its variance is that of one share, a little above that of two with fixed sizes."""
    population = a_ground((20_000, 4_000), (0.9, 0.4))
    as_one = (49 / 60) * (11 / 60)
    truly = (20 * 0.9 * 0.1 + 4 * 0.4 * 0.6) / 24
    expected = 1 - NORMAL.cdf(NORMAL.inv_cdf(confidence) * sqrt(as_one / truly))
    design = a_design(rule=Rule.IMPROVEMENT, confidence=confidence)
    assert expected < 0.9 * (1 - confidence)
    assert close(tried(population, design, replicates=MANY).paid, expected)


@pytest.mark.parametrize("gap", GapKind)
def test_so_it_does_for_several_lower_groups(gap):
    population = a_ground((20_000, 4_000, 3_000), (0.8, 0.6, 0.5))
    design = a_design(confidence=0.95, gap=gap)
    assert close(tried(population, design, replicates=MANY).paid, 0.05)


def test_true_gain_is_found_as_often_as_normal_theory_says():
    people, rates, gain = (6_000, 900), (0.8, 0.6), 0.03
    design = a_design(confidence=0.95)
    found = tried(
        a_ground(people, rates), design, Scenario(TrueChange.TRUE_GAIN, 100 * gain), replicates=MANY
    )
    noise = [p * (1 - p) / n for p, n in ((0.8, 6000), (0.8, 6000), (0.6, 900), (0.63, 900))]
    expected = NORMAL.cdf(gain / sqrt(sum(noise)) - NORMAL.inv_cdf(0.95))
    assert 0.2 < expected < 0.8
    assert found.paid.value == pytest.approx(expected, abs=4 * found.paid.error + 0.004)
    assert found.paid_of_changed == found.paid
    assert found.paid_of_unchanged is None


# Attainment


@pytest.mark.parametrize(("level", "least"), [(0.7, 21), (0.75, 23)])
def test_attainment_is_the_tail_of_a_binomial(level, least):
    population = a_ground((10, 20), (0.7, 0.7))
    expected = sum(binomial(x, 30, 0.7) for x in range(least, 31))
    found = tried(population, a_design(rule=Rule.ATTAINMENT, attainment=level), replicates=MANY)
    assert close(found.paid, expected)


def test_attainment_with_confidence_at_the_very_level_leaves_what_was_asked_for():
    population = a_ground((10_000, 10_000), (0.7, 0.7))
    design = a_design(rule=Rule.ATTAINMENT, attainment=0.7, confidence=0.9)
    assert close(tried(population, design, replicates=MANY).paid, 0.1)


@pytest.mark.parametrize("measures", [2, 3])
def test_where_every_measure_has_to_earn_chances_multiply(measures):
    population = a_ground((30,), (0.7,), measures=measures, strata=("all",))
    ids = population.measure_ids
    one = sum(binomial(x, 30, 0.7) for x in range(21, 31))
    each = a_design(rule=Rule.ATTAINMENT, attainment=0.7, measure_ids=ids)
    every = a_design(rule=Rule.ATTAINMENT, attainment=0.7, measure_ids=ids, joining=Joining.ALL)
    assert close(tried(population, every, replicates=MANY).paid, one**measures)
    assert close(tried(population, each, replicates=MANY).paid, 1 - (1 - one) ** measures)


# Nobody may fall


def falls(people, tolerance):
    allowed = Fraction(tolerance, 100)
    return lambda a, b: any(
        Fraction(x, n) - Fraction(y, n) > allowed for x, y, n in zip(a, b, people, strict=True)
    )


@pytest.mark.parametrize("tolerance", [0, 10])
@pytest.mark.parametrize("people", [(30,), (6, 5), (4, 3, 3)])
def test_nobody_falling_is_as_likely_as_the_enumeration_says(people, tolerance):
    """Everybody attains the level, so that only the safeguard decides."""
    rates = (0.7,) * len(people)
    fell = falls(people, tolerance)
    expected = exactly(people, rates, rates, lambda a, b: not fell(a, b))
    design = a_design(
        rule=Rule.ATTAINMENT, attainment=1e-6, no_fall=True, fall_tolerance_points=tolerance
    )
    nobody_good = binomial(0, sum(people), 0.7)
    found = tried(a_ground(people, rates), design, replicates=MANY).paid
    assert found.value == pytest.approx(expected, abs=4 * found.error + nobody_good)


def test_narrowing_and_nobody_falling_at_once_is_a_joint_distribution():
    people, rates = (6, 5, 4), (0.8, 0.55, 0.6)
    fell = falls(people, 0)
    expected = exactly(
        people,
        rates,
        rates,
        lambda a, b: (
            not fell(a, b)
            and short(a, people, (1, 2)) - short(b, people, (1, 2)) >= Fraction(1, 20)
        ),
    )
    design = a_design(least_points=5, full_points=5, no_fall=True)
    assert close(tried(a_ground(people, rates), design, replicates=MANY).paid, expected)


# A composite


def test_a_composite_pays_each_rule_its_weight():
    people, rates = (8, 7), (0.8, 0.5)
    narrowed = exactly(
        people, rates, rates, lambda a, b: short(a, people, (1,)) > short(b, people, (1,))
    )
    attained = exactly(people, rates, rates, lambda _, b: Fraction(sum(b), 15) >= Fraction(7, 10))
    either = exactly(
        people,
        rates,
        rates,
        lambda a, b: short(a, people, (1,)) > short(b, people, (1,)) or 10 * sum(b) >= 7 * 15,
    )
    design = a_design(
        rule=Rule.COMPOSITE, weights={Rule.NARROWING: 3, Rule.ATTAINMENT: 1}, attainment=0.7, pool=1
    )
    found = tried(a_ground(people, rates), design, replicates=MANY)
    assert close(found.spent, 0.75 * narrowed + 0.25 * attained)
    assert close(found.paid, either)


# The higher group falls


def test_narrowing_pays_when_only_the_higher_group_falls_and_lifting_does_not():
    population = a_ground((9_000, 3_000), (0.8, 0.6))
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
    up = a_ground((9, 8, 7), (0.8, 0.6, 0.7))
    down = a_ground((9, 8, 7), (0.2, 0.4, 0.3), higher_is_better=np.array([False]))
    design = a_design(rule=rule, attainment=0.7, no_fall=True, fall_tolerance_points=20)
    for kind in TrueChange:
        scenario = Scenario(kind, 10)
        one, other = (tried(population, design, scenario, MANY).paid for population in (up, down))
        assert abs(one.value - other.value) < 4 * sqrt(one.error**2 + other.error**2)
        assert one.value > 0.02
