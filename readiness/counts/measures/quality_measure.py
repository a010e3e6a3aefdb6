"""What a quality measure is. Which ones there are, is a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from readiness.core.periods import Period
from readiness.counts.measures.catalogue import Direction, Status


@dataclass(frozen=True)
class QualityMeasure:
    id: str
    title: str
    steward: str
    specification: str
    direction: Direction  # higher or lower
    ages: str  # adult or pediatric
    status: Status
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
