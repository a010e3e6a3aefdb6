"""What was answered, from the many ways in which the New York set writes one answer."""

from __future__ import annotations

import re

from readiness.core.tables.reader import Row
from readiness.imports.ny1115_columns import Column, Columns
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.parts import Absent, Answer

QUESTION = re.compile(r"[0-9]{1,7}-[0-9]")
ANSWERS = re.compile(r"LA[0-9]{1,7}-[0-9](?:[;,~ ]+LA[0-9]{1,7}-[0-9])*")
NUMBER = re.compile(r"(?<![\w.-])-?[0-9]{1,7}(?:\.[0-9]{1,4})?(?![\w-])")
LONGEST_SCORE = 60  # characters; longer text is a story, not a score
UNREADABLE = Answer(code="?")  # something was answered; we cannot tell what
FLAGS = {
    **dict.fromkeys(("yes", "y", "pos", "positive", "true", "1"), True),
    **dict.fromkeys(("no", "n", "neg", "negative", "false", "0"), False),
}

Told = tuple[tuple[Answer, ...], bool | None]


def is_question(code: str) -> bool:
    return QUESTION.fullmatch(code) is not None


def answers_in(row: Row, columns: Columns, question: str, codes: CodeTable) -> Told:
    """The answers of one line and the sender's own flag.

    Who declined is taken at their word, whatever else stands in the line; another reason for a
    missing answer counts only when there is none. A score stands in the description: what stands
    in its place as a code is a placeholder.
    """
    flag = FLAGS.get(columns.text(row, Column.FLAG).casefold())
    reason = reason_in(row, columns, codes)
    if reason is Absent.DECLINED:
        return (Answer(absent=reason),), flag
    found = coded(row, columns, question, codes)
    if found:
        return found, flag
    return ((Answer(absent=reason),) if reason else ()), flag


def reason_in(row: Row, columns: Columns, codes: CodeTable) -> Absent | None:
    texts = (columns.text(row, Column.ABSENT), columns.text(row, Column.ABSENT_TEXT))
    said = (text.replace("-", " ") for text in texts)
    return next((r for t in (*texts, *said) if t and (r := codes.absent_for(t))), None)


def coded(row: Row, columns: Columns, question: str, codes: CodeTable) -> tuple[Answer, ...]:
    code, text = columns.text(row, Column.ANSWER), columns.text(row, Column.ANSWER_TEXT)
    if ANSWERS.fullmatch(code):
        return tuple(
            Answer(absent=absent) if (absent := codes.absent_for(each)) else Answer(code=each)
            for each in dict.fromkeys(re.findall(r"LA[0-9]+-[0-9]", code))
        )
    if codes.is_counted(question):
        number = number_in(text) or number_in(columns.text(row, Column.MEASURED))
        if number is not None:
            return (Answer(number=float(number)),)
    for said in (text, code):
        if said and (answer := codes.answer_for(question, said)):
            return (answer,)
    return (UNREADABLE,) if text or code else ()


def number_in(text: str) -> str | None:
    """The one number in a short text; of several nobody knows which is meant.

    >>> number_in("Total score: 12"), number_in("12 of 20"), number_in("{score}")
    ('12', None, None)
    """
    found = NUMBER.findall(text) if len(text) <= LONGEST_SCORE else []
    return found[0] if len(found) == 1 else None
