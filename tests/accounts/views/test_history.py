"""A history is searched and taken away as a file, by those whose history it is."""

from __future__ import annotations

import csv
import io

import pytest

from tests.factories import assessments, world
from tests.factories.page import Page


@pytest.fixture
def busy(app, store, clock, sign_in):
    """Maya and Cara answer; a day later the payer looks and downloads."""
    made = assessments.started(store, world.NOW)
    assessments.answer(store, made.id, world.NOW, item_ids=["LEAD-1"])
    assessments.answer(store, made.id, world.NOW, item_ids=["LEAD-2"], person_id="cara")
    clock.forward(days=1)
    world.start_session(store, "pam-later", "pam", clock())
    pam = app.test_client()
    pam.set_cookie("session", "pam-later")
    assert pam.get("/payers/fair/groups/elm").status_code == 200
    assert pam.get("/payers/fair/portfolio.csv").status_code == 200
    world.start_session(store, "maya-later", "maya", clock())


@pytest.fixture
def maya(app, busy):
    client = app.test_client()
    client.set_cookie("session", "maya-later")
    return client


def lines(client, address="/groups/elm/history", **asked):
    page = Page(client.get(address, query_string=asked).text)
    return [row.text for row in page.all("tr")[1:]]


def test_the_lines_of_one_person(maya):
    found = lines(maya, who="car")
    assert found
    assert all("Cara" in line for line in found)


def test_who_looked_when(maya):
    found = lines(maya, matter="reading")
    assert len(found) == 1
    assert "Pam looked at group Elm Physicians" in found[0]


def test_what_was_changed_and_nothing_else(maya):
    assert not [line for line in lines(maya, matter="changes") if "looked" in line]
    assert len(lines(maya, matter="changes")) == len(lines(maya)) - 1


def test_whole_days(maya):
    assert len(lines(maya, since="2027-01-16")) == 1
    assert len(lines(maya, until="2027-01-15")) == len(lines(maya)) - 1
    assert lines(maya, since="2027-01-17") == []


@pytest.mark.parametrize("asked", [{"since": "soon"}, {"matter": "x"}, {"until": "2027-13-01"}])
def test_what_is_no_filter_is_refused_in_words(maya, asked):
    reply = maya.get("/groups/elm/history", query_string=asked)
    assert reply.status_code == 422
    assert "Enter days such as 2027-01-15" in reply.text


@pytest.mark.parametrize("asked", [{}, {"who": "cara"}, {"matter": "reading"}])
def test_the_file_holds_the_lines_of_the_page(maya, asked):
    reply = maya.get("/groups/elm/history.csv", query_string=asked)
    rows = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig"))))[1:]
    assert len(rows) == len(lines(maya, **asked))
    assert maya.get("/groups/elm/history.xlsx", query_string=asked).status_code == 200
    assert maya.get("/groups/elm/history.pdf").status_code == 404


def test_a_payer_finds_nobody_of_a_group_by_name(app, busy):
    pam = app.test_client()
    pam.set_cookie("session", "pam-later")
    assert lines(pam, "/payers/fair/history", who="pam")
    assert lines(pam, "/payers/fair/history", who="maya") == []
