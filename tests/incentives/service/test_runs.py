"""From what a page asks for to a run that is done."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

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
from readiness.incentives import db as laboratory
from readiness.incentives.run_json import numbers_in
from readiness.incentives.service import released, runs
from readiness.incentives.service.released import NumbersFilters
from readiness.incentives.service.runs import RunRequest
from tests.factories import incentive_runs, portfolio, world
from tests.factories.waiting import until
from tests.factories.world import NOW

COUNTS = {"black": (60, 100), "white": (140, 200)}
ASKED = RunRequest((incentive_runs.NARROWING,), incentive_runs.SETTINGS)
NO_WISH = NumbersFilters()


@pytest.fixture
def grown(store):
    seed = portfolio.seeded(store)
    for group_id in ("ash", "birch", "cedar"):
        portfolio.grow(store, group_id, seed)
        portfolio.release(store, group_id, portfolio.AFTER, COUNTS)
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
    assert [each.group_id for each in numbers_in(run.numbers).groups] == ["ash", "birch", "cedar"]
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
    numbers = numbers_in(laboratory.get(grown, "fair", run_id).numbers)
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
