"""A document's own address while it is printed: what a page, a program and a stranger are told."""

from __future__ import annotations

import threading

import pytest

from readiness.accounts.db import people
from readiness.assessments.service import sharing
from readiness.core.db import Session
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import JobState
from readiness.core.printing.service import PrintQueue
from tests.factories import plans, world
from tests.factories.page import Page
from tests.factories.waiting import until

HERE = "/assessments/a1/plan.pdf?paper=letter"
PROGRAM = {"Accept": "application/json"}


class Press:
    def __init__(self) -> None:
        self.may = threading.Event()

    def pdf_of(self, job, is_wanted):
        while not self.may.wait(0.01):
            is_wanted()
        return b"%PDF " + job.html.encode()


@pytest.fixture
def press(app, store):
    plans.submitted(store, "elm", plans.developing(), world.NOW)
    press = Press()
    app.config.update(PRINTER=press, PRINTS=PrintQueue(store.path, patience=0))
    yield press
    press.may.set()


@pytest.fixture
def pam(press, client, sign_in):
    return sign_in(client, "pam")


def shown(client, address=HERE):
    reply = client.get(address)
    assert reply.status_code == 202
    return Page(reply.text)


def followed(client, page):
    (line,) = (tag for tag in page.all("p") if "data-progress" in tag)
    return client.get(line.get("data-progress"))


def test_a_page_follows_the_printing_and_leads_back_to_the_document(pam, press):
    page = shown(pam)
    assert page.links["See how far it is"] == HERE
    assert page.links["Back without it"] == "/assessments/a1/plan"
    assert followed(pam, page).json["is_reading"]
    press.may.set()
    until(lambda: not followed(pam, page).json["is_reading"])
    reply = pam.get(HERE)
    assert reply.content_type == "application/pdf"
    assert reply.headers["Content-Disposition"] == 'inline; filename="action-plan.pdf"'
    assert reply.data.startswith(b"%PDF")


def test_a_program_is_told_where_to_look_and_what_to_ask_for_then(pam, press):
    reply = pam.get(HERE, headers=PROGRAM)
    assert reply.status_code == 202
    assert reply.json["document"] == HERE
    assert int(reply.headers["Retry-After"]) > 0
    press.may.set()
    until(lambda: not pam.get(reply.json["progress"], headers=PROGRAM).json["is_reading"])
    assert pam.get(HERE, headers=PROGRAM).data.startswith(b"%PDF")


def test_others_in_the_queue_are_counted(pam):
    shown(pam)
    says = shown(pam, "/assessments/a1/plan.pdf?paper=a4").text
    assert "Waiting for its turn: 2 documents are being printed or waiting." in says


def test_stopping_leads_back_and_prints_nothing(pam, store):
    page = shown(pam)
    (form,) = (tag for tag in page.all("form") if tag.get("action").endswith("/stop"))
    reply = pam.post(form.get("action"), data=page.values(form.get("action")))
    assert (reply.status_code, reply.location) == (303, "/assessments/a1/plan")
    assert "The printing was stopped." in pam.get(reply.location).text
    print_id = form.get("action").split("/")[2]
    assert jobs.get(store, print_id).state is JobState.CANCELED


@pytest.mark.parametrize(
    "back", ["//example.org", "https://example.org", "/\\example.org", "/\t/example.org", ""]
)
def test_stopping_leads_nowhere_else(pam, store, back):
    shown(pam)
    (row,) = store.rows("select id from jobs")
    reply = world.send(pam, f"/prints/{row['id']}/stop", back=back)
    assert reply.location == "/home"


def test_a_group_that_ends_its_sharing_ends_it_for_what_is_printed_and_what_lies_ready(
    pam, press, store
):
    page = shown(pam)
    press.may.set()
    until(lambda: not followed(pam, page).json["is_reading"])
    assert pam.get(HERE).status_code == 200
    maya = Session(store, people.actor(store, "maya"), world.NOW)
    sharing.stop(maya, "elm", "fair")
    assert pam.get(HERE).status_code == 404


def test_without_a_seat_nothing_is_put_together_and_the_page_asks_again(app, pam, store):
    prints = app.config["PRINTS"]
    with prints.seat(), prints.seat():
        page = shown(pam)
        assert followed(pam, page).json["is_reading"]
        assert not [form for form in page.all("form") if form.get("action").endswith("/stop")]
        assert pam.get(HERE, headers=PROGRAM).status_code == 202
        assert store.row("select * from jobs") is None
    assert not followed(pam, page).json["is_reading"]
    shown(pam)
    assert store.row("select * from jobs")


def test_the_seat_is_left_by_who_may_not_read_the_document(app, press, client, sign_in):
    for _ in range(3):
        assert sign_in(client, "omar").get(HERE).status_code == 404
    with app.config["PRINTS"].seat() as one, app.config["PRINTS"].seat() as two:
        assert (one, two) == (True, True)
