"""Gaps of many groups at the same case mix: what is left when their patients are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from readiness.statistics.between_groups import GapEstimate
from readiness.statistics.comparisons import Difference, normal_difference
from readiness.statistics.hypothesis_tests import ChiSquare, chi_square_above
from readiness.statistics.rates import z_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

HALVINGS = 60
GRID = 40  # values of the spread that are averaged over
NEXT_TO_NOTHING = 8.0  # of a log likelihood below the highest


@dataclass(frozen=True)
class AdjustedGaps:
    """Shares; at the mean case mix of the groups."""

    mean: Difference
    coefficients: tuple[Difference, ...]  # of the gap, for a case-mix share going from 0 to 1
    spread: float  # τ, the standard deviation of true gaps at one case mix
    heterogeneity: ChiSquare
    groups: tuple[Difference, ...]  # each group's own gap, drawn toward that of its case mix


def adjusted_gaps(
    gaps: Sequence[GapEstimate], shares: Sequence[Sequence[float]], confidence: float = 0.95
) -> AdjustedGaps:
    """Each group's gap at the mean case mix of all, with a random slope for the group of people.

    Formula: d = δ + η′(z − z̄) + w + e, w normal with standard deviation τ, e with the variance by
    chance; a group's level is its own and cancels in the gap. δ and η by least squares with weights
    1/(v + τ²). A group's adjusted gap is δ + R (d − δ − η′(z − z̄)), R = τ²/(τ² + v), with variance
    R v + f′ C f, C the covariance of (δ, η) and f = (1, 0) − R (1, z − z̄). All are averaged over
    what τ may be: by its restricted likelihood, each value being as likely before; an interval is
    the mean ± z standard deviations of that average. The spread told makes Σ r²/(v + τ²) = k − p,
    0 when even τ = 0 gives less.
    Source: random-effects meta-regression, Berkey et al., Statistics in Medicine 14 (1995) 395-411;
    τ by Paule and Mandel (1982) with p coefficients; shrinkage by Morris (1983).
    Units: shares. Shape: k gaps and k rows of m case-mix shares to k gaps.
    Raises ValueError unless there are more than m + 2 gaps, each with its variance, and the shares
    differ from group to group, none following from the others.
    """
    import numpy as np

    values: Array = np.array([each.difference for each in gaps], dtype=np.float64)
    chance: Array = np.array([each.variance for each in gaps], dtype=np.float64)
    rows = np.array(shares, dtype=float).reshape(len(gaps), -1)
    design: Array = np.column_stack([np.ones(len(gaps)), rows - rows.mean(axis=0)])
    df = len(gaps) - design.shape[1]
    if df < 2 or (chance <= 0).any():
        raise ValueError("Give more gaps than case-mix shares, each with its variance by chance")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("Leave out case-mix shares that are the same everywhere or add up to 1")
    between = between_variance(values, chance, design)
    apart = excess(values, chance, design, 0.0)
    z = z_of(confidence)
    limits, own = averaged(values, chance, design, z)
    test = ChiSquare(apart, df, chi_square_above(apart, df))
    return AdjustedGaps(limits[0], limits[1:], sqrt(between), test, own)


Differences = tuple[Difference, ...]


def averaged(
    values: Array, chance: Array, design: Array, z: float
) -> tuple[Differences, Differences]:
    """Coefficients and groups, over what the spread may be."""
    import numpy as np

    spreads = possible_spreads(values, chance, design)
    heights = np.array([height(values, chance, design, each) for each in spreads])
    likely = np.exp(heights - heights.max())
    likely /= likely.sum()
    fits = [parts_at(values, chance, design, each) for each in spreads]
    means, variances = (np.stack(each) for each in zip(*fits, strict=True))
    mean = likely @ means
    variance = likely @ (variances + (means - mean) ** 2)
    found = tuple(normal_difference(a, v, z) for a, v in zip(mean, variance, strict=True))
    return found[: design.shape[1]], found[design.shape[1] :]


def possible_spreads(values: Array, chance: Array, design: Array) -> list[float]:
    """A grid from 0 to where the restricted likelihood is next to nothing."""
    top, step = 0.0, 0.001
    best = height(values, chance, design, top)
    while (now := height(values, chance, design, top)) > best - NEXT_TO_NOTHING and top < 1:
        best = max(best, now)
        top += step
        step *= 1.1
    return [top * (at + 0.5) / GRID for at in range(GRID)]


def height(values: Array, chance: Array, design: Array, spread: float) -> float:
    """The restricted log likelihood, up to what does not depend on the spread."""
    import numpy as np

    variances = chance + spread**2
    beta, errors = least_squares(values, variances, design)
    left = ((values - design @ beta) ** 2 / variances).sum()
    return float((np.log(np.linalg.det(errors)) - np.log(variances).sum() - left) / 2)


def parts_at(values: Array, chance: Array, design: Array, spread: float) -> tuple[Array, Array]:
    """Coefficients, then groups, were the spread known; and their variances."""
    import numpy as np

    beta, errors = least_squares(values, chance + spread**2, design)
    r = spread**2 / (spread**2 + chance)
    own = beta[0] + r * (values - design @ beta)
    away = -r[:, None] * design
    away[:, 0] += 1
    variances = r * chance + np.einsum("gi,ij,gj->g", away, errors, away)
    return np.concatenate([beta, own]), np.concatenate([np.diag(errors), variances])


def least_squares(values: Array, variances: Array, design: Array) -> tuple[Array, Array]:
    """Coefficients and their covariance."""
    import numpy as np

    weighted = design / variances[:, None]
    errors: Array = np.asarray(np.linalg.inv(design.T @ weighted), dtype=np.float64)
    return errors @ (weighted.T @ values), errors


def excess(values: Array, chance: Array, design: Array, between: float) -> float:
    """How far gaps lie from what their case mix says, in variances; falls as `between` rises."""
    beta, _ = least_squares(values, chance + between, design)
    return float(((values - design @ beta) ** 2 / (chance + between)).sum())


def between_variance(values: Array, chance: Array, design: Array) -> float:
    df = len(values) - design.shape[1]
    low, high = 0.0, 1.0
    while excess(values, chance, design, high) > df:
        high *= 2
    for _ in range(HALVINGS if excess(values, chance, design, 0.0) > df else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(values, chance, design, middle) > df else (low, middle)
    return low
