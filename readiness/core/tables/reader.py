"""Tables from strangers: CSV in its many spellings, and sheets. Rows stream; none is kept.

What is told of a table names lines, never what stands there.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import chain, islice
from typing import NamedTuple, TextIO

from readiness.core.errors import BadInput, Problem
from readiness.core.tables import spreadsheet
from readiness.core.tables.foreign_formats import (
    BEGINNING,
    JSON,
    ForeignFormat,
    foreign_format,
    format_of_zip,
)
from readiness.core.tables.headings import (
    AT_MOST,
    MOST_TITLES,
    column_names,
    header_problems,
    is_above_wider,
    place_of_headings,
)
from readiness.core.tables.headings import column_key as column_key
from readiness.core.tables.models import MOST_PROBLEMS, ReadContext, Report, SheetCell, SourceFile
from readiness.core.tables.packed import unpacked

DELIMITERS = (",", ";", "\t", "|")
UTF8 = "utf-8-sig"  # with its mark or without
LONGEST_LINE = 1024 * 1024  # characters
EVERY = 1_000  # rows between two words on how far it is
SECONDS = 30
MOST_SHEETS_NAMED = 8
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 20_000, 400

NOT_TEXT = "This is not a text table. Save it as CSV (UTF-8) or as .xlsx and send that."
EMPTY = "This file is empty. Save the table with its headings and send that."
LONG_LINE = "This line is too long for a table. Save the table as CSV (UTF-8) again."
OPEN_QUOTE = "A quotation mark that is opened here is never closed. Close it, or take it out."
FORMULA = "is a formula: save the sheet with its values alone."
FORMULAS = "are formulas: save the sheet with their values alone."
MORE_FORMULAS = "{count:,} more lines hold formulas. Save the sheet with its values alone."
NO_SUCH_SHEET = "The workbook has no sheet of that name. Write the name as its tab shows it."
NO_ROWS = "There is no row below the headings. Export it again with its rows."
PASSED_SUMS = "{lines} totals and no patient: passed over, and counted nowhere."
SUM = re.compile(r"((grand|sub|report|column)[ -]?)?totals?:?", re.IGNORECASE)
SUM_OF = re.compile(
    rf"{SUM.pattern} ?((number )?(of )?(patients|records|rows|screens|screenings|visits|encounters"
    r"|count|n))?\W*[0-9, ]*",
    re.IGNORECASE,
)
OTHER_SHEETS = (
    "One sheet of this workbook was read, the first that holds such a table. Not read: {others}. "
    "Send each of them by itself, or put all rows into one sheet."
)

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


def encoding_of(begins: bytes) -> str:
    """UTF-16, as Excel saves "Unicode text", by its mark or by the zeros between its letters; else
    UTF-8, in which whatever is not is Windows-1252, byte by byte.

    >>> encoding_of("a".encode("utf-16")), encoding_of("a,b".encode("utf-16-be")), encoding_of(b"a")
    ('utf-16', 'utf-16-be', 'utf-8-sig')
    """
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    odd, even = begins[1:64:2], begins[0:64:2]
    if odd and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if odd and not any(even) and all(odd) else UTF8


def foreign_text(begins: bytes, encoding: str) -> ForeignFormat | None:
    """
    >>> foreign_text("<html>".encode("utf-16"), "utf-16").name, foreign_text(b"a,b", "utf-8-sig")
    ('HTML', None)
    """
    if encoding == UTF8:
        return foreign_format(begins)
    text = begins.decode(encoding, errors="ignore").encode()
    return ForeignFormat.UTF16_JSON if text.lstrip().startswith(JSON) else foreign_format(text)


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
    line: int = 1  # of the headings
    other_sheets: tuple[int, ...] = ()  # hold something and are not read; by number from the left

    def place(self, line: int) -> str:
        return f"{self.label}, line {line}"


@contextmanager
def open_table(
    source: SourceFile, wanted: Collection[str] = (), sheet: str = ""
) -> Iterator[TextTable]:
    """The headings and then, one by one, the rows that hold anything.

    A row that holds the headings `wanted` is the headings; else they are found by their shape.
    `sheet` names the one that is read, of a workbook.
    """
    with source.open() as raw, unpacked(source, raw) as stream:
        begins = stream.peek(BEGINNING)[:BEGINNING]
        if begins.startswith(spreadsheet.STARTS):
            yield sheet_table(source.label, stream.read(spreadsheet.MOST_BYTES + 1), wanted, sheet)
            return
        encoding = encoding_of(begins)
        if foreign := foreign_text(begins, encoding):
            raise BadInput([Problem(source.label, foreign.value)])
        with TextIOWrapper(
            stream, encoding=encoding, errors="readiness-windows", newline=""
        ) as text:
            yield table_from_rows(source.label, csv_rows(source.label, text), wanted)


@contextmanager
def open_tables(source: SourceFile, sheets: Sequence[str]) -> Iterator[list[TextTable]]:
    """Those of a workbook's sheets that hold anything, else its first table; of others the one."""
    with source.open() as raw, unpacked(source, raw) as stream:
        if stream.peek(BEGINNING).startswith(spreadsheet.STARTS):
            held = stream.read(spreadsheet.MOST_BYTES + 1)
            yield tables_of(source.label, held, replace(SHEET, sheets=tuple(sheets)))
            return
    with open_table(source) as table:
        yield [table]


def header_of(source: SourceFile) -> tuple[str, ...]:
    with open_table(source) as table:
        return table.header


def table_from_rows(
    label: str, rows: Iterator[TableRow], wanted: Collection[str] = ()
) -> TextTable:
    begins = list(islice(rows, MOST_TITLES))
    if not begins:
        raise BadInput([Problem(label, EMPTY)])
    at = place_of_headings([row.cells for row in begins], wanted)
    line, cells = begins[at]
    while cells and not cells[-1]:
        cells.pop()
    place = label if line == 1 else f"{label}, line {line}"
    below = begins[at + 1 :]
    if problems := list(header_problems(cells, [row.cells for row in below])):
        raise BadInput(Problem(place, says) for says in problems)
    return TextTable(label, tuple(cells), chain(below, rows), line)


def csv_rows(label: str, text: TextIO) -> Iterator[TableRow]:
    lines = lines_of(label, text)
    begins = list(islice(lines, MOST_TITLES))
    pending: list[str] = []  # the lines of the record at hand

    def kept() -> Iterator[str]:
        for line in chain(begins, lines):
            pending.append(line)
            yield line

    delimiter = delimiter_of(first_of_table(begins))
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


def first_of_table(lines: Sequence[str]) -> str:
    """The first line that is no title: one or two cells above wider lines.

    >>> first_of_table(["Screens, July", "a;b;c", "1;2;3"]), first_of_table(["a,b", "1,2;3;4"])
    ('a;b;c', 'a,b')
    """
    held = [line for line in lines if line.strip()]
    for at, line in enumerate(held):
        own = cells_under(line, delimiter_of(line))
        below = held[at + 1 :]
        widest = [cells_under(each, delimiter_of(each)) for each in below]
        alike = Counter(cells_under(each, delimiter_of(line)) for each in below)
        if not is_above_wider(own, widest) or own == commonest(alike) > 1:
            return line
    return held[0] if held else ""


def commonest(widths: Counter[int]) -> int:
    return max(widths, key=lambda width: (widths[width], -width))


def cells_under(line: str, delimiter: str) -> int:
    """How many cells that hold something, about."""
    outside = re.sub(r'"[^"]*"', '""', line)
    return sum(1 for part in outside.split(delimiter) if part.strip())


def delimiter_of(line: str) -> str:
    """The one that makes most columns of the headings; of equals the first.

    >>> delimiter_of('patient;"last, first"'), delimiter_of("a|b|c,d"), delimiter_of("alone")
    (';', '|', ',')
    """
    outside = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=outside.count)


def sheet_table(label: str, raw: bytes, wanted: Collection[str], sheet: str) -> TextTable:
    """The sheet of that name, else that of the counts, else the first that holds a table."""
    found = tables_of(label, raw, request_of(sheet, wanted), wanted)
    if not found:
        raise BadInput([Problem(label, EMPTY)])
    return found[0]


def tables_of(
    label: str, raw: bytes, request: spreadsheet.SheetRequest, wanted: Collection[str] = ()
) -> list[TextTable]:
    """Every sheet that was read and holds anything, or every formula of all of them."""
    read = book_of(label, raw, request)
    if not read.book:
        raise BadInput([Problem(label, NO_SUCH_SHEET)])
    found, problems = list[TextTable](), list[Problem]()
    others = () if set(read.book) & set(request.sheets) else read.others
    for name, cells in read.book.items():
        rows = list(sheet_rows(cells))
        if not rows:
            continue
        place = f"{label}, sheet {name}" if len(read.book) > 1 else label  # asked for by name
        table = table_from_rows(place, iter(rows), wanted)
        problems += formula_problems(table, cells)
        found.append(replace(table, other_sheets=others))
    if problems:
        raise BadInput(problems)
    return found


def book_of(label: str, raw: bytes, request: spreadsheet.SheetRequest) -> spreadsheet.ReadBook:
    try:
        return spreadsheet.read_book(raw, request, SECONDS)
    except BadInput as error:
        foreign = format_of_zip(raw)
        says = [foreign.value] if foreign else [each.says for each in error.problems]
        raise BadInput(Problem(label, each) for each in says) from None


def request_of(sheet: str, wanted: Collection[str]) -> spreadsheet.SheetRequest:
    if sheet:
        return replace(SHEET, sheets=(sheet,), or_first=False)
    return replace(SHEET, headings=tuple(wanted))


def sheet_rows(rows: Sequence[Sequence[SheetCell]]) -> Iterator[TableRow]:
    width = max(map(len, rows), default=0)  # a sheet's rows end where their last cell is
    for line, cells in enumerate(rows, start=1):
        texts = [cell.text.strip() for cell in cells]
        if any(texts):
            yield TableRow(line, texts + [""] * (width - len(texts)))


def formula_problems(table: TextTable, rows: Sequence[Sequence[SheetCell]]) -> Iterator[Problem]:
    """Every line with formulas, from the headings on; one in a title harms nobody."""
    found = [
        (line, [at for at, cell in enumerate(cells) if cell.is_formula])
        for line, cells in enumerate(rows[table.line - 1 :], start=table.line)
    ]
    found = [(line, places) for line, places in found if places]
    for line, places in found[:MOST_PROBLEMS]:
        header = [
            *table.header,
            *(f"column {at + 1}" for at in range(len(table.header), 1 + max(places))),
        ]
        named = column_names(header, places)
        says = FORMULA if len(places) == 1 else FORMULAS
        yield Problem(table.place(line), f"{named[0].upper()}{named[1:]} {says}")
    if len(found) > MOST_PROBLEMS:
        says = MORE_FORMULAS.format(count=len(found) - MOST_PROBLEMS)
        yield Problem(table.label, says)


def patient_rows(table: TextTable, reading: ReadContext) -> Iterator[TableRow]:
    """The full rows of a table of patients; sums below or between them are told and passed over."""
    sums: list[int] = []

    def others() -> Iterator[TableRow]:
        for row in table.rows:
            if is_sum(row.cells):
                sums.append(row.line)
            else:
                yield row

    yield from full_rows(replace(table, rows=others()), reading)
    if sums:
        lines = f"Line {sums[0]} holds" if len(sums) == 1 else f"Lines {listed(sums)} hold"
        reading.report.warn(table.label, PASSED_SUMS.format(lines=lines))


def is_sum(cells: Sequence[str]) -> bool:
    """Whether a row adds up others: the word stands in a cell alone, or begins the row.

    >>> is_sum(["Elm", "Total"]), is_sum(["", "Total patients: 2"]), is_sum(["7", "Total Care"])
    (True, True, False)
    """
    if "total" not in "\t".join(cells).casefold():  # as of nearly every row
        return False
    first = next((cell for cell in cells if cell), "")
    return bool(SUM_OF.fullmatch(first)) or any(map(SUM.fullmatch, cells))


def listed(lines: Sequence[int]) -> str:
    """
    >>> listed([4, 9]), listed(range(2, 15))
    ('4 and 9', '2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 1 more')
    """
    more = [f"{len(lines) - AT_MOST:,} more"] if len(lines) > AT_MOST else []
    *first, last = [*map(str, lines[:AT_MOST]), *more]
    return f"{', '.join(first)} and {last}"


def full_rows(table: TextTable, reading: ReadContext) -> Iterator[TableRow]:
    """The rows that are as wide as the headings; the others are told by line."""
    width, before = len(table.header), reading.report.rows
    warn_of_sheets(table, reading.report)
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
    if reading.report.rows == before:
        reading.report.warn(table.label, NO_ROWS)


def warn_of_sheets(table: TextTable, report: Report) -> None:
    if table.other_sheets:
        named = [f"sheet {number}" for number in table.other_sheets[:MOST_SHEETS_NAMED]]
        left = len(table.other_sheets) - len(named)
        others = ", ".join([*named, *([f"{left} more"] if left else [])])
        report.warn(table.label, OTHER_SHEETS.format(others=others))


def ragged_line(found: int, wanted: int) -> str:
    return f"There are {found:,} cells under {wanted:,} headings. Mend the line and send it again."
