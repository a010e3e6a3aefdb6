"""Two shares divided, with intervals. Every ratio is the first share over the second."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt

from readiness.statistics.differences import boundary
from readiness.statistics.rates import share_of, z_of

FARTHEST = 300.0  # the logarithm of a ratio that stands for infinity; its square is still a float


@dataclass(frozen=True)
class Ratio:
    """p1 ÷ p2 with its interval, from 0 to infinity; `ratio` is not a number when both are 0."""

    ratio: float
    low: float
    high: float


def katz(x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95) -> Ratio:
    """The Wald interval of the logarithm.

    Formula: exp(ln RR ± z √(1/x1 − 1/n1 + 1/x2 − 1/n2)).
    Source: Katz and others, Biometrics 34 (1978) 469-474.
    Units: people in, plain ratios out. Shape: two counts `x` of `n` to a ratio.
    Raises ValueError when one is no share or is 0, or `confidence` no level.
    """
    p1, p2 = share_of(x1, n1), share_of(x2, n2)
    if not x1 or not x2:
        raise ValueError("This ratio needs someone on both sides: take the score interval instead")
    reach = z_of(confidence) * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)
    return Ratio(p1 / p2, exp(log(p1 / p2) - reach), exp(log(p1 / p2) + reach))


def koopman(x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95) -> Ratio:
    """The score interval, which also holds when one side is 0.

    Formula: the R with (p1 − R p2)² = z² V(R), V = p̃1(1 − p̃1)/n1 + R² p̃2(1 − p̃2)/n2, where
    p̃1 = R p̃2 are the maximum likelihood shares given R (the root of a quadratic).
    Source: Koopman, Biometrics 40 (1984) 513-517; Gart and Nam, Biometrics 44 (1988) 323-338.
    Units: people in, plain ratios out; 0 to infinity when both are 0. Shape: two counts to a ratio.
    Raises ValueError when one is no share, or `confidence` no level.

    >>> found = koopman(7, 34, 1, 34)
    >>> round(found.low, 4), round(found.high, 4)
    (1.2209, 42.5757)
    """
    return score_interval(x1, n1, x2, n2, z_of(confidence), 1.0)


def miettinen_nurminen_ratio(
    x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95
) -> Ratio:
    """The score interval of `koopman` with the variance factor N/(N − 1).

    Formula: as there, V multiplied by N/(N − 1), N = n1 + n2.
    Source: Miettinen and Nurminen, Statistics in Medicine 4 (1985) 213-226.
    Units: people in, plain ratios out; 0 to infinity when both are 0. Shape: two counts to a ratio.
    Raises ValueError when one is no share, or `confidence` no level.

    >>> found = miettinen_nurminen_ratio(7, 34, 1, 34)
    >>> round(found.low, 4), round(found.high, 3)
    (1.2086, 43.033)
    """
    total = n1 + n2
    return score_interval(x1, n1, x2, n2, z_of(confidence), total / (total - 1))


def score_interval(x1: float, n1: float, x2: float, n2: float, z: float, factor: float) -> Ratio:
    p1, p2 = share_of(x1, n1), share_of(x2, n2)
    if not x1 and not x2:
        return Ratio(nan, 0.0, inf)
    start = log(p1 / p2) if x1 and x2 else (FARTHEST if x1 else -FARTHEST)

    def is_far(supposed: float) -> bool:
        """A ratio as its logarithm."""
        ratio = exp(supposed)
        second = likeliest_second(x1, n1, x2, n2, ratio)
        first = min(1.0, ratio * second)
        variance = (first * (1 - first) / n1 + ratio**2 * second * (1 - second) / n2) * factor
        return (p1 - ratio * p2) ** 2 > z**2 * variance

    low = exp(-boundary(lambda reach: is_far(-reach), -start, FARTHEST)) if x1 else 0.0
    high = exp(boundary(is_far, start, FARTHEST)) if x2 else inf
    return Ratio(p1 / p2 if x2 else inf, low, high)


def likeliest_second(x1: float, n1: float, x2: float, n2: float, ratio: float) -> float:
    """The second share that makes the counts likeliest when the first is `ratio` times as large."""
    a = (n1 + n2) * ratio
    b = n1 * ratio + x1 + n2 + x2 * ratio
    c = x1 + x2
    # 2c over the sum, not the difference over 2a: nothing is lost when the two nearly cancel
    return min(1.0, 1 / ratio, 2 * c / (b + sqrt(max(0.0, b**2 - 4 * a * c))))
