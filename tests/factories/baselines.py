"""Groups as an allocation stands on them: answers at one level, and facts for every cost."""

from __future__ import annotations

from typing import Any

from readiness.assessments.service.scoring import scoring_run
from readiness.investment.models import GroupBaseline, PatientsBehind
from tests.factories.plans import FACTS, QMER, answers_at

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
    return GroupBaseline(
        group_id=group_id, answers=answers, context=context, **(defaults | changes)
    )


def a_gap(measure_id: str = "COL", people: float = 120.0, **changes: Any) -> PatientsBehind:
    return PatientsBehind(
        measure_id, people, changes.pop("error", 20.0), f"{measure_id} gap", **changes
    )
