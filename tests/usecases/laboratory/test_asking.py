"""From what a page asks for to a run that is done."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import pytest

from readiness.domain.errors import BadInput, NotFound
from readiness.domain.incentives.numbers import numbers_in
from readiness.domain.jobs import Job, JobState
from readiness.engines.passwords import Hasher
from readiness.store import jobs, laboratory, people
from readiness.usecases import organizations
from readiness.usecases.jobs import Runner
from readiness.usecases.laboratory import asking, released
from readiness.usecases.laboratory.asking import Asked
from readiness.usecases.laboratory.released import Wish
from tests import grove, tried
from tests.web import world
from tests.web.world import NOW

SECONDS = 20
COUNTS = {"black": (60, 100), "white": (140, 200)}
ASKED = Asked((tried.NARROWING,), tried.SETTINGS)
NO_WISH = Wish()


@pytest.fixture
def grown(peopled):
    seed = grove.seeded(peopled)
    for group_id in ("ash", "birch", "cedar"):
        grove.grow(peopled, group_id, seed)
        grove.release(peopled, group_id, grove.AFTER, COUNTS)
    return peopled


@pytest.fixture
def runner(peopled):
    return Runner(peopled.path)


@pytest.fixture
def start(peopled, runner):
    numbers = count(1)

    def begin(asked=ASKED, wish=NO_WISH, person="pam"):
        actor = people.actor(peopled, person)
        ids = lambda: f"id{next(numbers)}"  # noqa: E731
        return asking.start(peopled, actor, "fair", wish, asked, runner, lambda: NOW, ids)

    return begin


def over(store, run_id):
    end = time.monotonic() + SECONDS
    while (job := jobs.making(store, run_id)) and job.is_live:
        assert time.monotonic() < end, "it was not done in time"
        time.sleep(0.02)
    return job


def test_a_run_is_stored_with_the_numbers_it_is_tried_on_and_then_with_what_came_of_it(
    grown, start
):
    run_id = start()
    assert over(grown, run_id).state is JobState.DONE
    run = laboratory.get(grown, "fair", run_id)
    assert [each.group_id for each in numbers_in(run.numbers).groups] == ["ash", "birch", "cedar"]
    assert asking.designs_of(run) == ASKED.designs
    assert asking.settings_of(run) == ASKED.settings
    assert run.outcome == tried.done(run).outcome


def test_done_again_it_takes_the_stored_numbers_and_gives_the_same(grown, start, runner):
    run_id = start()
    over(grown, run_id)
    grove.release(grown, "ash", grove.AFTER, {"black": (9, 90), "white": (80, 90)}, number=2)
    pam = people.actor(grown, "pam")
    ids = iter(("again", "its job"))
    repeat = asking.again(grown, pam, "fair", run_id, runner, lambda: NOW, lambda: next(ids))
    over(grown, repeat)
    found = asking.repeats(grown, laboratory.get(grown, "fair", repeat))
    assert found is not None
    former, is_same = found
    assert (former.id, is_same) == (run_id, True)
    assert asking.repeats(grown, former) is None


def problems(start, asked=ASKED, wish=NO_WISH):
    with pytest.raises(BadInput) as caught:
        start(asked, wish)
    return [(each.place, each.says) for each in caught.value.problems]


def test_every_problem_of_every_design_is_told_at_once_and_nothing_is_stored(grown, start):
    bad = replace(tried.NARROWING, pool=0, measure_ids=())
    found = problems(start, Asked((tried.NARROWING, bad), tried.SETTINGS))
    assert [place for place, _ in found] == ["1:measure_ids", "1:pool", "1:name"]
    assert laboratory.of_payer(grown, "fair") == ()


def test_without_a_reference_or_groups_enough_nothing_is_tried(grown, start):
    grove.change(grown, "update quality_periods set reference = ''")
    assert problems(start) == [("reference", asking.NO_REFERENCE)]
    lonely = replace(tried.NARROWING, measure_ids=("CBP",))
    grove.release(grown, "ash", grove.AFTER, COUNTS, measure="CBP", number=2)
    found = problems(start, Asked((lonely,), tried.SETTINGS), Wish(reference="white"))
    assert found == [("", asking.TOO_FEW_GROUPS)]


def test_nothing_released_is_said(peopled, start):
    assert problems(start) == [("", asking.NOTHING_RELEASED)]


def test_a_payer_s_runs_are_its_own(grown, start):
    run_id = start()
    over(grown, run_id)
    pete = people.actor(grown, "pete")
    for asked in (
        lambda: start(person="pete"),
        lambda: asking.listed(grown, pete, "fair"),
        lambda: asking.progress(grown, pete, "fair", run_id, NOW),
        lambda: asking.progress(grown, pete, "far", run_id, NOW),
        lambda: asking.cancel(grown, pete, "far", run_id, NOW),
    ):
        with pytest.raises(NotFound):
            asked()


def test_stopped_it_keeps_what_was_asked_and_nothing_else(grown):
    tried.keep(grown, tried.a_run())
    job = Job("j1", asking.KIND, "pam", NOW, NOW, payer_id="fair", result_id="a-run")
    jobs.ask(grown, job)
    pam = people.actor(grown, "pam")
    assert asking.progress(grown, pam, "fair", "a-run", NOW).is_reading
    assert asking.cancel(grown, pam, "fair", "a-run", NOW)
    assert not asking.cancel(grown, pam, "fair", "a-run", NOW)
    assert not asking.progress(grown, pam, "fair", "a-run", NOW).is_reading
    assert laboratory.get(grown, "fair", "a-run").outcome is None


def test_numbers_of_groups_that_take_their_sharing_back_are_not_tried_on_any_more(grown, start):
    grove.change(grown, "update grants set revoked_at = ? where group_id = 'ash'", NOW.isoformat())
    run_id = start()
    over(grown, run_id)
    numbers = numbers_in(laboratory.get(grown, "fair", run_id).numbers)
    assert [each.group_id for each in numbers.groups] == ["birch", "cedar"]
    assert released.NOT_RELEASED in [each.why for each in numbers.left_out]


def test_when_a_group_removes_its_records_no_run_holds_them_any_more(peopled):
    elm = replace(tried.a_group(1), group_id="elm")
    tried.keep(peopled, tried.a_run("rests on elm", numbers=replace(tried.NUMBERS, groups=(elm,))))
    tried.keep(peopled, tried.a_run("on others"))
    maya = people.actor(peopled, "maya")
    hasher = Hasher(quick=True)
    organizations.remove_group(peopled, hasher, maya, "elm", "Elm Physicians", world.PASSWORD, NOW)
    assert [each.id for each in laboratory.of_payer(peopled, "fair")] == ["on others"]
