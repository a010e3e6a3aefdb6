"""The pages of all plans as one ZIP."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing

import pytest

from readiness.assessments.service import result
from readiness.core.db import Store
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.portfolio.service import bulk_pdf
from tests.factories import plans, world
from tests.factories.page import Page
from tests.factories.waiting import until

HERE = "/payers/fair/plans"


@pytest.fixture
def pam(client, sign_in, store):
    plans.submitted(store, "elm", plans.answers_at(2), world.NOW)
    result.update_entry(store, "elm", world.NOW)
    return sign_in(client, "pam")


def made(app, store, client, **fields):
    """Asked for by the form, and waited for; the address of its page."""
    address = world.send(client, HERE, paper="letter", **fields).headers["Location"]
    pack_id = address.rsplit("/", 1)[1]
    with closing(Store(store.path)) as watching:
        until(lambda: not ((job := jobs.making(watching, pack_id)) and job.is_live))
    return address


def test_the_portfolio_leads_there_with_its_filters(pam):
    shown = Page(pam.get("/payers/fair/portfolio?tier=T2&sort=tier").text)
    assert shown.links["All plans of these as one ZIP"].startswith(f"{HERE}?tier=T2")
    offer = Page(pam.get(f"{HERE}?tier=T2").text)
    assert "1 group, as filtered in the portfolio; 1 with a plan" in offer.text
    assert ("tier", "T2") in [(name, value) for name, value in offer.values(HERE).items()]


@pytest.mark.slow
def test_it_is_made_watched_and_fetched(app, store, pam):
    address = made(app, store, pam, text="elm")
    shown = Page(pam.get(address).text)
    assert shown.heading == "The plans are ready"
    assert "1 plan," in shown.text
    reply = pam.get(shown.links["Download the ZIP"], buffered=True)
    assert reply.content_type == "application/zip"
    assert "plans-2027-01-15.zip" in reply.headers["Content-Disposition"]
    assert reply.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        assert archive.namelist()[0] == "plans/001-elm-physicians.pdf"
    assert pam.get(f"{address}/progress").json["is_reading"] is False
    assert "ready" in Page(pam.get(HERE).text).text


def test_while_it_is_made_the_page_tells_how_far_it_is_and_can_stop_it(store, pam):
    at = world.NOW
    job = Job("j", "plans", "pam", at, at, None, "fair", total=9, result_id="slow")
    jobs.ask(store, job)
    jobs.beat(store, "j", JobState.RUNNING, 3, 0, at)
    shown = Page(pam.get(f"{HERE}/slow").text)
    assert "3 of 9 plans printed." in shown.text
    assert pam.get(f"{HERE}/slow/progress").json["says"] == "3 of 9 plans printed."
    assert world.send(pam, HERE, paper="a4").status_code == 409
    stopped = world.send(pam, f"{HERE}/slow/stop")
    assert stopped.headers["Location"] == HERE
    assert "The printing was stopped" in Page(pam.get(f"{HERE}/slow").text).text
    assert world.send(pam, f"{HERE}/slow/stop").headers["Location"] == f"{HERE}/slow"


def test_a_paper_that_there_is_not_is_refused_on_the_page(pam):
    reply = world.send(pam, HERE, paper="a3")
    assert reply.status_code == 422
    assert "There is a problem" in Page(reply.text).text


def test_with_nothing_to_print_the_page_says_so(client, sign_in, store):
    sign_in(client, "pam")
    assert "has submitted anything yet" in Page(client.get(HERE).text).text
    assert "No group was found" in Page(client.get(f"{HERE}?text=nobody").text).text
    assert world.send(client, HERE, paper="a4").status_code == 409


@pytest.mark.slow
def test_what_is_no_longer_shared_is_gone(app, store, pam):
    address = made(app, store, pam)
    with store.writing():
        store.execute("delete from grants")
    assert "There is no ZIP" in Page(pam.get(address).text).text
    reply = pam.get(f"{address}/plans.zip")
    assert reply.status_code == 409
    assert "no longer shares it with you" in reply.text


@pytest.mark.slow
def test_whoever_stops_sharing_takes_its_plan_off_the_disk_at_once(
    app, store, client, sign_in, pam
):
    made(app, store, pam)
    assert list(bulk_pdf.folder_of(store.path).glob("*"))
    assert world.send(sign_in(client, "maya"), "/groups/elm/sharing/fair/stop").status_code == 303
    assert not list(bulk_pdf.folder_of(store.path).glob("*"))


@pytest.mark.slow
def test_nobody_else_reaches_it(app, store, client, sign_in, pam):
    address = made(app, store, pam)
    for who in ("pete", "maya", "ada"):
        sign_in(client, who)
        for path in (address, f"{address}/plans.zip", f"{address}/progress"):
            assert client.get(path, buffered=True).status_code in {403, 404}
    sign_in(client, "pete")
    assert client.get(address.replace("/fair/", "/far/")).status_code == 404
