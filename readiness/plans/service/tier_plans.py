"""A group's plans to every tier above its own: what it would take, for whoever pays for it."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.assessments.models import Assessment
from readiness.core.db import Store
from readiness.instruments.answers import Context
from readiness.instruments.models import Instrument
from readiness.plans import db as plans
from readiness.plans import drafting
from readiness.plans.models import ActionPlan
from readiness.plans.service import proposals
from readiness.plans.service.plan import PlanBasis, book_of, draft_to_tier, facts_of, header_of


def tier_plans(
    store: Store, assessment: Assessment, instrument: Instrument, base: PlanBasis, context: Context
) -> tuple[ActionPlan, ...]:
    """Lowest tier first, at today's costs in that context.

    The first is the group's own plan to its next tier, with whatever its people changed. None from
    the top tier, and none from T0, where only finding out helps.
    """
    now = instrument.tier_by_id[base.run.tier_id]
    above = [tier for tier in instrument.tiers if tier.number > now.number]
    if now == instrument.tiers[0] or not above:
        return ()
    stored = plans.latest_plan(store, assessment.id)
    own = stored or draft_to_tier(store, assessment, instrument, base)
    later = plans_beyond(store, assessment, instrument, base)
    book = book_of(instrument)
    return tuple(
        drafting.with_current_costs(plan, instrument, book, context) for plan in (own, *later)
    )


def plans_beyond(
    store: Store, assessment: Assessment, instrument: Instrument, base: PlanBasis
) -> Iterator[ActionPlan]:
    """As they would be proposed, to the tiers after the next."""
    facts, header = facts_of(store, assessment, instrument, base), header_of(assessment, base)
    now = instrument.tier_by_id[base.run.tier_id]
    for tier in instrument.tiers:
        if tier.number > now.number + 1:
            made = proposals.plan_to(store, tier, facts, base.stored_run_id)
            yield drafting.draft(instrument, made, header)
