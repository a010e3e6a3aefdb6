"""A plan as plain JSON, and back: the form in which it is stored, sent and attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from readiness.plans.costs import CostRange, Days, PricedAction
from readiness.plans.models import (
    ActionStatus,
    ActionType,
    Amounts,
    Lift,
    Own,
    Plan,
    PlanAction,
    Proposal,
    ProposedPlan,
    SetAside,
    Usual,
)
from readiness.plans.timing import timing_of

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
        set_aside=tuple(SetAside(**each) for each in plain["set_aside"]),
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
        lifts=tuple(Lift(**lift) for lift in plain["lifts"]),
        because=tuple(plain["because"]),
        half_year=plain["half_year"],
        after=tuple(plain["after"]),
        intervention_id=plain["intervention_id"],
        priority=Fraction(plain["priority"]),
        feasibility=Fraction(plain["feasibility"]),
        value=Fraction(plain["value"]),
        cost=priced_in(plain["cost"]) if plain["cost"] else None,
    )


def priced_out(cost: PricedAction) -> Plain:
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


def priced_in(plain: Mapping[str, Any]) -> PricedAction:
    return PricedAction(
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


def range_out(cost: CostRange | Days) -> Plain:
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


def own_out(own: Own) -> Plain:
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


def own_in(plain: Mapping[str, Any]) -> Own:
    days, effect = plain["people_days"], plain["months_to_effect"]
    return Own(
        amounts=Amounts(
            one_off=range_in(plain["one_off"]) if plain["one_off"] else None,
            yearly=range_in(plain["yearly"]) if plain["yearly"] else None,
            people_days=Days(*(Decimal(days[end]) for end in ENDS)) if days else None,
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


def amounts_out(amounts: Amounts) -> Plain:
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


def plan_out(plan: Plan) -> Plain:
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


def now_out(action: PlanAction, plan: Plan) -> Plain:
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


def usual_out(usual: Usual) -> Plain:
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
