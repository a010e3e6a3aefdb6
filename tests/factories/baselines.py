"""Groups as an allocation stands on them: answers at one level, and facts for every cost."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from readiness.assessments.service.scoring import scoring_run
from readiness.core import solver
from readiness.instruments.answers import Answer
from readiness.investment.models import GroupBaseline, PatientsBehind, TierPlan
from readiness.investment.service.baselines import tier_plan_of
from readiness.plans import drafting
from readiness.plans.drafting import PlanHeader
from readiness.plans.planning import GroupFacts, propose
from tests.factories.plans import BOOK, FACTS, QMER, answers_at
from tests.factories.world import NOW

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
        "plans": plans_of(tuple(sorted(answers.items())), tuple(sorted(costs_by(context)))),
    }
    return GroupBaseline(
        group_id=group_id, answers=answers, context=context, **(defaults | changes)
    )


def a_gap(measure_id: str = "COL", people: float = 120.0, **changes: Any) -> PatientsBehind:
    return PatientsBehind(
        measure_id, people, changes.pop("error", 20.0), f"{measure_id} gap", **changes
    )


def costs_by(context: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What plans and their costs hang on."""
    return [(key, value) for key, value in context.items() if not isinstance(value, list)]


@cache
def plans_of(
    answers: tuple[tuple[str, Answer], ...], facts: tuple[tuple[str, Any], ...]
) -> tuple[TierPlan, ...]:
    """To every tier above, as proposed."""
    given, context = dict(answers), dict(facts)
    now = QMER.tier_by_id[scoring_run(QMER, context, given).tier_id]
    above = [tier for tier in QMER.tiers if tier.number > now.number > 0]
    header = PlanHeader("plan-1", "elm", "a1", "run-1", NOW.date())
    known = GroupFacts(QMER, BOOK, given, context)
    made = (propose(known, solver.least, tier) for tier in above)
    drafts = (drafting.draft(QMER, each, header) for each in made)
    return tuple(
        tier_plan_of(
            QMER, given, drafting.with_current_costs(d, QMER, BOOK, context), NOW.date(), {}
        )
        for d in drafts
    )
