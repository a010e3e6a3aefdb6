"""The table of counts is handed out, filled in by a person and read back."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.imports.screens.models import CellKey
from readiness.imports.screens.quarter_counts import cells_of
from readiness.imports.template import reader as template
from readiness.imports.template.models import NAMES, Expectations
from readiness.imports.template.reader import read_rows
from readiness.imports.template.workbook import (
    BlankTemplate,
    blank_rows,
    from_counts,
    last_rows,
    template_csv,
    template_xlsx,
)
from tests.factories.questionnaire_workbook import changed
from tests.factories.readings import a_reading, file_of
from tests.factories.social_risk_counts import GOOD

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


Q2, Q3 = Period(2026, 2), Period(2026, 3)
FOR_TWO_SITES = BlankTemplate(
    "g1", Q3, date(2026, 10, 15), ("elm", "oak"), kinds=(StratumType.SEX,)
)


def test_there_is_a_row_for_each_site_need_and_part():
    rows = list(blank_rows(FOR_TWO_SITES))
    assert len(rows) == 2 * 7 * (1 + 4)
    assert {row["site_id"] for row in rows} == {"elm", "oak"}
    assert all(row["screened"] == "" for row in rows)
    assert {row["site_id"] for row in blank_rows(BlankTemplate("g1", Q3, date(2026, 10, 15)))} == {
        "ALL"
    }


def test_a_quarter_becomes_rows_and_the_same_quarter_again():
    rows = from_counts(GOOD, "g1", "ALL", Q2)
    needs: dict[Need | None, Any] = {Need(key.need): counts for key, counts in rows.items()}
    again = dict(cells_of(needs, ALL))
    lost = {cell for cell in GOOD if cell.step is Step.REFERRED}  # the table has no such column
    assert again.items() >= {cell: v for cell, v in GOOD.items() if cell not in lost}.items()


def test_what_was_sent_last_is_read_back_under_its_own_quarter():
    female = Stratum(StratumType.SEX, "female")
    known = {**GOOD, FunnelCell(Step.SCREENED, Need.FOOD, female): 240}
    last = from_counts(known, "g1", "ALL", Q2)
    lines = [
        (f"line {n}", [str(row[name]) for name in NAMES])
        for n, row in enumerate(last_rows(last, FOR_TWO_SITES), start=2)
    ]
    found = read_rows(NAMES, lines, Expectations(date(2026, 11, 22)))
    assert found.cells == last
    assert {key.period for key in found.cells} == {"2026-Q2"}


def test_parts_that_leave_somebody_out_are_handed_out_so_that_they_can_be_sent_back():
    spanish = Stratum(StratumType.LANGUAGE, "spanish")
    known = {
        FunnelCell(Step.SCREENED, Need.FOOD): 200,
        FunnelCell(Step.POSITIVE, Need.FOOD): 50,
        FunnelCell(Step.SCREENED, Need.FOOD, spanish): 80,
        FunnelCell(Step.POSITIVE, Need.FOOD, spanish): 30,
    }
    last = from_counts(known, "g1", "ALL", Q2)
    lines = [
        (f"line {n}", [str(row[name]) for name in NAMES])
        for n, row in enumerate(last_rows(last, FOR_TWO_SITES), start=2)
    ]
    cells = read_rows(NAMES, lines, Expectations(date(2026, 11, 22))).cells
    assert {key.stratum: counts for key, counts in cells.items()} == {
        "total": {Step.SCREENED: 200, Step.POSITIVE: 50},
        "spanish": {Step.SCREENED: 80, Step.POSITIVE: 30},
        "unknown": {Step.SCREENED: 120, Step.POSITIVE: 20},
    }
