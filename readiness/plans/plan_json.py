"""A plan as plain JSON, and back: the form in which it is stored, sent and attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from readiness.plans.costs import CostEstimate, CostRange, PeopleDays
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    ActionType,
    CatalogValues,
    ExcludedIntervention,
    GroupValues,
    LevelRise,
    PlanAction,
    Proposal,
    ProposedPlan,
    ResourceEstimate,
)
from readiness.plans.projection import ProjectedTier, Projection
from readiness.plans.schedule import timing_of
from readiness.plans.simulation import SimulatedCost

Plain = dict[str, Any]
ENDS = ("low", "likely", "high")


def proposed_out(plan: ProposedPlan) -> Plain:
    return {
        "target_tier": plan.target_tier_id,
        "proposals": [proposal_out(each) for each in plan.proposals],
        "set_aside": [asdict(each) for each in plan.set_aside],
        "need_says": list(plan.need_says),
    }


def proposed_in(plain: Mapping[str, Any]) -> ProposedPlan:
    return ProposedPlan(
        target_tier_id=plain["target_tier"],
        proposals=tuple(proposal_in(each) for each in plain["proposals"]),
        set_aside=tuple(ExcludedIntervention(**each) for each in plain["set_aside"]),
        need_says=tuple(plain["need_says"]),
    )


def proposal_out(proposal: Proposal) -> Plain:
    return {
        "id": proposal.id,
        "type": proposal.type,
        "title": proposal.title,
        "lifts": [asdict(lift) for lift in proposal.lifts],
        "because": list(proposal.because),
        "half_year": proposal.half_year,
        "after": list(proposal.after),
        "intervention_id": proposal.intervention_id,
        "priority": str(proposal.priority),
        "feasibility": str(proposal.feasibility),
        "value": str(proposal.value),
        "cost": priced_out(proposal.cost) if proposal.cost else None,
    }


def proposal_in(plain: Mapping[str, Any]) -> Proposal:
    return Proposal(
        id=plain["id"],
        type=ActionType(plain["type"]),
        title=plain["title"],
        lifts=tuple(LevelRise(**lift) for lift in plain["lifts"]),
        because=tuple(plain["because"]),
        half_year=plain["half_year"],
        after=tuple(plain["after"]),
        intervention_id=plain["intervention_id"],
        priority=Fraction(plain["priority"]),
        feasibility=Fraction(plain["feasibility"]),
        value=Fraction(plain["value"]),
        cost=priced_in(plain["cost"]) if plain["cost"] else None,
    )


def priced_out(cost: CostEstimate) -> Plain:
    return {
        "per_unit": range_out(cost.per_unit),
        "unit": cost.unit,
        "units": None if cost.units is None else str(cost.units),
        "units_say": cost.units_say,
        "total": range_out(cost.total) if cost.total else None,
        "is_likely_estimated": cost.is_likely_estimated,
        "status": cost.status,
        "basis": cost.basis,
        "band": cost.band,
    }


def priced_in(plain: Mapping[str, Any]) -> CostEstimate:
    return CostEstimate(
        per_unit=range_in(plain["per_unit"]),
        unit=plain["unit"],
        units=None if plain["units"] is None else Fraction(plain["units"]),
        units_say=plain["units_say"],
        total=range_in(plain["total"]) if plain["total"] else None,
        is_likely_estimated=plain["is_likely_estimated"],
        status=plain["status"],
        basis=plain["basis"],
        band=plain["band"],
    )


def range_out(cost: CostRange | PeopleDays) -> Plain:
    return {"low": str(cost.low), "likely": str(cost.likely), "high": str(cost.high)}


def range_in(plain: Mapping[str, Any]) -> CostRange:
    return CostRange(Decimal(plain["low"]), Decimal(plain["likely"]), Decimal(plain["high"]))


def edits_out(action: PlanAction) -> Plain:
    """What people made of an action; the proposal itself is stored once, with the plan."""
    return {
        "title": action.title,
        "owner": action.owner,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "status": action.status,
        "note": action.note,
        "evidence": action.evidence,
        "own": own_out(action.own),
    }


def own_out(own: GroupValues) -> Plain:
    return {
        **amounts_out(own.amounts),
        "units": None if own.units is None else str(own.units),
        "acts": own.acts,
        "may_pay": own.may_pay,
        "pays_after": own.pays_after,
        "half_year": own.half_year,
        "months_to_launch": own.months_to_launch,
        "months_to_effect": list(own.months_to_effect) if own.months_to_effect else None,
        "levels": dict(own.levels),
    }


def own_in(plain: Mapping[str, Any]) -> GroupValues:
    days, effect = plain["people_days"], plain["months_to_effect"]
    return GroupValues(
        amounts=ResourceEstimate(
            one_off=range_in(plain["one_off"]) if plain["one_off"] else None,
            yearly=range_in(plain["yearly"]) if plain["yearly"] else None,
            people_days=PeopleDays(*(Decimal(days[end]) for end in ENDS)) if days else None,
        ),
        units=None if plain["units"] is None else Fraction(plain["units"]),
        acts=plain["acts"],
        may_pay=plain["may_pay"],
        pays_after=plain["pays_after"],
        half_year=plain["half_year"],
        months_to_launch=plain["months_to_launch"],
        months_to_effect=(effect[0], effect[1]) if effect else None,
        levels=tuple(plain["levels"].items()),
    )


def amounts_out(amounts: ResourceEstimate) -> Plain:
    return {
        "one_off": range_out(amounts.one_off) if amounts.one_off else None,
        "yearly": range_out(amounts.yearly) if amounts.yearly else None,
        "people_days": range_out(amounts.people_days) if amounts.people_days else None,
    }


def action_in(
    action_id: str, revision: int, edits: Mapping[str, Any], proposal: Proposal | None
) -> PlanAction:
    return PlanAction(
        id=action_id,
        revision=revision,
        title=edits["title"],
        owner=edits["owner"],
        due_on=date.fromisoformat(edits["due_on"]) if edits["due_on"] else None,
        status=ActionStatus(edits["status"]),
        note=edits["note"],
        proposal=proposal,
        own=own_in(edits["own"]),
        evidence=edits["evidence"],
    )


def plan_out(plan: ActionPlan) -> Plain:
    """The whole plan for a machine: the attachment of its document."""
    return {
        "plan": plan.id,
        "group": plan.group_id,
        "assessment": plan.assessment_id,
        "run": plan.run_id,
        "starts_on": plan.starts_on.isoformat(),
        "target_tier": plan.target_tier_id,
        "actions": [
            {
                "id": action.id,
                **edits_out(action),
                "now": now_out(action, plan),
                "usual": usual_out(action.usual) if action.usual else None,
                "proposal": proposal_out(action.proposal) if action.proposal else None,
            }
            for action in plan.actions
        ],
        "set_aside": [asdict(each) for each in plan.set_aside],
        "need_says": list(plan.need_says),
    }


def now_out(action: PlanAction, plan: ActionPlan) -> Plain:
    """What counts for the action now: the group's own values, else the catalogue's."""
    timing = timing_of(action, plan)
    return {
        "first_year": range_out(action.cost) if action.cost else None,
        **amounts_out(action.amounts),
        "starts_on": timing.starts_on.isoformat() if timing else None,
        "launches_on": timing.launches_on.isoformat() if timing else None,
        "effect_from": timing.earliest.isoformat() if timing else None,
        "effect_until": timing.latest.isoformat() if timing else None,
        "levels": {lift.item_id: lift.to for lift in action.lifts},
    }


def usual_out(usual: CatalogValues) -> Plain:
    """The catalogue's values, with what they rest on."""
    note = usual.note
    return {
        **amounts_out(usual.amounts),
        "units": None if usual.units is None else str(usual.units),
        "units_say": usual.units_say,
        "months_to_launch": usual.months_to_launch,
        "months_to_effect": list(usual.months_to_effect),
        "acts": note.acts if note else None,
        "may_pay": list(note.may_pay) if note else [],
        "pays_after": usual.pays_after,
        "source": note.source if note else None,
        "as_of": note.as_of.isoformat() if note else None,
        "status": note.status if note else None,
    }


# What lies ahead of a plan.


def projection_out(ahead: Projection) -> Plain:
    return {
        "says": "Potential if everything goes as expected; never a forecast.",
        "target_tier": ahead.target_tier_id,
        "earliest": [stage_out(each) for each in ahead.earliest],
        "latest": [stage_out(each) for each in ahead.latest],
        "stays_short": list(ahead.short),
        "without_date": list(ahead.undated),
        "late": list(ahead.late),
    }


def stage_out(stage: ProjectedTier) -> Plain:
    return {
        "from": stage.on.isoformat(),
        "tier": stage.tier_id,
        "provisional": stage.is_provisional,
        "rose": {rise.item_id: rise.to for rise in stage.rose},
    }


def outlay_out(found: SimulatedCost) -> Plain:
    """Low, likely and high are the 10th, 50th and 90th percentile of the draws."""
    return {
        "draws": found.draws,
        "correlation": found.correlation,
        "actions_with_a_cost": found.actions,
        "years": [range_out(year.cost) for year in found.years],
        "total": range_out(found.total),
        "people_days": range_out(found.people_days),
    }
