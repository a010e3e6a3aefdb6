"""All plans as one ZIP: what is in it, who may fetch it and for how long, and what is left of one
that was stopped."""

from __future__ import annotations

import csv
import io
import json
import shutil
import threading
import time
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import groups, people
from readiness.accounts.passwords import Hasher
from readiness.administration import service as administration
from readiness.assessments.models import AssessmentStatus
from readiness.assessments.service import result
from readiness.cli.database import back_up
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, NotPrinted, NotSaved, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import OUR_FAULT, Runner
from readiness.core.migrations import migrate
from readiness.core.pdf.archive import DocumentArchive
from readiness.core.pdf.job import Page
from readiness.core.pdf.printer import Printer
from readiness.core.people import Group
from readiness.equity.service.readable import ENDED_MEANWHILE
from readiness.plans.service import document
from readiness.portfolio.service import bulk_pdf
from tests.factories import plans as planned
from tests.factories import world
from tests.factories.waiting import PATIENCE, until

pytestmark = pytest.mark.slow  # every test prints plans

NOW = world.NOW
ANSWERS = planned.answers_at(2, REAL_2=1)


def clock():
    return NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A portfolio whose plans were printed once: three groups share with the payer fair, and one of
    them has submitted nothing."""
    here = tmp_path_factory.mktemp("portfolio")
    with closing(Store.create(here / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        planned.submitted(store, "elm", ANSWERS, NOW)
        for group_id, name in (("fir", "Fir & Sons / <b>Clinic</b>"), ("yew", "Yew")):
            groups.add(store, Group(group_id, name), NOW)
            share(store, group_id)
        planned.submitted(store, "fir", planned.answers_at(1), NOW, assessment_id="a2")
        for group_id in ("elm", "fir"):
            result.update_entry(store, group_id, NOW)
        made(store, people.actor(store, "pam"), Runner(store.path), pack_id="first")
        store.db.conn.execute("pragma wal_checkpoint(truncate)")
    return here


@pytest.fixture
def store(folder, tmp_path):
    """A copy, with its ZIP."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with closing(Store(tmp_path / "readiness.db")) as opened:
        yield opened


def share(store, group_id):
    grant = {"id": f"{group_id}-fair", "group_id": group_id, "payer_id": "fair"}
    with store.writing():
        store.insert("grants", {**grant, "granted_at": NOW.isoformat(), "granted_by": "maya"})


@pytest.fixture
def pam(store):
    return people.actor(store, "pam")


@pytest.fixture
def runner(store):
    return Runner(store.path, at_once=1)


def start(store, pam, runner, pack_id="p1", page=Page.LETTER, sent=None):
    ids = iter([pack_id, f"job-of-{pack_id}"])
    return bulk_pdf.start(store, pam, "fair", sent or {}, page, runner, clock, lambda: next(ids))


def over(store, pack_id="p1"):
    job = until(lambda: (job := jobs.making(store, pack_id)) and not job.is_live and job)
    until(lambda: not any("job-of" in thread.name for thread in threading.enumerate()))
    return job


def made(store, pam, runner, **more):
    pack_id = start(store, pam, runner, **more)
    job = over(store, pack_id)
    assert job.state is JobState.DONE, job.says
    return bulk_pdf.fetch(Session(store, pam, NOW), "fair", pack_id)


def left(store):
    return sorted(path.name for path in bulk_pdf.folder_of(store.path).glob("*"))


def first(store, pam, now=NOW):
    return bulk_pdf.fetch(Session(store, pam, now), "fair", "first")


def test_it_holds_every_plan_by_name_and_says_who_has_none(store, pam):
    path = first(store, pam)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "plans/001-elm-physicians.pdf",
            "plans/002-fir-sons-b-clinic-b.pdf",
            "index.csv",
            "index.json",
        ]
        assert archive.read("plans/001-elm-physicians.pdf").startswith(b"%PDF")
        index = archive.read("index.csv").decode("utf-8-sig")
        data = json.loads(archive.read("index.json"))
    assert list(csv.reader(io.StringIO(index)))[1:] == [
        ["1", "Elm Physicians", "plans/001-elm-physicians.pdf", ""],
        ["2", "Fir & Sons / <b>Clinic</b>", "plans/002-fir-sons-b-clinic-b.pdf", ""],
        ["3", "Yew", "", "nothing submitted yet"],
    ]
    assert [each["group_id"] for each in data["plans"]] == ["elm", "fir"]
    assert [each["why"] for each in data["without"]] == ["nothing submitted yet"]


def test_the_same_state_on_the_same_day_is_the_same_bytes(store, pam, runner):
    again = made(store, pam, runner).read_bytes()
    assert again == first(store, pam).read_bytes()
    assert made(store, pam, runner, pack_id="p3", page=Page.A4).read_bytes() != again


def test_the_portfolio_s_filters_choose_the_groups(store, pam, runner):
    path = made(store, pam, runner, sent={"text": "fir", "order": "down", "page": "9"})
    assert [each["group_id"] for each in bulk_pdf.read_index(path)["plans"]] == ["fir"]


def test_it_is_told_how_far_it_is_and_leaves_a_line_of_history(store, pam):
    found = bulk_pdf.progress(Session(store, pam, NOW), "fair", "first")
    assert found.job.total == 2
    assert found.bytes > 10_000
    assert store.row("select * from events where object_id = 'first' and payer_id = 'fair'")


def test_one_at_a_time_for_each_payer(store, pam, runner, held):
    start(store, pam, runner)
    with pytest.raises(WrongState, match="being printed already"):
        start(store, pam, runner, pack_id="p2")
    held.set()
    over(store)


@pytest.fixture
def held(monkeypatch):
    """Composing stops after the first plan until this is set."""
    go, real = threading.Event(), bulk_pdf.documents

    def slowly(store, order):
        plans = real(store, order)
        yield next(plans)
        go.wait(PATIENCE)
        yield from plans

    monkeypatch.setattr(bulk_pdf, "documents", slowly)
    yield go
    go.set()


def test_one_that_is_stopped_leaves_nothing(store, pam, runner, held):
    start(store, pam, runner)
    until(lambda: "p1.part" in left(store))
    assert bulk_pdf.cancel(Session(store, pam, NOW), "fair", "p1")
    time.sleep(1)  # the pulse hears of it
    held.set()
    assert over(store).state is JobState.CANCELED
    assert left(store) == ["first.zip"]
    with pytest.raises(WrongState, match="kept for a day"):
        bulk_pdf.fetch(Session(store, pam, NOW), "fair", "p1")
    assert not bulk_pdf.cancel(Session(store, pam, NOW), "fair", "p1")


def test_our_own_fault_leaves_nothing(store, pam, runner, monkeypatch):
    monkeypatch.setattr(bulk_pdf, "index_of", lambda *_: 1 / 0)
    start(store, pam, runner)
    job = over(store)
    assert (job.state, job.says) == (JobState.FAILED, OUR_FAULT)
    assert left(store) == ["first.zip"]


def test_a_full_disk_is_told_and_leaves_nothing(store, pam, runner, monkeypatch):
    def full(*_):
        raise NotSaved("The server's disk refused to keep this file.")

    monkeypatch.setattr(DocumentArchive, "add", full)
    start(store, pam, runner)
    assert "disk refused" in over(store).says
    assert left(store) == ["first.zip"]


def test_a_plan_that_cannot_be_printed_is_named_and_the_others_are_there(
    store, pam, runner, monkeypatch
):
    real = document.job_of

    def job_of(session, assessment_id, page):
        job = real(session, assessment_id, page)
        deep = "<html><body>" + "<div>" * 400 + "</div>" * 400
        return replace(job, html=deep) if assessment_id == "a1" else job

    monkeypatch.setattr(document, "job_of", job_of)
    index = bulk_pdf.read_index(made(store, pam, runner))
    assert [each["group_id"] for each in index["plans"]] == ["fir"]
    assert "could not be printed" in index["without"][0]["why"]


def test_when_none_can_be_printed_it_is_a_sentence(store, pam, runner, monkeypatch):
    def none(_printer, named):
        for entry, _ in named:
            yield entry, NotPrinted("No.")

    monkeypatch.setattr(Printer, "each_of", none)
    start(store, pam, runner)
    assert "No plan could be printed" in over(store).says
    assert left(store) == ["first.zip"]


def test_what_stopped_being_shared_meanwhile_is_not_in_it(store, pam, runner, held):
    start(store, pam, runner)
    until(lambda: "p1.part" in left(store))
    with store.writing():
        store.execute("delete from grants where group_id = 'fir'")
    held.set()
    assert over(store).state is JobState.DONE
    index = bulk_pdf.read_index(bulk_pdf.fetch(Session(store, pam, NOW), "fair", "p1"))
    assert [each["group_id"] for each in index["plans"]] == ["elm"]
    assert "no longer shared" in [each["why"] for each in index["without"]]


def test_of_a_group_that_stopped_once_its_plan_was_printed_nothing_is_kept(
    store, pam, runner, monkeypatch
):
    """Asked for before it ended, and done after."""
    printed, ended = threading.Event(), threading.Event()
    real = bulk_pdf.index_of

    def held(order, entries):
        printed.set()
        assert ended.wait(PATIENCE)
        return real(order, entries)

    monkeypatch.setattr(bulk_pdf, "index_of", held)
    start(store, pam, runner)
    assert printed.wait(PATIENCE)
    with store.writing():
        store.execute("delete from grants where group_id = 'fir'")
    ended.set()
    job = over(store)
    assert (job.state, job.says) == (JobState.FAILED, ENDED_MEANWHILE)
    assert "p1.zip" not in left(store)


def test_a_group_without_a_plan_that_no_longer_shares_is_not_named_by_it_either(store, pam):
    """That it had sent in nothing was told while it shared."""
    with store.writing():
        store.execute("update grants set revoked_at = ? where group_id = 'yew'", (NOW.isoformat(),))
    index = bulk_pdf.progress(Session(store, pam, NOW), "fair", "first").index
    assert index is None


def test_once_a_group_in_it_no_longer_shares_it_cannot_be_fetched_and_is_deleted(store, pam):
    with store.writing():
        store.execute("update grants set expires_on = '2027-01-14' where group_id = 'elm'")
    assert bulk_pdf.progress(Session(store, pam, NOW), "fair", "first").index is None
    with pytest.raises(WrongState, match="no longer shares it with you"):
        first(store, pam)
    assert left(store) == []


def test_a_group_that_is_removed_takes_its_plan_along(store):
    maya = people.actor(store, "maya")
    hasher = Hasher(quick=True)
    administration.remove_group(
        Session(store, maya, NOW), hasher, "elm", "Elm Physicians", world.PASSWORD
    )
    assert left(store) == []


def test_a_submission_taken_back_takes_the_zip_along(store, pam):
    with store.writing():
        store.execute(
            "update assessments set status = ? where id = 'a2'", (AssessmentStatus.WITHDRAWN,)
        )
    with pytest.raises(WrongState):
        first(store, pam)


def test_it_is_kept_for_a_day(store, pam):
    late = NOW + timedelta(days=1)
    assert first(store, pam, late).exists()
    with pytest.raises(WrongState, match="kept for a day"):
        first(store, pam, late + timedelta(seconds=1))
    back_up(store.path, None, late)
    assert left(store) == ["first.zip"]
    back_up(store.path, None, late + timedelta(seconds=1))
    assert left(store) == []


def test_what_no_job_answers_for_is_swept_away(store):
    folder = bulk_pdf.folder_of(store.path)
    (folder / "stray.part").write_bytes(b"half")
    (folder / "stray.zip").write_bytes(b"whole")
    bulk_pdf.sweep(store, NOW)
    assert left(store) == ["first.zip"]


def test_nothing_to_print_is_said_at_once(store, pam, runner):
    with pytest.raises(WrongState, match="No group was found"):
        start(store, pam, runner, sent={"text": "nobody of this name"})
    with pytest.raises(WrongState, match="has submitted anything yet"):
        start(store, pam, runner, sent={"text": "yew"})
    assert [job.result_id for job in jobs.of_payer(store, "fair", "plans")] == ["first"]


def test_somebody_else_s_zip_is_not_found(store, pam):
    pete = people.actor(store, "pete")
    for payer_id in ("fair", "far"):
        with pytest.raises(NotFound):
            bulk_pdf.fetch(Session(store, pete, NOW), payer_id, "first")
        with pytest.raises(NotFound):
            bulk_pdf.cancel(Session(store, pete, NOW), payer_id, "first")
    with pytest.raises(NotFound):
        bulk_pdf.offer(Session(store, pete, NOW), "fair", {})
    with pytest.raises(NotFound):
        bulk_pdf.fetch(Session(store, pam, NOW), "fair", "../readiness")


def test_what_is_offered_counts_groups_and_plans(store, pam):
    found = bulk_pdf.offer(Session(store, pam, NOW), "fair", {})
    assert (len(found.lines), found.with_plan) == (3, 2)
    assert [job.result_id for job in found.made] == ["first"]


def test_a_restarted_server_is_told(store, pam):
    """The job of a process that ended is over, and its half is swept away."""
    jobs.ask(store, Job("j", "plans", "pam", NOW, NOW, None, "fair", result_id="lost"))
    folder = bulk_pdf.folder_of(store.path)
    (folder / "lost.part").write_bytes(b"half")
    later = NOW + timedelta(minutes=5)
    assert "restarted" in bulk_pdf.progress(Session(store, pam, later), "fair", "lost").job.says
    bulk_pdf.sweep(store, later)
    assert left(store) == ["first.zip"]
