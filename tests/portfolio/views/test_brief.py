"""The brief's addresses: linked from the group's page, and nobody else's."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from readiness.core.errors import NotPrinted
from tests.factories import plans, world
from tests.factories.page import Page

GROUP = "/payers/fair/groups/elm"


@pytest.fixture
def pam(client, sign_in, store):
    plans.submitted(store, "elm", plans.answers_at(2), world.NOW)
    return sign_in(client, "pam")


def test_the_group_s_page_leads_to_both(pam):
    shown = Page(pam.get(GROUP).text)
    assert shown.links["Brief on two pages as PDF"] == f"{GROUP}/brief.pdf"
    assert shown.links["Brief as a spreadsheet"] == f"{GROUP}/brief.xlsx"


@pytest.mark.slow
def test_it_comes_as_a_pdf_on_the_paper_asked_for(pam):
    letter, a4 = pam.get(f"{GROUP}/brief.pdf"), pam.get(f"{GROUP}/brief.pdf?paper=a4")
    assert letter.content_type == "application/pdf"
    with pikepdf.open(BytesIO(letter.data)) as one, pikepdf.open(BytesIO(a4.data)) as other:
        assert (len(one.pages), len(other.pages)) == (2, 2)
        assert one.pages[0].MediaBox[2] != other.pages[0].MediaBox[2]
    assert pam.get(f"{GROUP}/brief.pdf?paper=a3").status_code == 422


def test_it_comes_as_a_spreadsheet(pam):
    reply = pam.get(f"{GROUP}/brief.xlsx")
    assert reply.status_code == 200
    assert reply.data.startswith(b"PK")


def test_a_printer_that_cannot_is_a_sentence(pam, app, monkeypatch):
    def broken(job, is_wanted):
        raise NotPrinted("This document could not be printed. Try again.")

    monkeypatch.setattr(app.config["PRINTER"], "pdf_of", broken)
    reply = pam.get(f"{GROUP}/brief.pdf")
    assert reply.status_code == 503
    assert "could not be printed" in reply.text


def test_before_a_submission_it_says_what_is_missing(client, sign_in, store):
    reply = sign_in(client, "pam").get(f"{GROUP}/brief.pdf")
    assert reply.status_code == 409
    assert "has not submitted anything yet" in reply.text


@pytest.mark.parametrize("who", ["pete", "omar", "maya"])
def test_nobody_else_s(client, sign_in, pam, who):
    sign_in(client, who)
    assert client.get(f"{GROUP}/brief.pdf").status_code in {403, 404}
    assert client.get("/payers/far/groups/elm/brief.pdf").status_code in {403, 404}
