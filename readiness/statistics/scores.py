"""What a reliability means for one score, and for a change of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from readiness.statistics.rates import z_of


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
