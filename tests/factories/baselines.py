"""Groups as an allocation stands on them: at one level with facts for every cost, or by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from readiness.assessments.service.scoring import scoring_run
from readiness.core import solver
from readiness.instruments.answers import Answer
from readiness.investment.models import GroupBaseline, PatientsBehind, TierPlan
from readiness.investment.service.baselines import tier_plan_of
from readiness.plans import drafting
from readiness.plans.drafting import PlanHeader
from readiness.plans.models import ActionPlan, ActionStatus
from readiness.plans.planning import GroupFacts, propose
from tests.factories.plans import BOOK, FACTS, QMER, answers_at
from tests.factories.world import NOW

ADULTS = {"age_mix": "adult"}
KNOWN = {**FACTS, "attributed_members": 9_000}


def a_baseline(group_id: str = "elm", level: int = 1, **changes: Any) -> GroupBaseline:
    """`answers` by name: `LEAD_1=3`."""
    answers = answers_at(level, **changes.pop("answers", {}))
    context = {**KNOWN, **changes.pop("context", {})}
    defaults: dict[str, Any] = {
        "name": f"{group_id.title()} Physicians",
        "instrument": QMER,
        "run": scoring_run(QMER, context, answers),
        "positive": (300, 1_000),
        "behind": (a_gap(),),
    }
    made = GroupBaseline(
        group_id=group_id, answers=answers, context=context, **(defaults | changes)
    )
    return made if "plans" in changes else replace(made, plans=plans_of(*known_of(made)))


def a_gap(measure_id: str = "COL", people: float = 120.0, **changes: Any) -> PatientsBehind:
    return PatientsBehind(
        measure_id, people, changes.pop("error", 20.0), f"{measure_id} gap", **changes
    )


@cache
def random_baseline(seed: int, group_id: str = "") -> GroupBaseline:
    """Any answers, facts that close some actions or leave it open, gaps, and now and then an
    action of its plan that is under way."""
    throw = Random(f"group {seed}")
    level = throw.choice([1, 1, 2, 2, 3])
    found = a_baseline(
        group_id or f"g{seed:03}",
        answers={
            item.id.replace("-", "_"): max(0, level + throw.choice([-1, 0, 0, 0, 1]))
            for item in QMER.items
        },
        context={
            "sites": throw.randint(1, 12),
            "clinicians_fte": throw.choice([4, 8, 24, 90]),
            "active_patients": throw.randint(2_000, 90_000),
            "interpreter_patients": throw.choice([0, 20, 300, 3_000]),
            "deprived_share": throw.choice([None, 0.1, 0.3, 0.6]),
            "medicaid_share": throw.choice([0.02, 0.2, 0.5]),
            "age_mix": throw.choice(["adult", "adult", "all", "all", "pediatric_only", None]),
        },
        behind=tuple(
            a_gap(measure, throw.uniform(20, 400))
            for measure in throw.sample(["BCS", "CBP", "COL", "GSD"], throw.choice([0, 1, 2]))
        ),
        positive=throw.choice([None, (throw.randint(50, 500), 1_000)]),
    )
    bought = [
        each.id for plan in found.plans[:1] for each in plan.plan.current if each.is_intervention
    ]
    if not bought or throw.random() < 0.6:
        return found
    return with_under_way(found, {throw.choice(bought): throw.choice([0, 5_000, 40_000])})


def with_under_way(baseline: GroupBaseline, still_to_pay: Mapping[str, int]) -> GroupBaseline:
    """With these actions under way, and plans that count on them."""
    plans = plans_of(*known_of(baseline), tuple(sorted(still_to_pay.items())))
    return replace(baseline, still_to_pay=still_to_pay, plans=plans)


def with_action(baseline: GroupBaseline, action_id: str, **changes: Any) -> GroupBaseline:
    """With one action of the group's own plan as its people have it now."""
    own = baseline.plans[0]
    actions = tuple(
        replace(each, **changes) if each.id == action_id else each for each in own.plan.actions
    )
    return with_own_plan(baseline, replace(own.plan, actions=actions))


def without_action(baseline: GroupBaseline, action_id: str) -> GroupBaseline:
    return with_action(baseline, action_id, status=ActionStatus.DROPPED)


def with_own_plan(baseline: GroupBaseline, plan: ActionPlan) -> GroupBaseline:
    own = tier_plan_of(QMER, baseline.answers, plan, NOW.date())
    return replace(baseline, plans=(own, *baseline.plans[1:]))


Given = tuple[tuple[tuple[str, Answer], ...], tuple[tuple[str, Any], ...]]


def known_of(baseline: GroupBaseline) -> Given:
    """What plans and their costs hang on, in an order of its own."""
    facts = ((key, value) for key, value in baseline.context.items() if not isinstance(value, list))
    return tuple(sorted(baseline.answers.items())), tuple(sorted(facts))


@cache
def plans_of(
    answers: tuple[tuple[str, Answer], ...],
    facts: tuple[tuple[str, Any], ...],
    still_to_pay: tuple[tuple[str, int], ...] = (),
) -> tuple[TierPlan, ...]:
    """To every tier above, as proposed."""
    given, context = dict(answers), dict(facts)
    now = QMER.tier_by_id[scoring_run(QMER, context, given).tier_id]
    above = [tier for tier in QMER.tiers if tier.number > now.number > 0]
    header = PlanHeader("plan-1", "elm", "a1", "run-1", NOW.date())
    known = GroupFacts(QMER, BOOK, given, context, dict(still_to_pay))
    made = (propose(known, solver.least, tier) for tier in above)
    drafts = (drafting.draft(QMER, each, header) for each in made)
    return tuple(
        tier_plan_of(
            QMER, given, drafting.with_current_costs(d, QMER, BOOK, context), NOW.date(), {}
        )
        for d in drafts
    )
