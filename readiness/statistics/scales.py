"""How far a scale's items agree, and what that means for one score and for a change of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING

from readiness.statistics.rates import Interval, level, z_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Row = Sequence[float | None]


class MissingAnswers(StrEnum):
    """What becomes of a row with an item missing."""

    LEFT_OUT = "left out"
    PAIRWISE = "pairwise"  # each covariance from the rows that have both its items


@dataclass(frozen=True)
class CronbachAlpha:
    value: float
    mean_correlation: float | None  # of two items; None when an item never varies
    standardized: float | None  # likewise, and when items of one spread add up to nothing
    if_dropped: tuple[float, ...]  # empty with fewer than three items
    item_rest: tuple[float | None, ...]  # correlations; None of an item that never varies
    interval: Interval
    rows: int
    items: int


def cronbach_alpha(
    rows: Sequence[Row], confidence: float = 0.95, gaps: MissingAnswers = MissingAnswers.LEFT_OUT
) -> CronbachAlpha | None:
    """Cronbach's alpha with Feldt's interval; None when the sums of all rows are alike.

    With gaps left out the interval counts the rows that are left, not those there were.

    Formula: k/(k − 1) × (1 − Σ variances ÷ variance of the sum), from covariances; standardized
    k r̄ ÷ (1 + (k − 1) r̄) from the mean correlation; an item's correlation with the sum of the rest.
    Source: Cronbach, Psychometrika 16 (1951) 297-334; interval `feldt`.
    Units: none. Shape: rows of item values to an alpha.
    Raises ValueError with fewer than two items or two whole rows, or rows of unequal length.
    """
    kept = whole_rows(rows) if gaps is MissingAnswers.LEFT_OUT else list(rows)
    matrix = covariances(kept)
    value = alpha_from(matrix)
    if value is None:
        return None
    items = len(matrix)
    fewer = (alpha_from(without(matrix, place)) for place in range(items) if items > 2)
    return CronbachAlpha(
        value,
        mean := mean_correlation(matrix),
        standardized_alpha(mean, items),
        tuple(each for each in fewer if each is not None),
        tuple(item_rest(matrix, place) for place in range(items)),
        feldt(value, items, len(kept), confidence),
        len(kept),
        items,
    )


def alpha_of_patterns(
    patterns: Sequence[Sequence[float]], confidence: float = 0.95
) -> CronbachAlpha | None:
    """`cronbach_alpha` of rows given as patterns, each followed by how often it occurs.

    Formula and source: as there. Units: none. Shape: rows of item values then a frequency.
    Raises ValueError as there, and when a frequency is not a whole number from 0.
    """
    if any(times < 0 or times != int(times) for *_, times in patterns):
        raise ValueError("How often a pattern occurs is a whole number: check the last column")
    rows = [tuple(items) for *items, times in patterns for _ in range(int(times))]
    return cronbach_alpha(rows, confidence)


def whole_rows(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if all(value is not None for value in row)]


def covariances(rows: Sequence[Row]) -> list[list[float]]:
    """Sample covariances, each from the rows that have both items."""
    items = len(rows[0]) if rows else 0
    if items < 2 or any(len(row) != items for row in rows):
        raise ValueError("Give rows of at least two items, all of the same length")
    return [[covariance(rows, a, b) for b in range(items)] for a in range(items)]


def covariance(rows: Sequence[Row], a: int, b: int) -> float:
    pairs = [(x, y) for row in rows if (x := row[a]) is not None and (y := row[b]) is not None]
    if len(pairs) < 2:
        raise ValueError("At least two rows must have values for the same items")
    mean_x, mean_y = sum(x for x, _ in pairs) / len(pairs), sum(y for _, y in pairs) / len(pairs)
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / (len(pairs) - 1)


def alpha_from(matrix: Sequence[Sequence[float]]) -> float | None:
    items, total = len(matrix), float(sum(map(sum, matrix)))
    own = sum(matrix[place][place] for place in range(items))
    return items / (items - 1) * (1 - own / total) if total > 0 else None


def mean_correlation(matrix: Sequence[Sequence[float]]) -> float | None:
    """Over every two items."""
    items = range(len(matrix))
    if any(matrix[i][i] <= 0 for i in items):
        return None
    found = [matrix[i][j] / sqrt(matrix[i][i] * matrix[j][j]) for i in items for j in range(i)]
    return sum(found) / len(found)


def standardized_alpha(mean: float | None, items: int) -> float | None:
    if mean is None or (items - 1) * mean <= -1:
        return None
    return spearman_brown(mean, items)


def without(matrix: Sequence[Sequence[float]], place: int) -> list[list[float]]:
    return [
        [value for j, value in enumerate(row) if j != place]
        for i, row in enumerate(matrix)
        if i != place
    ]


def item_rest(matrix: Sequence[Sequence[float]], place: int) -> float | None:
    rest = sum(map(sum, without(matrix, place)))
    own = matrix[place][place]
    if own <= 0 or rest <= 0:
        return None
    return (sum(matrix[place]) - own) / sqrt(own * rest)


def feldt(alpha: float, items: int, rows: int, confidence: float = 0.95) -> Interval:
    """The interval of Cronbach's alpha.

    Formula: 1 − (1 − a) F(1 − α/2) to 1 − (1 − a) F(α/2), F with n − 1 and (n − 1)(k − 1) degrees.
    Source: Feldt, Psychometrika 30 (1965) 357-370.
    Units: none. Shape: an alpha, k items and n rows to an interval.
    Raises ValueError with fewer than two items or rows, or when `confidence` is no level.
    """
    if items < 2 or rows < 2:
        raise ValueError("An interval of alpha takes at least two items and two rows")
    tail = (1 - level(confidence)) / 2
    degrees = rows - 1, (rows - 1) * (items - 1)
    high, low = (f_quantile(share, *degrees) for share in (tail, 1 - tail))
    return Interval(1 - (1 - alpha) * low, 1 - (1 - alpha) * high)


def f_quantile(share: float, first: float, second: float) -> float:
    from scipy.special import fdtri  # slow to import, and most pages never need it

    return float(fdtri(first, second, share))


@dataclass(frozen=True)
class Omega:
    raw: float  # of the sum of the items as they are
    standardized: float  # of the sum of items brought to one spread
    loadings: tuple[float, ...]  # standardized
    uniquenesses: tuple[float, ...]


def omega_total(rows: Sequence[Row]) -> Omega:
    """McDonald's omega from one common factor, fitted by maximum likelihood; whole rows only.

    Formula: (Σ λ)² ÷ ((Σ λ)² + Σ ψ), of the correlations; raw with λ times and ψ times squared
    the items' standard deviations.
    Source: McDonald, Test Theory (1999); Jöreskog, Psychometrika 32 (1967) 443-482.
    Units: none. Shape: rows of item values to an omega.
    Raises ValueError with fewer than three items or two whole rows, or an item that never varies.
    """
    matrix = covariances(whole_rows(rows))
    deviations = [sqrt(matrix[place][place]) for place in range(len(matrix))]
    if not all(deviations):
        raise ValueError("An item never varies: leave it out")
    correlations = [
        [value / (deviations[i] * deviations[j]) for j, value in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
    return omega_of_correlations(correlations, deviations)


def omega_of_correlations(
    correlations: Sequence[Sequence[float]], deviations: Sequence[float]
) -> Omega:
    """`omega_total` from the items' correlations and standard deviations.

    Formula and source: as there. Units: none. Shape: a square table and a number for each item.
    Raises ValueError with fewer than three items.
    """
    if len(correlations) < 3:
        raise ValueError("One factor takes at least three items")
    uniquenesses = likeliest_uniquenesses(correlations)
    loadings = loadings_of(correlations, uniquenesses)
    return Omega(
        omega(
            [load * sd for load, sd in zip(loadings, deviations, strict=True)],
            [own * sd**2 for own, sd in zip(uniquenesses, deviations, strict=True)],
        ),
        omega(loadings, uniquenesses),
        tuple(loadings),
        tuple(uniquenesses),
    )


def omega(loadings: Sequence[float], uniquenesses: Sequence[float]) -> float:
    """(Σ λ)² ÷ ((Σ λ)² + Σ ψ).

    Formula and source: McDonald (1999). Units: none. Shape: loadings and uniquenesses to a number.
    Raises ValueError when both sums are 0.
    """
    common = sum(loadings) ** 2
    if common + sum(uniquenesses) == 0:
        raise ValueError("Loadings and uniquenesses are all 0: check the factor")
    return common / (common + sum(uniquenesses))


LEAST_UNIQUE = 0.005  # below this a maximum likelihood solution is taken as improper


def likeliest_uniquenesses(correlations: Sequence[Sequence[float]]) -> list[float]:
    """Lawley and Maxwell's concentrated likelihood, from starts as Jöreskog gives them."""
    import numpy as np
    from scipy.optimize import minimize

    matrix = np.array(correlations)
    start = 0.5 / np.diag(np.linalg.pinv(matrix))

    def misfit(psi: NDArray[float64]) -> tuple[float, NDArray[float64]]:
        scale = 1 / np.sqrt(psi)
        values, vectors = np.linalg.eigh(matrix * np.outer(scale, scale))
        small = values[:-1]
        factor = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0)) * np.sqrt(psi)
        slope = (np.diag(np.outer(factor, factor) - matrix) + psi) / psi**2
        return float(-(np.log(small) - small).sum() - len(small)), slope

    found = minimize(
        misfit,
        np.clip(start, LEAST_UNIQUE, 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUE, 1)] * len(matrix),
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )
    return [float(value) for value in found.x]


def loadings_of(
    correlations: Sequence[Sequence[float]], uniquenesses: Sequence[float]
) -> list[float]:
    """Of the one factor, signed so that they add up to something positive."""
    import numpy as np

    psi = np.array(uniquenesses)
    scale = 1 / np.sqrt(psi)
    values, vectors = np.linalg.eigh(np.array(correlations) * np.outer(scale, scale))
    found = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0)) * np.sqrt(psi)
    return [float(value) for value in found * (1 if found.sum() >= 0 else -1)]


def spearman_brown(reliability: float, length_factor: float) -> float:
    """The reliability of a scale made `length_factor` times as long.

    Formula: k r ÷ (1 + (k − 1) r).
    Source: Spearman, British Journal of Psychology 3 (1910) 271-295; Brown, ibid. 296-322.
    Units: none. Shape: numbers to a number.
    Raises ValueError when nothing is left of the scale.
    """
    below = 1 + (length_factor - 1) * reliability
    if length_factor <= 0 or below == 0:
        raise ValueError(f"A scale cannot be made {length_factor} times as long")
    return length_factor * reliability / below


@dataclass(frozen=True)
class MeasurementError:
    """In the unit of the scores."""

    of_score: float
    of_difference: float  # between two scores of one group
    smallest_real_change: float  # at the level of confidence


def measurement_error(
    deviation: float, reliability: float, confidence: float = 0.95
) -> MeasurementError:
    """How far a score strays from the true one.

    Formula: SEM = SD √(1 − r); of a difference √2 SEM; smallest real change z √2 SEM.
    Source: Lord and Novick, Statistical Theories of Mental Test Scores (1968).
    Units: those of the scores. Shape: numbers to three errors.
    Raises ValueError when `deviation` is below 0 or `reliability` above 1.
    """
    if deviation < 0 or reliability > 1:
        raise ValueError("A spread is not below 0, and a reliability not above 1")
    error = deviation * sqrt(1 - reliability)
    return MeasurementError(error, sqrt(2) * error, z_of(confidence) * sqrt(2) * error)


def reliable_change_index(
    deviation: float, reliability: float, first: float, second: float
) -> float:
    """A change in units of its error; beyond 1.96 it is more than measurement error.

    Formula: (x2 − x1) ÷ (√2 SEM).
    Source: Jacobson and Truax, J Consulting and Clinical Psychology 59 (1991) 12-19.
    Units: none. Shape: numbers to a number.
    Raises ValueError when the scores are free of error, and as `measurement_error` does.
    """
    error = measurement_error(deviation, reliability).of_difference
    if error == 0:
        raise ValueError("Without measurement error every change is real: there is no index")
    return (second - first) / error


def estimated_true_score(score: float, mean: float, reliability: float) -> float:
    """What a score is expected to be when measured again: drawn toward the mean.

    Formula: μ + r(x − μ).
    Source: Kelley, Statistical Method (1923).
    Units: those of the scores. Shape: numbers to a number.
    """
    return mean + reliability * (score - mean)
