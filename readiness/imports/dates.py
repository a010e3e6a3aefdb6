"""Days and instants as tables write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum


class DateOrder(StrEnum):
    """How a date with slashes is meant; a year in front needs no saying."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


EARLIEST, LATEST = 1900, 2100
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].{0,30})?")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?(?:[+-]\d{4})?")
SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].{0,30})?")
CLOCKED = re.compile(r"[T ](\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?$")


def day_of(text: str, order: DateOrder = DateOrder.MONTH_FIRST) -> date | None:
    """The day written down, in the place where it was written; None when it is none.

    >>> day_of("2026-07-03T23:30:00-04:00") == day_of("7/3/2026 9:15") == day_of("20260703")
    True
    >>> day_of("3/7/2026", DateOrder.DAY_FIRST), day_of("tomorrow")
    (datetime.date(2026, 7, 3), None)
    """
    if found := ISO.fullmatch(text) or PACKED.fullmatch(text):
        year, month, day = map(int, found.groups()[:3])
    elif found := SLASHED.fullmatch(text):
        first, second, year = map(int, found.groups()[:3])
        month, day = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
    else:
        return None
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
    if found[4]:
        hour = hour % 12 + (12 if found[4].casefold() == "pm" else 0)
    is_real = hour < 24 and minute < 60 and second < 60
    return (hour, minute, second) if is_real else (0, 0, 0)
