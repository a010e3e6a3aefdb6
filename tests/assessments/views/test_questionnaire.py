"""Answering away from the screen: the pages around it."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.workbook import WorkbookColumn
from readiness.instruments.answers import Answer
from tests.factories import plans, world
from tests.factories.page import Page
from tests.factories.questionnaire_workbook import changed, place_of

HERE = "/assessments/a1/questionnaire"
PAPER = "/instruments/qmer/2026.1/questionnaire.pdf"


@pytest.fixture
def maya(client, sign_in, store):
    plans.written(store, "elm", {"LEAD-1": Answer.at(2)}, world.NOW)
    return sign_in(client, "maya")


def upload(client, raw, name="answers.xlsx"):
    form = {"csrf_token": world.token(client), "file": (BytesIO(raw), name)}
    return client.post(HERE, data=form, content_type="multipart/form-data")


def filled(client, cells):
    book = client.get(f"{HERE}.xlsx").data
    return changed(
        book, {place_of(book, n, WorkbookColumn.ANSWER): value for n, value in cells.items()}
    )


def answers(store):
    found = assessments.answers(store, "a1").items()
    return {item_id: saved.answer.level for item_id, saved in found if saved.answer}


def test_the_page_offers_paper_and_workbook(maya):
    shown = Page(maya.get(HERE).text)
    assert PAPER in shown.links["Questionnaire as PDF (US Letter)"]
    assert shown.links["Download the spreadsheet"] == f"{HERE}.xlsx"


def test_an_upload_shows_what_would_change_and_confirming_stores_it(maya, store):
    reply = upload(maya, filled(maya, {"LEAD-1": 3, "LEAD-3": 1}))
    assert reply.status_code == 200
    shown = Page(reply.text)
    assert "2 changes" in shown.text
    assert "level 3" in shown.text
    assert answers(store) == {"LEAD-1": 2}
    confirmed = maya.post(HERE, data=shown.values(HERE))
    assert confirmed.status_code == 303
    assert answers(store) == {"LEAD-1": 3, "LEAD-3": 1}


def test_an_unchanged_book_offers_nothing_to_save(maya):
    shown = Page(upload(maya, filled(maya, {})).text)
    assert "holds nothing that differs" in shown.text
    assert "filled" not in [tag.get("name") for tag in shown.all("input")]


def test_problems_are_told_by_cell(maya, store):
    reply = upload(maya, filled(maya, {"LEAD-1": 9}))
    assert reply.status_code == 422
    assert "Answers!I2: Choose one of: 0, 1, 2, 3, 4, don't know." in Page(reply.text).text
    assert answers(store) == {"LEAD-1": 2}


def test_a_page_without_a_file_says_so(maya):
    reply = maya.post(HERE, data={"csrf_token": world.token(maya)})
    assert reply.status_code == 422
    assert "Choose the spreadsheet" in Page(reply.text).text


@pytest.mark.parametrize("sent", ["", "[", "[" * 100_000, "null", '{"answers": [[]]}'])
def test_a_confirmation_that_was_tampered_with_is_refused(maya, store, sent):
    reply = maya.post(HERE, data={"csrf_token": world.token(maya), "filled": sent})
    assert reply.status_code == 422
    assert answers(store) == {"LEAD-1": 2}


@pytest.mark.parametrize("base", [-1, 2, 2**63, 10**400])
@pytest.mark.parametrize(
    "kind", [("answers", ["LEAD-3", "2", "", "", 0]), ("facts", ["sites", 7, 0])]
)
def test_a_confirmation_over_a_revision_that_never_was_is_refused(maya, store, kind, base):
    name, row = kind
    sent = {"answers": [], "facts": [], name: [[*row[:-1], base]]}
    reply = maya.post(HERE, data={"csrf_token": world.token(maya), "filled": json.dumps(sent)})
    assert reply.status_code == 422
    assert "Put back the hidden number" in Page(reply.text).text
    assert answers(store) == {"LEAD-1": 2}


@pytest.mark.parametrize("who", ["omar", "pete"])
def test_a_stranger_finds_nothing(client, sign_in, maya, who):
    sign_in(client, who)
    wanted = 403 if who == "pete" else 404
    assert client.get(HERE).status_code == wanted
    assert client.get(f"{HERE}.xlsx").status_code == wanted


@pytest.mark.slow
def test_the_blank_questionnaire_prints_for_whoever_is_signed_in(client, sign_in):
    sign_in(client, "pam")
    reply = client.get(f"{PAPER}?paper=A4")
    assert reply.status_code == 200
    assert reply.data.startswith(b"%PDF")
    assert client.get("/instruments/qmer/1999.1/questionnaire.pdf").status_code == 404
