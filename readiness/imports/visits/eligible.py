"""How many patients were eligible: those seen in the quarter, each once.

Whoever was screened was seen, though no visit says so, so nobody is screened who was not eligible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from readiness.counts.social_risk.models import Step
from readiness.imports.screens.models import CellKey
from readiness.imports.screens.tally import Corners, PatientTally
from readiness.imports.visits.visit_list import GroupQuarter

OF_GROUP = ""  # the need of a cell that is of the whole group's row
DEFINITIONS = {  # as the pages say it
    Step.ELIGIBLE: "Patients with at least one visit in the quarter, each once, and those screened "
    "in it without a visit in the list."
}


@dataclass(frozen=True)
class EligibleCount:
    cells: Counter[CellKey] = field(default_factory=Counter)
    added: int = 0  # screened in a quarter without a visit in it
    screened_alone: tuple[str, ...] = ()  # quarters whose visits are of nobody but those screened


def count_eligible(
    tally: PatientTally, listed: Collection[GroupQuarter], corners: Corners
) -> EligibleCount:
    """Of the quarters that visits tell of; `listed` are those of a list. Encounters that stand
    beside screens alone, as some exports have them, tell of nobody who was not screened, and so of
    nothing."""
    visited = {whose[:2] for whose, one in tally.sums.items() if one.is_seen}
    unscreened = {whose[:2] for whose, one in tally.sums.items() if not one.is_screened}
    told = visited & (unscreened | set(listed))
    counted = [whose for whose in tally.sums if whose[:2] in told]
    return EligibleCount(
        Counter(key for whose in counted for key in tally.keys(whose, corners, OF_GROUP)),
        added=sum(not tally.sums[whose].is_seen for whose in counted),
        screened_alone=quarters_in(visited - told),
    )


def quarters_in(places: Collection[GroupQuarter]) -> tuple[str, ...]:
    return tuple(sorted({quarter for _, quarter in places}))
