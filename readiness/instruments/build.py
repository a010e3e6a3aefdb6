"""From what is written in a file to the values of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readiness.instruments.conditions import Condition
from readiness.instruments.file_format import Written
from readiness.instruments.models import (
    About,
    ActionKind,
    AnswerLimits,
    Axis,
    ContextField,
    ContextItem,
    CoreMeasure,
    Cost,
    CostDriver,
    Domain,
    Effect,
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

GATES = {"essential_gates": GateKind.ESSENTIAL, "supporting_gates": GateKind.SUPPORTING}


def instrument_of(written: Written, sha256: str) -> Instrument:
    return Instrument(
        id=written["id"],
        version=written["version"],
        title=written["title"],
        status=written["status"],
        published_on=written["published_on"],
        sha256=sha256,
        recall_period=written["recall_period"],
        minutes=written["minutes"],
        intended_use=written["intended_use"],
        not_for=written["not_for"],
        scale=tuple(LevelName(**level) for level in written["scale"]["levels"]),
        scale_rule=written["scale"]["rule"],
        definitions=written["definitions"],
        axes=tuple(axis_of(axis, written) for axis in written["axes"]),
        domains=tuple(domain_of(domain, written) for domain in written["domains"]),
        tiers=tuple(tier_of(tier, written) for tier in written["tiers"]),
        limits=AnswerLimits(**written["limits"]),
        interventions=tuple(intervention_of(each) for each in written["interventions"]),
        context=tuple(context_item_of(item) for item in written["context"]),
        frameworks=tuple(Framework(**framework) for framework in written["frameworks"]),
        core_measures=tuple(CoreMeasure(**measure) for measure in written["core_measures"]),
        sources=tuple(Source(**source) for source in written["sources"]),
        safeguards=written["safeguards"],
        marks=written["marks"],
        responses=written["responses"],
        about=about_of(written),
    )


def about_of(written: Written) -> About:
    reliability = written["reliability"]
    return About(
        **written["about"],
        scale_basis=written["scale"]["basis"],
        core_measures_note=written["core_measures_note"],
        cost_reference=written["cost_reference"],
        tier_rationale=written["tier_rationale"],
        before_launch=reliability["before_launch"],
        monitoring=tuple(MonitoringStep(**check) for check in reliability["monitoring"]),
        reliability_notes=reliability["notes"],
    )


def axis_of(axis: dict[str, Any], written: Written) -> Axis:
    domains = (domain["id"] for domain in written["domains"] if domain["axis"] == axis["id"])
    return Axis(**axis, domain_ids=tuple(domains))


def domain_of(domain: dict[str, Any], written: Written) -> Domain:
    return Domain(
        id=domain["id"],
        axis_id=domain["axis"],
        title=domain["title"],
        short=domain["short"],
        purpose=domain["purpose"],
        seed_link=domain["seed_link"],
        items=tuple(
            item_of(item, written) for item in written["items"] if item["domain"] == domain["id"]
        ),
    )


def item_of(item: dict[str, Any], written: Written) -> Item:
    return Item(
        id=item["id"],
        domain_id=item["domain"],
        title=item["title"],
        short=item["short"],
        why=item["why"],
        stem=item["stem"],
        levels=item["levels"],
        evidence=item["evidence"],
        answered_by=item["answered_by"],
        crosswalk=item["crosswalk"],
        intervention_ids=tuple(
            each["id"] for each in written["interventions"] if item["id"] in each["items"]
        ),
        na_when=Condition(item["na_when"]) if item["na_when"] else None,
        na_says=item["na_says"],
        metric=Metric(**item["metric"]) if item["metric"] else None,
        threshold_note=item["threshold_note"],
        support_at={int(at): share for at, share in item["support_at"].items() if at.isdigit()},
        rules=item["rules"],
    )


def tier_of(tier: dict[str, Any], written: Written) -> Tier:
    return Tier(
        id=tier["id"],
        title=tier["title"],
        axis_min=tier["axis_min"],
        domain_min=tier["domain_min"],
        gates=tuple(gates_of(tier, written)),
        supporting_unmet_max=tier["supporting_unmet_max"],
        reading=tier["reading"],
        investment=tier["investment"],
        incentive_fit=tier["incentive_fit"],
    )


def gates_of(tier: dict[str, Any], written: Written) -> Iterator[Gate]:
    """The tier says which level of which item; the item says why."""
    why = {item["id"]: item["gate_why"] for item in written["items"]}
    for part, kind in GATES.items():
        for item_id, level in tier[part].items():
            yield Gate(
                tier_id=tier["id"],
                item_id=item_id,
                level=level,
                kind=kind,
                why=why.get(item_id, ""),
                na_alternative=item_id in tier["not_applicable_meets"],
            )


def intervention_of(each: dict[str, Any]) -> Intervention:
    months = each["months_to_effect"]
    return Intervention(
        id=each["id"],
        title=each["title"],
        short=each["short"],
        kind=ActionKind(each["kind"]),
        item_ids=each["items"],
        measure_ids=each["measures"],
        what=each["what"],
        effect=effect_of(each["effect"]),
        cost=cost_of(each["cost"]),
        staffing=each["staffing"],
        months_to_launch=each["months_to_launch"],
        months_to_effect=(months[0], months[-1]) if months else (0, 0),
        prerequisites=tuple(Prerequisite(*pair) for pair in each["prerequisites"].items()),
        sustain=each["sustain"],
        equity_note=each["equity_note"],
    )


def effect_of(effect: dict[str, Any]) -> Effect:
    return Effect(
        summary=effect["summary"],
        metric=effect["metric"],
        grade=effect["grade"],
        source_ids=effect["sources"],
        status=effect["status"],
        value_points=effect["points"],
    )


def cost_of(cost: dict[str, Any]) -> Cost:
    return Cost(
        low_dollars=cost["low"],
        high_dollars=cost["high"],
        likely_dollars=cost["likely"],
        driver=CostDriver(cost["per"]),
        quantity=cost["quantity"],
        quantity_says=cost["quantity_says"],
        unit=cost["unit"],
        basis=cost["basis"],
        status=cost["status"],
        band=cost["band"],
    )


def context_item_of(item: dict[str, Any]) -> ContextItem:
    return ContextItem(
        item["id"], item["ask"], item["use"], tuple(field_of(field) for field in item["fields"])
    )


def field_of(field: dict[str, Any]) -> ContextField:
    return ContextField(
        **{
            **field,
            "choices": tuple(field["choices"].items()),
            "columns": tuple(field_of(column) for column in field.get("columns", ())),
        }
    )
