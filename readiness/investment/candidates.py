"""What could be paid for in a group, and what each of it would raise or reach.

An action is worth what it serves: the items it lifts toward the next tier, and the measures with a
gap that counts. Each of these is a purpose, and is counted once in a group, however many of the
chosen actions serve it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import ActionKind, Instrument
from readiness.plans.costs import CostRange, ResourceRequirements

SMALL_GROUP = 10  # full-time clinicians at most
MOST_PATIENTS = 0.5  # from this share on a group counts as one of such a place


class Component(StrEnum):
    READINESS = "readiness"
    NEED = "need"
    PEOPLE = "people"


COMPONENT_UNITS = {
    Component.READINESS: "level steps toward the next tier, an essential gate counted three times "
    "and a supporting gate twice",
    Component.NEED: "patients at social risk, by how much of the group’s work is done",
    Component.PEOPLE: "patients in gaps that count",
}


class Tag(StrEnum):
    HIGH_RISK = "high social risk"
    DEPRIVED = "deprived areas"
    RURAL = "rural areas"
    FOUNDATION = "T1"
    SMALL = "small group"


TAG_SAYS = {
    Tag.HIGH_RISK: "the third of groups with the highest social risk, from 5 groups with a known "
    "share on",
    Tag.DEPRIVED: "groups with half or more of their patients in the most deprived fifth of areas",
    Tag.RURAL: "groups with half or more of their patients in rural areas",
    Tag.FOUNDATION: "groups at Foundation, tier 1",
    Tag.SMALL: f"groups with {SMALL_GROUP} full-time clinicians or fewer",
}


@dataclass(frozen=True)
class Behind:
    """Patients who would have to meet a measure for a gap that counts to close."""

    measure_id: str
    people: float
    error: float  # standard error
    says: str
    is_by_language: bool = False  # the gap is between groups of a language


@dataclass(frozen=True)
class Footing:
    """What one group submitted and released, as its payer may read it."""

    group_id: str
    name: str
    instrument: Instrument
    run: ScoringRun
    answers: Answers
    context: Context
    positive: tuple[int, int] | None = None  # released: any need, of those screened
    behind: tuple[Behind, ...] = ()
    in_place: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Risk:
    """The share of a group's patients at social risk, and what it rests on."""

    share: float
    error: float
    says: str
    is_known: bool = True


@dataclass(frozen=True)
class Purpose:
    """Something a chosen action would raise or reach: counted once, whatever serves it."""

    group_id: str
    id: str  # "lift:MEAS-2", "reach:CBP"
    says: str
    readiness: int = 0
    need: float = 0.0
    people: float = 0.0
    people_error: float = 0.0

    def amount(self, component: Component) -> float:
        return float(getattr(self, component.value))


@dataclass(frozen=True)
class Candidate:
    """One intervention that could be paid for in one group."""

    group_id: str
    id: str  # of the intervention
    title: str
    kind: ActionKind
    takes: ResourceRequirements  # dollars and people-days
    serves: tuple[str, ...]  # ids of purposes
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.id

    @property
    def cost(self) -> CostRange:
        """Of its first year."""
        return self.takes.first_year


@dataclass(frozen=True)
class Door:
    """`unlocks` is open once so many of `of` are in place or chosen, and why."""

    needs: int
    of: tuple[str, ...]
    unlocks: tuple[str, ...]
    says: str
    is_tier_gate: bool = False


@dataclass(frozen=True)
class Unavailable:
    """An intervention that cannot be chosen here, and why."""

    id: str
    title: str
    why: str


@dataclass(frozen=True)
class Offer:
    """One group: what is known of it, what could be paid for and in which order, and what not."""

    group_id: str
    name: str
    tier_id: str
    tier_title: str
    patients: int | None
    risk: Risk
    tags: tuple[str, ...]
    in_place: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    candidates: tuple[Candidate, ...]
    doors: tuple[Door, ...]
    unavailable: tuple[Unavailable, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def purpose_by_id(self) -> Mapping[str, Purpose]:
        return {purpose.id: purpose for purpose in self.purposes}

    @cached_property
    def candidate_by_id(self) -> Mapping[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    def raw(self, candidate: Candidate, component: Component) -> float:
        """All that it serves, as if nothing else served the same."""
        return sum(self.purpose_by_id[each].amount(component) for each in candidate.serves)
