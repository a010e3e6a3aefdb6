"""Money against the plan, and warnings early enough to act on.

Groups in the learning collaborative needed more than they had expected (Copado and others, 2023),
so what will be needed in the end is asked for and shown beside what was planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from readiness.plans.models import ActionStatus
from readiness.plans.postings import Cents, Totals, dollars

BASIS = (
    "Groups in the learning collaborative said that more was needed than expected "
    "(Copado and others, 2023): what will be needed in the end is worth asking early."
)
AHEAD_POINTS = 15  # percent of the likely cost: how far spending may run ahead of time
YEAR = 365  # days
CLOSED = frozenset({ActionStatus.DONE, ActionStatus.DROPPED})


@dataclass(frozen=True)
class PlannedCost:
    """What the plan lets expect, in its first year and in every later one."""

    first_year: Cents
    one_off: Cents | None = None  # None: not told apart from what runs
    yearly: Cents | None = None

    def over(self, years: int) -> Cents:
        return (
            self.first_year.plus(self.yearly.times(years - 1)) if self.yearly else self.first_year
        )

    def due(self, days: int) -> Fraction:
        """The share of the likely cost that is planned by then: what is one-off comes first,
        what runs comes evenly."""
        whole = self.over(years_begun(days)).likely
        if not whole:
            return Fraction(1)
        if self.one_off is None or self.yearly is None:
            return min(Fraction(1), Fraction(days, YEAR))
        running = self.yearly.likely * Fraction(days, YEAR)
        return min(Fraction(1), (self.one_off.likely + running) / whole)


class EstimateBasis(StrEnum):
    """What the expected sum in the end rests on."""

    CLOSED = "what was spent"
    OWN = "what was spent, and what the group says is still needed"
    PLANNED = "the plan’s estimate, while there is no own one"
    SPENT = "what was spent, which has reached the likely estimate; no own estimate yet"
    PAID = "what was spent; no cost is planned"
    ACTIONS = "the actions, added up"


@dataclass(frozen=True)
class EstimateAtCompletion:
    cents: Cents
    basis: EstimateBasis


@dataclass(frozen=True)
class Spending:
    """One action, or the whole plan: what was planned, what was paid, what is to come."""

    status: ActionStatus | None  # None: the whole plan, or an action that left it
    planned: PlannedCost | None
    totals: Totals
    needed: Cents | None
    starts_on: date
    today: date

    @property
    def days(self) -> int:
        return max(0, (self.today - self.starts_on).days)

    @property
    def years(self) -> int:
        return years_begun(self.days)

    @property
    def planned_so_far(self) -> Cents | None:
        """Over the years that have begun."""
        return self.planned.over(self.years) if self.planned else None

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def expected(self) -> EstimateAtCompletion | None:
        """None: nothing is planned and nothing was paid."""
        spent = self.totals.spent
        paid = Cents(spent, spent, spent)
        planned = self.planned_so_far
        if self.is_closed:
            return EstimateAtCompletion(paid, EstimateBasis.CLOSED)
        if self.needed is not None:
            return EstimateAtCompletion(paid.plus(self.needed), EstimateBasis.OWN)
        if planned is None:
            return EstimateAtCompletion(paid, EstimateBasis.PAID) if spent else None
        if spent < planned.likely:
            low = max(spent, planned.low)
            return EstimateAtCompletion(
                Cents(low, planned.likely, planned.high), EstimateBasis.PLANNED
            )
        return EstimateAtCompletion(
            Cents(spent, spent, max(spent, planned.high)), EstimateBasis.SPENT
        )


def years_begun(days: int) -> int:
    return max(1, ceil(days / YEAR))


# Warnings: each looks at one thing, and ends in what to do.


def warnings(actual: Spending) -> tuple[str, ...]:
    return tuple(says for rule in RULES if (says := rule(actual)))


def overspending(actual: Spending) -> str:
    spent, award = actual.totals.spent, actual.totals.award
    if spent <= award:
        return ""
    if not actual.totals.awarded:
        return (
            f"{dollars(spent)} is spent and no award is entered. Enter the award, or agree on who "
            "pays before more is spent."
        )
    return (
        f"More is spent than awarded: {dollars(spent)} of {dollars(award)}. Check the entries, and "
        "agree on who pays the rest."
    )


def beyond_award(actual: Spending) -> str:
    expected, award = actual.expected, actual.totals.award
    is_told = overspending(actual) or not actual.totals.awarded or actual.is_closed
    if is_told or expected is None or expected.cents.likely <= award:
        return ""
    return (
        f"The award will not be enough: {dollars(expected.cents.likely)} is expected in the end, "
        f"{dollars(expected.cents.likely - award)} more than the award of {dollars(award)}. "
        "Talk to whoever pays now, while there is money left."
    )


def beyond_high(actual: Spending) -> str:
    expected, planned = actual.expected, actual.planned_so_far
    if expected is None or planned is None or expected.cents.likely <= planned.high:
        return ""
    if actual.is_closed:
        return (
            f"It took {dollars(expected.cents.likely)}, more than the high estimate of "
            f"{dollars(planned.high)}. Note why, and plan the next one with it."
        )
    return (
        f"{dollars(expected.cents.likely)} is expected in the end, above the high estimate of "
        f"{dollars(planned.high)}. Change the estimate in the plan, or what the action covers."
    )


def ahead_of_time(actual: Spending) -> str:
    planned = actual.planned_so_far
    if actual.planned is None or planned is None or actual.is_closed or not planned.likely:
        return ""
    if overspending(actual):
        return ""
    spent, due = Fraction(actual.totals.spent, planned.likely), actual.planned.due(actual.days)
    if spent - due <= Fraction(AHEAD_POINTS, 100):
        return ""
    return (
        f"Spending runs ahead of time: {percent(spent)} of the likely cost is spent, and by now "
        f"{percent(due)} is planned (tolerance: {AHEAD_POINTS} points). Say what is "
        "still needed, before the money runs out."
    )


def without_money(actual: Spending) -> str:
    is_begun = actual.status is ActionStatus.UNDER_WAY
    costs = actual.planned is not None and actual.planned.first_year.likely > 0
    if not (is_begun and costs and actual.totals.is_empty):
        return ""
    return "It is under way and no money is entered. Enter the award, or what was spent."


RULES: tuple[Callable[[Spending], str], ...] = (
    overspending,
    beyond_award,
    beyond_high,
    ahead_of_time,
    without_money,
)


# The whole plan.


def sum_totals(parts: Sequence[Spending]) -> Totals:
    found = Totals()
    for each in parts:
        found = found.plus(each.totals)
    return found


def sum_ranges(ranges: Iterable[Cents]) -> Cents:
    found = Cents(0, 0, 0)
    for each in ranges:
        found = found.plus(each)
    return found


def plan_warnings(parts: Sequence[Spending]) -> Iterator[str]:
    """Only about money that was awarded: a plan without any has not begun to be paid."""
    totals = sum_totals(parts)
    expected = sum_ranges(e.expected.cents for e in parts if e.expected and not e.totals.is_empty)
    if not totals.awarded:
        return
    if totals.spent > totals.award:
        yield (
            f"Over all actions more is spent than awarded: {dollars(totals.spent)} of "
            f"{dollars(totals.award)}. Agree on who pays the rest."
        )
    elif expected.likely > totals.award:
        yield (
            f"Over the actions that have money, {dollars(expected.likely)} is expected in the end, "
            f"{dollars(expected.likely - totals.award)} more than was awarded. Talk to whoever "
            "pays now, while there is money left."
        )


def percent(share: Fraction) -> str:
    """
    >>> percent(Fraction(5, 8))
    '63%'
    """
    return f"{floor(share * 100 + Fraction(1, 2))}%"
