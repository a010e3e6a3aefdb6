"""Spreadsheets and CSV: text stays text, so that no cell of ours ever runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | Fraction | bool | date | None

MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)  # every file's stated age: same rows, same bytes
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDTH, HEADING = 18, {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}


@dataclass(frozen=True)
class Sheet:
    """`widths` in characters, first column first; columns beyond it get the usual width."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def csv_of(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark at the start (Excel needs it), commas, and lines ended as RFC 4180 says."""
    written = StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow([harmless(name) for name in header])
    lines.writerows([harmless(said(cell)) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: str | int | float) -> str | int | float:
    """A text that a spreadsheet would run gets an apostrophe in front; a number is a number.

    >>> harmless("=1+1"), harmless(-3)
    ("'=1+1", -3)
    """
    if isinstance(cell, str) and cell.lstrip(" ").startswith(STARTS_A_FORMULA):
        return "'" + cell
    return cell


def said(cell: Cell) -> str | int | float:
    """As a spreadsheet can hold it: exact numbers as floats, days as ISO days, nothing as empty.

    >>> said(Fraction(1, 4)), said(True), said(None), said(date(2026, 1, 5))
    (0.25, 'yes', '', '2026-01-05')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat()
    return float(cell) if isinstance(cell, Decimal | Fraction) else cell


def xlsx_of(sheets: Sequence[Sheet]) -> bytes:
    """One row in memory at a time; the heading stays in view and can be filtered."""
    written = BytesIO()
    book = Workbook(
        written,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"created": MADE_AT.replace(tzinfo=None)})
    heading = book.add_format(HEADING)
    for sheet in sheets:
        fill(book.add_worksheet(sheet.name), sheet, heading)
    book.close()
    return written.getvalue()


def fill(page: Worksheet, sheet: Sheet, heading: Format) -> None:
    for column, name in enumerate(sheet.header):
        width = sheet.widths[column] if column < len(sheet.widths) else WIDTH
        page.set_column(column, column, width)
        page.write_string(0, column, name, heading)
    page.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            write(page, last, column, said(cell))
    if sheet.header:
        page.autofilter(0, 0, last, len(sheet.header) - 1)


def write(page: Worksheet, row: int, column: int, cell: str | int | float) -> None:
    if isinstance(cell, str):
        if cell:  # an empty cell stays truly empty
            page.write_string(row, column, cell)
    else:
        page.write_number(row, column, cell)
