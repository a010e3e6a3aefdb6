"""What stands in each column of a stranger's table, as far as it may be shown to who sent it.

Words are shown only of columns that hold few of them; what looks like a patient's name or number is
neither shown, nor sent back, nor stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.errors import BadInput, Problem
from readiness.core.free_text import is_refused
from readiness.core.patient_identifiers import found_in
from readiness.core.tables.headings import LONG_NUMBER
from readiness.imports.dates import SLASHED, day_of

MOST_COLUMNS = 300  # that a person can look through
MOST_WORDS = 12  # of a column whose heading says nothing
MOST_CODES = 40  # of one whose heading says that it holds codes: clinics, plans, languages
LONGEST = 40  # characters of a word
LOOKED_AT = 1_000  # cells, to tell whether a column holds days
MOSTLY = 0.9
REPEATED = 2  # times that each word stands there, on average: names seldom do
ANSWER_CODE = re.compile(r"LA[0-9]{1,7}-[0-9]", re.IGNORECASE)
LOINC = re.compile(r"(?<![0-9])[0-9]{4,5}-[0-9](?![0-9])")
NUMBER = re.compile(r"[0-9]{3,}")
LAST_MONTH = 12
NO_HEADINGS = (
    "The first line seems to hold a patient, not headings. Put the headings above the rows and "
    "choose the file again."
)
TOO_FEW = (
    "This is no table of screens or visits: one has at least two columns, for the patient and the "
    "day. Choose another file."
)
NO_ROWS = "There are no rows under the headings. Export the table again."
NOT_TEXT = "The headings hold characters that cannot be read. Save the table as CSV (UTF-8)."
FEWEST_COLUMNS = 2
RUNS = ("=", "+", "@")  # a spreadsheet would run what begins so
FORMULA = "A heading begins as a formula does. Write the headings as words, and send it again."
TOO_MANY = f"There are more than {MOST_COLUMNS} columns. Export only those that hold the screens."


class Withheld(StrEnum):
    """Why nothing of a column is shown."""

    NOTHING = ""
    PERSON = "person"  # a name, an address, a number of a patient, a note
    MANY = "many"  # too many different texts
    DAYS = "days"


class SlashOrder(StrEnum):
    """What the days with slashes in a column prove of their order."""

    NONE = ""  # there are none
    OPEN = "open"
    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
    BOTH = "both"


@dataclass(frozen=True)
class ColumnContent:
    heading: str
    words: tuple[str, ...] = ()  # each once; none where they are withheld
    withheld: Withheld = Withheld.NOTHING
    slashes: SlashOrder = SlashOrder.NONE

    @property
    def holds_days(self) -> bool:
        return self.withheld is Withheld.DAYS


@dataclass
class ColumnTally:
    """Grows while rows are read; only its short texts outlive a row, and only until all are in."""

    heading: str
    filled: int = 0
    days: int = 0
    texts: dict[str, int] = field(default_factory=dict)
    is_long: bool = False
    orders: set[SlashOrder] = field(default_factory=set)

    def add(self, text: str) -> None:
        self.filled += 1
        if self.filled <= LOOKED_AT:
            self.days += day_of(text) is not None or SLASHED.fullmatch(text) is not None
        if self.holds_days:
            self.add_order(text)
        self.is_long = self.is_long or len(text) > LONGEST
        if not self.is_long and (text in self.texts or len(self.texts) <= MOST_CODES):
            self.texts[text] = self.texts.get(text, 0) + 1

    def add_order(self, text: str) -> None:
        if found := SLASHED.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            self.orders.add(order_of(first, second))

    @property
    def holds_days(self) -> bool:
        return self.days > MOSTLY * min(self.filled, LOOKED_AT)

    @property
    def slashes(self) -> SlashOrder:
        proofs = self.orders - {SlashOrder.OPEN}
        if len(proofs) > 1:
            return SlashOrder.BOTH
        return next(iter(proofs or self.orders), SlashOrder.NONE)


def order_of(first: int, second: int) -> SlashOrder:
    """
    >>> order_of(13, 7), order_of(7, 13), order_of(7, 3)
    (<SlashOrder.DAY_FIRST: 'day first'>, <SlashOrder.MONTH_FIRST: 'month first'>, \
<SlashOrder.OPEN: 'open'>)
    """
    if first > LAST_MONTH:
        return SlashOrder.DAY_FIRST
    return SlashOrder.MONTH_FIRST if second > LAST_MONTH else SlashOrder.OPEN


def tallies_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[ColumnTally]:
    tallies = [ColumnTally(heading.strip()) for heading in header]
    for cells in rows:
        for tally, text in zip(tallies, cells, strict=False):
            if text:
                tally.add(text)
    return tallies


def content_of(
    tally: ColumnTally, *, is_person: bool, is_coded: bool, known: Iterable[str] = ()
) -> ColumnContent:
    """`is_person` and `is_coded` are what the heading says; `known` are words that say nothing of
    anybody, wherever they stand."""
    if is_person:
        return ColumnContent(tally.heading, (), Withheld.PERSON, tally.slashes)
    if tally.holds_days and tally.filled:
        return ColumnContent(tally.heading, (), Withheld.DAYS, tally.slashes)
    words = tuple(sorted(tally.texts, key=lambda word: -tally.texts[word]))
    if tally.is_long or len(words) > (MOST_CODES if is_coded else MOST_WORDS):
        return ColumnContent(tally.heading, (), Withheld.MANY)
    is_plain = all(map(may_be_shown, words))
    is_repeated = tally.filled >= REPEATED * len(words) or not set(words) - set(known)
    if not is_plain or not (is_coded or is_repeated):
        return ColumnContent(tally.heading, (), Withheld.PERSON)
    return ColumnContent(tally.heading, words)


def may_be_shown(word: str) -> bool:
    """
    >>> may_be_shown("At risk"), may_be_shown("LA28397-0"), may_be_shown("A1234567")
    (True, True, False)
    """
    if ANSWER_CODE.fullmatch(word):
        return True
    return (
        len(word) <= LONGEST
        and LONG_NUMBER.search(word) is None
        and day_of(word) is None
        and not found_in(word)
    )


def check_headings(label: str, header: Sequence[str]) -> None:
    """A file without headings begins with a patient, who must not become the name of a column."""
    if len(header) > MOST_COLUMNS:
        raise BadInput([Problem(label, TOO_MANY)])
    if len(header) < FEWEST_COLUMNS:
        raise BadInput([Problem(label, TOO_FEW)])
    if any(is_refused(character) for heading in header for character in heading):
        raise BadInput([Problem(label, NOT_TEXT)])
    if any(heading.lstrip().startswith(RUNS) for heading in header):
        raise BadInput([Problem(label, FORMULA)])
    if any(map(is_no_heading, header)):
        raise BadInput([Problem(label, NO_HEADINGS)])


def is_no_heading(text: str) -> bool:
    """
    >>> is_no_heading("Food (88122-7)"), is_no_heading("1/2/1980"), is_no_heading("10025")
    (False, True, True)
    """
    name = LOINC.sub("", text).strip()
    return (
        day_of(name) is not None
        or SLASHED.fullmatch(name) is not None
        or NUMBER.fullmatch(name) is not None
        or LONG_NUMBER.search(name) is not None
        or bool(found_in(name))
    )
