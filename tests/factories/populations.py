"""Small grounds to try designs on, and the next year's counts worked out exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from readiness.incentives.design import Design, Lower, Rule
from readiness.incentives.models import NOTHING, DesignOutcome, Scenario
from readiness.incentives.population import Population, good_rates
from readiness.incentives.simulate import Tallies, chunks, merge_tallies, study_of, tally_chunk
from readiness.incentives.tallies import outcomes
from readiness.statistics.beta_binomial import Prior

SEED = 20261122


def a_ground(
    people: ArrayLike, rates: ArrayLike, groups: int = 1, measures: int = 1, **changes: Any
) -> Population:
    """Groups and measures alike unless arrays say otherwise; the reference comes first."""
    strata = np.shape(people)[-1]
    shape = (groups, measures, strata)
    defaults: dict[str, Any] = {
        "group_ids": tuple(f"g{number}" for number in range(groups)),
        "tiers": np.full(groups, 2),
        "patients": np.full(groups, 1000),
        "social_risk": np.linspace(0.1, 0.5, groups),
        "measure_ids": tuple(f"m{number}" for number in range(measures)),
        "strata": tuple(f"s{number}" for number in range(strata)),
        "reference": 0,
        "people": np.broadcast_to(np.array(people), shape).copy(),
        "rates": np.broadcast_to(np.array(rates, dtype=float), shape).copy(),
        "higher_is_better": np.ones(measures, dtype=bool),
    }
    return Population(**{**defaults, **changes})


def a_design(**changes: Any) -> Design:
    defaults: dict[str, Any] = {
        "name": "One",
        "measure_ids": ("m0",),
        "rule": Rule.NARROWING,
        "least_denominator": 1,
        "lower": Lower.ALL_OTHERS,
    }
    return Design(**{**defaults, **changes})


def tried(
    population: Population, design: Design, scenario: Scenario = NOTHING, replicates: int = 4000
) -> DesignOutcome:
    tallies = simulate_all(population, [design], scenario, replicates)
    return outcomes(tallies, study_of(population, [design], scenario))[0]


def simulate_all(
    population: Population, designs: Sequence[Design], scenario: Scenario, replicates: int
) -> Tallies:
    """All chunks, one after the other."""
    study = study_of(population, designs, scenario)
    return merge_tallies(
        tally_chunk(study, chunk, SEED) for chunk in chunks(population, replicates)
    )


SURE = 1e7  # patients that a prior is worth which leaves no doubt


def known(population: Population, truth: Sequence[float] | None = None) -> Population:
    """True rates as released, or these for each group of people: chance alone is left."""
    rates = good_rates(population).mean(axis=0)
    priors = {
        (m, s): Prior(SURE * rate, SURE * (1 - rate))
        for m, of_measure in enumerate(rates)
        for s, rate in enumerate(of_measure if truth is None else truth)
    }
    return replace(population, given_priors=priors)


def equal_gap_ground(
    groups: int, people: tuple[int, int], truth: tuple[float, float], levels: float = 0.0
) -> Population:
    """All with one true gap; counts released lie as far apart as chance makes them, and no further.

    They are the quantiles of their binomials, shuffled; `levels` is how far true rates lie apart.
    """
    rng = np.random.default_rng(SEED)
    place = (np.arange(groups) + 0.5) / groups
    level = levels * rng.permutation(stats.norm.ppf(place))
    counts = [
        stats.binom.ppf(rng.permutation(place), n, np.clip(p + level, 0.05, 0.95))
        for n, p in zip(people, truth, strict=True)
    ]
    rates = np.stack(counts, axis=1) / np.array(people)
    return a_ground(people, rates[:, None], groups=groups)


def chance_of_narrowing(
    people: tuple[int, int], truth: tuple[float, float], gap: float, least: float
) -> float:
    """That the next year's shortfall is smaller by so much, by exact convolution."""
    own, other = (np.arange(n + 1) for n in people)
    likely = np.outer(
        stats.binom.pmf(own, people[0], truth[0]), stats.binom.pmf(other, people[1], truth[1])
    )
    short = np.maximum(own[:, None] / people[0] - other / people[1], 0)
    return float(likely[max(gap, 0) - short >= least - 1e-9].sum())


# Exactly, by going through every count of the next year

Counts = tuple[int, ...]  # with a good result, one number for each group of people


def binomial(x: int, n: int, p: float) -> float:
    return float(comb(n, x) * p**x * (1 - p) ** (n - x))


def ways(people: Sequence[int], rates: Sequence[float]) -> Iterator[tuple[Counts, float]]:
    for counts in product(*(range(n + 1) for n in people)):
        probability = 1.0
        for x, n, p in zip(counts, people, rates, strict=True):
            probability *= binomial(x, n, p)
        yield counts, probability


def exactly(
    people: Sequence[int], rates: Sequence[float], share: Callable[[Counts], float]
) -> float:
    """The mean of what the next year's counts are paid; of yes and no, how likely yes is."""
    return sum(q * share(second) for second, q in ways(people, rates))
