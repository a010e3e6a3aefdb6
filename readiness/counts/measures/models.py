"""A measure: which step of the way over which other, for which needs, in force when; and what it
comes to over counts of which some are hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from readiness.core.periods import Period
from readiness.counts.social_risk.models import NEED_LABELS, FunnelCell, Need, Step
from readiness.counts.strata import ALL, Stratum, StratumType, strata_of
from readiness.statistics.rates import Rate, wilson_rate


class MeasureStatus(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"
    HISTORICAL = "historical"


STATUS_WORDS = {
    MeasureStatus.ACTIVE: "In use",
    MeasureStatus.REMOVED: "Removed by its program",
    MeasureStatus.HISTORICAL: "Historical",
}


class Direction(StrEnum):
    """Which way is better; a share of patients with a need is neither."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


@dataclass(frozen=True)
class MeasureTerm:
    """A step: of the need's own row, or of the group's, which is the same for every need."""

    step: Step
    of_group: bool = False

    def cell(self, need: Need, stratum: Stratum) -> FunnelCell:
        return FunnelCell(self.step, None if self.of_group else need, stratum)


@dataclass(frozen=True)
class MeasureSource:
    says: str
    origin: str
    on: date


@dataclass(frozen=True)
class ScreeningMeasure:
    id: str
    title: str
    needs: tuple[Need, ...]
    numerator: MeasureTerm
    denominator: MeasureTerm
    direction: Direction
    status: MeasureStatus
    window: str
    lag_quarters: int = 0  # further quarters to wait until the window has passed for everybody
    strata: tuple[StratumType, ...] = ()
    until: Period | None = None
    aligned_with: str = ""
    note: str = ""
    sources: tuple[MeasureSource, ...] = ()

    def is_due(self, period: Period, today: date) -> bool:
        """The quarter, and the wait after it, are over."""
        return period.plus(self.lag_quarters).is_closed_on(today)

    def is_in_force(self, period: Period) -> bool:
        return self.until is None or period <= self.until


@dataclass(frozen=True)
class QualityMeasure:
    id: str
    title: str
    steward: str
    specification: str
    direction: Direction  # higher or lower
    ages: str  # adult or pediatric
    status: MeasureStatus
    numerator: str
    denominator: str
    until: Period | None = None  # the last period it was in force for
    note: str = ""

    @property
    def is_higher_better(self) -> bool:
        return self.direction is Direction.HIGHER


MeasureT = TypeVar("MeasureT", ScreeningMeasure, QualityMeasure)


@dataclass(frozen=True)
class MeasureSet(Generic[MeasureT]):
    """One published version."""

    id: str
    version: str
    title: str
    published_on: date
    measures: tuple[MeasureT, ...]
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.id} {self.version}"

    @property
    def by_id(self) -> dict[str, MeasureT]:
        return {measure.id: measure for measure in self.measures}


ScreeningSet = MeasureSet[ScreeningMeasure]
QualitySet = MeasureSet[QualityMeasure]


# What each measure comes to, over counts of which some are hidden.


FEWEST_FOR_A_RATE = 30  # patients in a denominator; a share of fewer says too little

# None: hidden to protect small counts. A cell that is absent is not known.
Released = Mapping[FunnelCell, int | None]


@dataclass(frozen=True)
class MeasureFigure:
    """A numerator and a denominator as they may be shown."""

    stratum: Stratum
    numerator: int | None
    denominator: int | None

    @property
    def is_hidden(self) -> bool:
        return self.numerator is None or self.denominator is None

    @property
    def is_too_few(self) -> bool:
        return self.denominator is not None and self.denominator < FEWEST_FOR_A_RATE

    @property
    def share(self) -> float | None:
        """None where a number is hidden or the denominator is too small for a share."""
        if self.numerator is None or self.denominator is None or self.is_too_few:
            return None
        return self.numerator / self.denominator

    @property
    def rate(self) -> Rate | None:
        """The share with its interval."""
        if self.numerator is None or self.denominator is None or self.is_too_few:
            return None
        return wilson_rate(self.numerator, self.denominator)


@dataclass(frozen=True)
class MeasureResult:
    """One measure for one need: all patients first, then the strata that have counts."""

    measure: ScreeningMeasure
    need: Need
    whole: MeasureFigure | None  # None: the counts it needs are not known
    strata: tuple[MeasureFigure, ...] = ()
    due_on: date | None = None  # set: the window is not over before that day

    @property
    def id(self) -> str:
        return f"{self.measure.id}-{self.need}"

    @property
    def title(self) -> str:
        return f"{self.measure.title}: {NEED_LABELS[self.need].lower()}"


def results(
    measures: ScreeningSet, released: Released, period: Period, today: date
) -> tuple[MeasureResult, ...]:
    """Every measure in force in the quarter, in the order of the file, need by need."""
    return tuple(
        result_of(measure, need, released, period, today)
        for measure in measures.measures
        if measure.is_in_force(period)
        for need in measure.needs
    )


def result_of(
    measure: ScreeningMeasure, need: Need, released: Released, period: Period, today: date
) -> MeasureResult:
    if not measure.is_due(period, today):
        return MeasureResult(
            measure, need, None, due_on=period.plus(measure.lag_quarters + 1).first_day
        )
    return MeasureResult(
        measure,
        need,
        figure(measure, need, ALL, released),
        tuple(parts(measure, need, released)),
    )


def parts(measure: ScreeningMeasure, need: Need, released: Released) -> Iterator[MeasureFigure]:
    for kind in measure.strata:
        for stratum in strata_of(kind):
            if found := figure(measure, need, stratum, released):
                yield found


def figure(
    measure: ScreeningMeasure, need: Need, stratum: Stratum, released: Released
) -> MeasureFigure | None:
    """None where one of both numbers is not known, or they contradict each other."""
    above = measure.numerator.cell(need, stratum)
    below = measure.denominator.cell(need, stratum)
    if above not in released or below not in released:
        return None
    numerator, denominator = released[above], released[below]
    if numerator is not None and denominator is not None and numerator > denominator:
        return None
    return MeasureFigure(stratum, numerator, denominator)
