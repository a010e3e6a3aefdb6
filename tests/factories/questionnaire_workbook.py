"""A downloaded workbook, changed as a person would change it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook, load_workbook

from readiness.assessments.workbook import (
    ANSWER_COLUMNS,
    FACT_COLUMNS,
    SheetName,
    WorkbookColumn,
    letter,
)


def changed(raw: bytes, cells: Mapping[str, str | int | float]) -> bytes:
    """`cells` by the place a person sees: "Answers!I7"."""
    book = load_workbook(BytesIO(raw))
    for place, value in cells.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def place_of(raw: bytes, name: str, column: str) -> str:
    """Where an item's answer or a fact's value stands."""
    book = load_workbook(BytesIO(raw))
    for sheet, key, columns in (
        (SheetName.ANSWERS, WorkbookColumn.ITEM, ANSWER_COLUMNS),
        (SheetName.CONTEXT, WorkbookColumn.KEY, FACT_COLUMNS),
    ):
        for cell in book[sheet][letter(columns, key)]:
            if cell.value == name:
                return f"{sheet}!{letter(columns, column)}{cell.row}"
    raise LookupError(name)
