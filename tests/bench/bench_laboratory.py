"""The incentive laboratory at the size of a large payer, beside the loop that one would write.

Seeded: the shares paid are the same in every run. Invented groups: 15 to 400 people in each group
of people, rates from 50 to 90 percent.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from math import comb

import numpy as np

from readiness.incentives.design import Design, Lower, Rule
from readiness.incentives.models import NOTHING, DesignOutcome
from readiness.incentives.population import Population
from readiness.incentives.service.runs import simulate_scenario
from readiness.incentives.simulate import chunks

REPLICATES, GROUPS, MEASURES, SEED = 10_000, 500, 4, 20261122
LOOPED = 20  # replicates of the plain loop


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
    yield from by_theory()


def at_size(population: Population, strata: int) -> Iterator[str]:
    pays = designs(population.measure_ids)
    plan = chunks(population, REPLICATES)
    yield f"{strata} groups of people ({len(plan)} chunks of {plan[0].replicates} replicates):"
    for count in (1, len(pays)):
        seconds, found = timed(population, pays[:count], REPLICATES, 2)
        yield f"  {REPLICATES:,} replicates, {count} design(s), 2 threads: {seconds}, 1 run"
    tenth, _ = timed(population, pays, REPLICATES // 10, 2)
    alone, _ = timed(population, pays, REPLICATES // 10, 1)
    yield (
        f"  {REPLICATES // 10:,} replicates, {len(pays)} designs: {tenth} on 2 threads, "
        f"{alone} on 1, 1 run each"
    )
    yield from beside_the_loop(population, pays[0], found[0])


def beside_the_loop(population: Population, design: Design, found: DesignOutcome) -> Iterator[str]:
    began = time.perf_counter()
    shares = plain_loop(population, design, LOOPED)
    seconds = time.perf_counter() - began
    error = float(np.std(shares, ddof=1) / np.sqrt(LOOPED))
    yield (
        f"  a plain loop over groups, 1 design: {seconds:.1f} s for {LOOPED} replicates, so about "
        f"{seconds / LOOPED * REPLICATES:,.0f} s for {REPLICATES:,} (scaled up)"
    )
    yield (
        f"  paid by chance, {design.name}: {found.paid.value:.4f} ± {found.paid.error:.4f}; by the "
        f"loop {np.mean(shares):.4f} ± {error:.4f}"
    )


def plain_loop(population: Population, design: Design, replicates: int) -> list[float]:
    """What one would write first: numpy within a group, Python over groups and replicates."""
    rng = np.random.default_rng(SEED)
    least = design.least_points / 100
    shares = []
    for _ in range(replicates):
        paid = 0
        for people, rates in zip(population.people, population.rates, strict=True):
            before, after = (rng.binomial(people, rates) / people for _ in range(2))
            behind = (before[:, 1:] < before[:, :1]) * people[:, 1:]
            total = np.maximum(behind.sum(axis=1), 1)
            gaps = [
                (np.maximum(year[:, :1] - year[:, 1:], 0) * behind).sum(axis=1) / total
                for year in (before, after)
            ]
            paid += bool((gaps[0] - gaps[1] >= max(least, 1e-9)).any())
        shares.append(paid / len(population.people))
    return shares


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_theory() -> Iterator[str]:
    replicates = 200_000
    yield f"False rewards beside theory (1 group, {replicates:,} replicates):"
    for says, people, rates, changes, expected in CASES:
        population = Population(
            ("g",), np.array([2]), np.array([1000]), np.array([0.3]), ("m",),
            tuple(f"s{number}" for number in range(len(people))), 0,
            np.array([[people]]), np.array([[rates]]), np.array([True]),
        )  # fmt: skip
        fixed = {"least_denominator": 1, "lower": Lower.ALL_OTHERS, **changes}
        design = Design("theory", ("m",), **fixed)  # type: ignore[arg-type]
        _, (found,) = timed(population, (design,), replicates, 2)
        yield f"  {says}: {found.paid.value:.4f} ± {found.paid.error:.4f} [{expected:.4f}]"


def tail(n: int, p: float, least: int) -> float:
    return float(sum(comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(least, n + 1)))


def tie(n: int, p: float) -> float:
    return float(sum((comb(n, x) * p**x * (1 - p) ** (n - x)) ** 2 for x in range(n + 1)))


CASES: tuple[tuple[str, tuple[int, ...], tuple[float, ...], dict[str, object], float], ...] = (
    (
        "any improvement of 30 people at .7: half of what is no tie",
        (30,), (0.7,), {"rule": Rule.IMPROVEMENT}, (1 - tie(30, 0.7)) / 2,
    ),
    (
        "attainment of .7 by 30 people at .7: binomial tail",
        (10, 20), (0.7, 0.7), {"rule": Rule.ATTAINMENT, "attainment": 0.7}, tail(30, 0.7, 21),
    ),
    (
        "narrowing, 95 percent confidence, large groups: 5 percent",
        (20_000, 4_000), (0.8, 0.6), {"rule": Rule.NARROWING, "confidence": 0.95}, 0.05,
    ),
    (
        "lifting, 95 percent confidence, large groups: 5 percent",
        (20_000, 4_000), (0.8, 0.6), {"rule": Rule.LIFTING, "confidence": 0.95}, 0.05,
    ),
    (
        "nobody of two large groups of people falls: a quarter",
        (200_000, 100_000), (0.8, 0.6),
        {"rule": Rule.ATTAINMENT, "attainment": 0.1, "no_fall": True}, 0.25,
    ),
)  # fmt: skip
