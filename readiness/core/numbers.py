"""A number as people and their files write it, in one place for the whole product.

The point marks decimals. Commas stand before groups of three digits or the text is no number: a
decimal comma is told, and never read as ten or a hundred times what was meant.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum

LONGEST = 60  # characters: longer text is no number
NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+)"
)  # no exponents, no digits of other scripts; no group of thousands begins with 0
GROUP_MARKS = ". '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
DECIMAL_COMMA = re.compile(rf"[+-]?(?:[0-9]{{1,3}}(?:[{GROUP_MARKS}][0-9]{{3}})+|[0-9]*),[0-9]+")
OF_DIGITS = re.compile(r"(?=.*[0-9])[0-9.,+-]+")


def number_in(text: str, marks: str = "") -> Decimal | None:
    """None for what is no number; `marks` are what may stand before or behind it.

    >>> number_in("1,234,567.50"), number_in("$40", "$"), number_in("70 %", "%"), number_in("1e3")
    (Decimal('1234567.50'), Decimal('40'), Decimal('70'), None)
    >>> number_in("12,5"), number_in("1.234,56"), number_in("1,23"), number_in("0,125")
    (None, None, None, None)
    """
    plain = without_marks(text, marks)
    if len(plain) > LONGEST or not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", ""))


def whole_in(text: str, marks: str = "") -> int | None:
    """None for what is no whole number; "12.0" is one.

    >>> whole_in("1,204"), whole_in("12.0"), whole_in("12.5"), whole_in("")
    (1204, 12, None, None)
    """
    found = number_in(text, marks)
    return int(found) if found is not None and found == found.to_integral_value() else None


def without_marks(text: str, marks: str) -> str:
    """One mark in front and one behind, at most, go."""
    plain = text.strip()
    if marks and plain[:1] in marks:
        plain = plain[1:].lstrip()
    if marks and plain[-1:] in marks:
        plain = plain[:-1].rstrip()
    return plain


class CommaFault(Enum):
    """What is wrong with a comma, as the rest of a sentence about the text."""

    DECIMAL = "is written with a decimal comma. Write it with a point, such as 12.5."
    MISPLACED = (
        "has a comma out of place. Write commas before groups of three digits alone, such as "
        "1,234,567."
    )


def comma_in(text: str, marks: str = "") -> CommaFault | None:
    """None where no comma is what is wrong.

    >>> comma_in("12,5").name, comma_in("1,23,456").name, comma_in("1,234"), comma_in("Doe, Jo")
    ('DECIMAL', 'MISPLACED', None, None)
    """
    plain = without_marks(text, marks)
    if "," not in plain or len(plain) > LONGEST or NUMBER.fullmatch(plain):
        return None
    if DECIMAL_COMMA.fullmatch(plain):
        return CommaFault.DECIMAL
    return CommaFault.MISPLACED if OF_DIGITS.fullmatch(plain) else None


def comma_fault(text: str, marks: str = "") -> str:
    """The sentence for whoever typed it, who may read it again; "" as above.

    >>> comma_fault("12,5"), comma_fault("$1.234,56", "$")[-15:], comma_fault("1,234")
    ('“12,5” is written with a decimal comma. Write 12.5.', 'Write 1,234.56.', '')
    """
    plain = without_marks(text, marks)
    match comma_in(text, marks):
        case CommaFault.DECIMAL:
            return f"“{plain}” is written with a decimal comma. Write {with_point(plain)}."
        case CommaFault.MISPLACED:
            return f"“{plain}” {CommaFault.MISPLACED.value}"
        case None:
            return ""


def with_point(written: str) -> str:
    """
    >>> with_point("1.234,56"), with_point(",5"), with_point("-12,50")
    ('1,234.56', '0.5', '-12.50')
    """
    whole, _, part = written.partition(",")
    digits = re.sub(rf"[{GROUP_MARKS}]", "", whole)
    sign = digits[:1] if digits[:1] in ("+", "-") else ""
    number = int(digits[len(sign) :] or "0")
    return f"{sign}{number:,}.{part}" if number >= 1_000 else f"{sign}{number}.{part}"
