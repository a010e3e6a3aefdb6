"""A group's plans to every tier above its own: what it would take, for whoever pays for it."""

from __future__ import annotations

from readiness.core.db import Store
from readiness.plans import drafting
from readiness.plans.models import ActionPlan, ProposedPlan
from readiness.plans.service import proposals
from readiness.plans.service.basis import book_of, facts_of, header_of, proposal_of
from readiness.plans.service.plan import PlanView


def tier_plans(store: Store, opened: PlanView) -> tuple[ActionPlan, ...]:
    """Lowest tier first, at the costs of the plan that was opened. None from the top tier, and
    none from T0, where only finding out helps.

    The first is the group's own plan to its next tier, with whatever its people changed; proposed
    anew where theirs rests on an earlier result, and so leads to another tier than the next.
    """
    instrument, base, next_tier = opened.instrument, opened.newest, opened.next_tier
    if next_tier is None or base.run.tier_id == instrument.tiers[0].id:
        return ()
    own = opened.plan
    if own.target_tier_id != next_tier.id:
        own = drafted(opened, proposal_of(store, opened.assessment, instrument, base))
    facts = facts_of(store, opened.assessment, instrument, base)
    later = (
        proposals.plan_to(store, tier, facts, base.stored_run_id)
        for tier in instrument.tiers
        if tier.number > next_tier.number
    )
    return own, *(drafted(opened, each) for each in later)


def drafted(opened: PlanView, proposed: ProposedPlan) -> ActionPlan:
    instrument = opened.instrument
    made = drafting.draft(instrument, proposed, header_of(opened.assessment, opened.newest))
    return drafting.with_current_costs(made, instrument, book_of(instrument), opened.context)
