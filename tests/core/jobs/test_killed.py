"""A server that is killed, or stopped, in the middle of a job."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER, JobState
from readiness.imports import db as uploads
from readiness.imports.models import Upload
from tests.factories import allocations, incentive_runs
from tests.factories.page import Page
from tests.factories.waiting import until
from tests.factories.world import NOW

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.slow  # a process is started

AT_WORK = """
import sys, time
from contextlib import closing
from pathlib import Path
from readiness.core.db import Store
from readiness.core.jobs.models import Job
from readiness.core.jobs.service import Runner
from tests.factories.world import NOW

database, kind, result_id, group_id, payer_id = sys.argv[1:]

def work(on_progress):
    while True:
        on_progress(7)
        time.sleep(0.01)

job = Job("j1", kind, "pam", NOW, NOW, group_id or None, payer_id or None, result_id=result_id)
with closing(Store(Path(database))) as store:
    Runner(Path(database)).submit(store, job, work, lambda: NOW)
sys.stdin.read()
"""


def an_upload(store):
    uploads.add(store, Upload("u1", "elm", "0" * 64, "maya", NOW))


def a_run(store):
    incentive_runs.keep(store, incentive_runs.a_run())


def a_scenario(store):
    allocations.add_request(store, "spring")


def nothing(store):
    """A ZIP of plans is known by its job alone."""


KINDS = {  # kind of job: what it makes, for whom, the page that follows it and what is there first
    "upload": ("u1", "elm", "", "/groups/elm/counts/upload/u1", "maya", an_upload),
    "laboratory": ("a-run", "", "fair", "/payers/fair/laboratory/a-run", "pam", a_run),
    "scenario": ("spring:solve", "", "fair", "/payers/fair/investment/spring", "pam", a_scenario),
    "plans": ("zip", "", "fair", "/payers/fair/plans/zip", "pam", nothing),
}


def server_at_work(store, kind, result_id, group_id="", payer_id=""):
    """A process in the middle of a job that never ends."""
    server = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, store.path, kind, result_id, group_id, payer_id],
        stdin=subprocess.PIPE,
        cwd=ROOT,
    )
    until(lambda: store.row("select * from jobs where done = 7"))
    return server


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_job_whose_server_was_killed_says_so_and_follows_no_more(
    store, client, sign_in, clock, kind
):
    result_id, group_id, payer_id, page, person_id, prepare = KINDS[kind]
    prepare(store)
    sign_in(client, person_id)
    server = server_at_work(store, kind, result_id, group_id, payer_id)
    assert client.get(f"{page}/progress").json["is_reading"]
    server.send_signal(signal.SIGKILL)
    server.communicate()
    clock.forward(seconds=LOST_AFTER.seconds + 1)
    shown = Page(client.get(page).text)
    assert "The server was restarted" in shown.text
    assert "Start it again." in shown.text
    assert not [tag for tag in shown.all("p") if "data-progress" in tag]
    assert not client.get(f"{page}/progress").json["is_reading"]
    assert jobs.get(store, "j1").state is JobState.FAILED


def test_a_list_of_jobs_tells_it_too(store, client, sign_in, clock):
    server = server_at_work(store, "plans", "zip", payer_id="fair")
    server.send_signal(signal.SIGKILL)
    server.communicate()
    clock.forward(seconds=LOST_AFTER.seconds + 1)
    assert "not made" in sign_in(client, "pam").get("/payers/fair/plans").text


def test_a_server_that_is_stopped_in_order_ends_its_jobs_at_once(store):
    server = server_at_work(store, "upload", "u1")
    server.communicate()  # the end of its input ends it
    job = jobs.get(store, "j1")
    assert (job.state, job.says) == (JobState.FAILED, jobs.LOST)


def test_a_lost_job_is_told_where_nothing_can_be_written(store):
    server = server_at_work(store, "upload", "u1")
    server.send_signal(signal.SIGKILL)
    server.communicate()
    store.path = store.path / "not a folder"  # no writer's lock can be had there
    job = jobs.follow(store, "u1", NOW + LOST_AFTER * 2)
    assert job
    assert (job.state, job.says) == (JobState.FAILED, jobs.LOST)
