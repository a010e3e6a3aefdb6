"""What a plan costs and takes, as a range that its parts will probably keep to together.

Adding low ends to low ends supposes that everything turns out cheap at once. Here every amount is
drawn many times and the sums are read off: the range holds eight of ten draws.

Each amount follows a lognormal curve of two halves, with its likely value as the median and low
and high as the 10th and 90th percentile. Costs of one group rise together, for wages and vendors
are the same: half of what moves an amount is shared by all of them. The parts of one action rise
and fall as one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.models import ActionPlan, PlanAction
from readiness.plans.schedule import half_year_of

DRAWS = 10_000
SHARED = 0.5  # correlation of the factors of any two actions of one plan: assumed, not measured
TENTH = 1.2815515655446004  # the standard normal's 90th percentile
PERCENTILES = (10, 50, 90)
DIGITS = 3
YEARS = 3
MONTHS_OF_YEAR = 12

Draws = npt.NDArray[np.float64]
Part = CostRange | PeopleDays


@dataclass(frozen=True)
class YearCost:
    """One year of the plan, counted from its start."""

    number: int
    cost: CostRange


@dataclass(frozen=True)
class SimulatedCost:
    """What the actions whose amounts are known come to: 10th, 50th and 90th percentile."""

    years: tuple[YearCost, ...]
    total: CostRange  # of those years
    people_days: PeopleDays  # in each action's first year
    actions: int  # with a known cost
    correlation: float
    draws: int

    @property
    def first_year(self) -> CostRange:
        return self.years[0].cost


@dataclass(frozen=True)
class ActionCost:
    """One action's amounts and when they fall."""

    amounts: tuple[Part | None, Part | None, Part | None]  # one-off, yearly, people-days
    starts_in_month: int  # of the plan: 0 at its start


def simulate(plan: ActionPlan, correlation: float = SHARED, draws: int = DRAWS) -> SimulatedCost:
    """The same plan gives the same numbers: the draws are seeded from its id, and an action's from
    its own, so that what a change does to the sum is the change's alone."""
    counted = [each for each in plan.current if each.cost or days_of(each)]
    burdens = [action_cost(each, plan) for each in counted]
    factors = factors_of(plan.id, [each.id for each in counted], correlation, draws)
    by_year = np.zeros((YEARS, draws))
    days = np.zeros(draws)
    for burden, factor in zip(burdens, factors, strict=True):
        one_off, yearly, people_days = (draw(part, factor) for part in burden.amounts)
        for year in range(YEARS):
            by_year[year] += one_off * (burden.starts_in_month // MONTHS_OF_YEAR == year)
            by_year[year] += yearly * share_of_year(burden.starts_in_month, year)
        days += people_days
    return SimulatedCost(
        years=tuple(
            YearCost(n + 1, CostRange(*percentile_range(each))) for n, each in enumerate(by_year)
        ),
        total=CostRange(*percentile_range(by_year.sum(axis=0))),
        people_days=PeopleDays(*percentile_range(days)),
        actions=sum(each.cost is not None for each in plan.current),
        correlation=correlation,
        draws=draws,
    )


def days_of(action: PlanAction) -> PeopleDays | None:
    return action.amounts.people_days


def action_cost(action: PlanAction, plan: ActionPlan) -> ActionCost:
    """What nobody dated is counted from the start; a cost that was never taken apart is one-off."""
    amounts = action.amounts
    one_off = amounts.one_off or (None if amounts.yearly else action.cost)
    half_year = half_year_of(action, plan.starts_on) or 1
    return ActionCost((one_off, amounts.yearly, amounts.people_days), 6 * (half_year - 1))


def share_of_year(starts_in_month: int, year: int) -> float:
    """The share of that year, 0 being the first, in which something begun then runs.

    >>> share_of_year(6, 0), share_of_year(6, 1), share_of_year(18, 0), share_of_year(18, 1)
    (0.5, 1.0, 0.0, 0.5)
    """
    end = MONTHS_OF_YEAR * (year + 1)
    return min(MONTHS_OF_YEAR, max(0, end - starts_in_month)) / MONTHS_OF_YEAR


def normal_draws(draws: int, *ids: str) -> Draws:
    """The same for the same ids."""
    seed = int.from_bytes(sha256(json.dumps(ids).encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(draws)


def factors_of(
    plan_id: str, action_ids: Iterable[str], correlation: float, draws: int
) -> list[Draws]:
    """Standard normal factors, one row for each action, each pair correlated as said."""
    shared = sqrt(correlation) * normal_draws(draws, plan_id)
    own = sqrt(1 - correlation)
    return [shared + own * normal_draws(draws, plan_id, each) for each in action_ids]


def draw(part: Part | None, factor: Draws) -> Draws:
    """The amount at each draw of its factor.

    A side that begins or ends at nothing has no logarithm: it falls in a straight line to 0.
    """
    if part is None or part.high == 0:
        return np.zeros_like(factor)
    low, likely, high = (float(end) for end in (part.low, part.likely, part.high))
    steps = factor / TENTH
    below = likely * (likely / low) ** steps if low > 0 else likely + (likely - low) * steps
    above = likely * (high / likely) ** steps if likely > 0 else high * steps
    return np.maximum(0.0, np.where(factor < 0, below, above))


def percentile_range(values: Draws) -> Iterable[Decimal]:
    return [round_significant(each) for each in percentiles(values)]


def percentiles(values: Draws) -> Sequence[float]:
    found: Any = np.percentile(values, PERCENTILES)
    return [float(each) for each in found]


def round_significant(value: float) -> Decimal:
    """To as many digits as a percentile of so many draws is good for.

    >>> round_significant(123456.7), round_significant(87.4)
    (Decimal('123000'), Decimal('87'))
    """
    step = Decimal(10) ** max(0, len(str(int(value))) - DIGITS)
    return (Decimal(repr(value)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step
