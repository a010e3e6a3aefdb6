"""Designs tried in several scenarios, on two threads, told how far it is and stopped when asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from readiness.incentives.design import Design
from readiness.incentives.outcome import Outcome
from readiness.incentives.population import Ground
from readiness.incentives.scenario import Scenario

if TYPE_CHECKING:
    from readiness.incentives.simulate import Tallies

Told = Callable[[int], None]  # replicates so far, over all scenarios; raises Canceled

THREADS = 2  # drawing lets go of the interpreter
AHEAD = 4  # chunks handed out before the first of them is back


def simulate(
    ground: Ground,
    designs: Sequence[Design],
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int,
    told: Told,
) -> dict[Scenario, tuple[Outcome, ...]]:
    """For each scenario one outcome a design, all from the same seed.

    Raises ValueError when the ground has not got a design's measure, and what `told` raises.
    """
    found: dict[Scenario, tuple[Outcome, ...]] = {}
    for place, scenario in enumerate(scenarios):
        after = further(told, place * replicates)
        found[scenario] = simulated(ground, designs, scenario, replicates, seed, after)
    return found


def further(told: Told, done_before: int) -> Told:
    return lambda done: told(done_before + done)


def simulated(
    ground: Ground,
    designs: Sequence[Design],
    scenario: Scenario,
    replicates: int,
    seed: int,
    told: Told,
    threads: int = THREADS,
) -> tuple[Outcome, ...]:
    from readiness.incentives import simulate
    from readiness.incentives import tallies as reading  # numpy is slow to import

    study = simulate.study_of(ground, designs, scenario)
    tallies = simulate.NO_TALLIES
    with ThreadPoolExecutor(threads, thread_name_prefix="laboratory") as pool:
        works = (
            pool.submit(simulate.tally_of, study, chunk, seed)
            for chunk in simulate.chunks(ground, replicates)
        )
        for found in in_order(works):
            tallies = simulate.merged((tallies, found))
            told(tallies.replicates)
    return reading.read(tallies, study)


def in_order(works: Iterator[Future[Tallies]]) -> Iterator[Tallies]:
    """As they were handed out, a few ahead of the one that is waited for."""
    ahead = deque(islice(works, AHEAD))
    while ahead:
        yield ahead.popleft().result()
        ahead.extend(islice(works, 1))
