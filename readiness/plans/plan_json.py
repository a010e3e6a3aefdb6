"""A plan as plain JSON, and back: the form in which it is stored, sent and attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from readiness.core.serialization import from_json, to_json
from readiness.plans.models import (
    ActionPlan,
    CatalogValues,
    GroupValues,
    PlanAction,
    Proposal,
    ProposedPlan,
)
from readiness.plans.projection import ProjectedTier, Projection
from readiness.plans.schedule import timing_of
from readiness.plans.simulation import SimulatedCost

Plain = dict[str, Any]


def proposed_out(plan: ProposedPlan) -> Plain:
    plain = to_json(plan)
    return {"target_tier": plain.pop("target_tier_id"), **plain}


def proposed_in(plain: Mapping[str, Any]) -> ProposedPlan:
    return from_json(ProposedPlan, {**plain, "target_tier_id": plain["target_tier"]})


def edits_out(action: PlanAction) -> Plain:
    """What people made of an action; the proposal itself is stored once, with the plan."""
    edits = ("title", "owner", "due_on", "status", "note", "evidence")
    return {**{name: to_json(getattr(action, name)) for name in edits}, "own": own_out(action.own)}


def own_out(own: GroupValues) -> Plain:
    plain = to_json(own)
    return {**plain.pop("amounts"), **plain, "levels": dict(own.levels)}


def action_in(
    action_id: str, revision: int, edits: Mapping[str, Any], proposal: Proposal | None
) -> PlanAction:
    own = edits["own"]
    plain = {
        **edits,
        "id": action_id,
        "revision": revision,
        "proposal": None,
        "own": {**own, "amounts": own, "levels": list(own["levels"].items())},
    }
    return replace(from_json(PlanAction, plain), proposal=proposal)


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
                "proposal": to_json(action.proposal),
            }
            for action in plan.actions
        ],
        "set_aside": to_json(plan.set_aside),
        "need_says": list(plan.need_says),
    }


def now_out(action: PlanAction, plan: ActionPlan) -> Plain:
    """What counts for the action now: the group's own values, else the catalogue's."""
    timing = to_json(timing_of(action, plan)) or {}
    return {
        "first_year": to_json(action.cost),
        **to_json(action.amounts),
        "starts_on": timing.get("starts_on"),
        "launches_on": timing.get("launches_on"),
        "effect_from": timing.get("earliest"),
        "effect_until": timing.get("latest"),
        "levels": {lift.item_id: lift.to for lift in action.lifts},
    }


def usual_out(usual: CatalogValues) -> Plain:
    """The catalogue's values, with what they rest on."""
    note = to_json(usual.note) or {}
    return {
        **to_json(usual.amounts),
        "units": to_json(usual.units),
        "units_say": usual.units_say,
        "months_to_launch": usual.months_to_launch,
        "months_to_effect": list(usual.months_to_effect),
        "acts": note.get("acts"),
        "may_pay": note.get("may_pay", []),
        "pays_after": usual.pays_after,
        "source": note.get("source"),
        "as_of": note.get("as_of"),
        "status": note.get("status"),
    }


# What lies ahead of a plan.


def projection_out(ahead: Projection) -> Plain:
    return {
        "says": "Potential if everything goes as expected; never a forecast.",
        "target_tier": ahead.target_tier_id,
        "earliest": [tier_out(each) for each in ahead.earliest],
        "latest": [tier_out(each) for each in ahead.latest],
        "stays_short": list(ahead.short),
        "without_date": list(ahead.undated),
        "late": list(ahead.late),
    }


def tier_out(stage: ProjectedTier) -> Plain:
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
        "years": [to_json(year.cost) for year in found.years],
        "total": to_json(found.total),
        "people_days": to_json(found.people_days),
    }
