"""Rates that differ truly from group to group, seen through counts: how much to believe of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lgamma, log
from typing import TYPE_CHECKING

from readiness.statistics.rates import beta_quantile, level, share_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

NO_VARIATION = 1000  # α + β beyond this: no between-group variation can be told
SMALLEST, LARGEST, STEPS = 1e-3, 1e6, 60  # the grid that α + β is searched on
HALVINGS = 60


@dataclass(frozen=True)
class Prior:
    """True rates follow Beta(α, β)."""

    alpha: float
    beta: float

    @property
    def strength(self) -> float:
        """α + β: the prior is worth this many patients."""
        return self.alpha + self.beta

    @property
    def mean(self) -> float:
        return self.alpha / self.strength

    @property
    def between_variance(self) -> float:
        """Of true rates, as squared shares: αβ ÷ ((α + β + 1)(α + β)²)."""
        return self.alpha * self.beta / ((self.strength + 1) * self.strength**2)

    @property
    def tells_groups_apart(self) -> bool:
        return self.strength <= NO_VARIATION


@dataclass(frozen=True)
class BetaBinomialFit:
    prior: Prior
    log_likelihood: float  # with the binomial coefficients


def fit(counts: Sequence[tuple[float, float]]) -> BetaBinomialFit:
    """The Beta distribution of true rates that makes the counts likeliest.

    Where the counts vary no more than by chance, α + β grows without bound: the search ends at
    a million and `Prior.tells_groups_apart` is false. With few groups the estimate is itself
    unstable: take it from 30 groups on.

    Formula: maximum over α, β > 0 of Σ ln[C(n, x) B(x + α, n − x + β) ÷ B(α, β)].
    Source: Skellam, JRSS B 10 (1948) 257-261; Adams, RAND TR-653 (2009).
    Units: `counts` are pairs (x, n) of people; groups of nobody are left out. Shape: pairs to fit.
    Raises ValueError when a pair is no share, with fewer than two groups, or when nobody or
    everybody is counted in all of them.
    """
    seen = [(x, n) for x, n in counts if n]
    for x, n in seen:
        share_of(x, n)
    if len(seen) < 2:
        raise ValueError("Give the counts of at least two groups")
    if sum(x for x, _ in seen) in (0, sum(n for _, n in seen)):
        raise ValueError("Nobody or everybody is counted: how rates differ cannot be told")
    strength = likeliest_strength(CountArrays.of(seen))
    mean = likeliest_mean(strength, CountArrays.of(seen))
    prior = Prior(strength * mean, strength * (1 - mean))
    return BetaBinomialFit(prior, log_likelihood(prior, seen))


@dataclass(frozen=True)
class CountArrays:
    """As arrays, for the search."""

    x: Array
    n: Array

    @classmethod
    def of(cls, counts: Sequence[tuple[float, float]]) -> CountArrays:
        import numpy as np

        return cls(*np.array(counts, dtype=float).T)


def likeliest_strength(counts: CountArrays) -> float:
    """The best of a coarse grid, then the root of the slope between its neighbors."""
    grid = [SMALLEST * (LARGEST / SMALLEST) ** (step / STEPS) for step in range(STEPS + 1)]
    priors = [(s, likeliest_mean(s, counts)) for s in grid]
    heights = [profile(s, mean, counts) for s, mean in priors]
    best = heights.index(max(heights))
    low, high = grid[max(0, best - 1)], grid[min(STEPS, best + 1)]
    return root(lambda s: slope_in_strength(s, likeliest_mean(s, counts), counts), low, high)


def likeliest_mean(strength: float, counts: CountArrays) -> float:
    return root(lambda mean: slope_in_mean(strength, mean, counts), 0.0, 1.0)


def root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function passes 0, by halving; an end when it does not."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def profile(strength: float, mean: float, counts: CountArrays) -> float:
    """The logarithm of the likelihood, up to what does not depend on the prior."""
    from scipy.special import betaln

    a, b = strength * mean, strength * (1 - mean)
    return float((betaln(counts.x + a, counts.n - counts.x + b) - betaln(a, b)).sum())


def slope_in_mean(strength: float, mean: float, counts: CountArrays) -> float:
    a, b = strength * mean, strength * (1 - mean)
    return float((psi_increase(a, counts.x) - psi_increase(b, counts.n - counts.x)).sum())


def slope_in_strength(strength: float, mean: float, counts: CountArrays) -> float:
    a, b = strength * mean, strength * (1 - mean)
    for_x, against = psi_increase(a, counts.x), psi_increase(b, counts.n - counts.x)
    return float((mean * for_x + (1 - mean) * against - psi_increase(strength, counts.n)).sum())


def psi_increase(start: float, count: Array) -> Array:
    """ψ(start + count) − ψ(start)."""
    from scipy.special import psi  # slow to import, and most pages never need it

    difference: Array = psi(start + count) - psi(start)
    return difference


def log_likelihood(prior: Prior, counts: Sequence[tuple[float, float]]) -> float:
    a, b = prior.alpha, prior.beta
    return sum(
        log_beta(x + a, n - x + b) - log_beta(a, b) - log_beta(x + 1, n - x + 1) - log(n + 1)
        for x, n in counts
    )


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def reliability(prior: Prior, n: float) -> float:
    """How much of a group's observed rate is itself and not chance, at the prior's average.

    Formula: n ÷ (n + α + β), which is between-group variance over itself plus the average
    variance within a group of n.
    Source: Adams, RAND TR-653 (2009).
    Units: people in, a share out. Shape: a prior and a number to a number.
    Raises ValueError when `n` is below 0.
    """
    if n < 0:
        raise ValueError(f"{n} people cannot be")
    return n / (n + prior.strength)


def sample_size_for(prior: Prior, wanted: float) -> float:
    """How many people a group needs for a reliability.

    Formula: (α + β) R ÷ (1 − R). Source: `reliability` solved for n.
    Units: a share in, people out, not rounded up. Shape: a prior and a number to a number.
    Raises ValueError unless `wanted` lies between 0 and 1.
    """
    if not 0 <= wanted < 1:
        raise ValueError(f"A reliability of {wanted} cannot be reached: give one from 0 to below 1")
    return prior.strength * wanted / (1 - wanted)


@dataclass(frozen=True)
class ShrunkenRate:
    mean: float
    low: float
    high: float
    weight: float  # of the group's own counts; the rest is the prior's


def shrink(prior: Prior, x: float, n: float, confidence: float = 0.95) -> ShrunkenRate:
    """A group's rate drawn toward the mean of all, by how little its counts say.

    Formula: (x + α) ÷ (n + α + β), limits the quantiles of Beta(α + x, β + n − x), weight
    n ÷ (n + α + β).
    Source: empirical Bayes, Morris, JASA 78 (1983) 47-55; Adams (2009).
    Units: people in, shares out. Shape: a prior and a count to a rate; of nobody it is the prior.
    Raises ValueError when it is no share, or `confidence` no level.
    """
    if not 0 <= x <= n:
        share_of(x, n)
    tail = (1 - level(confidence)) / 2
    a, b = prior.alpha + x, prior.beta + n - x
    low, high = (beta_quantile(share, a, b) for share in (tail, 1 - tail))
    return ShrunkenRate(a / (a + b), low, high, reliability(prior, n))
