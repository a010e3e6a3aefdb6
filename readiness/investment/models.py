"""What could be paid for in a group, what each of it would raise or reach, and what was chosen.

An action is worth what it serves: the items it lifts toward the next tier, and the measures with a
gap that counts. Each of these is a purpose, and is counted once in a group, however many of the
chosen actions serve it. Fields are stored and exported under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from readiness.assessments.scorecard import ScoringRun
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import ActionKind, Instrument, Prerequisite
from readiness.plans.costs import CostRange, ResourceRequirements

SMALL_GROUP = 10  # full-time clinicians at most
MOST_PATIENTS = 0.5  # from this share on a group counts as one of such a place


class BenefitComponent(StrEnum):
    READINESS = "readiness"
    NEED = "need"
    PEOPLE = "people"


COMPONENT_UNITS = {
    BenefitComponent.READINESS: "level steps toward the next tier, an essential gate counted three "
    "times and a supporting gate twice",
    BenefitComponent.NEED: "patients at social risk, by how much of the group’s work is done",
    BenefitComponent.PEOPLE: "patients in gaps that count",
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
class PatientsBehind:
    """Patients who would have to meet a measure for a gap that counts to close."""

    measure_id: str
    people: float
    error: float  # standard error
    says: str
    is_by_language: bool = False  # the gap is between groups of a language


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
    in_place: frozenset[str] = frozenset()
    needed_first: Mapping[str, tuple[Prerequisite, ...]] = field(default_factory=dict)
    # intervention id -> what the cost book says it needs besides the instrument


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
    id: str  # "lift:MEAS-2", "reach:CBP"
    says: str
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

    @cached_property
    def purpose_by_id(self) -> Mapping[str, InvestmentPurpose]:
        return {purpose.id: purpose for purpose in self.purposes}

    @cached_property
    def candidate_by_id(self) -> Mapping[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    def raw(self, candidate: Candidate, component: BenefitComponent) -> float:
        """All that it serves, as if nothing else served the same."""
        return sum(self.purpose_by_id[each].amount(component) for each in candidate.serves)


@dataclass(frozen=True, order=True)
class Pick:
    """One action in one group, and the year it starts in."""

    group_id: str
    action_id: str
    year: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.group_id, self.action_id


@dataclass(frozen=True)
class CostSpan:
    """Dollars: a tenth of the draws lies below the low, half below the middle, a tenth above the
    high."""

    low: int
    middle: int
    high: int
    within: float = 1.0  # share of the draws that the budget covers


@dataclass(frozen=True)
class GroupAward:
    """What one group gets, and where that would bring it if all of it is lifted as intended."""

    group_id: str
    dollars: int
    lifts: tuple[str, ...]  # ids of purposes that are served
    gates_met: tuple[str, ...]  # items whose gate of the next tier would be met
    tier_before: str
    tier_after: str
    after_title: str = ""  # "Incentive-ready"


@dataclass(frozen=True)
class PolicyAnswer:
    """The answer under one policy."""

    policy_id: str
    is_possible: bool
    picks: tuple[Pick, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    is_proven: bool = False
    by_year: tuple[int, ...] = ()  # dollars
    span: CostSpan = CostSpan(0, 0, 0)
    bought: tuple[GroupAward, ...] = ()
    points: Mapping[BenefitComponent, float] | None = None  # hundredths of all there is

    @property
    def spent(self) -> int:
        return sum(self.by_year)

    @property
    def gap(self) -> float:
        """How much better an answer could be at most, as a share of this one."""
        return max(0.0, self.bound - self.objective) / max(1.0, abs(self.objective))


@dataclass(frozen=True)
class OptionLeftOut:
    """A good option that was not chosen, tried by pinning it."""

    group_id: str
    action_id: str
    dollars: int
    points: float  # what it would add to the answer, with nothing given up
    loses: float | None  # points that the whole answer loses with it pinned; None: not possible
    given_up: tuple[Pick, ...] = ()
    taken_up: tuple[Pick, ...] = ()
    forbids: tuple[str, ...] = ()  # constraints that adding it alone would break


@dataclass(frozen=True)
class HeuristicResult:
    """A simpler way of spending the same money."""

    name: str
    objective: float | None  # None: it found nothing
    spent: int
    actions: int
    says: str = ""


@dataclass(frozen=True)
class ScenarioAnswer:
    founds: tuple[PolicyAnswer, ...]  # one for each policy
    less: PolicyAnswer | None  # the scenario's policy with 5 % less money
    more: PolicyAnswer | None
    left_out: tuple[OptionLeftOut, ...]
    rivals: tuple[HeuristicResult, ...]
    solver: str

    def found(self, policy_id: str) -> PolicyAnswer:
        return next(each for each in self.founds if each.policy_id == policy_id)


@dataclass(frozen=True)
class Survival:
    """In how many of the draws an action was chosen."""

    group_id: str
    action_id: str
    times: int


@dataclass(frozen=True)
class Stability:
    runs: int
    seed: int
    answered: int  # draws with an answer
    survivals: tuple[Survival, ...]
    objective_low: float  # a tenth of the draws lie below
    objective_high: float
