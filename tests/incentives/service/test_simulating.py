from __future__ import annotations

import numpy as np
import pytest

from readiness.core.tables.models import Canceled
from readiness.incentives import simulate as simulation
from readiness.incentives.design import Rule
from readiness.incentives.models import NOTHING, Scenario, TrueChange
from readiness.incentives.service.simulating import simulate_scenario, simulate_scenarios
from readiness.incentives.simulate import chunks, merge_tallies, study_of, tally_chunk
from readiness.incentives.tallies import outcomes
from tests.factories.populations import SEED, a_design, a_ground

GROUND = a_ground((40, 20, 15), (0.8, 0.6, 0.7), groups=8, measures=2)
DESIGNS = (
    a_design(measure_ids=("m0", "m1"), least_points=2, full_points=8),
    a_design(measure_ids=("m1",), rule=Rule.LIFTING, confidence=0.8),
)
GAIN = Scenario(TrueChange.TRUE_GAIN, 5)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Fifty replicates a chunk, so that there is something to share out."""
    monkeypatch.setattr(simulation, "CELLS", 50 * 8 * 2 * 3)


def deaf(done: int) -> None:
    """Listens to nothing."""


def test_any_number_of_threads_gives_the_same_answer_to_the_last_digit():
    one, two, five = (
        simulate_scenario(GROUND, DESIGNS, NOTHING, 1030, SEED, deaf, threads)
        for threads in (1, 2, 5)
    )
    assert one == two == five


def test_threads_give_what_the_plain_loop_gives():
    study = study_of(GROUND, DESIGNS, GAIN)
    plan = chunks(GROUND, 1030)
    assert [chunk.replicates for chunk in plan] == [50] * 20 + [30]
    plain = outcomes(merge_tallies(tally_chunk(study, chunk, SEED) for chunk in plan), study)
    assert simulate_scenario(GROUND, DESIGNS, GAIN, 1030, SEED, deaf) == plain


def test_another_seed_gives_another_answer():
    one, other = (simulate_scenario(GROUND, DESIGNS, NOTHING, 200, seed, deaf) for seed in (1, 2))
    assert one != other


def test_it_is_told_how_far_it_is_over_all_scenarios():
    heard: list[int] = []
    found = simulate_scenarios(GROUND, DESIGNS, (NOTHING, GAIN), 120, SEED, heard.append)
    assert heard == [50, 100, 120, 170, 220, 240]
    assert list(found) == [NOTHING, GAIN]
    assert [outcome.scenario for outcome in found[GAIN]] == [GAIN, GAIN]
    assert [outcome.design for outcome in found[GAIN]] == list(DESIGNS)


def test_it_stops_when_it_is_told_to():
    heard: list[int] = []

    def told(done: int) -> None:
        heard.append(done)
        if done >= 100:
            raise Canceled

    with pytest.raises(Canceled):
        simulate_scenarios(GROUND, DESIGNS, (NOTHING, GAIN), 100_000, SEED, told)
    assert heard == [50, 100]


def test_only_a_few_chunks_are_at_hand_at_once(monkeypatch):
    """Chunks are handed out as others come back, however many there are."""
    handed_out = []
    plain = simulation.tally_chunk

    def noted(study, chunk, seed):
        handed_out.append(chunk.place)
        return plain(study, chunk, seed)

    monkeypatch.setattr(simulation, "tally_chunk", noted)

    def told(done: int) -> None:
        assert len(handed_out) <= done // 50 + 4

    simulate_scenario(GROUND, DESIGNS, NOTHING, 1000, SEED, told)
    assert sorted(handed_out) == list(range(20))


def test_a_design_on_a_measure_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="pays on m9"):
        simulate_scenarios(GROUND, (a_design(measure_ids=("m9",)),), (NOTHING,), 10, SEED, deaf)


def test_a_large_ground_is_drawn_one_replicate_at_a_time():
    population = a_ground(np.full((60, 3, 20), 30), 0.5 * np.ones(20), groups=60, measures=3)
    assert {chunk.replicates for chunk in chunks(population, 7)} == {1}
