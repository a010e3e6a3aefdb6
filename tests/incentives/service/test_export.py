"""The laboratory report on paper, and the files to take along."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import page
import pikepdf
import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.errors import NotFound
from readiness.core.pdf.job import Page
from readiness.core.people import Payer
from readiness.incentives.service import export as sheet
from tests.factories import incentive_runs
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every test simulates and prints

FAIR = Payer("fair", "Fair Health")


@pytest.fixture(scope="module")
def run():
    return incentive_runs.done(incentive_runs.a_run())


@pytest.fixture
def kept(store, run):
    incentive_runs.keep(store, run)
    return store


def printed(store, printer, person="pam", paper=Page.LETTER):
    session = Session(store, people.actor(store, person), NOW)
    return printer.pdf_of(sheet.print_job(session, "fair", "a-run", paper))


@pytest.mark.parametrize("paper", Page)
def test_it_is_three_to_eight_pages_that_a_screen_reader_can_read(kept, printer, tmp_path, paper):
    made = tmp_path / "made.pdf"
    made.write_bytes(printed(kept, printer, paper=paper))
    assert page.validate_pdf(str(made)).failures == []
    with pikepdf.open(made) as opened:
        assert 3 <= len(opened.pages) <= 8
        held = json.loads(opened.attachments["laboratory.json"].get_file().read_bytes())
    assert held["settings"]["seed"] == 7


def test_the_same_run_gives_the_same_bytes(kept, printer):
    assert printed(kept, printer) == printed(kept, printer)


def test_it_says_each_finding_what_was_left_out_and_what_it_rests_on(run):
    html = sheet.job_of(run, FAIR, Page.LETTER).html
    for said in (
        "pays for the fall of the higher group",
        "it must never lower a payment or close access to one",
        "Nothing submitted yet: Elm Physicians.",
        "White alone, declared by 6 of 6 groups",
        "1,000 invented years for each question",
        "a potential, never a forecast",
    ):
        assert said in html


def test_only_the_payer_s_own_people_may_print_it(kept, printer):
    with pytest.raises(NotFound):
        printed(kept, printer, "pete")
    with pytest.raises(NotFound):
        printed(kept, printer, "maya")


def test_a_run_that_is_not_done_cannot_be_taken_along(store):
    incentive_runs.keep(store, incentive_runs.a_run())
    with pytest.raises(NotFound, match="not done yet"):
        sheet.load_finished(Session(store, people.actor(store, "pam"), NOW), "fair", "a-run")


def test_the_workbook_holds_every_number_of_every_design_and_question(run):
    book = load_workbook(BytesIO(sheet.as_xlsx(run)))
    results = list(book["Results"].values)
    assert results[0] == sheet.RESULTS
    assert len(results) == 1 + 2 * 3
    assert len(list(book["Groups"].values)) == 1 + 2 * 3 * 6
    assert len(list(book["Numbers"].values)) == 1 + 6 * 4
    assert ("Seed", "7") in list(book["Rests on"].values)


def test_the_data_hold_everything_that_a_replay_needs(run):
    data = json.loads(json.dumps(sheet.as_data(run)))
    again = replace(
        incentive_runs.a_run(),
        designs=tuple(data["designs"]),
        settings=data["settings"],
        numbers=data["numbers"],
        asked_at=NOW + timedelta(days=9),
    )
    assert incentive_runs.done(again).outcome == data["outcome"] == run.outcome
