"""Gaps of many groups: how much they truly differ, what changed, and how much to believe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.statistics.comparisons import Difference
from readiness.statistics.hypothesis_tests import ChiSquare, chi_square_above
from readiness.statistics.rates import share_of, wilson, z_of

HALVINGS = 60


@dataclass(frozen=True)
class GapEstimate:
    """One group's p1 − p2, and how much of it may be chance."""

    difference: float
    variance: float  # squared shares


def gap_of(x1: float, n1: float, x2: float, n2: float) -> GapEstimate:
    """A gap with its variance by chance.

    Formula: p1 − p2; p1(1 − p1)/n1 + p2(1 − p2)/n2. A rate of exactly 0 or 1 would claim to be
    free of chance: then one success and one failure are added to each side, for the variance only.
    Source: binomial variance; Agresti and Caffo, The American Statistician 54 (2000) 280-288.
    Units: people in, shares and squared shares out. Shape: two counts `x` of `n` to a gap.
    Raises ValueError when one is no share.
    """
    difference = share_of(x1, n1) - share_of(x2, n2)
    if {x1 / n1, x2 / n2} & {0, 1}:
        x1, n1, x2, n2 = x1 + 1, n1 + 2, x2 + 1, n2 + 2
    p1, p2 = x1 / n1, x2 / n2
    return GapEstimate(difference, p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)


def gap_reliability(gap: GapEstimate, spread: float) -> float:
    """How much of a group's observed gap is itself and not chance.

    Formula: τ² ÷ (τ² + p1(1 − p1)/n1 + p2(1 − p2)/n2), τ the standard deviation of true gaps.
    Source: signal over signal and noise, Adams, RAND TR-653 (2009), for a difference.
    Units: `spread` is τ as a share; a share out. Shape: a gap and a number to a number.
    Raises ValueError when `spread` is below 0.
    """
    if spread < 0:
        raise ValueError(f"A spread of {spread} cannot be")
    return spread**2 / (spread**2 + gap.variance)


@dataclass(frozen=True)
class TrueGaps:
    """What many groups' gaps say of all of them. Shares."""

    mean: float
    mean_variance: float
    spread: float  # τ, the standard deviation of true gaps; 0 when chance explains all
    heterogeneity: ChiSquare  # could all true gaps be one?


def true_gaps(gaps: Sequence[GapEstimate]) -> TrueGaps:
    """The mean of the true gaps and how far they lie apart.

    With few groups the spread is itself unstable: take it from 30 groups on.

    Formula: the τ² with Σ (d − μ)²/(v + τ²) = k − 1, 0 when even τ² = 0 gives less; μ the mean
    weighted by 1/(v + τ²), with variance 1 ÷ Σ 1/(v + τ²). Heterogeneity: the sum at τ² = 0 against
    chi-square on k − 1 degrees of freedom.
    Source: Paule and Mandel, J Research NBS 87 (1982) 377-385; Cochran, Biometrics 10 (1954).
    Units: shares. Shape: gaps to an estimate of all.
    Raises ValueError with fewer than two gaps, or when one is free of chance.
    """
    if len(gaps) < 2 or any(gap.variance <= 0 for gap in gaps):
        raise ValueError("Give the gaps of at least two groups, each with its variance")
    df = len(gaps) - 1
    low, high = 0.0, 1.0
    while excess(gaps, high) > df:
        high *= 2
    for _ in range(HALVINGS if excess(gaps, 0.0) > df else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(gaps, middle) > df else (low, middle)
    apart = excess(gaps, 0.0)
    mean, variance = weighted_mean(gaps, low)
    return TrueGaps(mean, variance, sqrt(low), ChiSquare(apart, df, chi_square_above(apart, df)))


def excess(gaps: Sequence[GapEstimate], between: float) -> float:
    """How far gaps lie from their mean, in variances of theirs; falls as `between` rises."""
    mean, _ = weighted_mean(gaps, between)
    return sum((gap.difference - mean) ** 2 / (gap.variance + between) for gap in gaps)


def weighted_mean(gaps: Sequence[GapEstimate], between: float) -> tuple[float, float]:
    """With its variance."""
    weights = [1 / (gap.variance + between) for gap in gaps]
    total = sum(weights)
    return sum(w * gap.difference for w, gap in zip(weights, gaps, strict=True)) / total, 1 / total


def shrunken_gap(gap: GapEstimate, of_all: TrueGaps, confidence: float = 0.95) -> Difference:
    """A group's gap drawn toward the mean of all, by how little its counts say.

    Formula: μ + R(d − μ), R = `gap_reliability`; ± z √(R v + (1 − R)² var μ), where R v is
    τ²(1 − R).
    Source: empirical Bayes, Morris, JASA 78 (1983) 47-55.
    Units: shares. Shape: a gap and the estimate of all to a difference.
    Raises ValueError when `confidence` is no level.
    """
    r = gap_reliability(gap, of_all.spread)
    value = of_all.mean + r * (gap.difference - of_all.mean)
    reach = z_of(confidence) * sqrt(r * gap.variance + (1 - r) ** 2 * of_all.mean_variance)
    return Difference(value, value - reach, value + reach)


@dataclass(frozen=True)
class WeightedCount:
    """A count in a sum of shares, added (1) or subtracted (−1), or weighted by any number."""

    weight: float
    x: float
    n: float


def mover(terms: Sequence[WeightedCount], confidence: float = 0.95) -> Difference:
    """A sum of independent shares, each with its weight, and its interval.

    For patients counted in both periods the interval is wider than it need be.

    Formula: θ = Σ c p; L = θ − √(Σ c²(p − l or u − p)²), taking of each share the Wilson limit
    that lowers θ; U = θ + √(…) with the other limits.
    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702 (method of variance
    estimates recovery); with two terms it is Newcombe's method 10.
    Units: people in, shares out. Shape: terms to a difference.
    Raises ValueError without terms, when one is no share, or `confidence` no level.
    """
    if not terms:
        raise ValueError("There is nothing to add up: give the shares of at least one group")
    value = down = up = 0.0
    for term in terms:
        share, limits = share_of(term.x, term.n), wilson(term.x, term.n, confidence)
        below, above = share - limits.low, limits.high - share
        lowers, raises = (below, above) if term.weight > 0 else (above, below)
        value += term.weight * share
        down += (term.weight * lowers) ** 2
        up += (term.weight * raises) ** 2
    return Difference(value, value - sqrt(down), value + sqrt(up))


def change_in_gap(
    before: tuple[WeightedCount, WeightedCount],
    after: tuple[WeightedCount, WeightedCount],
    confidence: float = 0.95,
) -> Difference:
    """(p1 − p2) after, minus (p1 − p2) before, from four rates; see `mover`.

    Formula: θ = (p1 − p2) after − (p1 − p2) before, limits by `mover`.
    Source: Zou and Donner (2008).
    Units: people in, shares out. Shape: two pairs of counts to a difference. The weights of the
    terms handed in are not looked at. Raises ValueError as `mover` does.
    """
    (a1, a2), (b1, b2) = after, before
    signed = ((1, a1), (-1, a2), (-1, b1), (1, b2))
    return mover([WeightedCount(weight, term.x, term.n) for weight, term in signed], confidence)
