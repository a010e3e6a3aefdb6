"""The share paid by chance is right for the counts that were released, not for any others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from readiness.incentives.models import PriorBasis
from readiness.incentives.posterior import sampler_of
from readiness.incentives.prior import WEAK, FollowsReference, RatePrior, facts_of, priors_of
from readiness.statistics.beta_binomial import Prior
from tests.factories.populations import (
    SEED,
    a_design,
    a_ground,
    chance_of_narrowing,
    equal_gap_ground,
    tried,
)

TRUTH, PEOPLE = (0.75, 0.65), (120, 40)
LEAST = 0.02
NARROWING = a_design(least_points=100 * LEAST, full_points=100 * LEAST)


def released_gaps(population):
    return population.rates[:, 0, 0] - population.rates[:, 0, 1]


@pytest.fixture(scope="module")
def equal_gaps():
    """Sixty groups that are all alike in truth: who would be paid if nothing changed."""
    population = equal_gap_ground(60, PEOPLE, TRUTH)
    found = tried(population, NARROWING, replicates=4000)
    exact = np.array(
        [chance_of_narrowing(PEOPLE, TRUTH, gap, LEAST) for gap in released_gaps(population)]
    )
    return population, np.array([each.chance.value for each in found.groups]), exact, found


def test_where_all_true_gaps_are_one_it_says_what_exact_convolution_says(equal_gaps):
    _, _, exact, found = equal_gaps
    assert found.paid.value == pytest.approx(exact.mean(), abs=0.01)


def test_large_gaps_seen_by_luck_are_paid_for_narrowing_as_often_as_they_do(equal_gaps):
    population, chance, exact, _ = equal_gaps
    largest = np.argsort(released_gaps(population))[-20:]
    assert exact[largest].mean() > 0.7
    assert chance[largest].mean() == pytest.approx(exact[largest].mean(), abs=0.02)


def test_a_gap_too_small_to_narrow_by_the_points_asked_for_is_never_paid(equal_gaps):
    population, chance, exact, _ = equal_gaps
    small = released_gaps(population) < LEAST
    assert small.sum() >= 5
    assert exact[small].max() == 0
    assert chance[small].max() == 0


def test_levels_that_differ_do_not_hide_that_the_gap_is_one():
    population = equal_gap_ground(60, PEOPLE, TRUTH, levels=0.08)
    ((_, other),) = priors_of(population)
    assert isinstance(other.differs, FollowsReference)
    assert other.differs.slope > 0.8
    assert other.differs.spread < 0.03


@pytest.mark.parametrize(
    ("x", "n"), [((9, 3), (12, 11)), ((50, 40), (60, 50)), ((12, 0), (12, 40))]
)
def test_true_rates_have_the_mean_and_spread_that_integration_says(x, n):
    reference, other = Prior(16, 4), FollowsReference(-0.1, 1.0, 0.06)

    def density(q, p):
        return (
            stats.beta.pdf(p, reference.alpha, reference.beta)
            * stats.norm.pdf(q, other.start + other.slope * p, other.spread)
            * stats.binom.pmf(x[0], n[0], p)
            * stats.binom.pmf(x[1], n[1], q)
        )

    def mean_of(value):
        rate = (np.arange(400) + 0.5) / 400
        q, p = np.meshgrid(rate, rate, indexing="ij")
        weight = density(q, p)
        return (value(q, p) * weight).sum() / weight.sum()

    population = a_ground(n, tuple(a / b for a, b in zip(x, n, strict=True)))
    priors = (RatePrior(PriorBasis.OWN, 30, reference), RatePrior(PriorBasis.OWN, 30, other))
    sampler = sampler_of(population, 0, priors)
    own, found = sampler.draw(2, np.random.default_rng(SEED), 40_000)[:, 0]
    gap = mean_of(lambda q, p: p - q)
    spread = mean_of(lambda q, p: (p - q - gap) ** 2) ** 0.5
    assert (own - found).mean() == pytest.approx(gap, abs=4 * spread / 200 + 1e-4)
    assert (own - found).std() == pytest.approx(spread, rel=0.02)
    assert found.mean() == pytest.approx(mean_of(lambda q, _: q), abs=0.002)


def test_fewer_than_thirty_groups_have_a_weak_prior_and_it_is_said():
    population = equal_gap_ground(29, PEOPLE, TRUTH)
    assert {each.basis for each in facts_of(population)} == {PriorBasis.WEAK}
    rates = sampler_of(population, 0, priors_of(population)[0]).draw(
        2, np.random.default_rng(SEED), 20_000
    )
    a, b = WEAK.alpha + population.rates[0, 0] * PEOPLE, WEAK.beta
    expected = a / (np.array(PEOPLE) + WEAK.alpha + b)
    assert rates[:, 0].mean(axis=1) == pytest.approx(expected, abs=0.003)


def test_a_prior_that_was_given_stands_in_for_groups_that_are_too_few():
    population = a_ground((40, 20), (0.8, 0.6), groups=3, given_priors={(0, 1): Prior(30, 10)})
    facts = facts_of(population)
    assert [each.basis for each in facts] == [PriorBasis.WEAK, PriorBasis.DECLARED]
    assert facts[1].rate == 0.75


def test_with_nobody_good_anywhere_how_groups_differ_cannot_be_told():
    population = a_ground((40, 20), (0.0, 0.0), groups=40)
    assert {each.basis for each in facts_of(population)} == {PriorBasis.WEAK}
    assert tried(population, NARROWING, replicates=100).paid.value == 0


def test_what_is_hidden_is_not_drawn_toward_anything():
    rates = np.full((40, 1, 2), 0.7)
    rates[:, 0, 1] = np.nan
    facts = facts_of(a_ground((40, 20), rates, groups=40))
    assert [each.stratum for each in facts] == ["s0"]
