"""The child that reads a workbook: bytes on standard input, its cells as JSON on standard output.

Run as a program of its own (see `questionnaire_sheet.py`), within limits it sets itself.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from readiness.domain.workbook import MOST_COLUMNS, MOST_ROWS, SheetName

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 15
FAR = (
    "The sheet “{sheet}” has something far outside its table: delete it, or copy the answers over."
)
Text = tuple[str, bool]


class FarCellError(Exception):
    """A cell beyond any questionnaire."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def sheets_of(raw: bytes) -> dict[str, list[list[Text]]]:
    from openpyxl import load_workbook  # after the limits are set

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which we do not read
        book = load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        return {
            name: list(rows_of(book[name], name)) for name in SheetName if name in book.sheetnames
        }


def rows_of(sheet: Any, name: str) -> Iterator[list[Text]]:
    sheet.reset_dimensions()  # what the file claims of its size is not believed
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [text_of(cell) for cell in row]
        beyond = texts if number > MOST_ROWS else texts[MOST_COLUMNS:]
        if any(text for text, _ in beyond):
            raise FarCellError(FAR.format(sheet=name))
        if number <= MOST_ROWS:
            yield texts[:MOST_COLUMNS]


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
    try:
        answer: dict[str, Any] = {"sheets": sheets_of(sys.stdin.buffer.read())}
    except FarCellError as error:
        answer = {"refused": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
