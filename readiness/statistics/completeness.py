"""How much of the data is there, and what the missing part could change."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.statistics.rates import Interval, share_of, wilson


@dataclass(frozen=True)
class Completeness:
    share: float
    low: float
    high: float
    threshold: float

    @property
    def meets_point(self) -> bool:
        return self.share >= self.threshold

    @property
    def meets_lower_bound(self) -> bool:
        """The gate: a share that reaches the mark by luck does not pass."""
        return self.low >= self.threshold


def completeness(
    known: float, total: float, threshold: float = 0.8, confidence: float = 0.95
) -> Completeness:
    """The share that is known, with Wilson limits, against a mark.

    Formula: known ÷ total; `wilson` limits. 412 of 515 is 80.0 percent, and does not pass.
    Source: Wilson (1927); the mark of 80 percent self-reported is MassHealth's for end of 2025.
    Units: people in, shares out. Shape: counts to a completeness.
    Raises ValueError when it is no share, or `confidence` no level.
    """
    limits = wilson(known, total, confidence)
    return Completeness(share_of(known, total), limits.low, limits.high, threshold)


def worst_case(x: float, n: float, unknown_met: float, unknown_unmet: float) -> Interval:
    """What a group's rate could be, were people of unknown group its members.

    Formula: x ÷ (n + u0) to (x + u1) ÷ (n + u1), u1 and u0 the unknown who met the measure or not.
    Source: Manski, Journal of Human Resources 24 (1989) 343-360 (worst-case bounds).
    Units: people in, shares out. Shape: counts to an interval.
    Raises ValueError when it is no share, or an unknown count is below 0.
    """
    share_of(x, n)
    if unknown_met < 0 or unknown_unmet < 0:
        raise ValueError("A number of people is not below 0: check the unknown")
    return Interval(x / (n + unknown_unmet), (x + unknown_met) / (n + unknown_met))


def could_flip(
    one: tuple[float, float], two: tuple[float, float], unknown: tuple[float, float]
) -> bool | None:
    """Whether people of unknown group could turn round which of two groups has the higher rate.

    Formula: the worst-case bounds of the two overlap; None when the rates are equal, for then
    there is no order to turn round.
    Source: `worst_case`: those who met the measure go to the lower group and the others to the
    higher, which can happen at once.
    Units: pairs (x, n) of people. Shape: three counts to yes or no.
    Raises ValueError as `worst_case` does.
    """
    (x, n) = unknown
    first, second = share_of(*one), share_of(*two)
    if first == second:
        return None
    upper, lower = (one, two) if first > second else (two, one)
    return worst_case(*upper, x, n - x).low <= worst_case(*lower, x, n - x).high
