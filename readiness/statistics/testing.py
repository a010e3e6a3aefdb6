"""Could it be chance, and what becomes of that when many comparisons are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from readiness.statistics.rates import share_of


@dataclass(frozen=True)
class ChiSquare:
    statistic: float
    df: int
    p: float


def homogeneity(counts: Sequence[tuple[float, float]]) -> ChiSquare:
    """Whether several groups could share one rate.

    Formula: Pearson's Σ (observed − expected)²/expected over the 2 × k table, which is
    Σ n(p − p̄)² ÷ p̄(1 − p̄), on k − 1 degrees of freedom, without continuity correction. When
    nobody or everybody is counted the groups cannot differ: 0, with p = 1.
    Source: Pearson (1900). Its type-I error stays near 5 percent down to groups of 10.
    Units: `counts` are pairs (x, n) of people. Shape: pairs to a test.
    Raises ValueError with fewer than two groups, or when a pair is no share.
    """
    if len(counts) < 2:
        raise ValueError("Give at least two groups to compare")
    shares = [share_of(x, n) for x, n in counts]
    total = sum(n for _, n in counts)
    pooled = sum(x for x, _ in counts) / total
    df = len(counts) - 1
    if pooled in (0, 1):
        return ChiSquare(0.0, df, 1.0)
    away = sum(n * (p - pooled) ** 2 for p, (_, n) in zip(shares, counts, strict=True))
    statistic = away / (pooled * (1 - pooled))
    return ChiSquare(statistic, df, chi_square_above(statistic, df))


def chi_square_above(value: float, df: int) -> float:
    from scipy.special import chdtrc  # slow to import, and most pages never need it

    return float(chdtrc(df, value))


def two_tailed(z: float) -> float:
    """P(|Z| > |z|) for a standard normal Z.

    Formula: erfc(|z|/√2). Source: definition. Units: none. Shape: number to number.
    """
    return erfc(abs(z) / sqrt(2))


def equality(x1: float, n1: float, x2: float, n2: float) -> float:
    """The two-tailed p of two shares being one, with the pooled variance.

    Formula: z = (p1 − p2) ÷ √(p̄(1 − p̄)(1/n1 + 1/n2)); p = 1 when nobody or everybody is counted.
    Source: textbook score test; its square is Pearson's chi-square on one degree of freedom.
    Units: people in, a probability out. Shape: two counts to a number.
    Raises ValueError when one is no share.
    """
    difference = share_of(x1, n1) - share_of(x2, n2)
    pooled = (x1 + x2) / (n1 + n2)
    if pooled in (0, 1):
        return 1.0
    return two_tailed(difference / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2)))


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of even one false claim: for claims.

    Formula: in rising order, the largest so far of (m − i + 1) p, at most 1.
    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    Units: probabilities. Shape: as many as given, in their order.
    Raises ValueError when one is not between 0 and 1.
    """
    found, highest = [0.0] * len(ps), 0.0
    for rank, place in enumerate(rising(ps)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        found[place] = highest
    return found


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the share of false among the found: for screening.

    Formula: in falling order, the smallest so far of (m/i) p, at most 1.
    Source: Benjamini and Hochberg, JRSS B 57 (1995) 289-300.
    Units: probabilities. Shape: as many as given, in their order.
    Raises ValueError when one is not between 0 and 1.
    """
    found, lowest = [1.0] * len(ps), 1.0
    for rank, place in reversed(list(enumerate(rising(ps), start=1))):
        lowest = min(lowest, len(ps) / rank * ps[place])
        found[place] = lowest
    return found


def rising(ps: Sequence[float]) -> list[int]:
    """Places, from the smallest p-value to the largest."""
    if not all(0 <= p <= 1 for p in ps):
        raise ValueError("A p-value lies between 0 and 1: check the list")
    return sorted(range(len(ps)), key=lambda place: ps[place])
