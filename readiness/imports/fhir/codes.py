"""How public codes look, wherever a sender has put them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from readiness.imports.fhir.shapes import Coding
from readiness.imports.screening_codes.models import CodeTable

QUESTION = re.compile(r"[0-9]{1,7}-[0-9]")
ANSWER = re.compile(r"LA[0-9]{1,7}-[0-9]")
OTHER = "other"  # every code that may be the sender's own


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


def may_be_told(code: str) -> str:
    """A code as a report may name it.

    >>> may_be_told("88122-7"), may_be_told("SMITH")
    ('88122-7', 'other')
    """
    return code if is_question_code(code) or is_answer_code(code) else OTHER
