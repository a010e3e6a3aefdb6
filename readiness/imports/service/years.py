"""A calendar year beside its quarters: each patient once, from files that held all four."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core.db import Session
from readiness.core.errors import NotFound
from readiness.core.people import Group
from readiness.core.periods import EARLIEST_YEAR, CalendarYear, Period
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts
from readiness.imports import db as uploads

NO_YEAR = "There is no such year here. Choose one from the page of all quarters."


@dataclass(frozen=True)
class YearOfCounts:
    group: Group
    year: CalendarYear
    known: Mapping[FunnelCell, int]  # each patient once; empty where no upload held the year
    saved_at: datetime | None
    quarters: Mapping[Period, FunnelCounts]  # of the year, those with counts


def of_year(session: Session, group_id: str, written: int) -> YearOfCounts:
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    if not EARLIEST_YEAR <= written <= session.now.year:
        raise NotFound(NO_YEAR)
    year = CalendarYear(written)
    saved_at, known = uploads.years_of_group(session.store, group_id).get(year, (None, {}))
    quarters = social_risk.of_group(session.store, group_id)
    return YearOfCounts(
        groups.get(session.store, group_id),
        year,
        known,
        saved_at,
        {each: quarters[each] for each in year.quarters if each in quarters},
    )
