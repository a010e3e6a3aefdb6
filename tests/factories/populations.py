"""Small grounds to try designs on, and two years of counts worked out exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from readiness.incentives.design import Design, Lower, Rule
from readiness.incentives.models import NOTHING, DesignOutcome, Scenario
from readiness.incentives.population import Population
from readiness.incentives.simulate import Tallies, chunks, merge_tallies, study_of, tally_chunk
from readiness.incentives.tallies import outcomes

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


# Exactly, by going through every pair of counts

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
    people: Sequence[int],
    before: Sequence[float],
    after: Sequence[float],
    share: Callable[[Counts, Counts], float],
) -> float:
    """The mean of what the counts of two years are paid; of yes and no, how likely yes is."""
    seconds = list(ways(people, after))
    return sum(
        p * q * share(first, second) for first, p in ways(people, before) for second, q in seconds
    )
