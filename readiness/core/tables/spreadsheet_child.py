"""The child that reads a workbook: bytes on standard input, its cells as JSON on standard output.

Run as a program of its own (see `spreadsheet.py`), within limits it sets itself. The first line of
its input says what is wanted of the book.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Any

from readiness.core.child_process import end_with
from readiness.core.tables.headings import MOST_TITLES, column_key

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 15
LOOKED_AT = 200  # rows, to tell whether a sheet holds anything
Text = tuple[str, bool]


class FarCellError(Exception):
    """A cell beyond what was asked for, in the sheet named."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def answer_to(
    raw: bytes,
    names: Sequence[str],
    or_first: bool,
    headings: Sequence[str],
    most_rows: int,
    most_columns: int,
) -> dict[str, Any]:
    from openpyxl import load_workbook  # after the limits are set

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which we do not read
        book = load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        wanted = [name for name in names if name in book.sheetnames]
        if not wanted and or_first:
            wanted = [first_table(book.worksheets, headings).title]
        tabs = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return {
            "sheets": {
                name: list(rows_of(book[name], name, most_rows, most_columns)) for name in wanted
            },
            "others": [
                at
                for at, sheet in enumerate(tabs, start=1)
                if sheet.title not in wanted and widths(sheet)
            ],
        }


def first_table(sheets: Sequence[Any], headings: Sequence[str]) -> Any:
    """The first visible sheet with half of the headings in a row; else with two rows or more, one
    of them of two cells or more; else the first that holds anything; else the first."""
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    for sheet in shown if headings else ():
        if headings_held(sheet, headings) * 2 >= len(headings):
            return sheet
    found = [(sheet, widths(sheet)) for sheet in shown]
    tables = [sheet for sheet, each in found if len(each) > 1 and max(each) > 1]
    return (tables or [sheet for sheet, each in found if each] or shown)[0]


def headings_held(sheet: Any, headings: Sequence[str]) -> int:
    """The most of them that stand in one of its first rows."""
    sheet.reset_dimensions()
    rows = islice(sheet.iter_rows(values_only=True), MOST_TITLES)
    keys = {column_key(name) for name in headings}
    return max((len(keys & {column_key(str(value)) for value in row}) for row in rows), default=0)


def widths(sheet: Any) -> list[int]:
    """How many cells hold anything, in each of its first rows that does."""
    sheet.reset_dimensions()
    rows = islice(sheet.iter_rows(values_only=True), LOOKED_AT)
    found = (sum(1 for value in row if value is not None) for row in rows)
    return [each for each in found if each]


def rows_of(sheet: Any, name: str, most_rows: int, most_columns: int) -> Iterator[list[Text]]:
    sheet.reset_dimensions()  # what the file claims of its size is not believed
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [text_of(cell) for cell in row]
        beyond = texts if number > most_rows else texts[most_columns:]
        if any(text for text, _ in beyond):
            raise FarCellError(name)
        if number <= most_rows:
            yield texts[:most_columns]


def text_of(cell: Any) -> Text:
    """As the person sees it, more or less: 3 and not 3.0, a day and not a time, 45 % as 45."""
    value = cell.value
    if value is None:
        return "", False
    if isinstance(value, bool):
        return ("yes" if value else "no"), False
    if isinstance(value, int | float):
        exact = Decimal(repr(value))
        if "%" in (cell.number_format or ""):
            exact *= 100
        return plain(exact), False
    if isinstance(value, datetime | date):
        return value.isoformat()[:10], False
    return str(value), cell.data_type == "f"


def plain(number: Decimal) -> str:
    whole = number.to_integral_value()
    return str(int(whole)) if number == whole else format(number.normalize(), "f")


def main() -> None:
    limit()
    wanted = json.loads(sys.stdin.buffer.readline())
    end_with(wanted.pop("parent_id"))
    try:
        answer = answer_to(sys.stdin.buffer.read(), **wanted)
    except FarCellError as error:
        answer = {"far": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
