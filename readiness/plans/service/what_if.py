"""What a group's tier, way and cost would be at other levels. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from readiness.assessments.tiers import TierResult, evaluate
from readiness.core import solver
from readiness.core.db import Session, Store
from readiness.instruments.answers import Answers
from readiness.instruments.models import Tier
from readiness.plans import drafting
from readiness.plans.models import ActionPlan
from readiness.plans.planning import propose
from readiness.plans.progress import BEGUN
from readiness.plans.service import plan
from readiness.plans.service.basis import book_of, current_basis, facts_of, header_of
from readiness.plans.service.plan import PlanView
from readiness.plans.what_if import AskedChanges, read_changes, with_changes


@dataclass(frozen=True)
class WhatIf:
    """A group's plan as it stands, and what it would be."""

    opened: PlanView
    asked: AskedChanges
    before: TierResult
    after: TierResult
    then: PlanView | None  # the plan to the tier after the new one; None: nothing is changed
    compared: PlanView | None  # the plan from the present answers to that same tier


def load(session: Session, assessment_id: str) -> PlanView:
    """For whoever may read the plan; payers try the answers that were submitted.

    A plan that people changed may rest on an older result than the one that decides now: then it
    is opened as it would be renewed.
    """
    opened = plan.load(session, assessment_id)
    if not opened.is_stored:
        return opened
    newest = current_basis(session.store, opened.assessment, opened.instrument, session.now)
    if newest.run_id == opened.basis.run_id or newest.run.missing:
        return replace(opened, basis=newest)
    renewed, _ = plan.renewed_plan(session.store, opened, newest)
    return replace(opened, basis=newest, plan=at_current_costs(opened, renewed))


def try_levels(store: Store, opened: PlanView, asked: Iterable[tuple[str, str]]) -> WhatIf:
    """Of a plan whose answers are complete."""
    instrument, answers = opened.instrument, opened.basis.answers
    wanted = read_changes(instrument, answers, asked)
    before = evaluate(instrument, answers)
    if not wanted.changes:
        return WhatIf(opened, wanted, before, before, None, None)
    changed = with_changes(answers, wanted.changes)
    after = evaluate(instrument, changed)
    then = tried(store, opened, changed)
    return WhatIf(opened, wanted, before, after, then, compared_with(store, opened, then))


def compared_with(store: Store, opened: PlanView, then: PlanView) -> PlanView | None:
    """None where the present answers have that tier already, or nothing leads to it from them."""
    present, wanted = opened.plan.target_tier_id, then.plan.target_tier_id
    if wanted == present:
        return opened
    tiers = opened.instrument.tier_by_id
    if wanted is None or present is None or tiers[wanted].number < tiers[present].number:
        return None
    if opened.basis.run.tier_id == opened.instrument.tiers[0].id:
        return None
    return tried(store, opened, opened.basis.answers, tiers[wanted])


def tried(store: Store, opened: PlanView, answers: Answers, aim: Tier | None = None) -> PlanView:
    """The plan from these answers, with what the group made of its own plan."""
    base = replace(opened.basis, answers=answers)
    facts = facts_of(store, opened.assessment, opened.instrument, base)
    header = header_of(opened.assessment, base)
    made = drafting.draft(opened.instrument, propose(facts, solver.least, aim), header)
    if opened.is_stored:
        made = drafting.carry_over(made, without_what_waits(opened.plan, made))
    return replace(opened, basis=base, plan=at_current_costs(opened, made))


def at_current_costs(opened: PlanView, made: ActionPlan) -> ActionPlan:
    book = book_of(opened.instrument)
    return drafting.with_current_costs(made, opened.instrument, book, opened.context)


def without_what_waits(old: ActionPlan, made: ActionPlan) -> ActionPlan:
    """Of what is not proposed any more only what was begun, or is the group's own, stays."""
    proposed = {each.id for each in made.actions}
    kept = (e for e in old.actions if e.id in proposed or e.proposal is None or e.status in BEGUN)
    return replace(old, actions=tuple(kept))
