"""A measure: which step of the way over which other, for which needs, in force when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.core.periods import Period
from readiness.counts.social_risk.models import Cell, Need, Step, Stratum, StratumType


class Status(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"
    HISTORICAL = "historical"


STATUS_WORDS = {
    Status.ACTIVE: "In use",
    Status.REMOVED: "Removed by its program",
    Status.HISTORICAL: "Historical",
}


class Direction(StrEnum):
    """Which way is better; a share of patients with a need is neither."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


@dataclass(frozen=True)
class Term:
    """A step: of the need's own row, or of the group's, which is the same for every need."""

    step: Step
    of_group: bool = False

    def cell(self, need: Need, stratum: Stratum) -> Cell:
        return Cell(self.step, None if self.of_group else need, stratum)


@dataclass(frozen=True)
class Source:
    says: str
    origin: str
    on: date


@dataclass(frozen=True)
class Measure:
    id: str
    title: str
    needs: tuple[Need, ...]
    numerator: Term
    denominator: Term
    direction: Direction
    status: Status
    window: str
    lag_quarters: int = 0  # further quarters to wait until the window has passed for everybody
    strata: tuple[StratumType, ...] = ()
    until: Period | None = None
    aligned_with: str = ""
    note: str = ""
    sources: tuple[Source, ...] = ()

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
    measures: tuple[Measure, ...]
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.id} {self.version}"
