"""What the thread does: every question simulated for all designs on the same draws."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any

from readiness.core.db import Store
from readiness.core.jobs.service import Keep, Told, Work
from readiness.incentives import db as laboratory
from readiness.incentives.design import Design
from readiness.incentives.models import NOTHING, DesignOutcome, LaboratoryRun, Scenario, TrueChange
from readiness.incentives.run_json import design_in, numbers_in, outcome_in, outcome_out

if TYPE_CHECKING:
    from readiness.incentives.population import Population
    from readiness.incentives.simulate import Tallies

METHOD = "laboratory 1"  # raised whenever the same run would give other numbers
THREADS = 2  # drawing lets go of the interpreter
AHEAD = 4  # chunks handed out before the first of them is back


def scenarios(settings: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """In the order of the questions."""
    return (
        NOTHING,
        Scenario(TrueChange.TRUE_GAIN, settings["gain_points"]),
        Scenario(TrueChange.HIGHER_FALLS, settings["fall_points"]),
    )


def engine() -> str:
    """What makes the numbers: another version of it may draw other luck from the same seed."""
    return f"{METHOD}, NumPy {version('numpy')}"


def total_draws(run: LaboratoryRun) -> int:
    """Replicates over all questions."""
    return len(scenarios(run.settings)) * int(run.settings["replicates"])


def work_on(run: LaboratoryRun) -> Work:
    def work(on_progress: Told) -> Keep:
        outcome = {"questions": simulate_run(run, on_progress)}

        def keep(store: Store, now: datetime) -> None:
            laboratory.keep(store, run.id, outcome, engine(), now)

        return keep

    return work


def simulate_run(run: LaboratoryRun, on_progress: Told) -> list[list[dict[str, Any]]]:
    """For each question the outcome of each design, as it is stored."""
    from readiness.incentives import population  # numpy is slow to import

    found = simulate_scenarios(
        population.population_of(numbers_in(run.numbers)),
        tuple(design_in(each) for each in run.designs),
        scenarios(run.settings),
        run.settings["replicates"],
        run.settings["seed"],
        on_progress,
    )
    return [[outcome_out(each) for each in outcomes] for outcomes in found.values()]


def outcomes_of(
    run: LaboratoryRun, designs: Sequence[Design]
) -> tuple[tuple[DesignOutcome, ...], ...]:
    """By question and design, of a run that is done."""
    if run.outcome is None:
        raise ValueError("this run is not done")
    return tuple(
        tuple(outcome_in(each, design) for each, design in zip(question, designs, strict=True))
        for question in run.outcome["questions"]
    )


def simulate_scenarios(
    population: Population,
    designs: Sequence[Design],
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int,
    on_progress: Told,
) -> dict[Scenario, tuple[DesignOutcome, ...]]:
    """For each scenario one outcome a design, all from the same seed.

    Raises ValueError when the population has not got a design's measure, and what
    `on_progress` raises.
    """
    found: dict[Scenario, tuple[DesignOutcome, ...]] = {}
    for place, scenario in enumerate(scenarios):
        after = offset_progress(on_progress, place * replicates)
        found[scenario] = simulate_scenario(population, designs, scenario, replicates, seed, after)
    return found


def offset_progress(on_progress: Told, done_before: int) -> Told:
    return lambda done: on_progress(done_before + done)


def simulate_scenario(
    population: Population,
    designs: Sequence[Design],
    scenario: Scenario,
    replicates: int,
    seed: int,
    on_progress: Told,
    threads: int = THREADS,
) -> tuple[DesignOutcome, ...]:
    from readiness.incentives import simulate, tallies  # numpy is slow to import

    study = simulate.study_of(population, designs, scenario)
    total = simulate.NO_TALLIES
    with ThreadPoolExecutor(threads, thread_name_prefix="laboratory") as pool:
        works = (
            pool.submit(simulate.tally_chunk, study, chunk, seed)
            for chunk in simulate.chunks(population, replicates)
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
