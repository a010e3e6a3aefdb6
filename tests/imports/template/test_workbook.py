"""The table of counts is handed out, filled in by a person and read back."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

from openpyxl import load_workbook

from readiness.core.periods import Period
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.screens.models import CellKey
from readiness.imports.template import reader as template
from readiness.imports.template.models import NAMES
from readiness.imports.template.workbook import BlankTemplate, template_csv, template_xlsx
from tests.factories.questionnaire_workbook import changed
from tests.factories.readings import a_reading, file_of

BLANK = BlankTemplate(
    "g1", Period(2026, 3), date(2026, 10, 15), ("elm",), needs=(Need.FOOD, Need.SAFETY)
)
LAST = {CellKey("g1", "elm", "2026-Q2", "food", "total", "total"): {Step.SCREENED: 200,
                                                                    Step.POSITIVE: 40}}  # fmt: skip
TODAY = date(2026, 11, 22)


def test_the_csv_has_its_rows_to_fill_in_and_no_numbers():
    header, *rows = csv.reader(StringIO(template_csv(BLANK).decode("utf-8-sig")))
    assert tuple(header) == NAMES
    assert [dict(zip(header, row, strict=True))["need"] for row in rows] == ["food", "safety"]
    assert not any(cell for row in rows for cell in row[11:])


def test_what_was_sent_last_follows_below_when_asked_for():
    rows = list(csv.DictReader(StringIO(template_csv(BLANK, LAST).decode("utf-8-sig"))))
    assert [(row["period"], row["screened"]) for row in rows] == [
        ("2026-Q3", ""),
        ("2026-Q3", ""),
        ("2026-Q2", "200"),
    ]


def test_a_workbook_filled_in_is_read_back():
    filled = changed(template_xlsx(BLANK, LAST), {"Counts!R2": 240, "Counts!S2": 60})
    found = template.read_template(
        file_of(filled), a_reading(), TODAY, sites=("elm",), groups=("g1",)
    )
    assert found.cells == {
        CellKey("g1", "elm", "2026-Q3", "food", "total", "total"): {
            Step.SCREENED: 240,
            Step.POSITIVE: 60,
        }
    }


def test_the_workbook_explains_each_column_and_offers_lists():
    book = load_workbook(BytesIO(template_xlsx(BLANK, LAST)))
    assert book.sheetnames == ["Counts", "Last quarter", "What the columns mean", "Lists"]
    assert [row[0].value for row in book["What the columns mean"].iter_rows(min_row=2)] == list(
        NAMES
    )
    rules = book["Counts"].data_validations.dataValidation
    assert len(rules) == 6
    assert book["Lists"].sheet_state == "hidden"


def test_a_site_that_a_spreadsheet_would_run_is_kept_from_running():
    blank = BlankTemplate("g1", Period(2026, 3), date(2026, 10, 15), ("=cmd()",))
    assert b",'=cmd()," in template_csv(blank)


def test_the_same_rows_give_the_same_bytes():
    assert template_xlsx(BLANK, LAST) == template_xlsx(BLANK, LAST)
