"""A count as a person types it: a whole number, or nothing for "not known"."""

from __future__ import annotations

import re

from readiness.counts.social_risk.models import LARGEST

LONGEST = 12  # characters; "9,999,999" with room for stray spaces
PLAIN = re.compile(r"[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")  # 1,204


def count_of(text: str) -> int | None:
    """The number, or None for a blank; ValueError with a sentence for anything else.

    >>> count_of(" 1,204 "), count_of("0"), count_of("")
    (1204, 0, None)
    """
    typed = text.strip()
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise ValueError("is too long for a count. Enter a whole number.")
    if PLAIN.fullmatch(typed) or GROUPED.fullmatch(typed):
        return within_reason(int(typed.replace(",", "")))
    raise ValueError(why_not(typed))


def within_reason(value: int) -> int:
    if value > LARGEST:
        raise ValueError(f"is more than {LARGEST:,}. Check the number.")
    return value


def why_not(typed: str) -> str:
    if typed.startswith("<"):
        return (
            "is not a count. Enter the true number: small counts are hidden from other readers, "
            "not from you."
        )
    if typed.startswith(("-", "\N{MINUS SIGN}")) and typed[1:]:
        return "is less than 0. Enter 0 or more."
    return "is not a whole number. Use the digits 0 to 9, or leave it blank when it is not known."
