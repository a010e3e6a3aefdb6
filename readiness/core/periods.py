"""Periods are calendar quarters and nothing finer.

Months would have to be added up before they could be compared, and a month of one need in a small
group is nearly always too few people to show anybody.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

WRITTEN = re.compile(r"([0-9]{4})-Q([1-4])")
EARLIEST_YEAR = 2015  # social needs were hardly counted before
STARTS = ("January", "April", "July", "October")
ENDS = ("March", "June", "September", "December")


@dataclass(frozen=True, order=True)
class Period:
    """One calendar quarter, written "2026-Q3"."""

    year: int
    quarter: int  # 1 to 4

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.quarter}"

    @property
    def label(self) -> str:
        """
        >>> Period(2026, 3).label
        'Q3 2026'
        """
        return f"Q{self.quarter} {self.year}"

    @property
    def months(self) -> str:
        """
        >>> Period(2026, 3).months
        'July to September 2026'
        """
        return f"{STARTS[self.quarter - 1]} to {ENDS[self.quarter - 1]} {self.year}"

    def months_outside(self, first: date, last: date) -> tuple[str, ...]:
        """Its months that lie wholly before the one day or behind the other.

        >>> Period(2026, 3).months_outside(date(2026, 8, 3), date(2026, 8, 9))
        ('July', 'September')
        """
        return tuple(
            month_name[month]
            for month in range(self.first_day.month, self.last_day.month + 1)
            if not (first.year, first.month) <= (self.year, month) <= (last.year, last.month)
        )

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    @property
    def previous(self) -> Period:
        return self.plus(-1)

    def plus(self, quarters: int) -> Period:
        """
        >>> str(Period(2026, 3).plus(2)), str(Period(2026, 1).plus(-1))
        ('2027-Q1', '2025-Q4')
        """
        years, rest = divmod(self.quarter - 1 + quarters, 4)
        return Period(self.year + years, rest + 1)

    def holds(self, day: date) -> bool:
        return self == quarter_of(day)

    def has_begun_on(self, day: date) -> bool:
        return self.first_day <= day

    def is_closed_on(self, day: date) -> bool:
        """Closed the day after its last: until then its counts may still grow."""
        return self.last_day < day


@dataclass(frozen=True, order=True)
class CalendarYear:
    """For patients counted once in a year: a sum of quarters counts again who came back."""

    year: int

    def __str__(self) -> str:
        return f"{self.year:04}"

    @property
    def quarters(self) -> tuple[Period, ...]:
        return tuple(Period(self.year, number) for number in range(1, 5))

    def holds(self, day: date) -> bool:
        return day.year == self.year

    def is_closed_on(self, day: date) -> bool:
        return self.year < day.year


def quarter_or_year(text: str) -> Period | CalendarYear:
    """Read "2026-Q3" or "2026", or raise ValueError with a sentence."""
    if re.fullmatch(r"[0-9]{4}", text) and int(text) >= EARLIEST_YEAR:
        return CalendarYear(int(text))
    return period(text)


def period(text: str) -> Period:
    """Read "2026-Q3", or raise ValueError with a sentence."""
    found = WRITTEN.fullmatch(text)
    if not found or int(found[1]) < EARLIEST_YEAR:
        raise ValueError(f"write a quarter from {EARLIEST_YEAR} on as 2026-Q3")
    return Period(int(found[1]), int(found[2]))


def quarter_of(day: date) -> Period:
    return Period(day.year, (day.month + 2) // 3)


def latest_closed(today: date) -> Period:
    return quarter_of(today).previous


def quarters_back(newest: Period, number: int) -> tuple[Period, ...]:
    """So many quarters ending with `newest`, newest first."""
    return tuple(newest.plus(-back) for back in range(number))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_until(start: date, end: date) -> int:
    """The fewest whole months from a day on after which another day has come.

    >>> months_until(date(2026, 8, 31), date(2027, 2, 28))
    6
    >>> months_until(date(2026, 8, 31), date(2027, 3, 1)), months_until(date(2026, 8, 31), date.min)
    (7, 0)
    """
    months = max(0, 12 * (end.year - start.year) + end.month - start.month)
    return months if months_after(start, months) >= end else months + 1
