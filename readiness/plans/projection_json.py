"""What lies ahead of a plan as plain JSON, for its export and its document's attachment."""

from __future__ import annotations

from typing import Any

from readiness.plans.plan_json import range_out
from readiness.plans.projection import Projection, Stage
from readiness.plans.simulation import Outlay

Plain = dict[str, Any]


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


def stage_out(stage: Stage) -> Plain:
    return {
        "from": stage.on.isoformat(),
        "tier": stage.tier_id,
        "provisional": stage.is_provisional,
        "rose": {rise.item_id: rise.to for rise in stage.rose},
    }


def outlay_out(found: Outlay) -> Plain:
    """Low, likely and high are the 10th, 50th and 90th percentile of the draws."""
    return {
        "draws": found.draws,
        "correlation": found.correlation,
        "actions_with_a_cost": found.actions,
        "years": [range_out(year.cost) for year in found.years],
        "total": range_out(found.total),
        "people_days": range_out(found.people_days),
    }
