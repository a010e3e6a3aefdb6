"""A measure: which step of the way over which other, for which needs, in force when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType


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
class MeasureSet:
    """One published version."""

    id: str
    version: str
    title: str
    published_on: date
    measures: tuple[ScreeningMeasure, ...]
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.id} {self.version}"


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


@dataclass(frozen=True)
class QualitySet:
    """One published version."""

    id: str
    version: str
    title: str
    published_on: date
    measures: tuple[QualityMeasure, ...]
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.id} {self.version}"

    @property
    def by_id(self) -> dict[str, QualityMeasure]:
        return {measure.id: measure for measure in self.measures}
