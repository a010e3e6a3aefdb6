"""What an intervention would cost a group: always a range, always said what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from readiness.instruments.answers import Context
from readiness.instruments.cost_book import CostNote
from readiness.instruments.models import Cost, Intervention
from readiness.instruments.quantities import Quantity

DOLLAR, CENT = Decimal(1), Decimal("0.01")
CENTS_BELOW = 1_000  # smaller amounts are shown to the cent
TENTHS_BELOW = 10  # fewer days are shown to a tenth


@dataclass(frozen=True)
class CostRange:
    """US dollars."""

    low: Decimal
    likely: Decimal
    high: Decimal

    def plus(self, other: CostRange) -> CostRange:
        """Ends added to ends: the widest the sum can be, wider than it will probably be."""
        return CostRange(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def less(self, spent: Decimal) -> CostRange:
        """After so much of it was paid; never below nothing."""
        ends = (self.low, self.likely, self.high)
        return CostRange(*(max(Decimal(0), each - spent) for each in ends))


NO_COST = CostRange(Decimal(0), Decimal(0), Decimal(0))


def sum_of(costs: Iterable[CostRange | None]) -> CostRange:
    """Of those that are known."""
    found = NO_COST
    for each in costs:
        found = found.plus(each) if each else found
    return found


@dataclass(frozen=True)
class PeopleDays:
    """People-days: eight hours of one person."""

    low: Decimal
    likely: Decimal
    high: Decimal


@dataclass(frozen=True)
class ResourceRequirements:
    """What one intervention takes of one group."""

    one_off: CostRange
    yearly: CostRange  # what runs, in every year that it does
    people_days: PeopleDays  # in the first year

    @property
    def first_year(self) -> CostRange:
        """The instrument's own range: only its parts are told apart here."""
        return self.one_off.plus(self.yearly)


@dataclass(frozen=True)
class CostEstimate:
    """The cost of one intervention for one group, in its first year."""

    per_unit: CostRange
    unit: str  # "USD per practice site per year"
    units: Fraction | None  # None: what drives the cost is not known for this group
    units_say: str
    total: CostRange | None  # None where `units` is
    is_likely_estimated: bool  # the likely value is the geometric mean, not a source's
    status: str  # marks of the dollars, such as "E" for an estimate
    basis: str
    band: int


def estimate_cost(cost: Cost, context: Context) -> CostEstimate:
    units = Quantity(cost.quantity).units(context) if cost.quantity is not None else None
    per_unit = unit_cost(cost)
    return CostEstimate(
        per_unit=CostRange(*(round_dollars(value) for value in per_unit)),
        unit=cost.unit,
        units=units,
        units_say=cost.quantity_says,
        total=None if units is None else CostRange(*(round_dollars(v * units) for v in per_unit)),
        is_likely_estimated=cost.likely_dollars is None,
        status=cost.status,
        basis=cost.basis,
        band=cost.band,
    )


def requirements_of(
    intervention: Intervention, note: CostNote, context: Context, units: Fraction | None = None
) -> ResourceRequirements | None:
    """With `units` as somebody counted them, else from what is known about the group.

    None where neither is: without a number of units there is no total.
    """
    cost = intervention.cost
    if units is None and cost.quantity is not None:
        units = Quantity(cost.quantity).units(context)
    if units is None:
        return None
    totals = [round_dollars(value * units) for value in unit_cost(cost)]
    starts = [one_off_part(total, note.one_off_share) for total in totals]
    runs = [total - start for total, start in zip(totals, starts, strict=True)]
    return ResourceRequirements(
        one_off=CostRange(*starts),
        yearly=CostRange(*runs),
        people_days=PeopleDays(*(round_days(value * units) for value in note.people_days)),
    )


def one_off_part(total: Decimal, share: Fraction) -> Decimal:
    """As finely rounded as the total, so that both parts rise where the total does."""
    exact = total * share.numerator / share.denominator
    return exact.quantize(CENT if total < CENTS_BELOW else DOLLAR, ROUND_HALF_UP)


def round_days(value: Fraction) -> Decimal:
    """
    >>> round_days(Fraction(1, 3)), round_days(Fraction(221, 2))
    (Decimal('0.3'), Decimal('111'))
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1") if exact < TENTHS_BELOW else DOLLAR, ROUND_HALF_UP)


def unit_cost(cost: Cost) -> tuple[Fraction, Fraction, Fraction]:
    low, high = cost.low_dollars, cost.high_dollars
    return low, cost.likely_dollars or geometric_mean(low, high), high


def geometric_mean(low: Fraction, high: Fraction) -> Fraction:
    """The middle of a range that spans a factor rather than a distance.

    >>> geometric_mean(Fraction(10), Fraction(40))
    Fraction(20, 1)
    """
    return Fraction(
        (Decimal(low.numerator) / low.denominator * high.numerator / high.denominator).sqrt()
    )


def round_dollars(value: Fraction) -> Decimal:
    """To the dollar, or to the cent below a thousand dollars."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(CENT if exact < CENTS_BELOW else DOLLAR, ROUND_HALF_UP)
