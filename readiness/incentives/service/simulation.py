"""Every scenario simulated for all designs, its chunks shared among threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from readiness.core.jobs.service import OnProgress
from readiness.incentives.design import Design
from readiness.incentives.models import NOTHING, DesignOutcome, Scenario

if TYPE_CHECKING:
    from readiness.incentives.population import Population
    from readiness.incentives.simulate import Study, Tallies

THREADS = 2  # drawing lets go of the interpreter
AHEAD = 4  # chunks handed out before the first of them is back


def simulate_scenarios(
    population: Population,
    designs: Sequence[Design],
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int,
    on_progress: OnProgress,
) -> dict[Scenario, tuple[DesignOutcome, ...]]:
    """For each scenario one outcome a design, all from the same seed.

    Raises ValueError when the population has not got a design's measure, and what
    `on_progress` raises.
    """
    from readiness.incentives import simulate  # numpy is slow to import

    study = simulate.study_of(population, designs, NOTHING)
    found: dict[Scenario, tuple[DesignOutcome, ...]] = {}
    for place, scenario in enumerate(scenarios):
        after = offset_progress(on_progress, place * replicates)
        study = replace(study, scenario=scenario)
        found[scenario] = simulate_study(study, replicates, seed, after, THREADS)
    return found


def offset_progress(on_progress: OnProgress, done_before: int) -> OnProgress:
    return lambda done: on_progress(done_before + done)


def simulate_scenario(
    population: Population,
    designs: Sequence[Design],
    scenario: Scenario,
    replicates: int,
    seed: int,
    on_progress: OnProgress,
    threads: int = THREADS,
) -> tuple[DesignOutcome, ...]:
    from readiness.incentives import simulate  # numpy is slow to import

    study = simulate.study_of(population, designs, scenario)
    return simulate_study(study, replicates, seed, on_progress, threads)


def simulate_study(
    study: Study, replicates: int, seed: int, on_progress: OnProgress, threads: int
) -> tuple[DesignOutcome, ...]:
    from readiness.incentives import simulate, tallies

    total = simulate.NO_TALLIES
    with ThreadPoolExecutor(threads, thread_name_prefix="laboratory") as pool:
        works = (
            pool.submit(simulate.tally_chunk, study, chunk, seed)
            for chunk in simulate.chunks(study.population, replicates)
        )
        for found in in_order(works):
            total = simulate.merge_tallies((total, found))
            on_progress(total.replicates)
    return tallies.outcomes(total, study)


def in_order(works: Iterator[Future[Tallies]]) -> Iterator[Tallies]:
    """As they were handed out, a few ahead of the one that is waited for."""
    ahead = deque(islice(works, AHEAD))
    while ahead:
        yield ahead.popleft().result()
        ahead.extend(islice(works, 1))
