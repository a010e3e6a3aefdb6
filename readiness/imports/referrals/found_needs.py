"""The needs that screens found: for each patient and quarter the first day of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date

from readiness.core.periods import quarter_of
from readiness.counts.social_risk.models import HOUSING_PARTS, Need
from readiness.imports.mapping_models import MADE_BY_US
from readiness.imports.screens.models import NeedResult, Screen
from readiness.imports.screens.tally import Whose, whose_of

PARTS: dict[Need, tuple[Need, ...]] = {Need.HOUSING: (*HOUSING_PARTS, Need.HOUSING)}


def parts_of(need: Need) -> tuple[Need, ...]:
    """Help with one kind of housing need is help with housing."""
    return PARTS.get(need, (need,))


@dataclass(frozen=True, slots=True)
class FoundNeed:
    whose: Whose
    need: Need
    first: date  # the first screen of the quarter that found it
    is_latest: bool  # no later quarter found it again

    @property
    def quarter(self) -> str:
        return self.whose[1]

    @property
    def patient(self) -> bytes:
        return self.whose[2]


@dataclass
class FoundNeeds:
    """Screens have to come by day."""

    firsts: dict[Whose, dict[Need, date]] = field(default_factory=dict)
    latest: dict[tuple[bytes, Need], date] = field(default_factory=dict)

    def add(self, screen: Screen, results: Mapping[Need, NeedResult]) -> None:
        for need in positives(results):
            firsts = self.firsts.setdefault(whose_of(screen), {})
            self.latest[screen.patient, need] = firsts.setdefault(need, screen.day)

    def __iter__(self) -> Iterator[FoundNeed]:
        for whose, firsts in self.firsts.items():
            for need, first in firsts.items():
                latest = self.latest[whose[2], need]
                yield FoundNeed(whose, need, first, quarter_of(latest) == quarter_of(first))


def positives(results: Mapping[Need, NeedResult]) -> list[Need]:
    """With housing where a part of it is one."""
    found: Set[Need] = {need for need, result in results.items() if result is NeedResult.POSITIVE}
    found = with_wholes(found)
    return [need for need in Need if need in found and need not in MADE_BY_US]


def with_wholes(needs: Set[Need]) -> Set[Need]:
    return needs | {need for need, parts in PARTS.items() if not needs.isdisjoint(parts)}
