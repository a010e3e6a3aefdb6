"""A straight line through points that scatter, with how sure each slope is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.statistics.rates import level

SAME_DIRECTION = 1e-9  # of a predictor's length, once the others' part of it is taken off


@dataclass(frozen=True)
class Slope:
    """How much the outcome differs where a predictor is higher by 1 and the others are equal."""

    value: float
    error: float  # standard error
    low: float
    high: float
    p: float  # two-tailed, of no slope

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class RegressionFit:
    intercept: float
    slopes: tuple[Slope, ...]  # one for each predictor, in their order
    deviation: float  # of the points about the line, in the unit of the outcome
    df: int


def least_squares(
    predictors: Sequence[Sequence[float]], outcomes: Sequence[float], confidence: float = 0.95
) -> RegressionFit:
    """The line (or plane) from which the squared distances are smallest.

    Formula: b = (X'X)⁻¹X'y with a column of ones, by a QR decomposition of the centered
    predictors; s² = Σ residual² ÷ (n − k − 1); error of b = s √((X'X)⁻¹) on the diagonal;
    b ± t s.e., t the quantile of Student's distribution on n − k − 1 degrees of freedom.
    Source: Gauss (1809); Student, Biometrika 6 (1908) 1-25; Draper and Smith, Applied Regression
    Analysis (1998), ch. 5. The interval takes points that scatter alike about the line.
    Units: slopes in outcome per predictor. Shape: a row of k predictors for each outcome.
    Raises ValueError with fewer than k + 2 points, when rows differ in length, when one predictor
    follows from the others, or `confidence` is no level.
    """
    import numpy as np  # slow to import, and most pages never need it
    from scipy.special import stdtr, stdtrit

    x, y = np.array(predictors, dtype=float), np.array(outcomes, dtype=float)
    if x.ndim != 2 or len(x) != len(y) or len(y) < x.shape[1] + 2:
        raise ValueError("Give two points more than there are predictors, each with all of them")
    df = len(y) - x.shape[1] - 1
    centers = x.mean(axis=0)
    lengths = np.sqrt(((x - centers) ** 2).sum(axis=0))
    q, r = np.linalg.qr(x - centers)
    if np.any(np.abs(np.diag(r)) <= SAME_DIRECTION * lengths):
        raise ValueError("A predictor is the same everywhere, or follows from the others")
    values = np.linalg.solve(r, q.T @ (y - y.mean()))
    left = y - y.mean() - (x - centers) @ values
    deviation = sqrt(float(left @ left) / df)
    errors = deviation * np.sqrt((np.linalg.inv(r) ** 2).sum(axis=1))
    t = float(stdtrit(df, (1 + level(confidence)) / 2))

    def slope(value: float, error: float) -> Slope:
        p = 2 * float(stdtr(df, -abs(value) / error)) if error else float(value == 0)
        return Slope(value, error, value - t * error, value + t * error, p)

    slopes = tuple(slope(float(b), float(e)) for b, e in zip(values, errors, strict=True))
    return RegressionFit(float(y.mean() - centers @ values), slopes, deviation, df)
