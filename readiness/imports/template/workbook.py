"""The table of counts to be filled in, as CSV and as a workbook with lists to choose from.

The rows to fill in carry no numbers: last quarter's, left standing under a new quarter, would be
counted as new. What was sent last stands beside them under its own quarter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from readiness.core.exports import HEADING, MADE_AT, csv_of
from readiness.counts.social_risk.models import Need, Step
from readiness.counts.strata import STRATA, StratumType
from readiness.imports.screens.cells import WHOLE, CellKey
from readiness.imports.template.filling import Blank, Row, blank_rows, last_rows
from readiness.imports.template.models import COLUMNS, INSTRUMENTS, NAMES, STEPS, SUPPRESSED, Unit

COUNTS, LAST, EXPLAINED, LISTS = "Counts", "Last quarter", "What the columns mean", "Lists"
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}
LABEL_WIDTH, COUNT_WIDTH = 16, 12
SPARE = 500  # rows below the last one in which the lists work too
A_COUNT = f"A whole number, empty when not known, or {SUPPRESSED} where your source hides it."
NOT_LISTED = "Choose one of the list, as it is written there."

Counts = Mapping[CellKey, Mapping[Step, int]]
NOTHING: Counts = {}


def template_csv(blank: Blank, last: Counts = NOTHING) -> bytes:
    """With `last`, what was sent last follows below, under its own quarter."""
    return csv_of(NAMES, map(cells, (*blank_rows(blank), *last_rows(last, blank))))


def template_xlsx(blank: Blank, last: Counts = NOTHING) -> bytes:
    written = BytesIO()
    book = Workbook(written, PLAIN)
    book.set_properties({"created": MADE_AT.replace(tzinfo=None)})
    heading = book.add_format(HEADING)
    page = book.add_worksheet(COUNTS)
    rows = list(blank_rows(blank))
    fill(page, NAMES, map(cells, rows), heading)
    if last:
        fill(book.add_worksheet(LAST), NAMES, map(cells, last_rows(last, blank)), heading)
    explain(book.add_worksheet(EXPLAINED), heading)
    offer(page, book.add_worksheet(LISTS), choices(blank), len(rows) + SPARE)
    book.close()
    return written.getvalue()


def cells(row: Row) -> list[str | int]:
    return [row[name] for name in NAMES]


def fill(
    page: Worksheet, names: Sequence[str], rows: Iterable[Sequence[str | int]], heading: Format
) -> None:
    for at, name in enumerate(names):
        page.set_column(at, at, COUNT_WIDTH if name in STEPS else LABEL_WIDTH)
        page.write_string(0, at, name, heading)
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                page.write_number(number, at, cell)
            elif cell:
                page.write_string(number, at, cell)


def explain(page: Worksheet, heading: Format) -> None:
    wrapped = [("Column", 20), ("What it means", 80), ("What may stand there", 70)]
    for at, (title, width) in enumerate(wrapped):
        page.set_column(at, at, width)
        page.write_string(0, at, title, heading)
    page.freeze_panes(1, 0)
    for number, column in enumerate(COLUMNS, start=1):
        needed = " This column has to be there." if column.is_required else ""
        page.write_string(number, 0, column.name)
        page.write_string(number, 1, column.meaning + needed)
        page.write_string(number, 2, A_COUNT if column.step else ", ".join(words(column.name)))


def words(name: str) -> tuple[str, ...]:
    """What may stand in a column, where there is a list of it."""
    if name == "stratum":
        kinds = (f"{kind}: {' '.join(names)}" for kind, names in STRATA.items())
        return ("total", *kinds)
    return LISTED.get(name, ())


LISTED: dict[str, tuple[str, ...]] = {
    "instrument": tuple(INSTRUMENTS),
    "unit": tuple(Unit),
    "need": tuple(Need),
    "stratum_type": tuple(StratumType),
}


def choices(blank: Blank) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from LISTED.items()
    yield "site_id", (WHOLE, *blank.sites)
    yield "stratum", tuple(dict.fromkeys(["total", *(n for of in STRATA.values() for n in of)]))


def offer(
    page: Worksheet, lists: Worksheet, offered: Iterable[tuple[str, tuple[str, ...]]], last: int
) -> None:
    """Lists stand on a sheet of their own: within a cell's rule they would be too long."""
    for at, (name, allowed) in enumerate(offered):
        for number, word in enumerate(allowed):
            lists.write_string(number, at, word)
        letter = chr(ord("A") + at)
        column = NAMES.index(name)
        rule = {
            "validate": "list",
            "source": f"={LISTS}!${letter}$1:${letter}${len(allowed)}",
            "error_title": "Not in the list",
            "error_message": NOT_LISTED,
        }
        page.data_validation(1, column, last, column, rule)
    lists.hide()
