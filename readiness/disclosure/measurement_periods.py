"""Stretches of time that counts are released for: a year, a half, a quarter or a month of one."""

from __future__ import annotations

import re
from functools import cache

# Written form -> its number in the year and how many months it lasts.
FORMS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"([0-9]{4})"), 12),
    (re.compile(r"([0-9]{4})-H([12])"), 6),
    (re.compile(r"([0-9]{4})-Q([1-4])"), 3),
    (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), 1),
)
LENGTHS = tuple(months for _, months in FORMS)


def months_of(written: str) -> tuple[int, int] | None:
    """The first month, counted from year 0, and how many there are; None for any other text.

    >>> months_of("2026-Q3"), months_of("2026"), months_of("2026-07"), months_of("summer")
    ((24318, 3), (24312, 12), (24318, 1), None)
    """
    for form, months in FORMS:
        if found := form.fullmatch(written):
            number = int(found[2]) - 1 if found.lastindex == 2 else 0
            return 12 * int(found[1]) + number * months, months
    return None


def written(first: int, months: int) -> str:
    """
    >>> written(24318, 3), written(24318, 6), written(24318, 1), written(24312, 12)
    ('2026-Q3', '2026-H2', '2026-07', '2026')
    """
    year, month = divmod(first, 12)
    return {
        12: f"{year:04}",
        6: f"{year:04}-H{month // 6 + 1}",
        3: f"{year:04}-Q{month // 3 + 1}",
        1: f"{year:04}-{month + 1:02}",
    }[months]


@cache
def divisions_of(period: str) -> tuple[tuple[str, ...], ...]:
    """Every way to cut a period into shorter ones of equal length.

    >>> divisions_of("2026-H1")
    (('2026-Q1', '2026-Q2'), ('2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'))
    """
    found = months_of(period)
    if found is None:
        return ()
    first, months = found
    return tuple(
        tuple(written(first + start, length) for start in range(0, months, length))
        for length in LENGTHS
        if length < months
    )
