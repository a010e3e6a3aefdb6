"""Is it a change, or the usual up and down: charts over time, and over groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, log2, sqrt
from statistics import median

from readiness.statistics.rates import Interval, share_of, z_of

SIGMAS = 3  # Shewhart's
SHARE_OF_FALSE_SIGNALS = 0.05
WARNING, ALARM = 0.95, 0.998  # levels of a funnel's two limits: z = 1.96 and 3.09
WINSORIZED = 0.1  # at each end, before the spread of a funnel is taken


def clip(center: float, reach: float) -> Interval:
    """A rate's limits stay between 0 and 1."""
    return Interval(max(0.0, center - reach), min(1.0, center + reach))


# Over time


@dataclass(frozen=True)
class PChart:
    center: float
    limits: tuple[Interval, ...]  # one for each point


def p_chart(counts: Sequence[tuple[float, float]]) -> PChart:
    """Limits of a rate over time; for 20 points or more, each with five expected events.

    Formula: p̄ = Σ x ÷ Σ n; p̄ ± 3 √(p̄(1 − p̄)/n), cut off at 0 and 1.
    Source: Shewhart (1931); Montgomery, Introduction to Statistical Quality Control, ch. 7.
    Units: pairs (x, n) of people in, shares out. Shape: pairs to a chart.
    Raises ValueError without points, or when a pair is no share.
    """
    if not counts:
        raise ValueError("There are no points to chart")
    for pair in counts:
        share_of(*pair)
    center = sum(x for x, _ in counts) / sum(n for _, n in counts)
    spread = SIGMAS * sqrt(center * (1 - center))
    return PChart(center, tuple(clip(center, spread / sqrt(n)) for _, n in counts))


@dataclass(frozen=True)
class RunLimits:
    longest_run: int  # longer is a signal
    crossings: int  # fewer is a signal


def run_limits(points: int) -> RunLimits:
    """Anhøj's limits for points that do not lie on the center.

    Formula: longest run round(log2 n) + 3, halves to even; crossings the 5 percent quantile of
    Binomial(n − 1, ½).
    Source: Anhøj and Olesen, PLoS ONE 9 (2014) e113825; Anhøj, PLoS ONE 10 (2015) e0121349.
    Units: points. Shape: a number to limits.
    Raises ValueError without points.

    >>> run_limits(16), run_limits(24)
    (RunLimits(longest_run=7, crossings=4), RunLimits(longest_run=8, crossings=8))
    """
    if points < 1:
        raise ValueError("Without a point off the center there are no limits")
    return RunLimits(round(log2(points)) + 3, fair_quantile(SHARE_OF_FALSE_SIGNALS, points - 1))


def fair_quantile(share: float, tosses: int) -> int:
    """The smallest number of heads that so many tosses stay at or under with that chance."""
    wanted, below, heads = share * 2**tosses, 0, 0
    while (below := below + comb(tosses, heads)) < wanted:
        heads += 1
    return heads


@dataclass(frozen=True)
class RunChart:
    center: float
    useful: int  # points off the center
    longest_run: int
    crossings: int
    limits: RunLimits | None  # None when every point is on the center

    @property
    def runs(self) -> int:
        return self.crossings + 1 if self.useful else 0

    @property
    def is_signal(self) -> bool:
        return self.limits is not None and (
            self.longest_run > self.limits.longest_run or self.crossings < self.limits.crossings
        )


def run_chart(values: Sequence[float], center: float | None = None) -> RunChart:
    """Runs and crossings about a center: the median, or one frozen on a baseline.

    No rule on rising or falling points: it adds false signals and finds nothing more.

    Formula: points on the center dropped; the longest run on one side and the number of crossings
    against `run_limits`.
    Source: Anhøj and Olesen (2014).
    Units: those of the values. Shape: values in time's order to a chart.
    Raises ValueError without values.
    """
    if not values:
        raise ValueError("There are no points to chart")
    middle = median(values) if center is None else center
    sides = [value > middle for value in values if value != middle]
    crossings = sum(a != b for a, b in pairwise(sides))
    limits = run_limits(len(sides)) if sides else None
    return RunChart(middle, len(sides), longest(sides), crossings, limits)


def longest(sides: Sequence[bool]) -> int:
    best = run = 0
    for place, side in enumerate(sides):
        run = run + 1 if place and side == sides[place - 1] else 1
        best = max(best, run)
    return best


# Over groups


@dataclass(frozen=True)
class FunnelLimits:
    """Limits at one size of group."""

    warning: Interval
    alarm: Interval


def funnel_limits(target: float, n: float, overdispersion: float = 1.0) -> FunnelLimits:
    """Where the rates of groups of `n` lie by chance alone, about a target.

    Formula: p0 ± z √(φ p0(1 − p0)/n), cut off at 0 and 1, z = Φ⁻¹(0.975) and Φ⁻¹(0.999).
    Source: Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202.
    Units: shares and people in, shares out. Shape: numbers to two intervals.
    Raises ValueError when `target` is no share or nobody is in the group.
    """
    if not 0 <= target <= 1 or n <= 0:
        raise ValueError("A funnel takes a target between 0 and 1, and at least one person")
    spread = sqrt(max(1.0, overdispersion) * target * (1 - target) / n)
    return FunnelLimits(*(clip(target, z_of(level) * spread) for level in (WARNING, ALARM)))


def funnel_score(x: float, n: float, target: float) -> float:
    """How many standard errors a group lies from the target; 0 when the target is 0 or 1.

    Formula: (p − p0) ÷ √(p0(1 − p0)/n). Source: Spiegelhalter (2005).
    Units: none. Shape: numbers to a number. Raises ValueError when it is no share.
    """
    away, spread = share_of(x, n) - target, target * (1 - target) / n
    return away / sqrt(spread) if spread > 0 else 0.0


def overdispersion(scores: Sequence[float]) -> float:
    """How much more groups scatter than by chance; 1 when they do not.

    Formula: φ = mean of z² with the outer tenths of z winsorized, at least 1.
    Source: Spiegelhalter (2005).
    Units: none. Shape: scores to a number.
    Raises ValueError without scores.
    """
    if not scores:
        raise ValueError("There are no groups to tell a spread from")
    ordered = sorted(scores)
    cut = int(WINSORIZED * len(ordered))
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return max(1.0, sum(min(high, max(low, z)) ** 2 for z in scores) / len(scores))
