"""From the parts of a file to the values of the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from msgspec import Struct

from readiness.instruments.conditions import Condition
from readiness.instruments.file_format import (
    ColumnPart,
    CostPart,
    DomainPart,
    EffectPart,
    InstrumentFile,
    InterventionPart,
    ItemPart,
    TierPart,
)
from readiness.instruments.models import (
    LEVELS,
    About,
    Axis,
    ContextField,
    ContextItem,
    Cost,
    Domain,
    Effect,
    Gate,
    GateKind,
    Instrument,
    Intervention,
    Item,
    Prerequisite,
    Tier,
)


def shared_fields(part: Struct, kind: type) -> dict[str, Any]:
    """What both call alike."""
    names = [each.name for each in fields(kind) if hasattr(part, each.name)]
    return {name: getattr(part, name) for name in names}


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
