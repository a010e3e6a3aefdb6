"""The visits of a run, kept small: for each patient and quarter where they were seen last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from readiness.core.periods import CalendarYear, Period
from readiness.imports.screens.models import PatientTraits, RecordStatus
from readiness.imports.screens.tally import Whose, whose_of
from readiness.imports.visits.models import Visit

GroupQuarter = tuple[str, str]
SeenAs = tuple[str, PatientTraits | None]  # site, and what the visit says of the person
Sightings = tuple[tuple[SeenAs, date], ...]  # the latest day of each; nearly always one


@dataclass
class VisitList:
    """Encounters wait for their latest version; lines of a list have none."""

    seen: dict[Whose, Sightings] = field(default_factory=dict)
    listed: set[GroupQuarter] = field(default_factory=set)  # of which a list of visits tells
    encounters: dict[bytes, Visit] = field(default_factory=dict)  # by resource
    same: dict[Any, Any] = field(default_factory=dict)  # equal values are kept once
    has_any: bool = False

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
        self.has_any = True
        whose = whose_of(visit)
        seen_as = (visit.site_id, visit.traits)
        known = self.seen.get(whose, ())
        day = max((on for each, on in known if each == seen_as), default=visit.day)
        latest = (self.shared(seen_as), self.shared(max(day, visit.day)))
        self.seen[whose] = (*(each for each in known if each[0] != seen_as), latest)
        return whose

    def shared(self, value: Any) -> Any:
        return self.same.setdefault(value, value)

    def visits(self, period: Period | CalendarYear | None = None) -> Iterator[Visit]:
        """By day, and always in the same order for one patient, whatever the files' is. What is
        handed on is let go."""
        for visit in self.encounters.values():
            if visit.standing is RecordStatus.COUNTED:
                self.keep(visit)
        self.encounters.clear()
        waiting = [
            (day, whose, seen_as)
            for whose, sightings in self.seen.items()
            for seen_as, day in in_order(sightings)
            if period is None or whose[1].startswith(str(period))
        ]
        self.seen.clear()
        self.same.clear()
        waiting.sort(key=lambda each: each[0])
        waiting.reverse()  # the first stands last, to be taken off
        while waiting:
            day, (group_id, _, patient), (site_id, traits) = waiting.pop()
            yield Visit(patient, day, group_id, site_id, traits)


def in_order(sightings: Sightings) -> Iterable[tuple[SeenAs, date]]:
    if len(sightings) == 1:
        return sightings
    return sorted(sightings, key=lambda each: (each[1], each[0][0], repr(each[0][1])))
