"""From judged screens to counts: each patient once per quarter, need and stratum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from readiness.core.periods import quarter_of
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import ALL, UNKNOWN, StratumType
from readiness.imports.diagnoses.models import Diagnosis
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.evaluation import add_derived_needs
from readiness.imports.screens.models import (
    NOBODY,
    WHOLE,
    CellKey,
    NeedResult,
    PatientTraits,
    ResultCounts,
    Screen,
)
from readiness.imports.screens.strata import NOBODY_KNOWN, KnownTraits, Told, known_from, strata_of
from readiness.imports.visits.models import Visit

# Of several screens of one patient in a quarter the strongest counts: a clear answer over none.
RANKS: tuple[NeedResult | None, ...] = (
    None,
    NeedResult.INCOMPLETE,
    NeedResult.UNKNOWN,
    NeedResult.DECLINED,
    NeedResult.NEGATIVE,
    NeedResult.POSITIVE,
    NeedResult.PARTIAL,  # made of the others, once all are there
)
RANK = {result: rank for rank, result in enumerate(RANKS)}
NEEDS = tuple(Need)
PLACE = {need: place for place, need in enumerate(NEEDS)}

MOST_ALIKE = 10_000  # results that are remembered

Strata = Mapping[StratumType, str]
Corner = tuple[str, str, str, str, str]  # group, site, quarter, type of stratum, stratum
Corners = Mapping[KnownTraits, tuple[tuple[str, str], ...]]
Whose = tuple[str, str, bytes]  # group, quarter, patient
Row = list[int]  # one count for each need and rank


@dataclass(slots=True)
class PatientResults:
    """One patient of one group in one quarter, kept small: there may be millions."""

    ranks: bytes = bytes(len(NEEDS))
    day: date = date.min  # of the latest screen
    site_id: str = ""
    known: KnownTraits = NOBODY_KNOWN
    is_seen: bool = False  # a visit says so

    @property
    def is_screened(self) -> bool:
        return any(self.ranks)


NOBODY_YET = PatientResults()


@dataclass
class PatientTally:
    """Screens and visits have to come by day, so that the latest site and words stand."""

    codes: CodeTable
    sums: dict[Whose, PatientResults] = field(default_factory=dict)
    same: dict[Any, Any] = field(default_factory=dict)  # equal values are kept once
    told: Told = field(default_factory=dict)

    def add(self, screen: Screen, needs: Mapping[Need, NeedResult], known: KnownTraits) -> None:
        if not needs:
            return
        one = self.meet(screen, known)
        one.ranks = stronger(one.ranks, ranks_of(tuple(needs.items())))

    def meet(self, met: Screen | Visit | Diagnosis, known: KnownTraits) -> PatientResults:
        """Somebody was screened, seen or diagnosed."""
        whose = whose_of(met)
        one = self.sums.get(whose)
        if one is None:
            one = self.sums[whose] = PatientResults()
        one.day = met.day
        one.is_seen |= isinstance(met, Visit)
        one.site_id = met.site_id or one.site_id
        both = one.known.then(known)
        is_new = both is not one.known and both is not known
        one.known = self.same.setdefault(both, both) if is_new else both
        return one

    def years(self) -> dict[str, frozenset[str]]:
        """By year, its quarters in which anybody was screened."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (_, quarter, _), one in self.sums.items():
            if one.is_screened:
                found[quarter[:4]].add(quarter)
        return {year: frozenset(quarters) for year, quarters in found.items()}

    def of_years(self, years: Collection[str]) -> PatientTally:
        """Each patient once in a calendar year, however many quarters they came in."""
        whole = PatientTally(self.codes)
        for (group_id, quarter, patient), one in sorted(self.sums.items()):
            if quarter[:4] not in years:
                continue
            whose = (group_id, quarter[:4], patient)
            so_far = whole.sums.get(whose, NOBODY_YET)
            whole.sums[whose] = PatientResults(
                ranks=stronger(so_far.ranks, one.ranks),
                day=one.day,
                site_id=one.site_id or so_far.site_id,
                known=so_far.known.then(one.known),
            )
        return whole

    def cells(self, people: Mapping[bytes, PatientTraits]) -> dict[CellKey, ResultCounts]:
        return self.cells_at(self.corners(people))

    def corners(self, people: Mapping[bytes, PatientTraits]) -> Corners:
        """Where each patient counts. What a record of the person says goes before a screen."""
        strata = self.strata(people)
        kinds = kinds_with_strata(strata.values())
        return {known: corners_of(each, kinds) for known, each in strata.items()}

    def keys(self, whose: Whose, corners: Corners, need: str) -> Iterator[CellKey]:
        """The cells that one patient of a quarter counts in."""
        group_id, quarter, _ = whose
        one = self.sums[whose]
        for kind, stratum in corners[one.known]:
            yield CellKey(group_id, one.site_id or WHOLE, quarter, need, kind, stratum)

    def cells_at(self, corners: Corners) -> dict[CellKey, ResultCounts]:
        """Everybody's results."""
        places = {ranks: places_of(ranks) for ranks in {one.ranks for one in self.sums.values()}}
        rows: defaultdict[Corner, Row] = defaultdict(lambda: [0] * (len(NEEDS) * len(RANKS)))
        for (group_id, quarter, _), one in self.sums.items():
            for kind, stratum in corners[one.known]:
                row = rows[group_id, one.site_id or WHOLE, quarter, kind, stratum]
                for place in places[one.ranks]:
                    row[place] += 1
        return dict(cells_in(rows))

    def strata(self, people: Mapping[bytes, PatientTraits]) -> dict[KnownTraits, Strata]:
        for (_, _, patient), one in self.sums.items():
            if patient in people:
                one.known = one.known.then(known_from(people[patient], self.codes, one.day))
        return {known: strata_of(known) for known in {one.known for one in self.sums.values()}}


def whose_of(met: Screen | Visit | Diagnosis) -> Whose:
    return met.group_id or NOBODY, quarter_at(met.day), met.patient


@lru_cache(maxsize=1_024)
def quarter_at(day: date) -> str:
    """Days are few and are met a million times."""
    return str(quarter_of(day))


@lru_cache(maxsize=MOST_ALIKE)
def ranks_of(results: tuple[tuple[Need, NeedResult], ...]) -> bytes:
    ranks = bytearray(len(NEEDS))
    for need, result in results:
        ranks[PLACE[need]] = RANK[result]
    return bytes(ranks)


@lru_cache(maxsize=MOST_ALIKE)
def stronger(ranks: bytes, others: bytes) -> bytes:
    """Positive if any screen is; else negative if one is clear; else why it is not known."""
    return bytes(map(max, ranks, others))


def kinds_with_strata(strata: Iterable[Strata]) -> tuple[StratumType, ...]:
    """Strata are given only where something is known of somebody; then the rest is `unknown`."""
    found = {kind for each in strata for kind, stratum in each.items() if stratum != UNKNOWN}
    return tuple(kind for kind in StratumType if kind in found)


def corners_of(strata: Strata, kinds: Iterable[StratumType]) -> tuple[tuple[str, str], ...]:
    return ((ALL.type.value, ALL.name), *((kind.value, strata[kind]) for kind in kinds))


def places_of(ranks: bytes) -> tuple[int, ...]:
    """Where one patient's results stand in a row."""
    results = {
        need: result for need, rank in zip(NEEDS, ranks, strict=True) if (result := RANKS[rank])
    }
    return tuple(
        PLACE[need] * len(RANKS) + RANK[result]
        for need, result in add_derived_needs(results).items()
    )


def cells_in(rows: Mapping[Corner, Row]) -> Iterator[tuple[CellKey, ResultCounts]]:
    for (group_id, site_id, period, kind, stratum), row in sorted(rows.items()):
        for need, place in PLACE.items():
            start = place * len(RANKS)
            counts = {str(result): row[start + rank] for result, rank in RANK.items() if result}
            if any(counts.values()):
                key = CellKey(group_id, site_id, period, need.value, kind, stratum)
                yield key, ResultCounts(**counts)
