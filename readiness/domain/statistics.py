"""Shares with how sure they are. Every function names its formula, source, units and errors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

Z_95 = NormalDist().inv_cdf(0.975)  # 1.959964, for two-sided 95 percent


@dataclass(frozen=True)
class Rate:
    """`numerator` of `denominator`, with its 95 percent interval. Shares lie between 0 and 1."""

    numerator: int
    denominator: int
    low: float
    high: float

    @property
    def share(self) -> Fraction:
        """Exact, for comparing; pages round."""
        return Fraction(self.numerator, self.denominator)


def wilson_rate(numerator: int, denominator: int) -> Rate:
    """A share with its Wilson score interval.

    Wilson, not Wald: groups are small and shares sit near 0 and 1, where Wald intervals run
    outside the possible range and cover far less often than they promise.

    Formula: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n), without continuity correction.
    Source: Wilson (1927); method 3 of Newcombe, Statistics in Medicine 17 (1998) 857-872, whose
    table gives 0.2553 to 0.3662 for 81 of 263.
    Units: whole people in, shares between 0 and 1 out.
    Raises ValueError when it is no share: nobody in the denominator, or more in the numerator.

    >>> rate = wilson_rate(81, 263)
    >>> round(rate.low, 4), round(rate.high, 4)
    (0.2553, 0.3662)
    """
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError(f"{numerator} of {denominator} is not a share")
    share = numerator / denominator
    spread = 1 + Z_95**2 / denominator
    center = (share + Z_95**2 / (2 * denominator)) / spread
    variance = share * (1 - share) / denominator + Z_95**2 / (4 * denominator**2)
    reach = Z_95 * sqrt(variance) / spread
    return Rate(
        numerator,
        denominator,
        low=max(0.0, center - reach) if numerator else 0.0,  # exactly, not a rounding error off
        high=min(1.0, center + reach) if numerator < denominator else 1.0,
    )
