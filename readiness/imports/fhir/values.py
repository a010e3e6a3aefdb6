"""What was answered, from the many ways in which senders of FHIR write one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isfinite

from readiness.imports.fhir.codes import is_answer_code
from readiness.imports.fhir.run import Run
from readiness.imports.fhir.shapes import Coding, Concept, Extension, ItemAnswer, Number, Value
from readiness.imports.mapping_shapes import OVER_ALL, Answers, plain
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.parts import Absent, Answer

YES, NO = "LA33-6", "LA32-8"
ABSENT_REASON = "data-absent-reason"  # the end of the extension's address, in every release
LONGEST_WORDS = 60  # characters; longer text is a story, not an answer
NUMBER = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|-?[0-9]+(?:\.[0-9]+)?")

UNREADABLE = Answer(code="?")  # something was answered; we cannot tell what


def mapped(answers: Mapping[str, Answers], question: str, value: Value) -> Answer | None:
    """What the sender's mapping says of this value, before anything else is tried."""
    concept = value.value_codeable_concept
    codings = [*((concept.coding or ()) if concept else ())]
    codings += [value.value_coding] if value.value_coding else []
    said = [each for coding in codings for each in (coding.code, coding.display)]
    said += [concept.text if concept else None, value.value_string]
    for simple in (value.value_boolean, value.value_integer, value.value_decimal):
        said += [str(simple).lower()] if simple is not None else []
    for text in said:
        for of in (answers.get(question, {}), answers.get(OVER_ALL, {})):
            if text and (answer := of.get(plain(text))):
                return answer
    return None


def answers_of(run: Run, question: str, value: Value) -> tuple[Answer, ...]:
    """Everything this value says, once. Who declined is taken at their word, whatever else is
    sent; another reason for a missing answer counts only where there is none."""
    codes = run.codes
    concept = value.value_codeable_concept
    why = value.data_absent_reason
    if why is None and concept and concept.coding and len(concept.coding) == 1:
        code = concept.coding[0].code
        if is_answer_code(code):  # nearly every answer there is
            return (chosen(code or ""),)
    reason = reason_in(codes, why) if why else None
    if reason is Absent.DECLINED:
        return (Answer(absent=reason),)
    if own := mapped(run.mapping.answers, question, value):
        return (own,)
    found = plainest(dict.fromkeys(all_answers(codes, question, value)))
    return found or ((Answer(absent=reason),) if reason else ())


@lru_cache(maxsize=1_024)
def chosen(code: str) -> Answer:
    """Answers are few and are given a million times."""
    return Answer(code=code)


def plainest(found: dict[Answer, None]) -> tuple[Answer, ...]:
    """One answer may be sent as a code, a text and a number at once: code before number."""
    readable = [each for each in found if each != UNREADABLE]
    coded = [each for each in readable if each.code]
    numbers = [each for each in readable if each.number is not None]
    declined = [each for each in readable if each.absent is Absent.DECLINED]
    return tuple(coded or numbers[:1] or declined or readable[:1] or found)


def all_answers(codes: CodeTable, question: str, value: Value) -> Iterator[Answer]:
    concept = value.value_codeable_concept
    codings = [*((concept.coding or ()) if concept else ())]
    codings += [value.value_coding] if value.value_coding else []
    text = concept.text if concept else None
    for coding in codings:
        yield from coded(codes, question, coding)
    if value.value_boolean is not None:
        yield Answer(code=YES if value.value_boolean else NO)
    yield from worded(codes, question, value.value_string)
    yield from worded(codes, question, text)
    quantity = value.value_quantity
    for number in (value.value_integer, value.value_decimal, quantity.value if quantity else None):
        yield from counted(number)
    if codes.is_counted(question):
        for said in (*(coding.display for coding in codings), text, value.value_string):
            yield from counted_in(said)


def coded(codes: CodeTable, question: str, coding: Coding) -> Iterator[Answer]:
    """A public answer code counts under any name of its system; what is home-made, by its words.

    A code is never read as a number: senders leave placeholders there.
    """
    code = coding.code or ""
    if is_answer_code(code):
        yield Answer(code=code)
    elif reason := codes.absent_for(code):
        yield Answer(absent=reason)
    elif coding.display:
        yield from worded(codes, question, coding.display)
    elif code:
        yield UNREADABLE


def worded(codes: CodeTable, question: str, text: str | None) -> Iterator[Answer]:
    if text and text.strip():
        short = text if len(text) <= LONGEST_WORDS else ""
        yield codes.answer_for(question, short) or UNREADABLE


def counted(number: Number) -> Iterator[Answer]:
    if isinstance(number, str):
        yield from counted_in(number)
    elif number is not None:
        try:
            value = float(number)
        except OverflowError:  # a whole number with hundreds of digits
            value = float("inf")
        yield Answer(number=value) if isfinite(value) else UNREADABLE


def counted_in(text: str | None) -> Iterator[Answer]:
    """The first number in a text such as "Score: 12" or "25,000"."""
    if text and (found := NUMBER.search(text[:LONGEST_WORDS])):
        yield from counted(float(found.group().replace(",", "")))


def reason_in(codes: CodeTable, concept: Concept) -> Absent:
    """Why there is no answer. A reason that we do not know still says that there is none."""
    said = [each for coding in concept.coding or () for each in (coding.code, coding.display)]
    for text in (*said, concept.text):
        if text and (reason := codes.absent_for(text)):
            return reason
    return Absent.UNKNOWN


def reason_beside(codes: CodeTable, extensions: list[Extension] | None) -> Absent | None:
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
