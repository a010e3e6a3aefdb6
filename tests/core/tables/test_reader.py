"""Tables in every spelling give the same rows; what cannot be read is told by line alone."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from readiness.core.errors import BadInput
from readiness.core.tables import headings, packed
from readiness.core.tables import reader as tables
from readiness.core.tables.foreign_formats import ForeignFormat
from readiness.core.tables.models import Canceled, ReadContext, Report, refuse_if_nothing_read
from readiness.imports import safe_names
from tests.factories.questionnaire_workbook import saved
from tests.factories.readings import a_reading, file_of, hashed, told_of

PLAIN = "patient,day,note\nA1,2026-07-03,Peña\nA2,2026-07-04,\n"
ROWS = [(2, ["A1", "2026-07-03", "Peña"]), (3, ["A2", "2026-07-04", ""])]


def rows(content: str | bytes, reading: ReadContext | None = None) -> list[tuple[int, list[str]]]:
    with tables.open_table(file_of(content)) as table:
        return [(row.line, row.cells) for row in tables.full_rows(table, reading or a_reading())]


def a_book(*lines: tuple[str, ...]) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    return saved(book)


def saved_zip(name: str) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


def refused(content: str | bytes) -> str:
    with pytest.raises(BadInput) as told:
        rows(content)
    return str(told.value)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("A1,", '"A1",').encode(),
        PLAIN.rstrip("\n").encode(),
    ],
    ids=(
        "utf8 mark windows utf16 utf16-le utf16-be unicode-text semicolon tab pipe crlf cr quoted "
        "no-end"
    ).split(),
)
def test_every_spelling_of_a_table_gives_the_same_rows(content):
    assert rows(content) == ROWS


def test_a_workbook_is_read_as_its_table_is():
    lines = (("patient", "day", "note"), ("A1", "2026-07-03", "Peña"), ("A2", "2026-07-04"))
    assert rows(a_book(*lines)) == ROWS


def test_the_sheet_of_counts_comes_before_the_first_sheet():
    book = Workbook()
    sheet = book.create_sheet("Counts")
    sheet.append(("a",))
    sheet.append(("b",))
    assert rows(saved(book)) == [(2, ["b"])]


def test_a_formula_is_not_a_value():
    assert refused(a_book(("patient",), ("=1+1",))) == (
        "file 1, line 2: “patient” is a formula: save the sheet with its values alone."
    )


def test_a_ragged_line_is_told_and_left_out():
    reading = a_reading()
    assert rows("a,b\n1,2\n3\n4,5,6\n7,8,\n", reading) == [(2, ["1", "2"]), (5, ["7", "8"])]
    assert reading.report.refused == 2
    assert reading.report.rows == 4
    assert told_of(reading.report)[0] == (
        "file 1, line 3: There are 1 cells under 2 headings. Mend the line and send it again."
    )


def test_a_line_break_within_quotes_stays_within_its_cell():
    assert rows('a,b\n"x\ny",2\n3,4\n') == [(2, ["x\ny", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize("content", ['a,b\n"x,2\n3,4\n', 'a,b\n1,"x\n3,4\n', 'a,b\n1,"x\n' * 9])
def test_a_quotation_mark_that_is_never_closed_is_told_where_it_stands(content):
    assert "quotation mark" in refused(content)


def test_what_is_no_text_is_refused():
    assert refused(b"a,b\n1,\0\n").endswith(tables.NOT_TEXT)
    assert refused(b"") == f"file 1: {tables.EMPTY}"
    assert refused(b"a" * 2_000_000).endswith(tables.LONG_LINE)
    assert refused("a\n" + "x" * 200_000).endswith(tables.LONG_LINE)


def test_what_is_no_utf_8_is_windows_1252_byte_by_byte():
    mixed = "a,b\nPeña,".encode() + "Müller – €5\n".encode("cp1252")
    assert rows(mixed) == [(2, ["Peña", "Müller – €5"])]


@pytest.mark.parametrize("text", ['{"resourceType": "Bundle"}', " [1]"])
def test_json_in_utf_16_is_refused_by_name(text):
    assert refused(text.encode("utf-16")).endswith(ForeignFormat.UTF16_JSON.value)


def test_a_web_page_in_utf_16_is_refused_as_one():
    assert refused("<html><table>".encode("utf-16")).endswith(ForeignFormat.HTML.value)


GROUPS = "Patient,,Screening,Needs,\n"
NAMES = "id,name,day,food,home\n"
TWO = "1,Jo,2026-07-03,no,no\n2,Al,2026-07-04,no,yes\n"


@pytest.mark.parametrize("above", [GROUPS, "Screens of July\n" + GROUPS, "A,A,B,C,C\n"])
def test_below_a_row_that_names_several_columns_together_stand_the_headings(above):
    with tables.open_table(file_of(above + NAMES + TWO)) as table:
        assert (table.header, table.line) == (
            tuple(NAMES.strip().split(",")),
            above.count("\n") + 1,
        )
        assert [row.cells[0] for row in table.rows] == ["1", "2"]


def test_merged_headings_of_a_workbook_are_passed_over_too():
    book = Workbook()
    for line in (GROUPS + NAMES + TWO).splitlines():
        book.worksheets[0].append([cell or None for cell in line.split(",")])
    book.worksheets[0].merge_cells("A1:B1")
    assert [cells[0] for _, cells in rows(saved(book))] == ["1", "2"]


@pytest.mark.parametrize("names", ["id,,day,food,home\n", "id,name,day,result,result\n"])
def test_headings_in_two_rows_that_are_no_row_alone_are_refused_by_name(names):
    assert refused(GROUPS + names + TWO) == f"file 1: {headings.TWO_ROWS}"


def test_a_first_patient_is_never_taken_for_headings():
    assert "Column 2 has no heading" in refused(GROUPS + TWO)
    assert "Column 2 has no heading" in refused("id,,food,home\nA,x,no,no\nB,y,no,yes\n")


def test_headings_that_cannot_be_told_apart_are_refused():
    assert refused("day,Day\n1,2\n") == (
        "file 1: “Day” stands there twice. Keep one of the two columns."
    )
    assert "Column 2 has no heading" in refused("a,,c\n1,2,3\n")


def test_a_person_in_place_of_a_heading_is_not_repeated():
    assert safe_names.column_names(("617-555-0134", "note", "2026-07-03"), (0, 1, 2)) == (
        "column 1, column 2 and column 3"
    )


def test_whoever_asks_to_stop_is_heard():
    def stop(_: int) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        rows("a\n" + "1\n" * 1_000, ReadContext(hashed, Report(), on_progress=stop))


TITLE = "Screens of July\nMade on,2026-08-02\n\n"
TITLED = TITLE + PLAIN


@pytest.mark.parametrize(
    "content",
    [
        TITLED,
        TITLED.replace("July\n", "July,,\n"),
        TITLED.replace("of July", "of July, 2026"),
        TITLE + PLAIN.replace(",", ";"),
        TITLE + PLAIN.replace(",", "\t"),
        TITLE * 4 + PLAIN,
    ],
    ids="plain padded comma semicolon tab long".split(),
)
def test_a_title_above_the_headings_is_passed_over_and_lines_keep_their_numbers(content):
    assert [cells for _, cells in rows(content)] == [cells for _, cells in ROWS]
    numbers = [n for n, line in enumerate(content.split("\n"), 1) if line.startswith("A")]
    assert [line for line, _ in rows(content)] == numbers


def test_a_title_in_a_sheet_is_passed_over_even_when_it_is_a_formula():
    book = a_book(("=TODAY()",), (), ("patient", "day", "note"), ("A1", "2026-07-03", "Peña"))
    assert rows(book) == [(4, ["A1", "2026-07-03", "Peña"])]


def test_the_headings_that_a_mapping_names_are_found_below_a_title_as_wide():
    content = "Facility,Elm\npatient,day\nA1,2026-07-03\n"
    with tables.open_table(file_of(content), wanted=("Patient", "day")) as table:
        assert (table.header, table.line, list(table.rows)) == (
            ("patient", "day"),
            2,
            [(3, ["A1", "2026-07-03"])],
        )


def test_a_heading_of_two_columns_above_answers_with_semicolons_is_no_title():
    content = "id,answers\n1,a;b;c\n2,a;b;c\n3,a;b;c\n"
    assert rows(content)[0] == (2, ["1", "a;b;c"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("A1,2026-07-03,Food\nA2,2026-07-04,Food\n", headings.VALUES),
        ("1,2,3\n4,5,6\n", headings.VALUES),
        ("Screens\n1,2,3\n4,5,6\n", headings.TITLE_ALONE),
    ],
)
def test_a_table_without_headings_is_refused_with_what_to_do(content, says):
    assert refused(content) == f"file 1: {says}"


def test_headings_below_a_title_are_told_with_their_line():
    assert refused("Screens\nday,Day,note\n1,2,x\n").startswith("file 1, line 2: “Day” stands")


def test_a_packed_table_is_read_as_it_was():
    assert rows(gzip.compress(PLAIN.encode())) == ROWS
    assert (
        rows(gzip.compress(a_book(*(tuple(line.split(",")) for line in PLAIN.split("\n"))))) == ROWS
    )


def test_a_packed_table_that_unpacks_to_far_too_much_is_stopped(monkeypatch):
    monkeypatch.setattr(packed, "FREE", 2**16)
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 2**20)
    with pytest.raises(BadInput, match="unpacks to far more"):
        rows(bomb)


XML = b"<?xml version='1.0'?>\n"
WORD = saved_zip("word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", ForeignFormat.PDF),
        (b"MSH|^~\\&|A|B\rPID|1\r", ForeignFormat.HL7),
        (b"\x0bMSH|^~\\&|A|B\r", ForeignFormat.HL7),
        (XML + b"<ClinicalDocument xmlns='urn:hl7-org:v3'>", ForeignFormat.CDA),
        (XML + b"<?x y?><!-- c --><cda:ClinicalDocument>", ForeignFormat.CDA),
        (b"\xef\xbb\xbf" + XML + b"<Workbook/>", ForeignFormat.XML),
        (b"<Bundle xmlns='http://hl7.org/fhir'>", ForeignFormat.XML),
        (b"\r\n<HTML><table><tr><td>", ForeignFormat.HTML),
        (b"<!DOCTYPE html>\n<table>", ForeignFormat.HTML),
        (b"<table border=1>", ForeignFormat.HTML),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ForeignFormat.OLD_OFFICE),
        (b"{\\rtf1\\ansi", ForeignFormat.RTF),
        (b"\x89PNG\r\n\x1a\n", ForeignFormat.IMAGE),
        (b"\xff\xd8\xff\xe0", ForeignFormat.IMAGE),
        (WORD, ForeignFormat.WORD),
        (saved_zip("table.csv"), ForeignFormat.ZIP),
        (gzip.compress(b"%PDF-1.7", mtime=0), ForeignFormat.PDF),
    ],
)
def test_what_is_no_table_is_refused_by_the_name_of_what_it_is(content, kind):
    assert refused(content) == f"file 1: {kind.value}"


@pytest.mark.parametrize("start", ["<18,<30,x\n1,2,3\n", "patient,<x>\n1,2\n", "MSHX,day\n1,2\n"])
def test_a_table_that_only_begins_like_another_format_is_read(start):
    assert rows(start)


def test_every_formula_of_a_sheet_is_told_at_once():
    lines = [("patient", "day", "note"), *[("A", "=1+1", "=A1")] * 3, ("B", "x", "=A1")]
    says = "“day” and “note” are formulas: save the sheet with their values alone."
    assert refused(a_book(*lines)).split("\n") == [
        *(f"file 1, line {line}: {says}" for line in (2, 3, 4)),
        "file 1, line 5: “note” is a formula: save the sheet with its values alone.",
    ]
    many = refused(a_book(("patient",), *[("=1",)] * 130)).split("\n")
    assert len(many) == 101
    assert many[-1] == "file 1: 30 more lines hold formulas. Save the sheet with its values alone."


def a_book_of_sheets() -> bytes:
    book = Workbook()
    book.worksheets[0].append(("About this",))
    for name, of in (("July", "A1"), ("August", "B1"), ("Empty", "")):
        sheet = book.create_sheet(name)
        for line in [("patient", "day"), (of, "2026-07-03")] if of else []:
            sheet.append(line)
    return saved(book)


def test_the_first_sheet_that_holds_a_table_is_read_and_the_others_are_told():
    reading = a_reading()
    assert rows(a_book_of_sheets(), reading) == [(2, ["A1", "2026-07-03"])]
    (warning,) = reading.report.warnings
    assert str(warning) == f"file 1: {tables.OTHER_SHEETS.format(others='sheet 1, sheet 3')}"


def test_a_sheet_may_be_asked_for_by_name():
    reading = a_reading()
    with tables.open_table(file_of(a_book_of_sheets()), sheet="August") as table:
        assert [row.cells for row in tables.full_rows(table, reading)] == [["B1", "2026-07-03"]]
    assert reading.report.warnings == []
    with (
        pytest.raises(BadInput, match="no sheet of that name"),
        tables.open_table(file_of(a_book_of_sheets()), sheet="May"),
    ):
        pass


def test_a_file_of_which_no_line_is_read_is_refused():
    reading = a_reading()
    rows("a,b\n1\n2\n", reading)
    with pytest.raises(BadInput, match="No line of this could be read") as told:
        refuse_if_nothing_read(reading.report)
    assert len(told.value.problems) == 3
    reading = a_reading()
    rows("a,b\n1\n2,3\n", reading)
    refuse_if_nothing_read(reading.report)
    refuse_if_nothing_read(Report())
