"""A cost between its ends, as two halves of lognormal curves that meet at the likely cost."""

from __future__ import annotations

from math import exp, log
from statistics import NormalDist

from readiness.plans.costs import CostRange

Z_90 = 1.2815515655446004  # nine of ten draws lie below


def at(cost: CostRange, z: float) -> float:
    """A tenth of all draws lies below the low end, and a tenth above the high one.

    >>> from decimal import Decimal
    >>> around = CostRange(Decimal(10), Decimal(20), Decimal(80))
    >>> [round(at(around, z)) for z in (-Z_90, 0, Z_90)]
    [10, 20, 80]
    """
    low, middle, high = float(cost.low), float(cost.likely), float(cost.high)
    if not (low > 0 and middle > 0):
        return middle
    reach = log(high / middle) if z > 0 else log(middle / low)
    return middle * exp(z / Z_90 * reach)


def mean_of(cost: CostRange) -> float:
    """What the draws of a cost come to on average: more than the likely, as costs run over more
    easily than under."""
    low, middle, high = float(cost.low), float(cost.likely), float(cost.high)
    if not (low > 0 and middle > 0):
        return middle
    above, below = log(high / middle) / Z_90, log(middle / low) / Z_90
    normal = NormalDist().cdf
    return middle * (exp(above**2 / 2) * normal(above) + exp(below**2 / 2) * normal(-below))
