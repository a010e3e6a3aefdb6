"""Whether groups that were readier at first saw a gap move later: links, never causes.

A gap that is wide at first is narrower later by chance alone, and a score may go with how wide the
gap was. So every link is told twice: among groups with the same gap at first (adjusted, where
what drifts back by itself is taken off) and as counted. A link is only said to be there when both
intervals lie on the same side of nothing, and it is not one of many that were looked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.statistics.between_groups import (
    GapEstimate,
    WeightedCount,
    change_in_gap,
    gap_of,
    gap_reliability,
    true_gaps,
)
from readiness.statistics.comparisons import Difference
from readiness.statistics.hypothesis_tests import holm
from readiness.statistics.regression import Slope, least_squares

FEWEST_GROUPS = 10  # fewer leave an interval that says nothing
STEP = 10  # points of a score from 0 to 100, between which groups are compared
CLEAR = 0.05

Pair = tuple[int, int]  # those who meet the measure, of those counted in it
Pairs = tuple[Pair, Pair]  # of the stratum and of the reference


@dataclass(frozen=True)
class FollowedGap:
    """One group: its scores at first, and its counts in two periods a year or more apart."""

    group_id: str
    scores: Mapping[str, float | None]  # 0 to 100, by domain or axis
    before: Pairs
    after: Pairs

    @property
    def gap_before(self) -> GapEstimate:
        return gap_of(*self.before[0], *self.before[1])

    @property
    def gap_after(self) -> GapEstimate:
        return gap_of(*self.after[0], *self.after[1])

    @property
    def change(self) -> Difference:
        """Later minus earlier, as a share, from the four rates."""
        first, second = (
            (WeightedCount(1, *own), WeightedCount(1, *other)) for own, other in self.both
        )
        return change_in_gap(first, second)

    @property
    def both(self) -> tuple[Pairs, Pairs]:
        return self.before, self.after


@dataclass(frozen=True)
class Link:
    """One score against the change in gap; slopes are shares for `STEP` points of score."""

    score_id: str
    groups: int
    adjusted: Slope | None  # among groups with the same gap at first; None where it cannot be told
    plain: Slope | None  # as counted
    middle: tuple[float, float] | None  # mean score and mean change, which the lines go through
    p_holm: float | None = None  # of the adjusted slope, over all scores looked at

    @property
    def is_told(self) -> bool:
        """Both ways of looking agree, and it is not one found by looking at many."""
        if self.adjusted is None or self.plain is None or self.p_holm is None:
            return False
        agree = self.adjusted.low > 0 < self.plain.low or self.adjusted.high < 0 > self.plain.high
        return agree and self.p_holm < CLEAR


@dataclass(frozen=True)
class Drift:
    """What regression to the mean alone lets expect."""

    mean: float  # of the true gaps at first
    reliability: float  # of a gap at first, on average
    expected: Mapping[str, float]  # change by group, if no true gap changed


@dataclass(frozen=True)
class Prediction:
    groups: int
    links: tuple[Link, ...]
    drift: Drift | None  # None below 30 groups


def prediction_of(followed: Sequence[FollowedGap], score_ids: Sequence[str]) -> Prediction:
    links = [link_of(score_id, followed) for score_id in score_ids]
    adjusted = iter(holm([link.adjusted.p for link in links if link.adjusted]))
    return Prediction(
        len(followed),
        tuple(with_holm(link, next(adjusted)) if link.adjusted else link for link in links),
        drift_of(followed),
    )


def with_holm(link: Link, p: float) -> Link:
    return Link(link.score_id, link.groups, link.adjusted, link.plain, link.middle, p)


def link_of(score_id: str, followed: Sequence[FollowedGap]) -> Link:
    """Over the groups that have this score. Fewer than ten tell nothing."""
    scored = [
        (score, each) for each in followed if (score := each.scores.get(score_id)) is not None
    ]
    if len(scored) < FEWEST_GROUPS:
        return Link(score_id, len(scored), None, None, None)
    steps = [score / STEP for score, _ in scored]
    gaps = [each.gap_before.difference for _, each in scored]
    changes = [each.gap_after.difference - each.gap_before.difference for _, each in scored]
    return Link(
        score_id,
        len(scored),
        slope_of(list(zip(steps, gaps, strict=True)), changes),
        slope_of([(step,) for step in steps], changes),
        (STEP * mean(steps), mean(changes)),
    )


def slope_of(predictors: Sequence[Sequence[float]], changes: Sequence[float]) -> Slope | None:
    """Of the first predictor; None where all groups have the same score, or gaps follow it."""
    try:
        return least_squares(predictors, changes).slopes[0]
    except ValueError:
        return None


def drift_of(followed: Sequence[FollowedGap]) -> Drift | None:
    """By how little each gap at first says of the true one: (R − 1)(d − μ).

    With R the reliability of the group's own gap; Kelley's expectation of a second measurement.
    """
    if len(followed) < GROUPS_FOR_SPREAD:
        return None
    gaps = [each.gap_before for each in followed]
    of_all = true_gaps(gaps)
    believed = [gap_reliability(gap, of_all.spread) for gap in gaps]
    return Drift(
        of_all.mean,
        mean(believed),
        {
            each.group_id: (r - 1) * (gap.difference - of_all.mean)
            for each, gap, r in zip(followed, gaps, believed, strict=True)
        },
    )


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
