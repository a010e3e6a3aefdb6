from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest

from readiness.core.exports import Cell, Sheet, csv_of, xlsx_of

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1+1"]


def read(xlsx: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(BytesIO(xlsx))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


@pytest.mark.parametrize("typed", FORMULAS)
def test_csv_never_hands_a_spreadsheet_a_formula(typed):
    [_, line] = csv_of(("Note",), [(typed,)]).decode("utf-8-sig").split("\r\n", 1)
    assert line.lstrip('"').startswith("'")


def test_csv_writes_numbers_as_numbers_and_quotes_what_needs_it():
    rows = [(-3, Fraction(1, 4), Decimal("62.5"), None, True, date(2026, 1, 5), 'say "so", twice')]
    written = csv_of(("a", "b", "c", "d", "e", "f", "=g"), rows).decode("utf-8-sig")
    assert written == ('a,b,c,d,e,f,\'=g\r\n-3,0.25,62.5,,yes,2026-01-05,"say ""so"", twice"\r\n')


def test_a_workbook_holds_what_was_put_in():
    rows: list[tuple[Cell, ...]] = [("Elm", Fraction(125, 2), None), ("Oak", 40, False)]
    book = xlsx_of((Sheet("Groups", ("Group", "Score", "Done"), rows, (30,)),))
    assert read(book) == [["Group", "Score", "Done"], ["Elm", 62.5, None], ["Oak", 40, "no"]]


@pytest.mark.parametrize("typed", [*FORMULAS[:4], "{=1}", "https://example.org/", "mailto:x"])
def test_a_workbook_never_runs_or_links_a_text(typed):
    book = openpyxl.load_workbook(BytesIO(xlsx_of((Sheet("S", ("Note",), [(typed,)]),))))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (typed, "s", None)


@pytest.mark.slow
def test_the_same_rows_are_the_same_bytes_later():
    sheets = (Sheet("S", ("Group", "Score"), [("Elm", 62.5)]),)
    first = xlsx_of(sheets)
    time.sleep(2.1)  # an archive counts time in steps of two seconds
    assert xlsx_of(sheets) == first


def test_a_sheet_without_rows_still_has_its_heading():
    assert read(xlsx_of((Sheet("S", ("Group",), []),))) == [["Group"]]
