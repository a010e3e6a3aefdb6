"""How true rates differ among the groups of a portfolio, told from what they released.

Observed rates lie further apart than true ones: part of their scatter is chance. What is left when
chance is taken off is the prior of each group's true rates (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.incentives.models import PriorBasis, PriorFact
from readiness.incentives.population import Bools, Floats, Population, good_rates, shown_cells
from readiness.statistics.beta_binomial import Prior, fit
from readiness.statistics.between_groups import GapEstimate, true_gaps

LEAST_SPREAD = 1e-4  # a spread of nothing is taken as a hundredth of a point


@dataclass(frozen=True)
class FollowsReference:
    """A true rate is normal about `start` + `slope` × the reference's; a slope of 1: one gap."""

    start: float
    slope: float  # 0 to 1
    spread: float  # standard deviation, as a share


@dataclass(frozen=True)
class RatePrior:
    """Of one group of people on one measure; shares with a good result."""

    basis: PriorBasis
    groups: int  # that show it
    differs: Prior | FollowsReference


WEAK = Prior(1.0, 1.0)  # every rate is as likely
MeasurePriors = tuple[RatePrior, ...]  # S


def priors_of(population: Population) -> tuple[MeasurePriors, ...]:
    """M, each with S. From 30 groups on their own; below, one that was given, else the weak one."""
    return tuple(measure_priors(population, m) for m in range(len(population.measure_ids)))


def facts_of(population: Population) -> tuple[PriorFact, ...]:
    """By measure and stratum; of those that any group shows."""
    return tuple(
        prior_fact(population, m, s, of_measure)
        for m, of_measure in enumerate(priors_of(population))
        for s, each in enumerate(of_measure)
        if each.groups
    )


def prior_fact(population: Population, m: int, s: int, of_measure: MeasurePriors) -> PriorFact:
    prior, own = of_measure[s], of_measure[population.reference].differs
    place = population.measure_ids[m], population.strata[s], prior.basis, prior.groups
    if isinstance(prior.differs, Prior):
        spread = sqrt(prior.differs.between_variance)
        return PriorFact(*place, prior.differs.mean, None, spread)
    middle = own.mean if isinstance(own, Prior) else 0.5
    rate = prior.differs.start + prior.differs.slope * middle
    return PriorFact(*place, rate, middle - rate, prior.differs.spread)


@dataclass(frozen=True, eq=False)
class StratumCounts:
    """One group of people on one measure: (G,) each, 0 of 0 where not shown."""

    good: Floats
    people: Floats

    @property
    def shown(self) -> Bools:
        return np.asarray(self.people > 0)

    @property
    def pairs(self) -> list[tuple[float, float]]:
        shown = self.shown
        return list(zip(self.good[shown].tolist(), self.people[shown].tolist(), strict=True))


def counts_of(population: Population, measure: int, stratum: int) -> StratumCounts:
    shown = shown_cells(population)[:, measure, stratum]
    people = np.where(shown, population.people[:, measure, stratum], 0).astype(float)
    rates = np.where(shown, good_rates(population)[:, measure, stratum], 0.0)
    return StratumCounts(np.rint(rates * people), people)


def measure_priors(population: Population, measure: int) -> MeasurePriors:
    strata = range(len(population.strata))
    counts = [counts_of(population, measure, stratum) for stratum in strata]
    own = counts[population.reference]
    of_reference = prior_by_itself(
        own, population.given_priors.get((measure, population.reference))
    )
    return tuple(
        of_reference
        if stratum == population.reference
        else stratum_prior(
            counts[stratum], own, of_reference, population.given_priors.get((measure, stratum))
        )
        for stratum in strata
    )


def stratum_prior(
    counts: StratumCounts, own: StratumCounts, of_reference: RatePrior, given: Prior | None
) -> RatePrior:
    both = counts.shown & own.shown
    if of_reference.basis is not PriorBasis.OWN or both.sum() < GROUPS_FOR_SPREAD:
        return prior_by_itself(counts, given)
    found = follow_reference(
        StratumCounts(counts.good[both], counts.people[both]),
        StratumCounts(own.good[both], own.people[both]),
    )
    return RatePrior(PriorBasis.OWN, int(both.sum()), found)


def prior_by_itself(counts: StratumCounts, given: Prior | None) -> RatePrior:
    """Where all have a good result, or none, how groups differ cannot be told."""
    groups = int(counts.shown.sum())
    is_told = 0 < counts.good.sum() < counts.people.sum()
    if groups >= GROUPS_FOR_SPREAD and is_told:
        return RatePrior(PriorBasis.OWN, groups, fit(counts.pairs).prior)
    if given is not None:
        return RatePrior(PriorBasis.DECLARED, groups, given)
    return RatePrior(PriorBasis.WEAK, groups, WEAK)


def follow_reference(counts: StratumCounts, own: StratumCounts) -> FollowsReference:
    """Both shown in every group.

    Formula: start and spread are the mean and τ of rate − slope × reference by `true_gaps`; the
    slope is that of `slope_on`. Chance is that of the pooled rate, so that no group is weighed by
    its own luck.
    Source: Paule and Mandel, J Research NBS 87 (1982) 377-385.
    """
    rate, reference = counts.good / counts.people, own.good / own.people
    noise, own_noise = pooled_noise(counts), pooled_noise(own)
    slope = slope_on(rate, reference, own_noise, 1 / (1 / counts.people + 1 / own.people))
    gaps = [
        GapEstimate(float(value), float(variance))
        for value, variance in zip(
            rate - slope * reference, noise + slope**2 * own_noise, strict=True
        )
    ]
    found = true_gaps(gaps)
    return FollowsReference(found.mean, slope, max(found.spread, LEAST_SPREAD))


def pooled_noise(counts: StratumCounts) -> Floats:
    """(G,) variance by chance of each observed rate, at the rate of all groups together."""
    pooled = (counts.good.sum() + 1) / (counts.people.sum() + 2)
    return np.asarray(pooled * (1 - pooled) / counts.people)


def slope_on(rate: Floats, reference: Floats, own_noise: Floats, weight: Floats) -> float:
    """How true rates move with the reference's: from 0, not at all, to 1, by as much.

    Formula: (cov + e) ÷ (var + e), cov and var those of true rates: observed, less chance; e two
    standard errors of var. Where the reference's true rates hardly differ, a slope cannot be told
    and the formula draws it toward 1, which is one gap at every level.
    Source: errors-in-variables regression with known error variance, Fuller, Measurement Error
    Models (1987), section 1.2; e is our own caution.
    """
    weight = weight / weight.sum()
    away, own_away = rate - weight @ rate, reference - weight @ reference
    by_chance = float(weight @ ((1 - weight) * own_noise))
    true_variance = max(0.0, float(weight @ own_away**2) - by_chance)
    caution = 2 * by_chance * sqrt(2 / len(weight))
    slope = (float(weight @ (away * own_away)) + caution) / (true_variance + caution)
    return min(1.0, max(0.0, slope))
