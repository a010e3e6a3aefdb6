"""Workbooks from strangers: a harmful one is refused with a sentence, and harms nobody."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from readiness.assessments import workbook
from readiness.assessments.workbook import ACTIVE, NOT_A_BOOK, TOO_LARGE, UNREADABLE, SheetName
from readiness.core.errors import BadInput
from readiness.core.tables.models import SheetCell
from tests.factories.questionnaire_workbook import saved


def a_book(**cells: str | float) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(SheetName.ANSWERS)
    for cell, value in cells.items():
        sheet[cell] = value
    return saved(book)


def with_member(raw: bytes, name: str, content: bytes) -> bytes:
    written = BytesIO(raw)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def with_sheet(raw: bytes, xml: bytes) -> bytes:
    """The same book with another sheet of answers."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(written, "w") as new:
        for each in old.infolist():
            is_sheet = each.filename == "xl/worksheets/sheet2.xml"
            new.writestr(each.filename, xml if is_sheet else old.read(each))
    return written.getvalue()


def refused(raw: bytes) -> str:
    with pytest.raises(BadInput) as told:
        workbook.read_file(raw)
    return str(told.value)


def test_cells_come_back_as_a_person_sees_them():
    rows = workbook.read_file(a_book(A1=3.0, B1="x", C1="=1+1", D1=True, E1=0.1))
    assert rows[SheetName.ANSWERS][0] == [
        SheetCell("3"),
        SheetCell("x"),
        SheetCell("=1+1", is_formula=True),
        SheetCell("yes"),
        SheetCell("0.1"),
    ]


def test_other_sheets_are_not_looked_at():
    book = Workbook()
    book.create_sheet("Salaries")["A1"] = "secret"
    assert workbook.read_file(saved(book)) == {}


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7", b"PK\x03\x04 cut off", b"a,b\n1,2\n"])
def test_another_kind_of_file_is_refused(raw):
    assert refused(raw) == NOT_A_BOOK


def test_a_zip_of_something_else_is_refused():
    assert refused(with_member(b"", "word/document.xml", b"<x/>")) == NOT_A_BOOK


def test_a_file_over_eight_megabytes_is_refused():
    assert refused(b"PK" + b"\0" * (8 * 1024 * 1024)) == TOO_LARGE


def test_a_bomb_is_refused_while_it_is_counted():
    assert refused(with_member(a_book(), "xl/media/x", b"\0" * 20_000_000)) == TOO_LARGE


def test_a_crowd_of_members_is_refused():
    raw = a_book()
    for number in range(100):
        raw = with_member(raw, f"xl/x{number}", b"")
    assert refused(raw) == TOO_LARGE


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/activeX/a.bin"]
)
def test_macros_links_and_controls_are_refused(name):
    assert refused(with_member(a_book(), name, b"x")) == ACTIVE


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
)


def test_entities_are_refused():
    assert refused(with_sheet(a_book(), LAUGHS)) == NOT_A_BOOK


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["XFD1048576", "A5000", "AZ1"])
def test_a_cell_far_outside_is_refused(cell):
    assert "far outside its table" in refused(a_book(**{"A1": "x", cell: "y"}))


def test_a_broken_sheet_is_refused():
    assert refused(with_sheet(a_book(), b"<worksheet><sheetData><row>")) == UNREADABLE


def test_a_child_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(workbook, "SECONDS", 0.01)
    assert refused(a_book()) == UNREADABLE
