"""Work in the background: told, stopped, and never heard of again when it is over."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest

from readiness.accounts.db import groups
from readiness.core.db import Store
from readiness.core.errors import BadInput, NotFound, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs import service as working
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import OUR_FAULT, ROOM, Runner
from readiness.core.tables.models import Canceled
from tests.factories.waiting import until
from tests.factories.world import NOW


def clock():
    return NOW


@pytest.fixture
def runner(store):
    return Runner(store.path)


@pytest.fixture
def started(store, runner):
    """Begin a piece of work for the group elm; its job's id."""

    def start(work, job_id="j1"):
        job = Job(job_id, "upload", "cara", NOW, NOW, group_id="elm")
        runner.submit(store, job, work, clock)
        return job_id

    return start


def over(store, job_id):
    return until(lambda: not (job := jobs.get(store, job_id)).is_live and job)


def renamed(name):
    """What is kept in these tests: a group's new name."""

    def keep(store, _):
        store.execute("update groups set name = ? where id = 'elm'", (name,))

    return keep


def counting(on_progress):
    """Work that goes on until it is told to stop."""
    for row in range(1_000_000):
        on_progress(row)
        time.sleep(0.001)
    return renamed("Done")


def test_what_came_of_it_is_kept(store, started):
    job = over(store, started(lambda _: renamed("Done")))
    assert job.state is JobState.DONE
    assert groups.get(store, "elm").name == "Done"


@pytest.mark.slow
def test_how_far_it_is_can_be_read_while_it_runs_and_it_can_be_stopped(store, started):
    job_id = started(counting)
    until(lambda: jobs.get(store, job_id).done > 0)
    assert jobs.get(store, job_id).state is JobState.RUNNING
    jobs.end(store, job_id, JobState.CANCELED, "", NOW)
    until(lambda: not any(thread.name == f"job {job_id}" for thread in threading.enumerate()))
    assert jobs.get(store, job_id).state is JobState.CANCELED
    assert groups.get(store, "elm").name == "Elm Physicians"


def test_what_was_stopped_at_the_last_moment_keeps_nothing(store, started):
    def work(on_progress):
        with closing(Store(store.path)) as its_own:
            jobs.end(its_own, "j1", JobState.CANCELED, "", NOW)
        return renamed("Done")

    job_id = started(work)
    until(lambda: not any(thread.name == f"job {job_id}" for thread in threading.enumerate()))
    assert groups.get(store, "elm").name == "Elm Physicians"


def test_a_sentence_of_ours_is_told_and_nothing_is_kept(store, started):
    def work(on_progress):
        raise BadInput("Choose another file.")

    job = over(store, started(work))
    assert (job.state, job.says) == (JobState.FAILED, "Choose another file.")


def test_a_fault_of_ours_never_quotes_what_was_read(store, started, caplog, capfd):
    def work(on_progress):
        try:
            raise ValueError("Erika Mustermann, 1960-01-02")
        except ValueError as error:
            raise KeyError("617-555-0134") from error

    with caplog.at_level(logging.DEBUG):
        job = over(store, started(work))
    assert (job.state, job.says) == (JobState.FAILED, OUR_FAULT)
    told = caplog.text + "".join(capfd.readouterr())
    assert "KeyError < work" in told
    assert "Mustermann" not in told
    assert "555" not in told


def test_a_failure_while_keeping_keeps_nothing(store, started):
    def work(on_progress):
        def keep(store, now):
            renamed("Half")(store, now)
            raise KeyError

        return keep

    assert over(store, started(work)).state is JobState.FAILED
    assert groups.get(store, "elm").name == "Elm Physicians"


def test_a_busy_process_takes_no_more_and_stores_nothing(store, runner):
    for number in range(ROOM):
        runner.submit(store, Job(f"j{number}", "upload", "cara", NOW, NOW), counting, clock)
    with pytest.raises(WrongState, match="busy"):
        runner.submit(store, Job("late", "upload", "cara", NOW, NOW), counting, clock)
    with pytest.raises(NotFound):
        jobs.get(store, "late")
    for number in range(ROOM):
        jobs.end(store, f"j{number}", JobState.CANCELED, "", NOW)
    until(lambda: not any(each.name.startswith("job j") for each in threading.enumerate()))
    runner.submit(store, Job("late", "upload", "cara", NOW, NOW), lambda _: renamed("Late"), clock)
    assert over(store, "late").state is JobState.DONE


def test_what_could_not_be_stored_leaves_its_room(store, runner):
    def fail(_):
        raise KeyError

    job = Job("j1", "upload", "cara", NOW, NOW)
    for _ in range(ROOM + 1):
        with pytest.raises(KeyError):
            runner.submit(store, job, counting, clock, fail)
    runner.submit(store, job, lambda _: renamed("Done"), clock)
    assert over(store, "j1").state is JobState.DONE


def test_who_is_told_to_stop_stops_at_once(store):
    pulse = working.Pulse(store.path, "j1", clock)
    pulse.report(1)
    pulse.is_canceled = True
    with pytest.raises(Canceled):
        pulse.report(2)
    assert pulse.done == 2


def test_people_take_turns(store):
    runner, begun, may_begin = Runner(store.path, at_once=1), [], threading.Event()

    def work_of(name):
        def work(_):
            may_begin.wait()
            begun.append(name)
            return renamed(name)

        return work

    for name in ("cara 1", "cara 2", "cara 3", "omar 1", "omar 2"):
        job = Job(name, "upload", name.split()[0], NOW, NOW)
        runner.submit(store, job, work_of(name), clock)
    may_begin.set()
    over(store, "cara 3")
    assert begun == ["cara 1", "omar 1", "cara 2", "omar 2", "cara 3"]


def test_without_news_only_a_sign_of_life_is_written(store):
    now = NOW
    jobs.ask(store, Job("j1", "upload", "cara", NOW, NOW))
    pulse = working.Pulse(store.path, "j1", lambda: now)
    seen = []
    for seconds in (0, 1, 4, 6):
        now = NOW + timedelta(seconds=seconds)
        pulse.beat(store)
        seen.append((jobs.get(store, "j1").beat_at - NOW).seconds)
    assert seen == [0, 0, 0, 6]
    jobs.end(store, "j1", JobState.CANCELED, "", NOW)
    pulse.beat(store)
    assert pulse.is_canceled
