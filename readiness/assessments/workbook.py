"""The questionnaire as a spreadsheet: where everything stands, and how a filled one is read.

Whoever writes the book and whoever reads it back look here, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from readiness.assessments.saving import SentAnswer, SentFact, answer_of, choice_of
from readiness.core.errors import BadInput, Problem
from readiness.core.tables import spreadsheet
from readiness.core.tables.models import Book, SheetCell
from readiness.instruments import context_fields
from readiness.instruments.answers import Answer, ContextValue, may_say_not_applicable
from readiness.instruments.models import ContextField, Instrument, Item

KIND = "readiness questionnaire"
MOST_ROWS, MOST_COLUMNS = 400, 40


class SheetName(StrEnum):
    ANSWERS = "Answers"
    CONTEXT = "About the group"
    MARK = "Do not change"  # hidden: which assessment the book was made for


class WorkbookColumn(StrEnum):
    """Headings; their letters follow from the order in `ANSWER_COLUMNS` and `FACT_COLUMNS`."""

    ITEM = "Item"
    DOMAIN = "Domain"
    QUESTION = "Question"
    ANSWER = "Answer"
    REASON = "Why it does not apply"
    NOTE = "Evidence note"
    BASE = "Read as revision"
    ASKED = "Number"
    KEY = "Fact"
    LABEL = "What is asked"
    VALUE = "Value"
    HOW = "How to fill it in"


LEVELS = tuple(f"Level {level}" for level in range(5))
ANSWER_COLUMNS: tuple[str, ...] = (
    WorkbookColumn.ITEM,
    WorkbookColumn.DOMAIN,
    WorkbookColumn.QUESTION,
    *LEVELS,
    WorkbookColumn.ANSWER,
    WorkbookColumn.REASON,
    WorkbookColumn.NOTE,
    WorkbookColumn.BASE,
)
FACT_COLUMNS: tuple[str, ...] = (
    WorkbookColumn.ASKED,
    WorkbookColumn.KEY,
    WorkbookColumn.LABEL,
    WorkbookColumn.VALUE,
    WorkbookColumn.HOW,
    WorkbookColumn.BASE,
)
MARK_COLUMNS = ("Kind", "Assessment", "Instrument", "Version")
FIRST_ROW = 2  # below the headings

WORDS = {**{str(n): str(n) for n in range(5)}, "dk": "don't know", "na": "not applicable"}
CHOICE_BY_WORDS = {words: choice for choice, words in WORDS.items()}
BOOLEANS = {True: "yes", False: "no"}
ON_THE_PAGE = frozenset({"table", "choices"})  # asked on the page alone


@dataclass
class FilledWorkbook:
    """What a book says: answers and facts that are filled in, and everything wrong with it."""

    answers: dict[str, SentAnswer] = field(default_factory=dict)
    facts: dict[str, SentFact] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # item id or key -> its cell
    problems: list[Problem] = field(default_factory=list)


def letter(columns: Sequence[str], column: str) -> str:
    """
    >>> letter(ANSWER_COLUMNS, WorkbookColumn.ANSWER), letter(FACT_COLUMNS, WorkbookColumn.VALUE)
    ('I', 'D')
    """
    return chr(ord("A") + columns.index(column))


def cell_name(sheet: SheetName, column: str, row: int) -> str:
    columns = ANSWER_COLUMNS if sheet is SheetName.ANSWERS else FACT_COLUMNS
    return f"{sheet}!{letter(columns, column)}{row}"


def words_of(instrument: Instrument, item: Item) -> tuple[str, ...]:
    """What may be chosen for an item."""
    offers_na = may_say_not_applicable(instrument, item)
    return tuple(words for choice, words in WORDS.items() if choice != "na" or offers_na)


def fields_of(instrument: Instrument) -> Iterator[tuple[str, ContextField]]:
    """The facts a book asks for, each with its context item."""
    for asked in instrument.context:
        for each in asked.fields:
            if each.type not in ON_THE_PAGE:
                yield asked.id, each


def options_of(asked: ContextField) -> tuple[str, ...]:
    """What may be chosen for a fact; empty where it is typed."""
    if asked.type == "boolean":
        return tuple(BOOLEANS.values())
    return tuple(words for _, words in asked.choices)


def answer_text(answer: Answer | None) -> str:
    return WORDS[choice_of(answer)] if answer else ""


def fact_text(asked: ContextField, value: ContextValue) -> str | int | float:
    """As a person fills it in: a share in percent, a choice in words."""
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, bool):
        return BOOLEANS[value]
    if asked.type == "share":
        return float(Decimal(str(value)) * 100)
    if asked.type == "choice":
        return dict(asked.choices).get(str(value), "")
    return value


def how_to(asked: ContextField) -> str:
    """
    >>> how_to(ContextField("s", "Share", "share"))
    'a percentage from 0 to 100'
    """
    if options := options_of(asked):
        return f"choose: {', '.join(options)}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "share": "a percentage from 0 to 100",
        "date": "a date such as 2027-01-15",
        "text": "a few words, nothing that names a patient",
    }[asked.type]
    return f"{words}; {asked.unit}" if asked.unit else words


# Reading it back.


def read(book: Book, instrument: Instrument, assessment_id: str) -> FilledWorkbook:
    """Everything good and everything wrong; an empty answer or fact changes nothing."""
    require_this_assessment(book, instrument, assessment_id)
    filled = FilledWorkbook()
    for number, row in body(book, SheetName.ANSWERS, ANSWER_COLUMNS, filled):
        read_answer(number, row, instrument, filled)
    fields = {each.key: each for _, each in fields_of(instrument)}
    for number, row in body(book, SheetName.CONTEXT, FACT_COLUMNS, filled):
        read_fact(number, row, fields, filled)
    return filled


def require_this_assessment(book: Book, instrument: Instrument, assessment_id: str) -> None:
    rows = book.get(SheetName.MARK, ())
    found = [cell.text for cell in rows[1]] if len(rows) > 1 else []
    if found[:1] != [KIND]:
        raise BadInput(
            "This is not a questionnaire of ours. Download the spreadsheet from this page, "
            "fill it in and send that."
        )
    if found[1:4] != [assessment_id, instrument.id, instrument.version]:
        raise BadInput(
            "This spreadsheet was made for another assessment. "
            "Download the one from this page and copy your answers into it."
        )


def body(
    book: Book, sheet: SheetName, columns: tuple[str, ...], filled: FilledWorkbook
) -> Iterator[tuple[int, dict[str, SheetCell]]]:
    """The filled rows below the headings, with the number a person sees beside each."""
    rows = book.get(sheet)
    if not rows:
        filled.problems.append(Problem(sheet, "This sheet is missing: download a new copy."))
        return
    headings = tuple(cell.text for cell in rows[0])[: len(columns)]
    for at, (found, wanted) in enumerate(zip_longest(headings, columns, fillvalue="")):
        if found != wanted:
            place = f"{sheet}!{chr(ord('A') + at)}1"
            filled.problems.append(
                Problem(place, f"The heading here was “{wanted}”: put it and its column back.")
            )
            return
    for number, row in enumerate(rows[1:], start=FIRST_ROW):
        cells = dict(zip(columns, [*row, *[SheetCell("")] * len(columns)], strict=False))
        if any(cell.text.strip() for cell in cells.values()):
            yield number, cells


def read_answer(
    number: int, row: Mapping[str, SheetCell], instrument: Instrument, filled: FilledWorkbook
) -> None:
    item_id = row[WorkbookColumn.ITEM].text.strip()
    place = {column: cell_name(SheetName.ANSWERS, column, number) for column in ANSWER_COLUMNS}
    problems = list(
        formula_problems(
            row, place, (WorkbookColumn.ANSWER, WorkbookColumn.REASON, WorkbookColumn.NOTE)
        )
    )
    item = instrument.item_by_id.get(item_id)
    if item is None:
        says = "No item has this name: put back what stood here."
        problems.append(Problem(place[WorkbookColumn.ITEM], says))
    elif item_id in filled.answers:
        says = f"{item_id} stands here a second time: keep one of the two rows."
        problems.append(Problem(place[WorkbookColumn.ITEM], says))
    base = base_of(row)
    if base is None:
        problems.append(Problem(place[WorkbookColumn.BASE], "Put back the number that stood here."))
    typed = row[WorkbookColumn.ANSWER].text.strip()
    choice = CHOICE_BY_WORDS.get(typed.casefold().replace("’", "'")) if typed else ""
    if row[WorkbookColumn.ANSWER].is_formula:
        choice = None  # said already
    elif choice is None or (item and choice and WORDS[choice] not in words_of(instrument, item)):
        options = ", ".join(words_of(instrument, item)) if item else ", ".join(WORDS.values())
        problems.append(Problem(place[WorkbookColumn.ANSWER], f"Choose one of: {options}."))
    if problems or item is None or base is None or choice is None:
        filled.problems.extend(problems)
        return
    sent = SentAnswer(
        item_id, choice, row[WorkbookColumn.REASON].text, row[WorkbookColumn.NOTE].text, base
    )
    if choice or sent.note.strip() or sent.reason.strip():
        filled.places[item_id] = place[WorkbookColumn.ANSWER]
        check_answer(sent, place, filled)


def check_answer(sent: SentAnswer, place: Mapping[str, str], filled: FilledWorkbook) -> None:
    """What a text can be wrong about is known at once; the rest needs the assessment."""
    for column, alone in (
        (WorkbookColumn.REASON, SentAnswer(sent.item_id, "dk", reason=sent.reason)),
        (WorkbookColumn.NOTE, SentAnswer(sent.item_id, "dk", note=sent.note)),
        (
            WorkbookColumn.ANSWER,
            SentAnswer(
                sent.item_id,
                sent.choice,
                note="x" if sent.note.strip() or sent.reason.strip() else "",
            ),
        ),
    ):
        try:
            answer_of(alone)
        except BadInput as error:
            filled.problems += [Problem(place[column], each.says) for each in error.problems]
    filled.answers[sent.item_id] = sent


def read_fact(
    number: int,
    row: Mapping[str, SheetCell],
    fields: Mapping[str, ContextField],
    filled: FilledWorkbook,
) -> None:
    key = row[WorkbookColumn.KEY].text.strip()
    place = {column: cell_name(SheetName.CONTEXT, column, number) for column in FACT_COLUMNS}
    problems = list(formula_problems(row, place, (WorkbookColumn.VALUE,)))
    asked, base = fields.get(key), base_of(row)
    if asked is None:
        problems.append(Problem(place[WorkbookColumn.KEY], "No fact has this name: put it back."))
    elif key in filled.facts:
        problems.append(Problem(place[WorkbookColumn.KEY], "This fact stands here a second time."))
    if base is None:
        problems.append(Problem(place[WorkbookColumn.BASE], "Put back the number that stood here."))
    text = row[WorkbookColumn.VALUE].text.strip()
    if problems or asked is None or base is None or not text:
        filled.problems.extend(problems)
        return
    try:
        value = context_fields.read_value(asked, choice_value(asked, text))
    except ValueError as error:
        filled.problems.append(Problem(place[WorkbookColumn.VALUE], str(error)))
        return
    filled.places[key] = place[WorkbookColumn.VALUE]
    filled.facts[key] = SentFact(value, base)


def choice_value(asked: ContextField, text: str) -> str:
    """A choice is shown in words and kept by its value."""
    if asked.type == "choice":
        by_words = {words.casefold(): value for value, words in asked.choices}
        return by_words.get(text.casefold(), text)
    return text.casefold() if asked.type == "boolean" else text


def formula_problems(
    row: Mapping[str, SheetCell], place: Mapping[str, str], columns: Sequence[str]
) -> Iterator[Problem]:
    for column in columns:
        if row[column].is_formula:
            yield Problem(place[column], "This is a formula: type the value itself.")


def base_of(row: Mapping[str, SheetCell]) -> int | None:
    text = row[WorkbookColumn.BASE].text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


# Between the preview and the confirmation, as plain values.


def to_plain(filled: FilledWorkbook) -> dict[str, Any]:
    return {
        "answers": [
            [s.item_id, s.choice, s.reason, s.note, s.base] for s in filled.answers.values()
        ],
        "facts": [[key, fact.value, fact.base] for key, fact in filled.facts.items()],
    }


def from_plain(found: Any, instrument: Instrument) -> FilledWorkbook:
    """What a page sends back, read as strictly as a stranger's file."""
    filled = FilledWorkbook()
    fields = {each.key: each for _, each in fields_of(instrument)}
    try:
        for item_id, choice, reason, note, base in found["answers"]:
            if item_id in instrument.item_by_id and type(base) is int:
                filled.answers[item_id] = SentAnswer(
                    item_id, str(choice), str(reason), str(note), base
                )
        for key, value, base in found["facts"]:
            if key in fields and type(base) is int:
                typed = str(fact_text(fields[key], value))
                again = context_fields.read_value(fields[key], choice_value(fields[key], typed))
                filled.facts[key] = SentFact(again, base)
    except (TypeError, KeyError, ValueError, ArithmeticError) as error:
        raise BadInput("That could not be read. Send the spreadsheet again.") from error
    return filled


# Opening a file that somebody sent.

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


def read_file(raw: bytes) -> Book:
    return spreadsheet.read(raw, QUESTIONNAIRE, SECONDS)
