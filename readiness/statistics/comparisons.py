"""Two shares or sums compared, with intervals: always the first minus, or over, the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import acos, cos, exp, inf, log, nan, pi, sqrt

from readiness.statistics.rates import share_of, wilson, z_of

HALVINGS = 200


@dataclass(frozen=True)
class Difference:
    """p1 − p2 with its interval; all between −1 and 1."""

    difference: float
    low: float
    high: float

    @property
    def reversed(self) -> Difference:
        return Difference(-self.difference, -self.high, -self.low)


def normal_difference(value: float, variance: float, z: float) -> Difference:
    """An estimate with limits `z` standard errors to either side.

    Formula: value ± z √variance. Source: the normal curve. Units: as given. Shape: numbers to a
    difference. Raises nothing: a variance below 0 is one of rounding, taken as 0.
    """
    reach = z * sqrt(max(0.0, variance))
    return Difference(float(value), float(value - reach), float(value + reach))


def newcombe(x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95) -> Difference:
    """The hybrid score interval: the one shown for gaps.

    It keeps its promise at small numbers, where the Wald interval does not: at 15 patients beside
    60 it covers 96.5 percent where Wald covers 78.8.

    Formula: d − √((p1 − l1)² + (u2 − p2)²) to d + √((u1 − p1)² + (p2 − l2)²), with l and u the
    Wilson limits of each share.
    Source: method 10 of Newcombe, Statistics in Medicine 17 (1998) 873-890, whose table gives
    0.0524 to 0.3339 for 56 of 70 beside 48 of 80.
    Units: people in, shares out. Shape: two counts `x` of `n` to a difference.
    Raises ValueError when one is no share, or `confidence` no level.

    >>> found = newcombe(56, 70, 48, 80)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    p1, p2 = share_of(x1, n1), share_of(x2, n2)
    one, two = wilson(x1, n1, confidence), wilson(x2, n2, confidence)
    return Difference(
        p1 - p2,
        p1 - p2 - sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2),
        p1 - p2 + sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2),
    )


def wald(x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95) -> Difference:
    """The textbook interval, for research and checks only: it is shown nowhere.

    Formula: d ± z √(p1(1 − p1)/n1 + p2(1 − p2)/n2), not clipped.
    Source: Wald and Wolfowitz (1939); method 1 of Newcombe (1998).
    Units: people in, shares out. Shape: two counts `x` of `n` to a difference.
    Raises ValueError when one is no share, or `confidence` no level.
    """
    p1, p2 = share_of(x1, n1), share_of(x2, n2)
    reach = z_of(confidence) * sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return Difference(p1 - p2, p1 - p2 - reach, p1 - p2 + reach)


def miettinen_nurminen(
    x1: float, n1: float, x2: float, n2: float, confidence: float = 0.95
) -> Difference:
    """The score interval with the variance factor N/(N − 1).

    Formula: the D with (p1 − p2 − D)² = z² V(D), V = [p̃1(1 − p̃1)/n1 + p̃2(1 − p̃2)/n2] N/(N − 1),
    where p̃1 = p̃2 + D are the maximum likelihood shares given D (the root of a cubic).
    Source: Miettinen and Nurminen, Statistics in Medicine 4 (1985) 213-226.
    Units: people in, shares out. Shape: two counts `x` of `n` to a difference.
    Raises ValueError when one is no share, or `confidence` no level.

    >>> found = miettinen_nurminen(56, 70, 48, 80)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0528, 0.3382)
    """
    total = n1 + n2
    return difference_score_interval(x1, n1, x2, n2, z_of(confidence), total / (total - 1))


def difference_score_interval(
    x1: float, n1: float, x2: float, n2: float, z: float, factor: float
) -> Difference:
    found = share_of(x1, n1) - share_of(x2, n2)

    def is_far(supposed: float) -> bool:
        p2 = second_share_given_difference(x1, n1, x2, n2, supposed)
        p1 = min(1.0, max(0.0, p2 + supposed))
        variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * factor
        return (found - supposed) ** 2 > z**2 * variance

    low = -boundary(lambda reach: is_far(-reach), -found, 1.0)
    return Difference(found, low, boundary(is_far, found, 1.0))


def boundary(is_far: Callable[[float], bool], near: float, far: float) -> float:
    """Where `is_far` turns true on the way from `near` to `far`; `far` when it never does."""
    if not is_far(far):
        return far
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (near, middle) if is_far(middle) else (middle, far)
    return (near + far) / 2


def second_share_given_difference(
    x1: float, n1: float, x2: float, n2: float, difference: float
) -> float:
    """The second share that makes the counts likeliest when the first exceeds it by `difference`.

    The root of Miettinen and Nurminen's cubic, in its trigonometric form.
    """
    total, found = n1 + n2, x1 + x2
    c2 = (n1 + 2 * n2) * difference - total - found
    c1 = (n2 * difference - total - 2 * x2) * difference + found
    c0 = x2 * difference * (1 - difference)
    q = c2**3 / (3 * total) ** 3 - c1 * c2 / (6 * total**2) + c0 / (2 * total)
    p = sqrt(max(0.0, c2**2 / (3 * total) ** 2 - c1 / (3 * total)))
    if p == 0:
        return clip(-c2 / (3 * total), difference)
    signed = p if q > 0 else -p
    angle = (pi + acos(min(1.0, max(-1.0, q / signed**3)))) / 3
    return clip(2 * signed * cos(angle) - c2 / (3 * total), difference)


def clip(share: float, difference: float) -> float:
    """Both shares stay between 0 and 1."""
    return min(1.0, 1 - difference, max(0.0, -difference, share))


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
    return ratio_score_interval(x1, n1, x2, n2, z_of(confidence), 1.0)


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
    return ratio_score_interval(x1, n1, x2, n2, z_of(confidence), total / (total - 1))


def ratio_score_interval(
    x1: float, n1: float, x2: float, n2: float, z: float, factor: float
) -> Ratio:
    p1, p2 = share_of(x1, n1), share_of(x2, n2)
    if not x1 and not x2:
        return Ratio(nan, 0.0, inf)
    start = log(p1 / p2) if x1 and x2 else (FARTHEST if x1 else -FARTHEST)

    def is_far(supposed: float) -> bool:
        """A ratio as its logarithm."""
        ratio = exp(supposed)
        second = second_share_given_ratio(x1, n1, x2, n2, ratio)
        first = min(1.0, ratio * second)
        variance = (first * (1 - first) / n1 + ratio**2 * second * (1 - second) / n2) * factor
        return (p1 - ratio * p2) ** 2 > z**2 * variance

    low = exp(-boundary(lambda reach: is_far(-reach), -start, FARTHEST)) if x1 else 0.0
    high = exp(boundary(is_far, start, FARTHEST)) if x2 else inf
    return Ratio(p1 / p2 if x2 else inf, low, high)


def second_share_given_ratio(x1: float, n1: float, x2: float, n2: float, ratio: float) -> float:
    """The second share that makes the counts likeliest when the first is `ratio` times as large."""
    a = (n1 + n2) * ratio
    b = n1 * ratio + x1 + n2 + x2 * ratio
    c = x1 + x2
    # 2c over the sum, not the difference over 2a: nothing is lost when the two nearly cancel
    return min(1.0, 1 / ratio, 2 * c / (b + sqrt(max(0.0, b**2 - 4 * a * c))))


REPLICATES = 2_000


@dataclass(frozen=True)
class RatioOfSums:
    value: float
    low: float
    high: float


def ratio_of_sums(
    above: Sequence[float], below: Sequence[float], seed: int, replicates: int = REPLICATES
) -> RatioOfSums:
    """Σ above ÷ Σ below, with its 95 percent percentile interval (Efron 1979).

    Whole groups are drawn with replacement, both numbers of a group together. `below` must be
    positive throughout, so that no draw divides by nothing. The same seed gives the same interval.
    With few groups such an interval is too narrow: the caller decides how many are enough.

    >>> ratio_of_sums([1, 1, 1], [2, 2, 2], seed=7)
    RatioOfSums(value=0.5, low=0.5, high=0.5)
    """
    if len(above) != len(below) or not above or min(below) <= 0:
        raise ValueError("each group needs both numbers, the lower one above 0")
    import numpy as np  # slow to import, and most pages never need it

    pairs = np.array([above, below], dtype=float).T
    groups, luck = len(above), np.random.default_rng(seed)
    sums = np.array([pairs[luck.integers(groups, size=groups)].sum(0) for _ in range(replicates)])
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
    return RatioOfSums(float(sum(above) / sum(below)), float(low), float(high))
