"""The run that a plan rests on, and the plan that is proposed from it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.assessments import assessment_json
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import StoredRun
from readiness.assessments.models import Assessment, AssessmentStatus, RunKind
from readiness.assessments.scorecard import ScoringRun, from_json
from readiness.assessments.service import assessment_view, scoring
from readiness.assessments.service.scoring import scoring_run
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.equity.service import released_gaps
from readiness.instruments import cost_book as costs
from readiness.instruments.answers import Answers, Context
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Instrument
from readiness.plans import drafting
from readiness.plans.drafting import PlanHeader
from readiness.plans.models import ActionPlan, Proposal, ProposedPlan
from readiness.plans.planning import GroupFacts, beyond_tier
from readiness.plans.service import begun, proposals

PREVIEW = "preview"  # stands for the run of what is not submitted


@dataclass(frozen=True)
class PlanBasis:
    """The run a plan rests on, and what went into it."""

    run_id: str
    kind: RunKind | None  # None: a preview of what is not submitted
    run: ScoringRun
    answers: Answers
    context: Context
    on: date
    reference: str

    @property
    def stored_run_id(self) -> str | None:
        return None if self.kind is None else self.run_id


def book_of(instrument: Instrument) -> CostBook | None:
    """That of the instrument's own version; an installation's own instrument may come without."""
    try:
        return costs.load(instrument.id, instrument.version)
    except NotFound:
        return None


def current_basis(
    store: Store, assessment: Assessment, instrument: Instrument, now: datetime
) -> PlanBasis:
    """The deciding run; a preview of the answers as they stand while they are being written."""
    deciding = scoring.effective_run(store, assessment)
    if deciding and assessment.status is not AssessmentStatus.IN_PROGRESS:
        return basis_of_run(store, deciding, instrument)
    found = assessment_view.view_of(store, assessment)
    run = scoring_run(instrument, found.context, found.answers)
    return PlanBasis(
        PREVIEW, None, run, found.answers, found.context, now.date(), PREVIEW.capitalize()
    )


def stored_basis(store: Store, plan: ActionPlan, instrument: Instrument) -> PlanBasis:
    stored = runs.get(store, plan.run_id)
    if stored is None:
        raise NotFound(NOT_SHARED)
    return basis_of_run(store, stored, instrument)


def basis_of_run(store: Store, stored: StoredRun, instrument: Instrument) -> PlanBasis:
    reading = assessment_json.read(stored.inputs, instrument)
    return PlanBasis(
        run_id=stored.id,
        kind=stored.kind,
        run=from_json(stored.result),
        answers=reading.answers,
        context=reading.context,
        on=stored.at.date(),
        reference=reference_of(store, stored),
    )


def reference_of(store: Store, stored: StoredRun) -> str:
    sent = assessments.submissions(store, stored.assessment_id)
    named = [each.reference for each in sent if each.number == stored.submission_number]
    return named[0] if named else stored.id


def draft(
    store: Store, assessment: Assessment, instrument: Instrument, base: PlanBasis
) -> tuple[ActionPlan, ProposedPlan]:
    """The same run gives the same plan, under a name made from the run's; with what the newest
    gaps ask for beside it."""
    made = proposal_of(store, assessment, instrument, base)
    if made.objective is not None:
        bought = {each.id for each in made.proposals if each.intervention_id}
        made = replace(made, beyond=beyond_of(store, assessment, instrument, base, bought))
    return drafting.draft(instrument, made, header_of(assessment, base)), made


def proposal_of(
    store: Store, assessment: Assessment, instrument: Instrument, base: PlanBasis
) -> ProposedPlan:
    """To the next tier; at the top it is empty."""
    tier = instrument.tier_after(instrument.tier_by_id[base.run.tier_id])
    if tier is None:
        return ProposedPlan(None, (), ())
    facts = facts_of(store, assessment, instrument, base)
    return proposals.plan_to(store, tier, facts, base.stored_run_id, prices_margin=True)


def beyond_of(
    store: Store,
    assessment: Assessment,
    instrument: Instrument,
    base: PlanBasis,
    bought: Set[str],
) -> tuple[Proposal, ...]:
    """Care redesign for gaps as they were released, for a plan is read by payers too, and only
    where they are reliable enough to be compared with peers."""
    gaps = released_gaps.newest(store, assessment.group_id, base.on)
    facts = facts_of(store, assessment, instrument, base)
    return beyond_tier(replace(facts, gap_points=released_gaps.reliable_points(gaps)), bought)


def header_of(assessment: Assessment, base: PlanBasis) -> PlanHeader:
    return PlanHeader(
        plan_id=f"plan-{base.run_id}",
        group_id=assessment.group_id,
        assessment_id=assessment.id,
        run_id=base.run_id,
        starts_on=base.on,
    )


def facts_of(
    store: Store, assessment: Assessment, instrument: Instrument, base: PlanBasis
) -> GroupFacts:
    """All that a plan to a tier is made from; gaps are no part of it."""
    started = begun.begun_by(store, assessment)
    return GroupFacts(
        instrument=instrument,
        book=book_of(instrument),
        answers=base.answers,
        context=base.context,
        still_to_pay=started.still_to_pay,
        done_before=started.done_before,
    )
