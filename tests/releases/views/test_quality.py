"""What payers see of a period's quality measures, shown to the group beside its own counts."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import BytesIO, StringIO

import openpyxl

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.small_cells import HIDDEN
from readiness.counts.db import quality
from readiness.counts.models import PostedCounts
from readiness.counts.service import entry
from readiness.counts.service import quality as use
from readiness.releases.service.publication import QUALITY
from tests.counts.views.test_quality import filled
from tests.factories.completion import complete_page, mark_complete
from tests.factories.page import Page
from tests.factories.world import NOW
from tests.releases.service.test_quality import BLACK, GOOD, Q4, denominator, enter, numerator

PERIOD = "/groups/elm/quality/2026-Q4"
HERE = f"{PERIOD}/released"


def complete(store, known=GOOD):
    enter(store, known)
    session = Session(store, people.actor(store, "cara"), NOW)
    return mark_complete(session, QUALITY, "elm", "2026-Q4", 11)


def page_text(client):
    page = Page(client.get(HERE).text)
    return page.text


def test_before_a_period_is_complete_nothing_has_left(maya, store):
    assert "There are no counts" in page_text(maya)
    enter(store, GOOD)
    assert "Nothing is released yet. Marking the period complete releases it." in page_text(maya)
    assert maya.get(f"{HERE}.csv").status_code == 404


def test_the_page_is_reached_from_the_period(maya):
    assert f'href="{HERE}"' in maya.get(PERIOD).text


def test_completing_a_period_on_its_page_says_that_payers_can_read_it(maya, store):
    typed = {numerator(): 260, denominator(): 400}
    answer = complete_page(maya, PERIOD, filled(maya, typed, PERIOD))
    assert answer.status_code == 303
    assert "Payers you share with can now read its counts" in maya.get(answer.location).text
    assert "Payers you share with read this release" in page_text(maya)


def test_hidden_counts_stand_beside_the_group_s_own(maya, store):
    complete(store)
    found = page_text(maya)
    assert HIDDEN in found
    assert "yours: 8" in found
    assert "400" in found
    assert "yours: 400" not in found


def test_what_changed_after_the_release_is_said(maya, store):
    complete(store)
    cara = people.actor(store, "cara")
    sent = PostedCounts({numerator().key: "263"}, {numerator().key: 1})
    entry.save(Session(store, cara, NOW), use.SCHEMA, "elm", "2026-Q4", sent)
    assert "You changed counts since" in page_text(maya)
    complete(store, {**GOOD, numerator(): 263})
    assert "could point at somebody" in page_text(maya)
    assert "yours: 263" in page_text(maya)


def test_estimated_race_stands_in_a_table_of_its_own(maya, store):
    estimated = {replace(denominator(BLACK), is_estimated=True): 60}
    complete(store, {**GOOD, **estimated})
    assert "estimated by a payer" in page_text(maya)


def test_the_files_hold_what_was_released_and_nothing_else(maya, store):
    complete(store)
    text = maya.get(f"{HERE}.csv").get_data().decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    assert len(lines) == len(GOOD) - 1  # but for the patients asked again
    black = [each["Patients"] for each in lines if each["Part"].startswith("Black")]
    assert black == [HIDDEN, HIDDEN]
    assert not [each for each in lines if each["Patients"].isdigit() and 0 < int(each["Patients"]) < 11]  # fmt: skip  # noqa: E501
    book = openpyxl.load_workbook(BytesIO(maya.get(f"{HERE}.xlsx").get_data()))
    (sheet,) = book.worksheets
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert [row[-1] for row in rows[1:]] == [each["Patients"] for each in lines]


def test_the_declared_reference_is_no_part_of_the_counts(maya, store):
    complete(store)
    use.declare(
        Session(store, people.actor(store, "cara"), NOW), "elm", "2026-Q4", "race_omb2024.white"
    )
    assert quality.status(store, "elm", Q4).reference == "race_omb2024.white"
    assert "Payers you share with read this release" in page_text(maya)
