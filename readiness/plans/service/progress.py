"""What a plan promised, and what a later assessment of the same group found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from readiness.assessments.db import assessments
from readiness.assessments.models import READABLE_BY_PAYER, Assessment, RunKind
from readiness.assessments.service import assessment_view, scoring
from readiness.core.db import Store
from readiness.instruments.models import Instrument
from readiness.plans import db as plans
from readiness.plans import progress
from readiness.plans.progress import RiseOutcome
from readiness.plans.service import basis
from readiness.plans.service.plan import PlanView


@dataclass(frozen=True)
class PlanOutcome:
    """One plan against one later assessment."""

    planned: Assessment
    later: Assessment
    later_on: date  # when it was sent in
    kind: RunKind | None
    lines: tuple[RiseOutcome, ...]
    instrument: Instrument  # of the plan

    @property
    def says(self) -> str:
        return progress.summary(self.lines)

    @property
    def actions(self) -> tuple[tuple[RiseOutcome, ...], ...]:
        """The lines of each action together."""
        return tuple(
            tuple(lines) for _, lines in groupby(self.lines, key=lambda line: line.action_id)
        )


def outcome_of_this(store: Store, opened: PlanView) -> PlanOutcome | None:
    """This plan, against the newest assessment that was sent in after it."""
    sent = submitted_at(store, opened.assessment.group_id)
    here = sent.get(opened.assessment.id)
    later = [id_ for id_, at in sent.items() if here and at > here]
    newest = max(later, key=lambda id_: sent[id_], default=None)
    return outcome_of(store, opened.assessment.id, newest, sent) if newest else None


def outcome_of_last(store: Store, opened: PlanView) -> PlanOutcome | None:
    """The plan before this one that was taken up, against this assessment."""
    sent = submitted_at(store, opened.assessment.group_id)
    here = sent.get(opened.assessment.id)
    earlier = [id_ for id_, at in sent.items() if here and at < here]
    for each in sorted(earlier, key=lambda id_: sent[id_], reverse=True):
        if found := outcome_of(store, each, opened.assessment.id, sent):
            return found
    return None


def submitted_at(store: Store, group_id: str) -> dict[str, datetime]:
    """When each assessment was sent in last; only those that payers may read."""
    return {
        each.id: last.at
        for each in assessments.of_group(store, group_id)
        if each.status in READABLE_BY_PAYER
        and (last := assessment_view.last_submission(store, each.id))
    }


def outcome_of(
    store: Store, planned_id: str, later_id: str, sent: dict[str, datetime]
) -> PlanOutcome | None:
    """None: that plan was never taken up, or it promised nothing."""
    kept = plans.latest_plan(store, planned_id)
    later = assessments.get(store, later_id)
    decisive = scoring.effective_run(store, later)
    if kept is None or decisive is None:
        return None
    found = basis.basis_of_run(store, decisive, assessment_view.instrument_of(later))
    asked = assessment_view.instrument_of(later).item_by_id
    lines = progress.outcomes(kept, found.answers, asked)
    planned = assessments.get(store, planned_id)
    if not lines:
        return None
    return PlanOutcome(
        planned,
        later,
        sent[later_id].date(),
        found.kind,
        lines,
        assessment_view.instrument_of(planned),
    )
