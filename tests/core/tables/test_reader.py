"""Tables in every spelling give the same rows; what cannot be read is told by line alone."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from readiness.core.errors import BadInput
from readiness.core.tables import reader as tables
from readiness.core.tables.models import Canceled, ReadContext, Report
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
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("A1,", '"A1",').encode(),
        PLAIN.rstrip("\n").encode(),
    ],
    ids="utf8 mark windows semicolon tab pipe crlf cr quoted no-end".split(),
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
        "file 1, line 2: Column 1 is a formula: save the sheet with its values alone."
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
    assert refused(PLAIN.encode("utf-16")).endswith(tables.NOT_TEXT)
    assert refused(b"") == f"file 1: {tables.EMPTY}"
    assert refused(b"a" * 2_000_000).endswith(tables.LONG_LINE)
    assert refused("a\n" + "x" * 200_000).endswith(tables.LONG_LINE)


def test_headings_that_cannot_be_told_apart_are_refused():
    assert "Column 2 has a heading that stands there before" in refused("day,Day\n1,2\n")
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
