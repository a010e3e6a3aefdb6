"""From what a page asks for to a run that is done."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from msgspec import structs

from readiness.accounts.db import people
from readiness.accounts.passwords import Hasher
from readiness.administration import service as administration
from readiness.core.db import Session
from readiness.core.errors import BadInput, NotFound
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Runner
from readiness.core.serialization import from_json
from readiness.core.tables.models import Canceled
from readiness.incentives import db as laboratory
from readiness.incentives import simulate as simulation
from readiness.incentives.design import Rule
from readiness.incentives.models import NOTHING, ReleasedNumbers, Scenario, TrueChange
from readiness.incentives.service import released, runs
from readiness.incentives.service.released import NumbersFilters
from readiness.incentives.service.runs import RunRequest
from readiness.incentives.service.simulation import simulate_scenario, simulate_scenarios
from readiness.incentives.simulate import chunks, merge_tallies, study_of, tally_chunk
from readiness.incentives.tallies import outcomes
from tests.factories import incentive_runs, portfolio, world
from tests.factories.populations import SEED, a_design, a_ground
from tests.factories.waiting import until
from tests.factories.world import NOW

COUNTS = {"black": (60, 100), "white": (140, 200)}
ASKED = RunRequest((incentive_runs.NARROWING,), incentive_runs.SETTINGS)
NO_WISH = NumbersFilters()


@pytest.fixture
def grown(store):
    portfolio.grow_three(store, COUNTS)
    return store


@pytest.fixture
def runner(store):
    return Runner(store.path)


@pytest.fixture
def start(store, runner):
    numbers = count(1)

    def begin(asked=ASKED, wish=NO_WISH, person="pam"):
        actor = people.actor(store, person)
        ids = lambda: f"id{next(numbers)}"  # noqa: E731
        return runs.start(Session(store, actor, NOW), "fair", wish, asked, runner, lambda: NOW, ids)

    return begin


def over(store, run_id):
    until(lambda: not ((job := jobs.making(store, run_id)) and job.is_live))
    return jobs.making(store, run_id)


def test_a_run_is_stored_with_the_numbers_it_is_tried_on_and_then_with_what_came_of_it(
    grown, start
):
    run_id = start()
    assert over(grown, run_id).state is JobState.DONE
    run = laboratory.get(grown, "fair", run_id)
    numbers = from_json(ReleasedNumbers, run.numbers)
    assert [each.group_id for each in numbers.groups] == [
        "ash",
        "birch",
        "cedar",
    ]
    assert runs.designs_of(run) == ASKED.designs
    assert runs.settings_of(run) == ASKED.settings
    assert run.outcome == incentive_runs.done(run).outcome


def test_done_again_it_takes_the_stored_numbers_and_gives_the_same(grown, start, runner):
    run_id = start()
    over(grown, run_id)
    portfolio.release(
        grown, "ash", portfolio.AFTER, {"black": (9, 90), "white": (80, 90)}, number=2
    )
    pam = people.actor(grown, "pam")
    ids = iter(("again", "its job"))
    repeat = runs.repeat(
        Session(grown, pam, NOW), "fair", run_id, runner, lambda: NOW, lambda: next(ids)
    )
    over(grown, repeat)
    found = runs.compare_repeat(grown, laboratory.get(grown, "fair", repeat))
    assert found is not None
    former, is_same = found
    assert (former.id, is_same) == (run_id, True)
    assert runs.compare_repeat(grown, former) is None


def problems(start, asked=ASKED, wish=NO_WISH):
    with pytest.raises(BadInput) as caught:
        start(asked, wish)
    return [(each.place, each.says) for each in caught.value.problems]


def test_every_problem_of_every_design_is_told_at_once_and_nothing_is_stored(grown, start):
    bad = replace(incentive_runs.NARROWING, pool=0, measure_ids=())
    found = problems(start, RunRequest((incentive_runs.NARROWING, bad), incentive_runs.SETTINGS))
    assert [place for place, _ in found] == ["1:measure_ids", "1:pool", "1:name"]
    assert laboratory.of_payer(grown, "fair") == ()


def test_without_a_reference_or_groups_enough_nothing_is_tried(grown, start):
    portfolio.change(grown, "update quality_periods set reference = ''")
    assert problems(start) == [("reference", runs.NO_REFERENCE)]
    lonely = replace(incentive_runs.NARROWING, measure_ids=("CBP",))
    portfolio.release(grown, "ash", portfolio.AFTER, COUNTS, measure="CBP", number=2)
    found = problems(
        start, RunRequest((lonely,), incentive_runs.SETTINGS), NumbersFilters(reference="white")
    )
    assert found == [("", runs.TOO_FEW_GROUPS)]


def test_nothing_released_is_said(store, start):
    assert problems(start) == [("", runs.NOTHING_RELEASED)]


def test_a_payer_s_runs_are_its_own(grown, start):
    run_id = start()
    over(grown, run_id)
    pete = people.actor(grown, "pete")
    for asked in (
        lambda: start(person="pete"),
        lambda: runs.list_runs(Session(grown, pete, NOW), "fair"),
        lambda: runs.progress(Session(grown, pete, NOW), "fair", run_id),
        lambda: runs.progress(Session(grown, pete, NOW), "far", run_id),
        lambda: runs.cancel(Session(grown, pete, NOW), "far", run_id),
    ):
        with pytest.raises(NotFound):
            asked()


def test_stopped_it_keeps_what_was_asked_and_nothing_else(grown):
    incentive_runs.keep(grown, incentive_runs.a_run())
    job = Job("j1", runs.KIND, "pam", NOW, NOW, payer_id="fair", result_id="a-run")
    jobs.ask(grown, job)
    pam = people.actor(grown, "pam")
    assert runs.progress(Session(grown, pam, NOW), "fair", "a-run").is_live
    assert runs.cancel(Session(grown, pam, NOW), "fair", "a-run")
    assert not runs.cancel(Session(grown, pam, NOW), "fair", "a-run")
    assert not runs.progress(Session(grown, pam, NOW), "fair", "a-run").is_live
    assert laboratory.get(grown, "fair", "a-run").outcome is None


def test_numbers_of_groups_that_take_their_sharing_back_are_not_tried_on_any_more(grown, start):
    portfolio.change(
        grown, "update grants set revoked_at = ? where group_id = 'ash'", NOW.isoformat()
    )
    run_id = start()
    over(grown, run_id)
    numbers = from_json(ReleasedNumbers, laboratory.get(grown, "fair", run_id).numbers)
    assert [each.group_id for each in numbers.groups] == ["birch", "cedar"]
    assert released.NOT_RELEASED in [each.why for each in numbers.left_out]


def test_when_a_group_removes_its_records_no_run_holds_them_any_more(store):
    elm = structs.replace(incentive_runs.a_group(1), group_id="elm")
    incentive_runs.keep(
        store,
        incentive_runs.a_run(
            "rests on elm", numbers=structs.replace(incentive_runs.NUMBERS, groups=(elm,))
        ),
    )
    incentive_runs.keep(store, incentive_runs.a_run("on others"))
    maya = people.actor(store, "maya")
    hasher = Hasher(quick=True)
    administration.remove_group(
        Session(store, maya, NOW), hasher, "elm", "Elm Physicians", world.PASSWORD
    )
    assert [each.id for each in laboratory.of_payer(store, "fair")] == ["on others"]


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

    def on_progress(done: int) -> None:
        heard.append(done)
        if done >= 100:
            raise Canceled

    with pytest.raises(Canceled):
        simulate_scenarios(GROUND, DESIGNS, (NOTHING, GAIN), 100_000, SEED, on_progress)
    assert heard == [50, 100]


def test_only_a_few_chunks_are_at_hand_at_once(monkeypatch):
    """Chunks are handed out as others come back, however many there are."""
    handed_out = []
    plain = simulation.tally_chunk

    def noted(study, chunk, seed):
        handed_out.append(chunk.place)
        return plain(study, chunk, seed)

    monkeypatch.setattr(simulation, "tally_chunk", noted)

    def on_progress(done: int) -> None:
        assert len(handed_out) <= done // 50 + 4

    simulate_scenario(GROUND, DESIGNS, NOTHING, 1000, SEED, on_progress)
    assert sorted(handed_out) == list(range(20))


def test_a_design_on_a_measure_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="pays on m9"):
        simulate_scenarios(GROUND, (a_design(measure_ids=("m9",)),), (NOTHING,), 10, SEED, deaf)


def test_a_large_ground_is_drawn_one_replicate_at_a_time():
    population = a_ground(np.full((60, 3, 20), 30), 0.5 * np.ones(20), groups=60, measures=3)
    assert {chunk.replicates for chunk in chunks(population, 7)} == {1}
