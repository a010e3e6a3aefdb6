"""What is handed out fits what is read: rows to fill in, and what was sent last."""

from __future__ import annotations

from datetime import date

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.imports.screens.quarter_counts import cells_of
from readiness.imports.template.models import NAMES, Expectations
from readiness.imports.template.reader import read_rows
from readiness.imports.template.workbook import BlankTemplate, blank_rows, from_counts, last_rows
from tests.factories.social_risk_counts import GOOD

Q2, Q3 = Period(2026, 2), Period(2026, 3)
BLANK = BlankTemplate("g1", Q3, date(2026, 10, 15), ("elm", "oak"), kinds=(StratumType.SEX,))


def test_there_is_a_row_for_each_site_need_and_part():
    rows = list(blank_rows(BLANK))
    assert len(rows) == 2 * 7 * (1 + 4)
    assert {row["site_id"] for row in rows} == {"elm", "oak"}
    assert all(row["screened"] == "" for row in rows)
    assert {row["site_id"] for row in blank_rows(BlankTemplate("g1", Q3, date(2026, 10, 15)))} == {
        "ALL"
    }


def test_a_quarter_becomes_rows_and_the_same_quarter_again():
    rows = from_counts(GOOD, "g1", "ALL", Q2)
    needs = {Need(key.need): counts for key, counts in rows.items()}
    again = dict(cells_of(needs, ALL))
    lost = {cell for cell in GOOD if cell.step is Step.REFERRED}  # the table has no such column
    assert again.items() >= {cell: v for cell, v in GOOD.items() if cell not in lost}.items()


def test_what_was_sent_last_is_read_back_under_its_own_quarter():
    female = Stratum(StratumType.SEX, "female")
    known = {**GOOD, FunnelCell(Step.SCREENED, Need.FOOD, female): 240}
    last = from_counts(known, "g1", "ALL", Q2)
    lines = [
        (f"line {n}", [str(row[name]) for name in NAMES])
        for n, row in enumerate(last_rows(last, BLANK), start=2)
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
        for n, row in enumerate(last_rows(last, BLANK), start=2)
    ]
    cells = read_rows(NAMES, lines, Expectations(date(2026, 11, 22))).cells
    assert {key.stratum: counts for key, counts in cells.items()} == {
        "total": {Step.SCREENED: 200, Step.POSITIVE: 50},
        "spanish": {Step.SCREENED: 80, Step.POSITIVE: 30},
        "unknown": {Step.SCREENED: 120, Step.POSITIVE: 20},
    }
