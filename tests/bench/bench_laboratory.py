"""The incentive laboratory at the size of a large payer, and beside what theory says.

Seeded: the shares paid are the same in every run. Invented groups: 15 to 400 people in each group
of people, rates from 50 to 90 percent.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from readiness.incentives.design import Design, Lower, Rule
from readiness.incentives.models import NOTHING, DesignOutcome
from readiness.incentives.population import Population
from readiness.incentives.service.simulation import simulate_scenario
from readiness.incentives.simulate import chunks
from tests.factories.populations import chance_of_narrowing, known

REPLICATES, GROUPS, MEASURES, SEED = 10_000, 500, 4, 20261122
ALIKE = 400  # groups with one true gap


def a_ground(groups: int, measures: int, strata: int) -> Population:
    rng = np.random.default_rng(SEED)
    shape = (groups, measures, strata)
    return Population(
        group_ids=tuple(f"g{number}" for number in range(groups)),
        tiers=rng.integers(0, 5, groups),
        patients=rng.integers(500, 9_000, groups),
        social_risk=rng.uniform(0.05, 0.6, groups),
        measure_ids=tuple(f"m{number}" for number in range(measures)),
        strata=tuple(f"s{number}" for number in range(strata)),
        reference=0,
        people=rng.integers(15, 400, shape),
        rates=rng.uniform(0.5, 0.9, shape),
        higher_is_better=np.ones(measures, dtype=bool),
    )


def designs(measure_ids: tuple[str, ...]) -> tuple[Design, ...]:
    return (
        Design("narrowing", measure_ids, Rule.NARROWING, least_points=2, full_points=2),
        Design("lifting, tested", measure_ids, Rule.LIFTING, confidence=0.95, full_points=5),
        Design("attainment", measure_ids, Rule.ATTAINMENT, attainment=0.7),
        Design("improvement, guarded", measure_ids, Rule.IMPROVEMENT, full_points=3, no_fall=True),
    )


def deaf(done: int) -> None:
    """Nobody watches."""


def timed(
    population: Population, pays: tuple[Design, ...], replicates: int, threads: int
) -> tuple[str, tuple[DesignOutcome, ...]]:
    began, worked = time.perf_counter(), time.process_time()
    found = simulate_scenario(population, pays, NOTHING, replicates, SEED, deaf, threads)
    took, work = time.perf_counter() - began, time.process_time() - worked
    return f"{took:.1f} s ({work:.1f} s of processor)", found


def run() -> Iterator[str]:
    yield (
        f"One scenario, nothing truly changes; {GROUPS} groups, {MEASURES} measures, seed {SEED}; "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )
    for strata in (2, 6):
        population = a_ground(GROUPS, MEASURES, strata)
        yield from at_size(population, strata)
    yield f"largest memory of this process: {peak_mib():.0f} MiB"
    yield from by_convolution()
    yield from by_theory()


def at_size(population: Population, strata: int) -> Iterator[str]:
    pays = designs(population.measure_ids)
    plan = chunks(population, REPLICATES)
    yield f"{strata} groups of people ({len(plan)} chunks of {plan[0].replicates} replicates):"
    for count in (1, len(pays)):
        seconds, _ = timed(population, pays[:count], REPLICATES, 2)
        yield f"  {REPLICATES:,} replicates, {count} design(s), 2 threads: {seconds}, 1 run"
    tenth, _ = timed(population, pays, REPLICATES // 10, 2)
    alone, _ = timed(population, pays, REPLICATES // 10, 1)
    yield (
        f"  {REPLICATES // 10:,} replicates, {len(pays)} designs: {tenth} on 2 threads, "
        f"{alone} on 1, 1 run each"
    )


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_convolution() -> Iterator[str]:
    """Groups alike in truth: paid for narrowing by 2 points, by exact convolution in brackets."""
    people, truth = (120, 40), (0.75, 0.65)
    design = Design(
        "narrowing", ("m",), Rule.NARROWING, least_points=2, full_points=2, least_denominator=1
    )
    yield f"{ALIKE} groups with one true gap of 10 points, {people} people, nothing changes:"
    for seed in range(SEED, SEED + 5):
        population = alike(people, truth, seed)
        (found,) = simulate_scenario(population, (design,), NOTHING, 4_000, seed, deaf, 2)
        gaps = population.rates[:, 0, 0] - population.rates[:, 0, 1]
        chance = np.array([each.chance.value for each in found.groups])
        exact = np.array([chance_of_narrowing(people, truth, gap, 0.02) for gap in gaps])
        order = np.argsort(gaps)
        yield f"  seed {seed}: " + "; ".join(
            f"{says} {chance[part].mean():.3f} [{exact[part].mean():.3f}]"
            for says, part in (
                ("all", order),
                ("largest fifth of the gaps", order[-ALIKE // 5 :]),
                ("smallest fifth", order[: ALIKE // 5]),
            )
        )


def alike(people: tuple[int, int], truth: tuple[float, float], seed: int) -> Population:
    counts = np.random.default_rng(seed).binomial(people, truth, (ALIKE, 1, 2))
    return a_ground_of(counts / np.array(people), people)


def by_theory() -> Iterator[str]:
    replicates = 200_000
    yield f"Beside theory, true rates known (1 group, {replicates:,} replicates):"
    for says, people, rates, changes, expected in CASES:
        population = known(a_ground_of(np.array([[rates]]), people))
        fixed = {"least_denominator": 1, "lower": Lower.ALL_OTHERS, **changes}
        design = Design("theory", ("m",), **fixed)  # type: ignore[arg-type]
        _, (found,) = timed(population, (design,), replicates, 2)
        yield f"  {says}: {found.paid.value:.4f} ± {found.paid.error:.4f} [{expected:.4f}]"


def a_ground_of(rates: NDArray[float64], people: tuple[int, ...]) -> Population:
    """One measure; groups by rates of (G, 1, S)."""
    groups, _, strata = rates.shape
    return Population(
        tuple(f"g{number}" for number in range(groups)),
        np.full(groups, 2),
        np.full(groups, 1000),
        np.full(groups, 0.3),
        ("m",),
        tuple(f"s{number}" for number in range(strata)),
        0,
        np.broadcast_to(np.array(people), rates.shape).copy(),
        rates,
        np.array([True]),
    )


def tail(n: int, p: float, least: int) -> float:
    return float(sum(comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(least, n + 1)))


ONE_OF_TWO = NormalDist().cdf(-sqrt(2) * NormalDist().inv_cdf(0.95))
CASES: tuple[tuple[str, tuple[int, ...], tuple[float, ...], dict[str, object], float], ...] = (
    (
        "any improvement of 30 people at .7: binomial tail",
        (30,), (0.7,), {"rule": Rule.IMPROVEMENT}, tail(30, 0.7, 22),
    ),
    (
        "attainment of .7 by 30 people at .7: binomial tail",
        (10, 20), (0.7, 0.7), {"rule": Rule.ATTAINMENT, "attainment": 0.7}, tail(30, 0.7, 21),
    ),
    (
        "narrowing, 95 percent confidence of two years, one drawn",
        (20_000, 4_000), (0.8, 0.6), {"rule": Rule.NARROWING, "confidence": 0.95}, ONE_OF_TWO,
    ),
    (
        "lifting, 95 percent confidence of two years, one drawn",
        (20_000, 4_000), (0.8, 0.6), {"rule": Rule.LIFTING, "confidence": 0.95}, ONE_OF_TWO,
    ),
    (
        "nobody of two large groups of people falls: a quarter",
        (200_000, 100_000), (0.8, 0.6),
        {"rule": Rule.ATTAINMENT, "attainment": 0.1, "no_fall": True}, 0.25,
    ),
)  # fmt: skip
