"""What could be paid for in a group, what each of it would raise or reach, and what was chosen.

A group's plan to a tier is bought as a package, all of it or nothing; actions of its plan to the
next tier, and care redesign for a gap, singly too. Each is worth what it serves: a tier, the items
that the plan lifts toward the next one, the measures with a gap that counts. Each of these is a
purpose, and is counted once in a group, however many of the chosen actions serve it. Fields are
stored and exported under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import ActionKind, Instrument
from readiness.plans.costs import CostRange, ResourceRequirements
from readiness.plans.models import ActionPlan

PACKAGE, OWN_WORK = "to:", "own work to:"
SMALL_GROUP = 10  # full-time clinicians at most
MOST_PATIENTS = 0.5  # from this share on a group counts as one of such a place
INCENTIVE_READY = "T3"


class BenefitComponent(StrEnum):
    NEXT_TIER = "next_tier"
    READY = "ready"
    READINESS = "readiness"
    NEED = "need"
    PEOPLE = "people"


COMPONENT_UNITS = {
    BenefitComponent.NEXT_TIER: "groups with all of their way to a higher tier paid for",
    BenefitComponent.READY: "groups with all of their way to Incentive-ready, tier 3, paid for",
    BenefitComponent.READINESS: "level steps toward the next tier, an essential gate counted three "
    "times and a supporting gate twice",
    BenefitComponent.NEED: "patients at social risk, by how much of the group’s work is done",
    BenefitComponent.PEOPLE: "patients in gaps that count",
}


def becomes_ready(tier_before: str, tier_after: str) -> bool:
    """Ids of tiers sort as the tiers do."""
    return tier_before < INCENTIVE_READY <= tier_after


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
class PatientsBehind:
    """Patients who would have to meet a measure for a gap that counts to close."""

    measure_id: str
    people: float
    error: float  # standard error
    says: str
    is_by_language: bool = False  # the gap is between groups of a language


class ActionOrigin(StrEnum):
    """Where an action that could be paid for comes from."""

    PLAN = "in the group’s plan"
    LATER = "in the plan to a later tier"  # with all of that plan, never singly
    GAP = "for a gap, beyond the tier"
    NO_PLAN = "in no plan of the group"  # only where the payer asks for it
    FORMER = "as it was offered then"  # stored before offers came from plans


@dataclass(frozen=True)
class TierPlan:
    """A group's plan to one tier above its own, and when it would be there."""

    tier_id: str
    plan: ActionPlan
    reaches: bool  # the group may have changed its plan so that it does not
    months: tuple[int, int] | None  # from the plan's start; None: nobody can tell
    still_to_pay: int = 0  # dollars, of what is under way in it
    begun_yearly: int = 0  # dollars, that what is under way takes every year afterwards


@dataclass(frozen=True)
class GroupBaseline:
    """What one group submitted and released, as its payer may read it."""

    group_id: str
    name: str
    instrument: Instrument
    run: ScoringRun
    answers: Answers
    context: Context
    positive: tuple[int, int] | None = None  # patient-quarters with any need, of those screened
    behind: tuple[PatientsBehind, ...] = ()
    still_to_pay: Mapping[str, int] = field(default_factory=dict)  # dollars, by action begun
    done_before: frozenset[str] = frozenset()  # before the answers, which show what it brought
    plans: tuple[TierPlan, ...] = ()  # lowest tier first; the first is the group's own
    awarded: frozenset[str] = frozenset()  # ids of actions that money was awarded for

    @property
    def in_place(self) -> frozenset[str]:
        """Under way, or done since the answers."""
        return frozenset(self.still_to_pay)


@dataclass(frozen=True)
class SocialRisk:
    """How much social risk a group's patients live with, from 0 to 1, and what it rests on."""

    share: float  # one share, or the mean of two
    error: float
    says: str
    is_known: bool = True


@dataclass(frozen=True)
class InvestmentPurpose:
    """Something a chosen action would raise or reach: counted once, whatever serves it."""

    group_id: str
    id: str  # "lift:MEAS-2", "reach:CBP", "tier:next"
    says: str
    next_tier: int = 0
    ready: int = 0
    readiness: int = 0
    need: float = 0.0
    people: float = 0.0
    people_error: float = 0.0

    def amount(self, component: BenefitComponent) -> float:
        return float(getattr(self, component.value))


@dataclass(frozen=True)
class Candidate:
    """One intervention that could be paid for in one group."""

    group_id: str
    id: str  # of the intervention
    title: str
    kind: ActionKind | None  # None: added by the group
    takes: ResourceRequirements  # dollars and people-days
    serves: tuple[str, ...]  # ids of purposes
    origin: ActionOrigin = ActionOrigin.FORMER
    is_payable: bool = True  # a payer is among those who may pay
    acts: str = ""  # posts
    pays_after: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """It can be paid for by itself."""
        return self.is_payable and self.origin is not ActionOrigin.LATER

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.id

    @property
    def cost(self) -> CostRange:
        """Of its first year."""
        return self.takes.first_year


@dataclass(frozen=True)
class TierPackage:
    """All of a group's way to one tier. What no payer may pay for, the group pays itself."""

    group_id: str
    tier_id: str
    tier_title: str
    actions: tuple[str, ...]  # ids of candidates
    serves: tuple[str, ...]  # ids of purposes, those of the group's own work with them
    own_steps: tuple[str, ...]  # in words, each with its people-days
    own_days: int  # people-days of the own steps
    still_to_pay: int  # dollars, of what is under way already: the group's own
    begun_yearly: int = 0  # dollars, that this takes every year afterwards
    months: tuple[int, int] | None = None
    questions: tuple[str, ...] = ()  # to be answered first, in words

    @property
    def id(self) -> str:
        return f"{PACKAGE}{self.tier_id}"

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.id

    @property
    def own_work(self) -> str:
        """The id under which what the group does itself stands beside the actions."""
        return f"{OWN_WORK}{self.tier_id}"


@dataclass(frozen=True)
class PrerequisiteRule:
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
class GroupOffer:
    """One group: what is known of it, what could be paid for and in which order, and what not."""

    group_id: str
    name: str
    tier_id: str
    tier_title: str
    patients: int | None
    risk: SocialRisk
    tags: tuple[str, ...]
    in_place: tuple[str, ...]
    purposes: tuple[InvestmentPurpose, ...]
    candidates: tuple[Candidate, ...]
    doors: tuple[PrerequisiteRule, ...]
    unavailable: tuple[Unavailable, ...]
    notes: tuple[str, ...] = ()
    packages: tuple[TierPackage, ...] = ()  # lowest tier first
    held_back: str = ""  # what keeps the next tier closed first

    @cached_property
    def purpose_by_id(self) -> Mapping[str, InvestmentPurpose]:
        return {purpose.id: purpose for purpose in self.purposes}

    @cached_property
    def candidate_by_id(self) -> Mapping[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    @cached_property
    def package_by_id(self) -> Mapping[str, TierPackage]:
        return {package.id: package for package in self.packages}

    @property
    def choices(self) -> tuple[Candidate | TierPackage, ...]:
        return (*self.candidates, *self.packages)

    def raw(self, choice: Candidate | TierPackage, component: BenefitComponent) -> float:
        """All that it serves, as if nothing else served the same."""
        return sum(self.purpose_by_id[each].amount(component) for each in choice.serves)
