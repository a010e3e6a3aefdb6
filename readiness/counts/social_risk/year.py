"""Screening reach with each patient counted once in twelve months.

Counts are kept by quarter, and a sum of quarters counts whoever came back again. Only the group's
own records can tell a year's patients: two numbers of them may be entered beside the quarters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.core.errors import Problem
from readiness.core.periods import Period, latest_closed, quarters_back
from readiness.counts.social_risk.models import FunnelCounts, Step

ONCE_A_YEAR = "patients, each counted once in 12 months"
QUARTERS = 4


@dataclass(frozen=True)
class YearReach:
    """Patients of the twelve months that end with a quarter, each counted once."""

    ending: Period
    seen: int  # at least once
    screened: int  # at least once, of those seen
    revision: int = 1

    @property
    def label(self) -> str:
        """
        >>> YearReach(Period(2026, 3), 2, 1).label
        '12 months to the end of Q3 2026'
        """
        return f"12 months to the end of {self.ending.label}"


def is_recent(year: YearReach, today: date) -> bool:
    """Of an end within the last four closed quarters."""
    return year.ending in quarters_back(latest_closed(today), QUARTERS)


def problems_of(year: YearReach, known: Mapping[Period, FunnelCounts]) -> Iterator[Problem]:
    """What cannot be beside the quarters that the year is made of."""
    if not year.seen:
        yield Problem("seen", "A share needs patients: enter how many were seen.")
    if year.screened > year.seen:
        yield Problem("screened", "More were screened than seen. Correct one of the two numbers.")
    own = [known[each] for each in quarters_back(year.ending, QUARTERS) if each in known]
    for part, step, number in (
        ("seen", Step.ELIGIBLE, year.seen),
        ("screened", Step.SCREENED, year.screened),
    ):
        counted = {each.period: n for each in own if (n := each.at(step)) is not None}
        largest = max(counted, key=lambda quarter: counted[quarter], default=None)
        if largest and counted[largest] > number:
            says = f"{largest.label} alone counts {counted[largest]:,}. Correct one of the two."
            yield Problem(part, says)
        if part == "screened" and len(counted) == QUARTERS and sum(counted.values()) < number:
            says = f"The four quarters together count only {sum(counted.values()):,}"
            yield Problem(part, f"{says}. Correct one of them.")
