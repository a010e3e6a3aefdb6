"""What an instrument's file looks like: every part it has, in the order it is written; and the
instrument that is made of it.

Parts that a file writes just as the program keeps them are the classes of `models`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from readiness.core.typed_file import Day, Id, Key, Name, Points, Share, SomeTexts, Version
from readiness.instruments.conditions import Condition
from readiness.instruments.models import (
    LEVELS,
    STEP_EFFORT,
    About,
    ActionKind,
    AnswerLimits,
    ApplicabilityRule,
    Axis,
    ContextField,
    ContextItem,
    CoreMeasure,
    Cost,
    CostDriver,
    Domain,
    Effect,
    FieldType,
    Framework,
    Gate,
    GateKind,
    Instrument,
    Intervention,
    Item,
    LevelName,
    Metric,
    MonitoringStep,
    Prerequisite,
    Source,
    Tier,
)

Level = Annotated[int, Meta(ge=0, le=4)]
Dollars = Annotated[Fraction, Meta(extra={"ge": 0})]
Efforts = Annotated[
    tuple[Annotated[int, Meta(ge=1, le=100)], ...], Meta(min_length=4, max_length=4)
]
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
    usually: str
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
    status: Literal["draft", "trial", "published", "retired"]
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
    not_applicable: ApplicabilityRule = ApplicabilityRule.BY_ANSWER
    changes: dict[str, str] = {}
    step_effort: Efforts = STEP_EFFORT
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


# From the parts of a file to the values of the program


def instrument_of(written: InstrumentFile, sha256: str) -> Instrument:
    own: dict[str, Any] = {
        "sha256": sha256,
        "scale": written.scale.levels,
        "scale_rule": written.scale.rule,
        "axes": tuple(
            Axis(axis.id, axis.title, tuple(d.id for d in written.domains if d.axis == axis.id))
            for axis in written.axes
        ),
        "domains": tuple(domain_of(domain, written) for domain in written.domains),
        "tiers": tuple(tier_of(tier, written) for tier in written.tiers),
        "interventions": tuple(map(intervention_of, written.interventions)),
        "context": tuple(
            ContextItem(item.id, item.ask, item.use, tuple(map(field_of, item.fields)))
            for item in written.context
        ),
        "about": About(
            **shared_fields(written.about, About),
            **shared_fields(written, About),
            scale_basis=written.scale.basis,
            before_launch=written.reliability.before_launch,
            monitoring=written.reliability.monitoring,
            reliability_notes=written.reliability.notes,
        ),
    }
    return Instrument(**(shared_fields(written, Instrument) | own))


def domain_of(part: DomainPart, written: InstrumentFile) -> Domain:
    items = tuple(item_of(item, written) for item in written.items if item.domain == part.id)
    return Domain(**shared_fields(part, Domain), axis_id=part.axis, items=items)


def item_of(part: ItemPart, written: InstrumentFile) -> Item:
    own: dict[str, Any] = {
        "domain_id": part.domain,
        "levels": tuple(part.levels.get(str(level), "") for level in LEVELS),
        "intervention_ids": tuple(
            each.id for each in written.interventions if part.id in each.items
        ),
        "na_when": Condition(part.na_when) if part.na_when else None,
        "support_at": {int(at): share for at, share in part.support_at.items() if at.isdigit()},
    }
    return Item(**(shared_fields(part, Item) | own))


def tier_of(part: TierPart, written: InstrumentFile) -> Tier:
    return Tier(**shared_fields(part, Tier), gates=tuple(gates_of(part, written)))


def gates_of(tier: TierPart, written: InstrumentFile) -> Iterator[Gate]:
    """The tier says which level of which item; the item says why."""
    why = {item.id: item.gate_why for item in written.items}
    for kind, levels in (
        (GateKind.ESSENTIAL, tier.essential_gates),
        (GateKind.SUPPORTING, tier.supporting_gates),
    ):
        for item_id, level in levels.items():
            is_met_by_na = item_id in tier.not_applicable_meets
            yield Gate(tier.id, item_id, level, kind, why.get(item_id, ""), is_met_by_na)


def intervention_of(part: InterventionPart) -> Intervention:
    months = part.months_to_effect
    own: dict[str, Any] = {
        "item_ids": part.items,
        "measure_ids": part.measures,
        "effect": effect_of(part.effect),
        "cost": cost_of(part.cost),
        "months_to_effect": (months[0], months[-1]) if months else (0, 0),
        "prerequisites": tuple(Prerequisite(*pair) for pair in part.prerequisites.items()),
    }
    return Intervention(**(shared_fields(part, Intervention) | own))


def effect_of(part: EffectPart) -> Effect:
    return Effect(**shared_fields(part, Effect), source_ids=part.sources, value_points=part.points)


def cost_of(part: CostPart) -> Cost:
    return Cost(
        **shared_fields(part, Cost),
        low_dollars=part.low,
        high_dollars=part.high,
        likely_dollars=part.likely,
        driver=part.per,
    )


def field_of(part: ColumnPart) -> ContextField:
    own: dict[str, Any] = {
        "choices": tuple(part.choices.items()),
        "columns": tuple(map(field_of, getattr(part, "columns", ()))),
    }
    return ContextField(**(shared_fields(part, ContextField) | own))


def shared_fields(part: Struct, kind: type) -> dict[str, Any]:
    """What both call alike."""
    names = [each.name for each in fields(kind) if hasattr(part, each.name)]
    return {name: getattr(part, name) for name in names}
