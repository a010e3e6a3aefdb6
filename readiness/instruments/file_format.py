"""What an instrument's file looks like: every part it has, in the order it is written.

Parts that a file writes just as the program keeps them are the classes of `models`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from readiness.core.typed_file import Day, Id, Key, Name, Points, Share, SomeTexts, Version
from readiness.instruments.models import (
    ActionKind,
    AnswerLimits,
    CoreMeasure,
    CostDriver,
    FieldType,
    Framework,
    LevelName,
    Metric,
    MonitoringStep,
    Source,
)

Level = Annotated[int, Meta(ge=0, le=4)]
Dollars = Annotated[Fraction, Meta(extra={"ge": 0})]
Months = Annotated[int, Meta(ge=0, le=120)]
Ids = tuple[Id, ...]
SomeIds = Annotated[tuple[Id, ...], Meta(min_length=1)]
FiveLevels = Annotated[dict[str, str], Meta(description="the five levels, 0 to 4")]


class AxisPart(Struct, frozen=True, kw_only=True):
    id: Id
    title: str


class DomainPart(Struct, frozen=True, kw_only=True):
    id: Id
    axis: Id
    title: str
    short: str
    purpose: str
    seed_link: str


class TierPart(Struct, frozen=True, kw_only=True):
    id: Id
    title: str
    axis_min: dict[str, Points] = {}
    domain_min: Points = Fraction(0)
    essential_gates: dict[str, Level] = {}
    supporting_gates: dict[str, Level] = {}
    supporting_unmet_max: Annotated[int, Meta(ge=0, le=100)] = 0
    not_applicable_meets: Ids = ()
    reading: str
    investment: str
    incentive_fit: str


class ItemPart(Struct, frozen=True, kw_only=True):
    id: Id
    domain: Id
    title: str
    short: str
    why: str
    stem: str
    levels: FiveLevels
    evidence: SomeTexts
    answered_by: str
    gate_why: str = ""
    na_when: str = ""
    na_says: str = ""
    metric: Metric | None = None
    support_at: dict[str, Share] = {}
    threshold_note: str = ""
    rules: dict[str, str] = {}
    crosswalk: dict[str, SomeIds]


class EffectPart(Struct, frozen=True, kw_only=True):
    summary: str
    metric: str
    points: Fraction | None = None
    grade: str
    sources: SomeIds
    status: str


class CostPart(Struct, frozen=True, kw_only=True):
    low: Dollars
    high: Dollars
    likely: Dollars | None = None
    unit: str
    per: CostDriver
    quantity: str | None = None
    quantity_says: str
    basis: str
    status: str
    band: Annotated[int, Meta(ge=1, le=4)]


class InterventionPart(Struct, frozen=True, kw_only=True):
    id: Id
    title: str
    short: str
    kind: ActionKind
    items: SomeIds
    measures: Ids
    what: str
    effect: EffectPart
    cost: CostPart
    staffing: str
    months_to_launch: Months
    months_to_effect: Annotated[tuple[Months, ...], Meta(min_length=2)]
    prerequisites: dict[str, Annotated[int, Meta(ge=1, le=4)]]
    sustain: str
    equity_note: str


class ColumnPart(Struct, frozen=True, kw_only=True):
    key: Key
    label: str
    type: FieldType
    choices: Annotated[dict[str, str], Meta(min_length=1)] = {}
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    unit: str = ""
    help: str = ""


class FieldPart(ColumnPart, frozen=True, kw_only=True):
    columns: Annotated[tuple[ColumnPart, ...], Meta(min_length=1)] = ()


class ContextItemPart(Struct, frozen=True, kw_only=True):
    id: Id
    ask: str
    use: str
    fields: Annotated[tuple[FieldPart, ...], Meta(min_length=1)]


class AboutPart(Struct, frozen=True, kw_only=True):
    unit_of_assessment: str
    respondents: str
    completion: str
    originality: str


class ScalePart(Struct, frozen=True, kw_only=True):
    rule: str
    basis: str
    levels: Annotated[tuple[LevelName, ...], Meta(min_length=5)]


class ReliabilityPart(Struct, frozen=True, kw_only=True):
    before_launch: tuple[str, ...] = ()
    monitoring: tuple[MonitoringStep, ...] = ()
    notes: dict[str, str] = {}


class InstrumentFile(Struct, frozen=True, kw_only=True):
    id: Name
    version: Version
    title: str
    status: Literal["draft", "published", "retired"]
    published_on: Day
    marks: Annotated[dict[str, str], Meta(min_length=1)]
    minutes: Annotated[int, Meta(ge=1, le=1000)]
    recall_period: str
    intended_use: SomeTexts
    not_for: SomeTexts
    about: AboutPart
    scale: ScalePart
    definitions: dict[str, str]
    responses: dict[str, str]
    limits: AnswerLimits
    axes: Annotated[tuple[AxisPart, ...], Meta(min_length=1)]
    domains: Annotated[tuple[DomainPart, ...], Meta(min_length=1)]
    tiers: Annotated[tuple[TierPart, ...], Meta(min_length=2)]
    tier_rationale: dict[str, str] = {}
    items: Annotated[tuple[ItemPart, ...], Meta(min_length=1)]
    cost_reference: str
    interventions: tuple[InterventionPart, ...]
    context: tuple[ContextItemPart, ...]
    core_measures: tuple[CoreMeasure, ...]
    core_measures_note: str = ""
    frameworks: tuple[Framework, ...]
    reliability: ReliabilityPart = field(default_factory=ReliabilityPart)
    safeguards: SomeTexts
    sources: tuple[Source, ...]
