"""Dates, spans of months, days and dollars of a plan, as every page and paper of it writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from readiness.core.formatting import day, dollars, rounded
from readiness.core.periods import months_after
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.models import Months
from readiness.plans.schedule import end_of, first_day

ORDINALS = (
    "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
)  # fmt: skip


def half_year(number: int) -> str:
    """
    >>> half_year(2), half_year(11)
    ('Second half-year', '11th half-year')
    """
    return f"{ORDINALS[number - 1] if number <= len(ORDINALS) else f'{number}th'} half-year"


def half_year_days(number: int, starts_on: date) -> str:
    return f"{day(first_day(number, starts_on))} to {day(end_of(number, starts_on))}"


def half_years(last: int, starts_on: date) -> Iterator[tuple[int, str]]:
    """To choose from: what each is called, and when it begins."""
    for number_ in range(1, last + 1):
        begins = months_after(starts_on, 6 * (number_ - 1))
        yield number_, f"{half_year(number_)}, from {day(begins)}"


def month(on: date) -> str:
    """
    >>> month(date(2027, 3, 1))
    'Mar 2027'
    """
    return f"{on:%b %Y}"


def between(first: date, last: date) -> str:
    """
    >>> between(date(2027, 3, 1), date(2027, 9, 1)), between(date(2027, 3, 1), date(2027, 3, 9))
    ('between Mar 2027 and Sep 2027', 'in Mar 2027')
    """
    if month(first) == month(last):
        return f"in {month(first)}"
    return f"between {month(first)} and {month(last)}"


def months(span: Months) -> str:
    low, high = span
    return str(low) if low == high else f"{low} to {high}"


def number(units: Fraction) -> str:
    """
    >>> number(Fraction(54000)), number(Fraction(3, 5)), number(Fraction(3))
    ('54,000', '0.6', '3')
    """
    return f"{rounded(units, 0 if units >= 100 or units.denominator == 1 else 1):,}"


def days_say(days: PeopleDays | None) -> str:
    """
    >>> from decimal import Decimal
    >>> days_say(PeopleDays(Decimal("55"), Decimal("110"), Decimal("220")))
    '55 to 220, likely 110'
    """
    if days is None:
        return ""
    if days.low == days.high:
        return f"about {days.likely:,}"
    return f"{days.low:,} to {days.high:,}, likely {days.likely:,}"


def amount_says(cost: CostRange | None) -> str:
    if cost is None:
        return ""
    return "nothing" if cost.high == 0 else money(cost)


def money(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> money(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000, likely $60,000'
    """
    return f"{span(cost)}, likely {dollars(cost.likely)}"


def span(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> span(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000'
    """
    if cost.high < 100:
        return f"${cost.low:,.2f} to ${cost.high:,.2f}"
    return f"{dollars(cost.low)} to {dollars(cost.high)}"
