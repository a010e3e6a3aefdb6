"""What the next tier costs each group, kept so that a list of thousands can be ordered by it.

A figure is kept for the run by which the group stands. What the group plans or pays drops it,
another run or another version of code or costs passes it over; then it is worked out again by
whoever asks first: a submission, a list that shows the group, or `flask database migrate`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from readiness.assessments.db import assessments
from readiness.core import audit
from readiness.core.db import Store
from readiness.core.solver import SolverError
from readiness.instruments.context_fields import active_patients
from readiness.plans import db as plans
from readiness.plans.least_cost import UnsoundPlanError
from readiness.plans.service import plan
from readiness.plans.tier_cost import TierCostEntry, made_with

AT_ONCE = 100  # so many are worked out before the first are kept
log = logging.getLogger(__name__)


def refresh(store: Store, assessment_ids: Iterable[str], now: datetime) -> dict[str, TierCostEntry]:
    """By assessment, of those that payers may read; kept where the database can be written."""
    found: dict[str, TierCostEntry] = {}
    last_lines = {}
    for assessment_id in assessment_ids:
        group_id = assessments.get(store, assessment_id).group_id
        last_lines[assessment_id] = audit.last_of_group(store, group_id)
        if entry := entry_or_none(store, assessment_id, now):
            found[assessment_id] = entry

    def save() -> None:
        for assessment_id, entry in found.items():
            plans.save_tier_cost(store, entry, last_lines[assessment_id])

    if found:
        store.keep(save)
    return found


def entry_or_none(store: Store, assessment_id: str, now: datetime) -> TierCostEntry | None:
    """A plan that cannot be worked out is our own fault, and no reason to hold up a whole list."""
    try:
        return entry_of(store, assessment_id, now)
    except (SolverError, UnsoundPlanError):
        log.exception("no tier cost for assessment %s", assessment_id)
        return None


def entry_of(store: Store, assessment_id: str, now: datetime) -> TierCostEntry | None:
    """None where payers may not read it."""
    assessment = assessments.get(store, assessment_id)
    opened = plan.view_of(store, assessment, None, now)
    if not plan.is_readable_by_payers(opened):
        return None
    return TierCostEntry(
        assessment_id=assessment.id,
        group_id=assessment.group_id,
        run_id=opened.newest.run_id,
        made_with=made_with(),
        patients=active_patients(opened.newest.context),
        cost=opened.tier_cost,
    )


def fill(store: Store, now: datetime) -> int:
    """Work out whatever is missing anywhere; how many groups that were."""
    filled, after = 0, ""
    while ids := plans.without_tier_cost(store, made_with(), after, AT_ONCE):
        filled += len(refresh(store, ids, now))
        after = ids[-1]
    return filled
