"""How numbers, money and days are written for people, on pages and on paper alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Protocol

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from readiness.core.small_cells import HIDDEN

Number = int | float | Decimal | Fraction
LOCALE = "en_US"
PATTERNS = ("#,##0", "#,##0.0", "#,##0.00")  # by decimal places


def rounded(value: Number, places: int) -> Decimal:
    """Half up, from the exact value: 0.25 becomes 0.3 for one place, whatever its type.

    >>> rounded(Fraction(1, 4), 1)
    Decimal('0.3')
    """
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    steps = floor(abs(exact) * 10**places + Fraction(1, 2))
    return Decimal(steps if exact >= 0 else -steps).scaleb(-places)


def written(value: int | Decimal, places: int) -> str:
    """A number that was rounded already, with its thousands parted.

    >>> written(1204, 0), written(Decimal("-1204.5"), 1)
    ('1,204', '-1,204.5')
    """
    return format_decimal(value, PATTERNS[places], LOCALE)


def one_decimal(value: Number | None) -> str:
    """
    >>> one_decimal(62.25), one_decimal(None)
    ('62.3', '–')
    """
    return "–" if value is None else written(rounded(value, 1), 1)


def percent(share: Number | None, places: int = 0) -> str:
    """A share between 0 and 1 as a person reads it.

    >>> percent(0.345), percent(0.345, 1), percent(0.00012, 2)
    ('35%', '34.5%', '0.01%')
    """
    if share is None:
        return "–"
    exact = Fraction(str(share)) if isinstance(share, float) else Fraction(share)
    return f"{written(rounded(exact * 100, places), places)}%"


def points(difference: Number | None) -> str:
    """A difference of two shares in percentage points, always signed.

    >>> points(-0.034), points(0.02), points(0)
    ('−3.4', '+2.0', '0.0')
    """
    if difference is None:
        return "–"
    exact = Fraction(str(difference)) if isinstance(difference, float) else Fraction(difference)
    return signed(rounded(exact * 100, 1))


class Estimate(Protocol):
    """A difference of two shares with its 95% interval."""

    @property
    def difference(self) -> Number | None: ...
    @property
    def low(self) -> Number | None: ...
    @property
    def high(self) -> Number | None: ...


def points_interval(found: Estimate | None) -> str:
    """
    >>> from types import SimpleNamespace
    >>> points_interval(SimpleNamespace(difference=-0.08, low=-0.13, high=-0.03))
    '−8.0 (−13.0 to −3.0)'
    """
    if found is None or found.difference is None:
        return "–"
    if found.low is None or found.high is None:
        return points(found.difference)
    return f"{points(found.difference)} ({points(found.low)} to {points(found.high)})"


def percent_interval(share: Number | None, low: Number | None, high: Number | None) -> str:
    """
    >>> percent_interval(0.8, 0.763, 0.832)
    '80% (76–83%)'
    """
    if low is None or high is None:
        return percent(share)
    return f"{percent(share)} ({percent(low)[:-1]}–{percent(high)})"


def p_value(p: float) -> str:
    """
    >>> p_value(0.0004), p_value(0.0312), p_value(1.0)
    ('< 0.001', '0.031', '1.000')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def signed(value: Decimal) -> str:
    """With a true minus sign, as wide as a plus."""
    if value == 0:
        return str(abs(value))
    return f"{'+' if value > 0 else '−'}{written(abs(value), 1)}"


def dollars(amount: Number | None) -> str:
    """
    >>> dollars(14500), dollars(None)
    ('$14,500', '–')
    """
    if amount is None:
        return "–"
    return format_currency(rounded(amount, 0), "USD", "¤#,##0", LOCALE, currency_digits=False)


def count(value: int | None) -> str:
    """
    >>> count(1204), count(None)
    ('1,204', 'hidden to protect small counts')
    """
    return HIDDEN if value is None else written(value, 0)


def day(on: date | datetime | None) -> str:
    """
    >>> day(date(2026, 1, 5))
    'January 5, 2026'
    """
    return "–" if on is None else format_date(on, "long", LOCALE)


def shortened(text: str, most: int) -> str:
    """At a word's end where there is one, with a sign that something is missing.

    >>> shortened("north and south", 12), shortened("short", 12), shortened("x" * 20, 5)
    ('north and …', 'short', 'xxxx…')
    """
    tidy = " ".join(text.split())
    if len(tidy) <= most:
        return tidy
    kept, _, rest = tidy[: most - 1].rpartition(" ")
    return f"{kept} …" if kept and len(rest) < most // 2 else f"{tidy[: most - 1]}…"


def join_words(words: Iterable[str]) -> str:
    """
    >>> join_words(["a", "b", "c"]), join_words([])
    ('a, b and c', '')
    """
    *before, last = tuple(words) or ("",)
    return f"{', '.join(before)} and {last}" if before else last


def percent_rounded_down(share: Fraction) -> str:
    """Rounded down, so that what falls short of a mark never looks as if it reached it.

    >>> percent_rounded_down(Fraction(5999, 10000))
    '59.9 %'
    """
    tenths = floor(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def short_day(value: date | datetime | None) -> str:
    """Jan 15, 2027, or "not yet" for nothing."""
    return format_date(value, "medium", LOCALE) if value else "not yet"


def moment(value: datetime | None) -> str:
    """Jan 15, 2027, 14:02 UTC."""
    return f"{short_day(value)}, {value:%H:%M} UTC" if value else "not yet"


def number(value: float | int | None) -> str:
    """1,234 or 47.5; "not scored" for nothing."""
    if value is None:
        return "not scored"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


# What templates write numbers, money and days with, on pages and on paper.
FILTERS = {
    "one_decimal": one_decimal,
    "percent": percent,
    "points": points,
    "percent_interval": percent_interval,
    "points_interval": points_interval,
    "p_value": p_value,
    "dollars": dollars,
    "people": count,
    "number": number,
    "moment": moment,
}
