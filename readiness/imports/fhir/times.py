"""Dates and instants of FHIR: the day as the clinic saw it, the instant in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

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
