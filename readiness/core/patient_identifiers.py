"""Marks in free text that could point at one patient.

A note says what exists, where, dated when and who owns it. Whatever could identify a patient stays
out of it: such a note is kept for its author, and must be mended before it can be shared. Plain
dates are wanted ("minutes of 2026-03-01"); only dates near a word such as "born" are not.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Identifier(StrEnum):
    """What kind of mark it is, as the end of the sentence "this seems to hold ..."."""

    SSN = "a Social Security number"
    MBI = "a Medicare number"
    RECORD = "a medical record number"
    BIRTH = "a date of birth"
    PHONE = "a phone number"
    EMAIL = "an e-mail address"
    WEB = "a web address"
    IP = "an internet address"
    STREET = "a street address"


MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = (
    rf"(?:\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|\d{{1,2}} {MONTH} \d{{4}}|\b(?:18|19|20)\d\d\b)"
)
BIRTH = r"\b(?:born|birth ?date|birthday|date of birth|d\.?o\.?b\.?)"
MBI_LETTER, MBI_EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"  # no S, L, O, I, B, Z
BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
NAMED = r"(?:[A-Z][\w'.-]*[ ]+){1,3}"  # "Old Mill"
ROAD = "Street|Avenue|Road|Boulevard|Lane|Drive|Court|Way|Place|Terrace|Parkway|Highway"
SHORT_ROAD = r"(?:St|Ave|Rd|Blvd|Ln|Dr|Ct|Pl|Pkwy|Hwy)\b\.?(?=\s*(?:[,;\n]|$|apt|unit|suite|#))"
NUMBERED = r"(?: ?(?:number|no\.?|#|id))"

PATTERNS: dict[Identifier, tuple[re.Pattern[str], ...]] = {
    Identifier.SSN: (
        re.compile(r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])"),
        re.compile(r"\b(?:ssn|social security)\D{0,20}\d{3}-?\d{2}-?\d{4}\b", re.I),
    ),
    Identifier.MBI: (
        re.compile(
            rf"\b[1-9]{MBI_LETTER}{MBI_EITHER}\d-?{MBI_LETTER}{MBI_EITHER}\d-?"
            rf"{MBI_LETTER}{{2}}\d{{2}}\b",
            re.I,
        ),
    ),
    Identifier.RECORD: (
        re.compile(
            rf"\b(?:mrn{NUMBERED}?|(?:medical record|chart|patient|member|subscriber){NUMBERED})"
            r"(?: is| was)?[\s:#=-]{0,3}[A-Z]{0,4}-?\d{3,}\b",
            re.I,
        ),
    ),
    Identifier.BIRTH: (
        re.compile(rf"{BIRTH}[^\n]{{0,20}}?{DATE}", re.I),
        re.compile(rf"{DATE}[^\n]{{0,10}}?{BIRTH}", re.I),
    ),
    Identifier.PHONE: (
        re.compile(r"(?<![\w-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"),
        re.compile(r"\b(?:phone|tel|call|cell|mobile|fax)\b\D{0,10}\d{10}\b", re.I),
    ),
    Identifier.EMAIL: (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),),
    Identifier.WEB: (re.compile(r"\b(?:https?|ftp)://\S|\bwww\.\w", re.I),),
    Identifier.IP: (
        re.compile(rf"(?<![\d.])(?<!version )(?<!\bv)(?:{BYTE}\.){{3}}{BYTE}(?![\d.])", re.I),
        re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])", re.I),
    ),
    Identifier.STREET: (
        re.compile(rf"\b\d{{1,5}} {NAMED}(?:{ROAD})\b"),
        re.compile(rf"\b\d{{1,5}} {NAMED}{SHORT_ROAD}"),
        re.compile(r"\bP\.? ?O\.? Box \d+", re.I),
    ),
}
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200c\u200d"))


def found_in(text: str) -> tuple[Identifier, ...]:
    """Every kind of mark the text seems to hold; never the mark itself, so that no log repeats it.

    >>> found_in("Call 617-555-0134"), found_in("80 percent in Q3 2026, minutes of 2026-03-01")
    ((<Identifier.PHONE: 'a phone number'>,), ())
    """
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).translate(UNSEEN)
    return tuple(
        kind
        for kind, patterns in PATTERNS.items()
        if any(pattern.search(plain) for pattern in patterns)
    )


def refusal(text: str) -> str:
    """What to say of a text that is not kept at all; empty when nothing in it points at anybody.

    >>> refusal("Call 617-555-0134"), refusal("minutes of 2026-03-01")
    ('This seems to hold a phone number: take it out.', '')
    """
    kinds = found_in(text)
    return f"This seems to hold {in_words(kinds)}: take it out." if kinds else ""


def in_words(kinds: tuple[Identifier, ...]) -> str:
    """
    >>> in_words((Identifier.PHONE, Identifier.EMAIL))
    'a phone number and an e-mail address'
    """
    *first, last = kinds
    return f"{', '.join(first)} and {last}" if first else str(last)
