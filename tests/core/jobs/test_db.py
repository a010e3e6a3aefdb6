from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from readiness.accounts.db import groups
from readiness.core.errors import NotFound, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER, Job, JobState
from readiness.core.people import Group


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2027, 1, 15, 12, tzinfo=UTC)
JOB = Job("j1", "upload", "cara", AT, AT, group_id="elm", result_id="u1")
SOON = AT + timedelta(seconds=5)


@pytest.fixture
def elm(store):
    groups.add(store, Group("elm", "Elm"), AT)
    groups.add(store, Group("oak", "Oak"), AT)
    return store


def test_a_job_is_told_with_how_far_it_is(elm):
    jobs.ask(elm, JOB)
    assert jobs.beat(elm, "j1", JobState.RUNNING, 2_000, 0, SOON)
    assert jobs.get(elm, "j1") == replace(JOB, state=JobState.RUNNING, done=2_000, beat_at=SOON)
    assert jobs.making(elm, "u1") == jobs.get(elm, "j1")


def test_a_group_has_one_at_a_time_and_another_group_its_own(elm):
    jobs.ask(elm, JOB)
    with pytest.raises(WrongState, match="under way for your group already"):
        jobs.ask(elm, replace(JOB, id="j2"))
    jobs.ask(elm, replace(JOB, id="j3", group_id="oak"))
    jobs.end(elm, "j1", JobState.DONE, "", SOON)
    jobs.ask(elm, replace(JOB, id="j2"))


def test_the_first_to_end_a_job_decides_how(elm):
    jobs.ask(elm, JOB)
    assert jobs.end(elm, "j1", JobState.CANCELED, "", SOON)
    assert not jobs.end(elm, "j1", JobState.DONE, "", SOON)
    assert not jobs.beat(elm, "j1", JobState.RUNNING, 1, 0, SOON)
    assert jobs.get(elm, "j1").state is JobState.CANCELED


def test_a_job_without_a_sign_of_life_makes_room_and_says_why(elm):
    jobs.ask(elm, JOB)
    later = AT + LOST_AFTER + timedelta(seconds=1)
    assert not jobs.get(elm, "j1").is_lost(AT + LOST_AFTER)
    assert jobs.get(elm, "j1").is_lost(later)
    jobs.ask(elm, replace(JOB, id="j2", asked_at=later, beat_at=later))
    lost = jobs.get(elm, "j1")
    assert lost.state is JobState.FAILED
    assert lost.says.endswith("Start it again.")


def test_jobs_that_ended_long_ago_are_forgotten(elm):
    jobs.ask(elm, JOB)
    jobs.end(elm, "j1", JobState.DONE, "", AT)
    jobs.forget(elm, AT)
    assert jobs.get(elm, "j1")
    jobs.forget(elm, SOON)
    with pytest.raises(NotFound):
        jobs.get(elm, "j1")
