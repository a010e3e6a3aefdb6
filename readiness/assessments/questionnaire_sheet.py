"""A filled questionnaire from a stranger, read as every spreadsheet is."""

from __future__ import annotations

from readiness.assessments.workbook import MOST_COLUMNS, MOST_ROWS, SheetName
from readiness.core.tables import spreadsheet
from readiness.core.tables.models import Book

SECONDS = 20

NOT_A_BOOK = "This is not an Excel workbook (.xlsx). Download the spreadsheet from this page."
TOO_LARGE = "This workbook is too large for a questionnaire. Download a fresh copy and fill it in."
ACTIVE = "This workbook holds macros, links or embedded files. Save it as a plain .xlsx and resend."
UNREADABLE = "This workbook could not be read. Download a fresh copy and copy your answers into it."
FAR = (
    "The sheet “{sheet}” has something far outside its table: delete it, or copy the answers over."
)
QUESTIONNAIRE = spreadsheet.SheetRequest(
    sheets=tuple(SheetName),
    most_rows=MOST_ROWS,
    most_columns=MOST_COLUMNS,
    words=spreadsheet.SheetSentences(NOT_A_BOOK, TOO_LARGE, ACTIVE, UNREADABLE, FAR),
)


def read(raw: bytes) -> Book:
    return spreadsheet.read(raw, QUESTIONNAIRE, SECONDS)
