"""One share and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from statistics import NormalDist

NORMAL = NormalDist()


@lru_cache(maxsize=32)
def z_of(confidence: float) -> float:
    """The standard normal quantile of a two-sided level: Φ⁻¹((1 + confidence) ÷ 2).

    Source: definition. Units: `confidence` is a share, 0.95 and not 95. Shape: number to number.
    Raises ValueError when the level does not lie between 0 and 1.

    >>> round(z_of(0.95), 6)
    1.959964
    """
    if not 0 < confidence < 1:
        raise ValueError(f"{confidence} is not a level of confidence: give one such as 0.95")
    return NORMAL.inv_cdf((1 + confidence) / 2)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


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


def share_of(x: float, n: float) -> float:
    """x ÷ n, for `x` of `n` people.

    Source: definition. Units: people in, a share between 0 and 1 out. Shape: numbers to number.
    Raises ValueError when it is no share: nobody in `n`, or more in `x`.
    """
    if not 0 <= x <= n or n == 0:
        raise ValueError(f"{x} of {n} is not a share")
    return x / n


def wilson_rate(numerator: int, denominator: int) -> Rate:
    """A share with its Wilson score interval at 95 percent; see `wilson`.

    Raises ValueError when it is no share: nobody in the denominator, or more in the numerator.

    >>> rate = wilson_rate(81, 263)
    >>> round(rate.low, 4), round(rate.high, 4)
    (0.2553, 0.3662)
    """
    interval = wilson(numerator, denominator)
    return Rate(numerator, denominator, interval.low, interval.high)


def wilson(x: float, n: float, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of a share, without continuity correction.

    Wilson, not Wald: groups are small and shares sit near 0 and 1, where Wald intervals run
    outside the possible range and cover far less often than they promise.

    Formula: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n).
    Source: Wilson (1927); method 3 of Newcombe, Statistics in Medicine 17 (1998) 857-872, whose
    table gives 0.2553 to 0.3662 for 81 of 263.
    Units: people in, shares between 0 and 1 out. Shape: `x` of `n` to an interval.
    Raises ValueError when it is no share, or `confidence` no level.

    >>> wilson(0, 20).low, round(wilson(0, 20).high, 4)
    (0.0, 0.1611)
    """
    p, z = share_of(x, n), z_of(confidence)
    spread = 1 + z**2 / n
    center = (p + z**2 / (2 * n)) / spread
    reach = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / spread
    return Interval(
        low=max(0.0, center - reach) if x else 0.0,  # exactly, not a rounding error off
        high=min(1.0, center + reach) if x < n else 1.0,
    )


def wilson_corrected(x: float, n: float, confidence: float = 0.95) -> Interval:
    """The Wilson score interval with continuity correction.

    Formula: (2np + z² ∓ 1 ∓ z √(z² ∓ 2 − 1/n + 4p(n(1 − p) ± 1))) ÷ 2(n + z²), upper signs for
    the lower limit; 0 when nobody is counted and 1 when all are.
    Source: method 4 of Newcombe, Statistics in Medicine 17 (1998) 857-872.
    Units: people in, shares out. Shape: `x` of `n` to an interval.
    Raises ValueError when it is no share, or `confidence` no level.

    >>> round(wilson_corrected(0, 20).high, 4)
    0.2005
    """
    p, z = share_of(x, n), z_of(confidence)
    low, high = (corrected_limit(p, n, z, side) for side in (-1, 1))
    return Interval(max(0.0, low) if x else 0.0, min(1.0, high) if x < n else 1.0)


def corrected_limit(p: float, n: float, z: float, side: int) -> float:
    root = z**2 + side * 2 - 1 / n + 4 * p * (n * (1 - p) - side)
    return (2 * n * p + z**2 + side + side * z * sqrt(max(0.0, root))) / (2 * (n + z**2))


def clopper_pearson(x: float, n: float, confidence: float = 0.95) -> Interval:
    """The exact interval, which never covers less often than it promises.

    Formula: Beta quantiles, B(α/2; x, n − x + 1) to B(1 − α/2; x + 1, n − x).
    Source: Clopper and Pearson (1934).
    Units: people in, shares out. Shape: `x` of `n` to an interval.
    Raises ValueError when it is no share, or `confidence` no level.
    """
    share_of(x, n)
    tail = (1 - level(confidence)) / 2
    return Interval(
        low=beta_quantile(tail, x, n - x + 1) if x else 0.0,
        high=beta_quantile(1 - tail, x + 1, n - x) if x < n else 1.0,
    )


def jeffreys(x: float, n: float, confidence: float = 0.95) -> Interval:
    """The equal-tailed interval under Jeffreys' prior.

    Formula: Beta(x + ½, n − x + ½) quantiles at α/2 and 1 − α/2; 0 when nobody is counted, 1 when
    all are.
    Source: Brown, Cai and DasGupta, Statistical Science 16 (2001) 101-133.
    Units: people in, shares out. Shape: `x` of `n` to an interval.
    Raises ValueError when it is no share, or `confidence` no level.
    """
    share_of(x, n)
    tail = (1 - level(confidence)) / 2
    return Interval(
        low=beta_quantile(tail, x + 0.5, n - x + 0.5) if x else 0.0,
        high=beta_quantile(1 - tail, x + 0.5, n - x + 0.5) if x < n else 1.0,
    )


def level(confidence: float) -> float:
    """The level itself, once it is known to be one."""
    z_of(confidence)
    return confidence


def beta_quantile(share: float, a: float, b: float) -> float:
    """The inverse of the regularized incomplete beta function."""
    from scipy.special import betaincinv  # slow to import, and most pages never need it

    return float(betaincinv(a, b, share))
