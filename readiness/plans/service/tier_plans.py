"""A group's plans to every tier above its own: what it would take, for whoever pays for it."""

from __future__ import annotations

from readiness.core.db import Store
from readiness.plans import drafting
from readiness.plans.models import ActionPlan
from readiness.plans.service import proposals
from readiness.plans.service.plan import PlanView, book_of, facts_of, header_of


def tier_plans(store: Store, opened: PlanView) -> tuple[ActionPlan, ...]:
    """Lowest tier first, at the costs of the plan that was opened.

    The first is the group's own plan to its next tier, with whatever its people changed. None from
    the top tier, and none from T0, where only finding out helps.
    """
    instrument, base = opened.instrument, opened.newest
    now = instrument.tier_by_id[base.run.tier_id]
    if now in (instrument.tiers[0], instrument.tiers[-1]):
        return ()
    facts = facts_of(store, opened.assessment, instrument, base)
    header, book = header_of(opened.assessment, base), book_of(instrument)
    after = (tier for tier in instrument.tiers if tier.number > now.number + 1)
    proposed = (proposals.plan_to(store, tier, facts, base.stored_run_id) for tier in after)
    drafts = (drafting.draft(instrument, each, header) for each in proposed)
    later = (drafting.with_current_costs(d, instrument, book, opened.context) for d in drafts)
    return opened.plan, *later
