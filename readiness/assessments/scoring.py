"""Scores of domains and axes from the answers, in exact arithmetic.

The context of a group never enters here: it adjusts support, never a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from readiness.assessments.scorecard import ScoreRange, one_decimal
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import AnswerLimits, Instrument, Item

ENGINE_VERSION = "1.3"  # changes whenever the same answers could get another result
TOP_LEVEL = 4


@dataclass(frozen=True)
class AnswerTally:
    """How the items of a domain, or of the whole instrument, were answered."""

    items: int
    not_applicable: int
    dont_know: int
    points: int  # sum of the levels

    @property
    def counted(self) -> int:
        """A missing answer counts, and is worth nothing: silence is never counted as strength."""
        return self.items - self.not_applicable


@dataclass(frozen=True)
class ScoreEstimate:
    """An unrounded score with its range; None where nothing can be said."""

    low: Fraction | None
    mid: Fraction | None
    high: Fraction | None

    @cached_property
    def rounded(self) -> ScoreRange:
        low, mid, high = (
            None if value is None else one_decimal(value)
            for value in (self.low, self.mid, self.high)
        )
        return ScoreRange(low, mid, high)


UNSCORED = ScoreEstimate(None, None, None)


@dataclass(frozen=True)
class Scores:
    tally: AnswerTally
    tally_by_domain: Mapping[str, AnswerTally]
    domains: Mapping[str, ScoreEstimate]
    axes: Mapping[str, ScoreEstimate]
    overall: ScoreEstimate


def score(instrument: Instrument, answers: Answers) -> Scores:
    """Every item weighs the same in its domain, and every scored domain the same in its axis."""
    tallies = {domain.id: tally(domain.items, answers) for domain in instrument.domains}
    domains = {
        domain.id: estimate(tallies[domain.id], instrument.limits) for domain in instrument.domains
    }
    axes = {
        axis.id: mean_of_known(domains[domain_id] for domain_id in axis.domain_ids)
        for axis in instrument.axes
    }
    return Scores(
        tally=tally(instrument.items, answers),
        tally_by_domain=tallies,
        domains=domains,
        axes=axes,
        overall=mean_of_all(axes.values()),
    )


def tally(items: Iterable[Item], answers: Answers) -> AnswerTally:
    given = [answers.get(item.id) for item in items]
    kinds = [answer.kind for answer in given if answer]
    return AnswerTally(
        items=len(given),
        not_applicable=kinds.count(AnswerKind.NOT_APPLICABLE),
        dont_know=kinds.count(AnswerKind.DONT_KNOW),
        points=sum(answer.level or 0 for answer in given if answer),
    )


def is_scored(tally: AnswerTally, limits: AnswerLimits) -> bool:
    """Too many "not applicable" leave a domain without a score."""
    return tally.counted > 0 and tally.not_applicable <= limits.na_per_domain * tally.items


def estimate(tally: AnswerTally, limits: AnswerLimits) -> ScoreEstimate:
    if not is_scored(tally, limits):
        return UNSCORED
    known = tally.counted - tally.dont_know
    return ScoreEstimate(
        low=percent(tally.points, tally.counted),
        mid=percent(tally.points, known) if known else None,
        high=percent(tally.points + TOP_LEVEL * tally.dont_know, tally.counted),
    )


def percent(points: int, items: int) -> Fraction:
    return Fraction(100 * points, TOP_LEVEL * items)


def mean_of_known(estimates: Iterable[ScoreEstimate]) -> ScoreEstimate:
    """An axis is the mean of those of its domains that have a score."""
    parts = tuple(estimates)
    return ScoreEstimate(
        low=mean([part.low for part in parts if part.low is not None]),
        mid=mean([part.mid for part in parts if part.mid is not None]),
        high=mean([part.high for part in parts if part.high is not None]),
    )


def mean_of_all(estimates: Iterable[ScoreEstimate]) -> ScoreEstimate:
    """The overall score is the mean of the axes, and there is none when an axis has none."""
    parts = tuple(estimates)
    whole = mean_of_known(parts)
    return ScoreEstimate(
        low=None if any(part.low is None for part in parts) else whole.low,
        mid=None if any(part.mid is None for part in parts) else whole.mid,
        high=None if any(part.high is None for part in parts) else whole.high,
    )


def mean(values: list[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None
