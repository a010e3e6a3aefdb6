"""The visits of a run, kept small: for each patient and quarter where they were seen last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from readiness.core.periods import Period
from readiness.imports.screens.models import PatientTraits, RecordStatus
from readiness.imports.screens.tally import Whose, whose_of
from readiness.imports.visits.models import Visit

GroupQuarter = tuple[str, str]
SeenAs = tuple[str, PatientTraits | None]  # site, and what the visit says of the person


@dataclass
class VisitList:
    """Encounters wait for their latest version; lines of a list have none."""

    seen: dict[Whose, dict[SeenAs, date]] = field(default_factory=dict)  # the latest day of each
    listed: set[GroupQuarter] = field(default_factory=set)  # of which a list of visits tells
    encounters: dict[bytes, Visit] = field(default_factory=dict)  # by resource
    same: dict[Any, Any] = field(default_factory=dict)  # equal values are kept once

    def __bool__(self) -> bool:
        return bool(self.seen or self.encounters)

    def add(self, visit: Visit) -> None:
        if visit.resource:
            before = self.encounters.get(visit.resource)
            if before is None or before.edition <= visit.edition:
                self.encounters[visit.resource] = visit
            return
        group_id, quarter, _ = self.keep(visit)
        self.listed.add((group_id, quarter))

    def keep(self, visit: Visit) -> Whose:
        """Of visits that tell the same the latest says what the others do."""
        whose = whose_of(visit)
        seen_as = self.same.setdefault((visit.site_id, visit.traits), (visit.site_id, visit.traits))
        days = self.seen.setdefault(whose, {})
        days[seen_as] = max(visit.day, days.get(seen_as, visit.day))
        return whose

    def visits(self, period: Period | None = None) -> Iterator[Visit]:
        """By day. Of several on one day the order is always the same, whatever the files'."""
        for visit in self.encounters.values():
            if visit.standing is RecordStatus.COUNTED:
                self.keep(replace(visit, resource=b""))
        self.encounters.clear()
        found = [
            Visit(patient, day, group_id, site_id, traits)
            for (group_id, quarter, patient), days in self.seen.items()
            for day, (site_id, traits) in in_order(days)
            if period is None or quarter == str(period)
        ]
        yield from sorted(found, key=lambda visit: visit.day)


def in_order(days: Mapping[SeenAs, date]) -> list[tuple[date, SeenAs]]:
    listed = [(day, seen_as) for seen_as, day in days.items()]
    return sorted(listed, key=lambda each: (each[0], each[1][0], repr(each[1][1])))
