"""A calendar year as a table: its quarters, their sum, and each patient once where it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from readiness.core.periods import CalendarYear, Period
from readiness.counts.social_risk.models import (
    FIVE,
    NEED_LABELS,
    FunnelCell,
    FunnelCounts,
    Need,
    Step,
)

SCREENED = FunnelCell(Step.SCREENED)
FOUR_NEEDS = (Need.FOOD, Need.HOUSING, Need.FINANCIAL, Need.TRANSPORTATION)  # that the UDS asks for


@dataclass(frozen=True)
class YearRow:
    label: str
    quarters: tuple[int | None, ...]
    once: int | None  # each patient once in the year

    @property
    def sum(self) -> int | None:
        """Of the quarters that are known; whoever came back counts again."""
        known = [value for value in self.quarters if value is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class YearTable:
    year: CalendarYear
    once: Mapping[FunnelCell, int]
    quarters: Mapping[Period, FunnelCounts]

    def row(self, label: str, cell: FunnelCell) -> YearRow:
        known = (self.quarters.get(each) for each in self.year.quarters)
        values = tuple(each.known.get(cell) if each else None for each in known)
        return YearRow(label, values, self.once.get(cell))

    def four(self) -> Iterator[YearRow]:
        yield self.row("Screened", SCREENED)
        for need in FOUR_NEEDS:
            yield self.row(f"{NEED_LABELS[need]}: need found", FunnelCell(Step.POSITIVE, need))

    def needs(self) -> Iterator[YearRow]:
        """Screened for each need and found, of those that anything is known of."""
        for need in (*FIVE, *(each for each in NEED_LABELS if each not in FIVE)):
            for step, says in ((Step.SCREENED, "screened"), (Step.POSITIVE, "need found")):
                row = self.row(f"{NEED_LABELS[need]}: {says}", FunnelCell(step, need))
                if row.once is not None or row.sum is not None:
                    yield row
