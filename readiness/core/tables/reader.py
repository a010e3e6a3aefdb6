"""Tables from strangers: CSV in its many spellings, and sheets. Rows stream; none is kept.

What is told of a table names lines, never what stands there.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from typing import NamedTuple, TextIO

from readiness.core.errors import BadInput, Problem
from readiness.core.tables import spreadsheet
from readiness.core.tables.models import ReadContext, SheetCell, SourceFile

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 5_000  # REDCap projects are wide
LONGEST_LINE = 1024 * 1024  # characters
EVERY = 1_000  # rows between two words on how far it is
SECONDS = 30
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 20_000, 400

NOT_TEXT = "This is not a text table. Save it as CSV (UTF-8) or as .xlsx and send that."
EMPTY = "This file is empty. Save the table with its headings and send that."
NO_HEADINGS = "The first line has to hold the headings. Put them above the rows."
LONG_LINE = "This line is too long for a table. Save the table as CSV (UTF-8) again."
OPEN_QUOTE = "A quotation mark that is opened here is never closed. Close it, or take it out."
FORMULA = "is a formula: save the sheet with its values alone"

SHEET = spreadsheet.SheetRequest(
    sheets=("Counts",),
    or_first=True,
    most_rows=MOST_SHEET_ROWS + 1,
    most_columns=MOST_SHEET_COLUMNS,
    words=spreadsheet.SheetSentences(
        not_a_book="This is not an Excel workbook (.xlsx). Save it as .xlsx or CSV and send that.",
        too_large="This workbook is too large. Save its table as CSV and send that.",
        active="This workbook holds macros, links or embedded files. Save it as a plain .xlsx.",
        unreadable="This workbook could not be read. Save its table as CSV and send that.",
        far=f"The sheet has more than {MOST_SHEET_ROWS:,} rows or {MOST_SHEET_COLUMNS} columns. "
        "Delete what is not part of the table, or save it as CSV.",
    ),
)


def as_windows(error: UnicodeError) -> tuple[str, int]:
    """What is not UTF-8 is taken for the encoding that Windows programs write."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("readiness-windows", as_windows)


class TableRow(NamedTuple):
    line: int  # as an editor or a spreadsheet numbers it
    cells: list[str]


@dataclass(frozen=True)
class TextTable:
    label: str
    header: tuple[str, ...]
    rows: Iterator[TableRow]  # of any length: see `full_rows`

    def place(self, line: int) -> str:
        return f"{self.label}, line {line}"


@contextmanager
def open_table(source: SourceFile) -> Iterator[TextTable]:
    """The headings and then, one by one, the rows that hold anything."""
    if is_workbook(source):
        yield table_from_rows(source.label, sheet_rows(source))
        return
    with TextIOWrapper(
        source.open(), encoding="utf-8-sig", errors="readiness-windows", newline=""
    ) as text:
        yield table_from_rows(source.label, csv_rows(source.label, text))


def header_of(source: SourceFile) -> tuple[str, ...]:
    with open_table(source) as table:
        return table.header


def is_workbook(source: SourceFile) -> bool:
    with source.open() as stream:
        return stream.read(len(spreadsheet.STARTS)) == spreadsheet.STARTS


def table_from_rows(label: str, rows: Iterator[TableRow]) -> TextTable:
    first = next(rows, None)
    if first is None:
        raise BadInput([Problem(label, EMPTY)])
    while first.cells and not first.cells[-1]:
        first.cells.pop()
    header = tuple(first.cells)
    problems = [Problem(label, says) for says in header_problems(header)]
    if problems:
        raise BadInput(problems)
    return TextTable(label, header, rows)


def header_problems(header: Sequence[str]) -> Iterator[str]:
    if len(header) > MOST_COLUMNS:
        yield f"There are more than {MOST_COLUMNS:,} columns. Export fewer."
        return
    if not any(name.strip() for name in header):
        yield NO_HEADINGS
        return
    seen: set[str] = set()
    for at, name in enumerate(header):
        if not name:
            yield f"Column {at + 1} has no heading. Give it one, or take the column out."
        elif column_key(name) in seen:
            yield f"Column {at + 1} has a heading that stands there before. Keep one of the two."
        seen.add(column_key(name))


def column_key(name: str) -> str:
    return name.strip().casefold()


def csv_rows(label: str, text: TextIO) -> Iterator[TableRow]:
    lines = lines_of(label, text)
    first = next(lines, "")
    pending: list[str] = []  # the lines of the record at hand

    def kept() -> Iterator[str]:
        for line in chain([first], lines):
            pending.append(line)
            yield line

    delimiter = delimiter_of(first)
    reader = csv.reader(kept(), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # whose words may hold what stands in the file
            says = OPEN_QUOTE if len(pending) > 1 else LONG_LINE
            raise BadInput([Problem(f"{label}, line {line}", says)]) from None
        if len(pending) > 1 and not is_sound(pending, delimiter):
            raise BadInput([Problem(f"{label}, line {line}", OPEN_QUOTE)])
        cells = [cell.strip() for cell in cells]
        if any(cells):
            yield TableRow(line, cells)
        pending.clear()
        line = reader.line_num + 1


def is_sound(lines: list[str], delimiter: str) -> bool:
    """Whether a record over several lines is quoted well: else it swallowed its neighbors."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def lines_of(label: str, text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise BadInput([Problem(f"{label}, line {number}", LONG_LINE)])
        if "\0" in line:
            raise BadInput([Problem(label, NOT_TEXT)])
        yield line


def delimiter_of(line: str) -> str:
    """The one that makes most columns of the headings; of equals the first.

    >>> delimiter_of('patient;"last, first"'), delimiter_of("a|b|c,d"), delimiter_of("alone")
    (';', '|', ',')
    """
    outside = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=outside.count)


def sheet_rows(source: SourceFile) -> Iterator[TableRow]:
    if source.size > spreadsheet.MOST_BYTES:
        raise BadInput([Problem(source.label, SHEET.words.too_large)])
    with source.open() as stream:
        raw = stream.read(spreadsheet.MOST_BYTES + 1)
    try:
        book = spreadsheet.read(raw, SHEET, SECONDS)
    except BadInput as error:
        raise BadInput([Problem(source.label, each.says) for each in error.problems]) from None
    for rows in book.values():
        width = max(map(len, rows), default=0)  # a sheet's rows end where their last cell is
        for line, cells in enumerate(rows, start=1):
            refuse_formulas(source.label, line, cells)
            texts = [cell.text.strip() for cell in cells]
            if any(texts):
                yield TableRow(line, texts + [""] * (width - len(texts)))


def refuse_formulas(label: str, line: int, cells: Sequence[SheetCell]) -> None:
    for at, cell in enumerate(cells):
        if cell.is_formula:
            place = f"{label}, line {line}"
            raise BadInput([Problem(place, f"Column {at + 1} {FORMULA}.")])


def full_rows(table: TextTable, reading: ReadContext) -> Iterator[TableRow]:
    """The rows that are as wide as the headings; the others are told by line."""
    width = len(table.header)
    for line, cells in table.rows:
        reading.report.rows += 1
        if reading.report.rows % EVERY == 0:
            reading.on_progress(reading.report.rows)
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) == width:
            yield TableRow(line, cells)
        else:
            reading.report.refuse(table.place(line), ragged_line(len(cells), width))


def ragged_line(found: int, wanted: int) -> str:
    return f"There are {found:,} cells under {wanted:,} headings. Mend the line and send it again."
