"""Days and instants as tables write them.

A year of two digits is one from 1969 to 2068, as everywhere in computing: 7/3/26 is 2026. A count
of days, as a spreadsheet keeps one, is no date here.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum


class DateOrder(StrEnum):
    """How a date with slashes is meant; a year in front needs no saying."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


EARLIEST, LATEST = 1900, 2100
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].{0,30})?", re.ASCII)
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?(?:[+-]\d{4})?", re.ASCII)
SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].{0,30})?", re.ASCII)

# Further spellings, in the syntax that the SQL engine knows as well.
MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
MONTH = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
TIME = r"(?:,?[T ][0-9]{1,2}:[0-9]{2}.{0,25})?"
YEAR = "([0-9]{4}|[0-9]{2})"
DAY_BEFORE_NAME = rf"([0-9]{{1,2}})[-/. ]{MONTH}\.?[-/, ]{{1,2}}{YEAR}{TIME}"
DAY_BEHIND_NAME = rf"{MONTH}\.?[- ]([0-9]{{1,2}})(?:st|nd|rd|th)?,?[- ]{YEAR}{TIME}"
SHORT_YEAR = rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{2}}){TIME}"
FIRST_SHORT_YEAR = 69
CLOCK = r"[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*([AaPp][Mm])?$"
CLOCKED = re.compile(CLOCK)
NAME_SECOND, NAME_FIRST, SHORT = (
    re.compile(each, re.IGNORECASE | re.ASCII)
    for each in (DAY_BEFORE_NAME, DAY_BEHIND_NAME, SHORT_YEAR)
)


def day_of(text: str, order: DateOrder = DateOrder.MONTH_FIRST) -> date | None:
    """The day written down, in the place where it was written; None when it is none.

    >>> day_of("2026-07-03T23:30:00-04:00") == day_of("7/3/2026 9:15") == day_of("20260703")
    True
    >>> day_of("03-Jul-2026") == day_of("July 3, 2026") == day_of("7/3/26 9:05 AM")
    True
    >>> day_of("3/7/2026", DateOrder.DAY_FIRST), day_of("tomorrow"), day_of("46206")
    (datetime.date(2026, 7, 3), None, None)
    """
    if found := ISO.fullmatch(text) or PACKED.fullmatch(text):
        year, month, day = map(int, found.groups()[:3])
    elif found := SLASHED.fullmatch(text) or SHORT.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        month, day = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
        year = year_of(found[3])
    elif found := NAME_SECOND.fullmatch(text):
        day, month, year = int(found[1]), month_of(found[2]), year_of(found[3])
    elif found := NAME_FIRST.fullmatch(text):
        month, day, year = month_of(found[1]), int(found[2]), year_of(found[3])
    else:
        return None
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def orders_of(text: str) -> frozenset[DateOrder]:
    """The ways in which a date with slashes gives a day; none for what is written otherwise.

    >>> [len(orders_of(each)) for each in ("13/7/2026", "7/3/2026", "7/7/2026", "2026-07-13")]
    [1, 2, 2, 0]
    """
    if not (SLASHED.fullmatch(text) or SHORT.fullmatch(text)):
        return frozenset()
    return frozenset(order for order in DateOrder if day_of(text, order))


def year_of(text: str) -> int:
    """
    >>> year_of("2026"), year_of("68"), year_of("69")
    (2026, 2068, 1969)
    """
    if len(text) == 4:
        return int(text)
    return int(text) + (1900 if int(text) >= FIRST_SHORT_YEAR else 2000)


def month_of(name: str) -> int:
    """
    >>> month_of("SEPT"), month_of("December")
    (9, 12)
    """
    return MONTHS.index(name[:3].casefold()) // 3 + 1


def instant_of(text: str, order: DateOrder = DateOrder.MONTH_FIRST) -> str:
    """In UTC and written so that later sorts after; "" when it cannot be read.

    >>> instant_of("2026-07-03T23:30:00-04:00"), instant_of("7/3/2026 9:15 PM"), instant_of("?")
    ('2026-07-04T03:30:00.000000+00:00', '2026-07-03T21:15:00.000000+00:00', '')
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        day = day_of(text, order)
        if day is None:
            return ""
        read = datetime(day.year, day.month, day.day, *clock_of(text), tzinfo=UTC)
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    try:
        return read.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:  # the first day of the first year, seen from the east
        return ""


def clock_of(text: str) -> tuple[int, int, int]:
    """
    >>> clock_of("7/3/2026 12:05 AM"), clock_of("7/3/2026")
    ((0, 5, 0), (0, 0, 0))
    """
    found = CLOCKED.search(text)
    if not found:
        return 0, 0, 0
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    is_real = (1 <= hour <= 12 if found[4] else hour < 24) and minute < 60 and second < 60
    if found[4]:
        hour = hour % 12 + (12 if found[4].casefold() == "pm" else 0)
    return (hour, minute, second) if is_real else (0, 0, 0)
