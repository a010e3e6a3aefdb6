"""The questionnaire as a workbook: anchors beside each question, lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from readiness.assessments.models import AnswerRevision, ContextRevision
from readiness.assessments.workbook import (
    ANSWER_COLUMNS,
    FACT_COLUMNS,
    FIRST_ROW,
    KIND,
    MARK_COLUMNS,
    SheetName,
    WorkbookColumn,
    answer_text,
    fact_text,
    fields_of,
    how_to,
    options_of,
    words_of,
)
from readiness.core.exports import MADE_AT
from readiness.core.free_text import NOTE_CHARACTERS
from readiness.instruments.answers import does_not_apply
from readiness.instruments.models import Instrument

ANSWER_WIDTHS = (9, 24, 52, 26, 30, 34, 34, 34, 15, 30, 48, 8)
FACT_WIDTHS = (10, 8, 46, 24, 44, 8)
LIST_LIMIT = 255  # characters of a list within a cell's rule: the file format's own
FILL_IN = "Fill in the yellow cells of the two sheets that follow, then send this file back"
SEND_BACK = "on the page you had it from. You see what would change before anything is stored."
EVIDENCE = (
    "A note says what evidence exists, where, dated when, and who owns it; level 3 needs one."
)
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}


class Formats:
    def __init__(self, book: Workbook) -> None:
        top = {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 11}
        self.heading: Format = book.add_format(
            {**top, "bold": True, "bg_color": "#0b5a70", "font_color": "#ffffff"}
        )
        self.text: Format = book.add_format({**top, "bottom": 1, "bottom_color": "#c8d2d8"})
        self.fill: Format = book.add_format(
            {**top, "border": 1, "border_color": "#71808b", "bg_color": "#fff9e5"}
        )
        self.title: Format = book.add_format({"bold": True, "font_size": 16})
        self.wrap: Format = book.add_format(top)


def write(
    instrument: Instrument,
    assessment_id: str,
    group_name: str,
    answers: Mapping[str, AnswerRevision],
    facts: Mapping[str, ContextRevision],
) -> bytes:
    """Filled in as far as the assessment is; the same answers give the same bytes."""
    written = BytesIO()
    book = Workbook(written, PLAIN)
    book.set_properties({"created": MADE_AT.replace(tzinfo=None), "title": instrument.title})
    formats = Formats(book)
    read_me(book.add_worksheet("Read me"), instrument, group_name, formats)
    fill_facts(book.add_worksheet(SheetName.CONTEXT), instrument, facts, formats)
    left_out = left_out_by(instrument, facts)
    fill_answers(book.add_worksheet(SheetName.ANSWERS), instrument, answers, left_out, formats)
    mark = book.add_worksheet(SheetName.MARK)
    for column, text in enumerate(MARK_COLUMNS):
        mark.write_string(0, column, text)
    for column, text in enumerate((KIND, assessment_id, instrument.id, instrument.version)):
        mark.write_string(1, column, text)
    mark.very_hidden()
    book.close()
    return written.getvalue()


def read_me(page: Worksheet, instrument: Instrument, group_name: str, formats: Formats) -> None:
    recall = f"Looking back: {instrument.recall_period}."
    lines = (
        f"{group_name}: {instrument.title}, version {instrument.version}.",
        f"{FILL_IN} {SEND_BACK}",
        f"Choose the highest level that is wholly true now. {recall}",
        "An empty answer changes nothing. “don't know” is an answer.",
        f"{EVIDENCE} {NOTE_CHARACTERS:,} characters at the most; nothing that names a patient.",
        "Tables of facts about the group, such as languages, are filled in on the page itself.",
        "Leave the columns, their headings and the names of items as they are.",
    )
    page.set_column(0, 0, 100)
    page.write_string(0, 0, "How to fill this in", formats.title)
    for row, line in enumerate(lines, start=2):
        page.write_string(row, 0, line, formats.wrap)


def begin(page: Worksheet, columns: Sequence[str], widths: Sequence[int], f: Formats) -> None:
    for column, (name, width) in enumerate(zip(columns, widths, strict=True)):
        hidden = {"hidden": True} if name in (WorkbookColumn.BASE, WorkbookColumn.KEY) else {}
        page.set_column(column, column, width, None, hidden)
        page.write_string(0, column, name, f.heading)
    page.set_landscape()
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)


def left_out_by(instrument: Instrument, facts: Mapping[str, ContextRevision]) -> Mapping[str, str]:
    """Item id -> what stands before its question: by the group's facts it does not apply."""
    context = {key: revision.value for key, revision in facts.items()}
    return {
        item.id: f"Does not apply to your group: {item.na_says}. Leave it empty. "
        for item in instrument.items
        if does_not_apply(instrument, item, context)
    }


def fill_answers(
    page: Worksheet,
    instrument: Instrument,
    answers: Mapping[str, AnswerRevision],
    left_out: Mapping[str, str],
    f: Formats,
) -> None:
    begin(page, ANSWER_COLUMNS, ANSWER_WIDTHS, f)
    page.freeze_panes(1, 1)
    at = {column: number for number, column in enumerate(ANSWER_COLUMNS)}
    for row, item in enumerate(instrument.items, start=FIRST_ROW - 1):
        revision = answers.get(item.id)
        answer = revision.answer if revision else None
        domain = instrument.domain_by_id[item.domain_id].title
        asked = f"{left_out.get(item.id, '')}{item.title}. {item.stem}"
        texts = (item.id, domain, asked, *item.levels)
        for column, text in enumerate(texts):
            page.write_string(row, column, text, f.text)
        level = answer.level if answer else None
        if level is not None:
            page.write_number(row, at[WorkbookColumn.ANSWER], level, f.fill)
        else:
            page.write_string(row, at[WorkbookColumn.ANSWER], answer_text(answer), f.fill)
        page.write_string(row, at[WorkbookColumn.REASON], answer.reason if answer else "", f.fill)
        page.write_string(row, at[WorkbookColumn.NOTE], answer.note if answer else "", f.fill)
        page.write_number(row, at[WorkbookColumn.BASE], revision.revision if revision else 0)
    offer_answers(page, instrument, at[WorkbookColumn.ANSWER])


def offer_answers(page: Worksheet, instrument: Instrument, column: int) -> None:
    """One rule for each run of items with the same choices: a book may hold only so many rules."""
    rows = enumerate(instrument.items, start=FIRST_ROW - 1)
    for words, run in groupby(rows, key=lambda pair: words_of(instrument, pair[1])):
        numbers = [row for row, _ in run]
        page.data_validation(
            numbers[0],
            column,
            numbers[-1],
            column,
            {
                "validate": "list",
                "source": list(words),
                "error_title": "Not one of the answers",
                "error_message": "Choose a level, or one of the words in the list.",
            },
        )


def fill_facts(
    page: Worksheet, instrument: Instrument, facts: Mapping[str, ContextRevision], f: Formats
) -> None:
    begin(page, FACT_COLUMNS, FACT_WIDTHS, f)
    page.freeze_panes(1, 0)
    at = {column: number for number, column in enumerate(FACT_COLUMNS)}
    for row, (asked_id, asked) in enumerate(fields_of(instrument), start=FIRST_ROW - 1):
        revision = facts.get(asked.key)
        page.write_string(row, at[WorkbookColumn.ASKED], asked_id, f.text)
        page.write_string(row, at[WorkbookColumn.KEY], asked.key, f.text)
        page.write_string(row, at[WorkbookColumn.LABEL], asked.label, f.text)
        page.write_string(row, at[WorkbookColumn.HOW], how_to(asked), f.text)
        page.write_number(row, at[WorkbookColumn.BASE], revision.revision if revision else 0)
        value = fact_text(asked, revision.value if revision else None)
        if isinstance(value, str):
            page.write_string(row, at[WorkbookColumn.VALUE], value, f.fill)
        else:
            page.write_number(row, at[WorkbookColumn.VALUE], value, f.fill)
        options = options_of(asked)
        if options and len(",".join(options)) <= LIST_LIMIT:
            rule = {"validate": "list", "source": list(options)}
            page.data_validation(row, at[WorkbookColumn.VALUE], row, at[WorkbookColumn.VALUE], rule)
