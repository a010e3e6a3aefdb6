"""How public codes look, wherever a sender has put them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from math import isfinite

from readiness.core.numbers import number_in
from readiness.imports.fhir.context import FhirRun
from readiness.imports.fhir.resources import (
    Coding,
    Concept,
    FhirExtension,
    FhirValue,
    ItemAnswer,
    Number,
    codings_in,
)
from readiness.imports.mapping_models import OVER_ALL, Answers, meant
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import UNREADABLE_ANSWER, Absent, ScreenAnswer

QUESTION = re.compile(r"[0-9]{1,7}-[0-9]")
ANSWER = re.compile(r"LA[0-9]{1,7}-[0-9]")
OTHER_CODE = "other"  # every code that may be the sender's own


def is_answer_code(code: str | None) -> bool:
    """Answer codes are told by their form: no other system writes them so."""
    return bool(code) and ANSWER.fullmatch(code or "") is not None


def is_question_code(text: str) -> bool:
    """Digits with the check digit that LOINC gives them; a form's own "1-1" seldom has it.

    >>> is_question_code("93031-3"), is_question_code("93031-4"), is_question_code("q7")
    (True, False, False)
    """
    if not QUESTION.fullmatch(text):
        return False
    digits, check = text.split("-")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(check)


def is_public(codes: CodeTable, coding: Coding) -> bool:
    """A missing system is let through: the code must then be one that the tables know."""
    system = coding.system
    return not system or system in codes.systems or codes.is_loinc(system)


def loinc_in(codes: CodeTable, codings: Iterable[Coding] | None) -> list[str]:
    return [each.code for each in codings or () if each.code and is_public(codes, each)]


def public_code(code: str) -> str:
    """A code as a report may name it.

    >>> public_code("88122-7"), public_code("SMITH")
    ('88122-7', 'other')
    """
    return code if is_question_code(code) or is_answer_code(code) else OTHER_CODE


SAME_SCREEN = 256  # the pieces of a screen stand together and carry the same times


@lru_cache(SAME_SCREEN)
def day_of(text: str | None) -> date | None:
    """The day as written, in the sender's own time zone. A month or a year alone is no day.

    >>> day_of("2026-08-31T23:30:00-04:00"), day_of("2026-08")
    (datetime.date(2026, 8, 31), None)
    """
    if not text or len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def birthday_of(text: str | None) -> date | None:
    """The date of birth; where only the year or month is told, its middle.

    >>> birthday_of("1990"), birthday_of("1990-05")
    (datetime.date(1990, 7, 1), datetime.date(1990, 5, 15))
    """
    if text and len(text) == 4:
        text = f"{text}-07-01"
    elif text and len(text) == 7:
        text = f"{text}-15"
    return day_of(text)


@lru_cache(SAME_SCREEN)
def instant_of(text: str | None) -> str:
    """The instant in UTC, so that a later one sorts after; "" when there is none.

    >>> instant_of("2026-08-31T23:30:00-04:00")
    '2026-09-01T03:30:00.000000+00:00'
    """
    if not text:
        return ""
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return ""
    return at.isoformat(timespec="microseconds")


def version_of(text: str | None) -> int:
    """Versions count up on most servers; where they are letters, only the instants tell.

    >>> version_of("12"), version_of("MTY3")
    (12, 0)
    """
    return int(text) if text and len(text) <= 9 and text.isascii() and text.isdigit() else 0


YES, NO = "LA33-6", "LA32-8"
ABSENT_REASON = "data-absent-reason"  # the end of the extension's address, in every release
LONGEST_NUMBER = 60  # characters in which the number has to stand
LONGEST_WORDS = 200  # characters; longer text is a story, not an answer
NUMBER = re.compile(r"-?(?:(?<!\w)[.,])?[0-9](?:[0-9.,]*[0-9])?")


def mapped_answer(
    answers: Mapping[str, Answers], question: str, value: FhirValue
) -> ScreenAnswer | None:
    """What the sender's mapping says of this value, before anything else is tried."""
    concept = value.value_codeable_concept
    codings = [*codings_in(concept)]
    codings += [value.value_coding] if value.value_coding else []
    said = [each for coding in codings for each in (coding.code, coding.display)]
    said += [concept.text if concept else None, value.value_string]
    for simple in (value.value_boolean, value.value_integer, value.value_decimal):
        said += [str(simple).lower()] if simple is not None else []
    for text in said:
        for of in (answers.get(question, {}), answers.get(OVER_ALL, {})):
            if text and (answer := meant(of, text)):
                return answer
    return None


def answers_of(run: FhirRun, question: str, value: FhirValue) -> tuple[ScreenAnswer, ...]:
    """Everything this value says, once. Who declined is taken at their word, whatever else is
    sent; another reason for a missing answer counts only where there is none."""
    codes = run.codes
    concept = value.value_codeable_concept
    why = value.data_absent_reason
    if why is None and concept and concept.coding and len(concept.coding) == 1:
        code = concept.coding[0].code
        if is_answer_code(code):  # nearly every answer there is
            return (answer_with_code(code or ""),)
    reason = reason_in(codes, why) if why else None
    if reason is Absent.DECLINED:
        return (ScreenAnswer(absent=reason),)
    if own := mapped_answer(run.mapping.answers, question, value):
        return (own,)
    found = clearest(dict.fromkeys(every_answer(codes, question, value)))
    return found or ((ScreenAnswer(absent=reason),) if reason else ())


@lru_cache(maxsize=1_024)
def answer_with_code(code: str) -> ScreenAnswer:
    """Answers are few and are given a million times."""
    return ScreenAnswer(code=code)


def clearest(found: dict[ScreenAnswer, None]) -> tuple[ScreenAnswer, ...]:
    """One answer may be sent as a code, a text and a number at once: code before number."""
    readable = [each for each in found if each != UNREADABLE_ANSWER]
    coded = [each for each in readable if each.code]
    numbers = [each for each in readable if each.number is not None]
    declined = [each for each in readable if each.absent is Absent.DECLINED]
    return tuple(coded or numbers[:1] or declined or readable[:1] or found)


def every_answer(codes: CodeTable, question: str, value: FhirValue) -> Iterator[ScreenAnswer]:
    concept = value.value_codeable_concept
    codings = [*codings_in(concept)]
    codings += [value.value_coding] if value.value_coding else []
    text = concept.text if concept else None
    for coding in codings:
        yield from coded_answers(codes, question, coding)
    if value.value_boolean is not None:
        yield ScreenAnswer(code=YES if value.value_boolean else NO)
    yield from worded_answers(codes, question, value.value_string)
    yield from worded_answers(codes, question, text)
    quantity = value.value_quantity
    for number in (value.value_integer, value.value_decimal, quantity.value if quantity else None):
        yield from number_answers(number)
    if codes.is_counted(question):
        for said in (*(coding.display for coding in codings), text, value.value_string):
            yield from number_in_text(said)


def coded_answers(codes: CodeTable, question: str, coding: Coding) -> Iterator[ScreenAnswer]:
    """A public answer code counts under any name of its system; what is home-made, by its words.

    A code is never read as a number: senders leave placeholders there.
    """
    code = coding.code or ""
    if is_answer_code(code):
        yield ScreenAnswer(code=code)
    elif reason := codes.absent_for(code):
        yield ScreenAnswer(absent=reason)
    elif coding.display:
        yield from worded_answers(codes, question, coding.display)
    elif code:
        yield UNREADABLE_ANSWER


def worded_answers(codes: CodeTable, question: str, text: str | None) -> Iterator[ScreenAnswer]:
    if text and text.strip():
        short = text if len(text) <= LONGEST_WORDS else ""
        yield from codes.answers_in(question, short) or (UNREADABLE_ANSWER,)


def number_answers(number: Number) -> Iterator[ScreenAnswer]:
    if isinstance(number, str):
        yield from number_in_text(number)
    elif number is not None:
        try:
            value = float(number)
        except OverflowError:  # a whole number with hundreds of digits
            value = float("inf")
        yield ScreenAnswer(number=value) if isfinite(value) else UNREADABLE_ANSWER


def number_in_text(text: str | None) -> Iterator[ScreenAnswer]:
    """The first number in a text such as "Score: 12" or "25,000"."""
    if text and (found := NUMBER.search(text[:LONGEST_NUMBER])):
        read = number_in(found.group())
        yield UNREADABLE_ANSWER if read is None else ScreenAnswer(number=float(read))


def reason_in(codes: CodeTable, concept: Concept) -> Absent:
    """Why there is no answer. A reason that we do not know still says that there is none."""
    said = [each for coding in codings_in(concept) for each in (coding.code, coding.display)]
    for text in (*said, concept.text):
        if text and (reason := codes.absent_for(text)):
            return reason
    return Absent.UNKNOWN


def reason_beside(codes: CodeTable, extensions: list[FhirExtension] | None) -> Absent | None:
    """FHIR's own place for "no answer" on a primitive value or an item."""
    for extension in extensions or ():
        if (extension.url or "").endswith(ABSENT_REASON):
            return codes.absent_for(extension.value_code or "") or Absent.UNKNOWN
    return None


def reason_for_none(codes: CodeTable, answer: ItemAnswer) -> Absent | None:
    beside = (
        answer.beside_coding,
        answer.beside_string,
        answer.beside_boolean,
        answer.beside_integer,
        answer.beside_decimal,
    )
    for extensions in (answer.extension, *(each.extension for each in beside if each)):
        if reason := reason_beside(codes, extensions):
            return reason
    return None
