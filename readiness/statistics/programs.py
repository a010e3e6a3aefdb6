"""Rules that programs state in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from readiness.statistics.hypothesis_tests import equality
from readiness.statistics.rates import share_of

FEWEST_IN_EACH = 12
FEWEST_TOGETHER = 25
FEWEST_AT_RISK = 25
SIGNIFICANT = 0.05
MEANINGFUL = Fraction(1, 10)


@dataclass(frozen=True)
class DisparityEligibility:
    within: bool
    across: bool


def disparity_eligibility(at_risk: float, not_at_risk: float) -> DisparityEligibility:
    """Whether a facility has enough patients for the two disparity methods of CMS.

    Formula: within it 12 in each group and 25 together; across facilities 25 at risk.
    Source: CMS disparity methods as in JAMA (2024), fullarticle 2813773, figure 1.
    Units: patients. Shape: two numbers to two answers.
    Raises ValueError when a number is below 0.
    """
    if at_risk < 0 or not_at_risk < 0:
        raise ValueError("A number of patients is not below 0")
    return DisparityEligibility(
        within=min(at_risk, not_at_risk) >= FEWEST_IN_EACH
        and at_risk + not_at_risk >= FEWEST_TOGETHER,
        across=at_risk >= FEWEST_AT_RISK,
    )


class DifferenceDirection(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True)
class MeaningfulDifference:
    p: float
    relative_favorable: float | None  # (p1 − p2) ÷ p2; None when p2 is 0
    relative_adverse: float | None  # (q1 − q2) ÷ q2; None when q2 is 0
    is_significant: bool
    is_meaningful: bool
    direction: DifferenceDirection


def meaningful_difference(
    x1: int, n1: int, x2: int, n2: int, *, higher_is_better: bool
) -> MeaningfulDifference:
    """Whether a group is better or worse than the reference, or the same.

    Formula: two-tailed p ≤ 0.05 by `equality`, and a relative difference of 10 percent or more of
    either the rate or its complement; from 0 anything is more than 10 percent.
    Source: AHRQ, National Healthcare Disparities Report (2010), ch. 1.
    Units: people in, shares out. Shape: the group's and the reference's counts to a difference.
    Raises ValueError when one is no share.
    """
    p, difference = equality(x1, n1, x2, n2), share_of(x1, n1) - share_of(x2, n2)
    first, second = (Fraction(x) / Fraction(n) for x, n in ((x1, n1), (x2, n2)))  # 10 % is exact
    framed = [(first - second) / base if base else None for base in (second, 1 - second)]
    favorable, adverse = framed[0], None if framed[1] is None else -framed[1]
    is_large = first != second and any(
        each is None or abs(each) >= MEANINGFUL for each in (favorable, adverse)
    )
    is_meaningful = p <= SIGNIFICANT and is_large
    is_better = (difference > 0) == higher_is_better
    return MeaningfulDifference(
        p,
        None if favorable is None else float(favorable),
        None if adverse is None else float(adverse),
        p <= SIGNIFICANT,
        is_meaningful,
        (DifferenceDirection.BETTER if is_better else DifferenceDirection.WORSE)
        if is_meaningful
        else DifferenceDirection.SAME,
    )


def health_equity_index(points: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted mean of +1, 0 and −1 for the top, middle and bottom third, by measure.

    A historical view: CMS withdrew the index on 2 April 2026, before it took effect.

    Formula: Σ w points ÷ Σ w.
    Source: CMS health equity index, as proposed for the 2027 star ratings.
    Units: none; −1 to 1. Shape: a point and a weight for each measure to a number.
    Raises ValueError when they differ in number or weigh nothing together.
    """
    if len(points) != len(weights) or sum(weights) <= 0:
        raise ValueError("Give every measure its points and its weight")
    return sum(w * p for w, p in zip(weights, points, strict=True)) / sum(weights)
