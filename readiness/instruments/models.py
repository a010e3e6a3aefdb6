"""The instrument: what is asked, what each answer means, and what a tier asks for.

Values only. They are read from a versioned file (`readiness/instruments/`), never written in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta

from readiness.core.typed_file import Id, Key, Share
from readiness.instruments.conditions import Condition

LEVELS = range(5)  # 0 Absent, 1 Ad hoc, 2 Defined, 3 Deployed, 4 Improving
STEP_EFFORT = (1, 2, 3, 4)  # of the steps to levels 1, 2, 3, 4, where a version does not say

FieldType = Literal[
    "integer", "number", "share", "boolean", "choice", "choices", "text", "date", "table"
]


class GateKind(StrEnum):
    ESSENTIAL = "essential"  # every one must be met
    SUPPORTING = "supporting"  # a few may be unmet; the tier is then provisional


class ActionKind(StrEnum):
    """What an intervention is, so that "never dashboards or training alone" can be checked."""

    ENABLING = "enabling"  # data, measurement, money: no direct effect on a gap
    CARE_REDESIGN = "care redesign"
    ACCESS = "access"
    TRAINING = "training"
    FEEDBACK = "feedback"  # dashboards, audit and feedback
    GOVERNANCE = "governance"
    SOCIAL = "social support"


class ApplicabilityRule(StrEnum):
    """What decides that an item does not apply."""

    BY_ANSWER = "by_answer"  # the group says so, where the item's condition holds
    BY_FACT = "by_fact"  # the condition alone, over facts of the group


class CostDriver(StrEnum):
    """What one unit of an intervention's cost is counted by."""

    GROUP = "group"
    SITE = "site"
    FTE = "full-time equivalent"
    PATIENT = "patient"
    MEMBER_MONTH = "member month"
    KIT = "kit"
    RIDE = "ride"
    DAY = "day"
    MINUTE = "minute"


@dataclass(frozen=True)
class LevelName:
    level: Annotated[int, Meta(ge=0, le=4)]
    label: str  # "Deployed"
    meaning: str


@dataclass(frozen=True)
class Metric:
    """A rate that an item asks about."""

    name: Key
    numerator: str
    denominator: str
    from_counts: bool = False  # checked against the social-risk counts
    also_report: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    id: str  # "LEAD-1"
    domain_id: str
    title: str
    short: str
    why: str
    stem: str
    levels: tuple[str, ...]  # five anchors, level 0 first
    evidence: tuple[str, ...]
    answered_by: str
    crosswalk: Mapping[str, tuple[str, ...]]  # framework id -> element ids
    intervention_ids: tuple[str, ...]
    na_when: Condition | None = None  # None: "not applicable" is never allowed
    na_says: str = ""  # the same rule in words
    metric: Metric | None = None
    threshold_note: str = ""
    support_at: Mapping[int, Fraction] = field(default_factory=dict)  # level -> least share counted
    rules: Mapping[str, str] = field(default_factory=dict)  # suggested figures, such as a minimum


@dataclass(frozen=True)
class Axis:
    id: str  # "QMS"
    title: str
    domain_ids: tuple[str, ...]


@dataclass(frozen=True)
class Domain:
    id: str  # "LEAD"
    axis_id: str
    title: str
    short: str
    purpose: str
    seed_link: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Gate:
    tier_id: str
    item_id: str
    level: int
    kind: GateKind
    why: str
    na_alternative: bool = False  # True: an accepted NA meets this gate too


@dataclass(frozen=True)
class Tier:
    id: str  # "T2"
    title: str  # "Developing"
    axis_min: Mapping[str, Fraction]  # axis id -> least low score; empty for T0
    domain_min: Fraction  # least low score of every scored domain
    gates: tuple[Gate, ...]
    supporting_unmet_max: int
    reading: str
    usually: str  # ends the sentence "Groups at this tier usually …"
    incentive_fit: str

    @property
    def number(self) -> int:
        return int(self.id[1:])


@dataclass(frozen=True)
class AnswerLimits:
    """Shares above which (strictly) an answer set says too little."""

    na_per_domain: Share  # over: the domain is not scored, and `na_cap` applies
    dk_per_domain: Share  # over: T0
    dk_overall: Share  # over: T0
    na_cap: Id  # highest tier while a domain is not scored


@dataclass(frozen=True)
class Prerequisite:
    item_id: str
    level: int


@dataclass(frozen=True)
class Cost:
    """First-year cash cost of one unit, in US dollars. Estimates are marked as estimates."""

    low_dollars: Fraction
    high_dollars: Fraction
    likely_dollars: Fraction | None  # None: the geometric mean of low and high, an estimate
    driver: CostDriver
    quantity: str | None  # units for a group, over context keys: "sites", or "1"; None: unknown
    unit: str  # in words, as a person reads it
    basis: str
    band: int  # 1 to 4, over a reference group
    status: str = "E"  # marks of the dollars: see Instrument.marks
    quantity_says: str = ""  # where the default quantity comes from, in words


@dataclass(frozen=True)
class Effect:
    summary: str
    metric: str
    grade: str
    source_ids: tuple[str, ...]
    status: str
    value_points: Fraction | None = None


@dataclass(frozen=True)
class Intervention:
    id: str  # "REALCOL"
    title: str
    short: str
    kind: ActionKind
    item_ids: tuple[str, ...]
    measure_ids: tuple[str, ...]
    what: str
    effect: Effect
    cost: Cost
    staffing: str
    months_to_launch: int
    months_to_effect: tuple[int, int]
    prerequisites: tuple[Prerequisite, ...]
    sustain: str
    equity_note: str


@dataclass(frozen=True)
class ContextField:
    """One thing known about a group. Never scored."""

    key: str  # "sites"
    label: str
    type: FieldType
    choices: tuple[tuple[str, str], ...] = ()  # (value, words)
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    unit: str = ""
    columns: tuple[ContextField, ...] = ()  # of a table
    help: str = ""


@dataclass(frozen=True)
class ContextItem:
    id: str  # "CTX-02"
    ask: str
    use: str
    fields: tuple[ContextField, ...]


@dataclass(frozen=True)
class Framework:
    id: Id
    name: str
    status: str
    elements: Annotated[Mapping[str, str], Meta(min_length=1)]


@dataclass(frozen=True)
class CoreMeasure:
    id: Id
    name: str
    ages: Literal["adult", "pediatric"]


@dataclass(frozen=True)
class Source:
    id: Id
    what: str
    at: str
    verified: str  # V seen on a page, K from memory


@dataclass(frozen=True)
class MonitoringStep:
    """Something to do once enough answers have come in, such as a reliability estimate."""

    needs: str  # "30 groups"
    does: str


@dataclass(frozen=True)
class About:
    """How to fill in the instrument, and what it rests on. Prose for people; nothing reads it."""

    unit_of_assessment: str = ""
    respondents: str = ""
    completion: str = ""
    originality: str = ""
    scale_basis: str = ""
    core_measures_note: str = ""
    cost_reference: str = ""  # the group that cost bands are for
    tier_rationale: Mapping[str, str] = field(default_factory=dict)
    before_launch: tuple[str, ...] = ()
    monitoring: tuple[MonitoringStep, ...] = ()
    reliability_notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Instrument:
    id: str
    version: str
    title: str
    status: Literal["draft", "trial", "published", "retired"]  # on trial: only where it is named
    published_on: str  # ISO day
    sha256: str  # seal over the file's bytes
    recall_period: str
    minutes: int
    intended_use: tuple[str, ...]
    not_for: tuple[str, ...]
    scale: tuple[LevelName, ...]
    scale_rule: str
    definitions: Mapping[str, str]
    axes: tuple[Axis, ...]
    domains: tuple[Domain, ...]
    tiers: tuple[Tier, ...]  # T0 first
    limits: AnswerLimits
    interventions: tuple[Intervention, ...]
    context: tuple[ContextItem, ...]
    frameworks: tuple[Framework, ...]
    core_measures: tuple[CoreMeasure, ...]
    sources: tuple[Source, ...]
    safeguards: tuple[str, ...]
    marks: Mapping[str, str] = field(default_factory=dict)  # "E" -> what that mark means
    responses: Mapping[str, str] = field(default_factory=dict)  # "don't know" -> how it is treated
    about: About = field(default_factory=About)
    step_effort: tuple[int, ...] = STEP_EFFORT
    not_applicable: ApplicabilityRule = ApplicabilityRule.BY_ANSWER
    changes: Mapping[str, str] = field(default_factory=dict)  # since the version it extends

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order they are asked."""
        return tuple(item for domain in self.domains for item in domain.items)

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def domain_by_id(self) -> Mapping[str, Domain]:
        return {domain.id: domain for domain in self.domains}

    @cached_property
    def tier_by_id(self) -> Mapping[str, Tier]:
        return {tier.id: tier for tier in self.tiers}

    @cached_property
    def intervention_by_id(self) -> Mapping[str, Intervention]:
        return {intervention.id: intervention for intervention in self.interventions}

    @cached_property
    def field_by_key(self) -> Mapping[str, ContextField]:
        return {field.key: field for item in self.context for field in item.fields}

    @cached_property
    def gates_by_item(self) -> Mapping[str, tuple[Gate, ...]]:
        """Gates of every tier on each item, lowest tier first."""
        gates = [gate for tier in self.tiers for gate in tier.gates]
        return {
            item.id: tuple(gate for gate in gates if gate.item_id == item.id) for item in self.items
        }

    def tier_after(self, tier: Tier) -> Tier | None:
        """The next tier up, or None at the top."""
        return next((t for t in self.tiers if t.number == tier.number + 1), None)
