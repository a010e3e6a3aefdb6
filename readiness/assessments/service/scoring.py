"""Score a set of answers: the same run for pages, documents and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from readiness.assessments import assessment_json, tier_path
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import RunOutcome, StoredRun
from readiness.assessments.models import Assessment, AssessmentStatus, RunKind
from readiness.assessments.scorecard import (
    Raise,
    ScoringRun,
    UnmetCriterion,
    inputs_of,
    inputs_sha256,
    to_json,
)
from readiness.assessments.scoring import ENGINE_VERSION
from readiness.assessments.service.payer_view import SubmittedView
from readiness.assessments.tiers import evaluate
from readiness.assessments.unmet import limiting_factor, served_by, unmet_criteria
from readiness.core.db import Store
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answers, Context, counted
from readiness.instruments.models import Instrument


def scoring_run(instrument: Instrument, context: Context, answers: Answers) -> ScoringRun:
    """Tier, reasons and the way up with the least effort. The context decides what does not apply
    where a version lets facts decide, tells whether it stays so on the way, and is hashed."""
    given, answers = answers, counted(instrument, answers, context)
    result = evaluate(instrument, answers)
    way = tier_path.least_effort(instrument, answers, result, context)
    above = instrument.tier_after(result.tier) or result.tier
    unmet = unmet_criteria(instrument, answers, result, above)
    return ScoringRun(
        instrument_id=instrument.id,
        version=instrument.version,
        engine=ENGINE_VERSION,
        complete=not result.missing,
        missing=result.missing,
        tier_id=result.tier.id,
        provisional=result.provisional,
        axes={axis_id: each.rounded for axis_id, each in result.scores.axes.items()},
        domains={domain_id: each.rounded for domain_id, each in result.scores.domains.items()},
        overall=result.scores.overall.rounded,
        gates=result.gates,
        limiting_factor=limiting_factor(instrument, answers, result),
        unmet=unmet,
        shortest_way=None
        if way.raises is None
        else tuple(with_purpose(instrument, answers, each, unmet) for each in way.raises),
        effort=way.effort,
        applies_at_end=way.applies_at_end,
        trace=result.trace,
        shortest_way_reason=way.reason,
        caps=result.caps,
        instrument_sha256=instrument.sha256,
        inputs_sha256=inputs_sha256(inputs_of(instrument, context, given)),
    )


def with_purpose(
    instrument: Instrument, answers: Answers, each: Raise, unmet: tuple[UnmetCriterion, ...]
) -> Raise:
    return replace(each, serves=served_by(instrument, answers, each.item_id, each.to, unmet))


def score_file(raw: bytes) -> tuple[ScoringRun, tuple[Problem, ...]]:
    """The run for an assessment sent as JSON, and notices of what was left out; or BadInput."""
    found = assessment_json.parse_object(raw)
    instrument, problems = instrument_of(found)
    reading = assessment_json.read(found, instrument)
    if instrument is None or problems or reading.problems:
        raise BadInput([*problems, *reading.problems])
    run = scoring_run(instrument, reading.context, reading.answers)
    return run, tuple(reading.notices)


def instrument_of(found: Mapping[str, Any]) -> tuple[Instrument | None, list[Problem]]:
    """Without a version, the latest published."""
    instrument_id, version, problems = assessment_json.instrument_and_version(found)
    if instrument_id is None:
        return None, problems
    try:
        return instruments.load(instrument_id, version), problems
    except NotFound as error:
        return None, [*problems, Problem("instrument", str(error))]


Run = TypeVar("Run", StoredRun, RunOutcome)


def effective_run(store: Store, assessment: Assessment) -> StoredRun | None:
    """The run by which the group stands; None before its first submission."""
    stored = (runs.latest(store, assessment.id, kind) for kind in RunKind)
    return effective_of(assessment.status, {run.kind: run for run in stored if run})


def effective_of(status: AssessmentStatus, by_kind: Mapping[RunKind, Run]) -> Run | None:
    """The validated run once accepted, before that the lower of claimed and supported."""
    if status is AssessmentStatus.ACCEPTED and RunKind.VALIDATED in by_kind:
        return by_kind[RunKind.VALIDATED]
    return lower_of(by_kind.get(RunKind.CLAIMED), by_kind.get(RunKind.SUPPORTED))


def lower_of(claimed: Run | None, supported: Run | None) -> Run | None:
    """Supporting only ever lowers levels, so where the two rest on different levels it is the
    lower."""
    if claimed and supported and claimed.inputs_sha256 != supported.inputs_sha256:
        return supported
    return claimed or supported


def save_run(
    store: Store,
    shown: SubmittedView,
    kind: RunKind,
    answers: Answers,
    run_id: str,
    now: datetime,
) -> StoredRun:
    """Score what was made of a submission, once, and store the run beside the others."""
    context = assessments.context_values(store, shown.assessment.id)
    run = run_of(shown.instrument, context, answers)
    stored = stored_run(run, shown.assessment.id, shown.submission.number, kind, run_id, now)
    runs.add(store, stored)
    return stored


@dataclass(frozen=True)
class ScoredInputs:
    """A run with what went into it."""

    inputs: Mapping[str, Any]
    run: ScoringRun


def run_of(instrument: Instrument, context: Context, answers: Answers) -> ScoredInputs:
    inputs = inputs_of(instrument, context, answers)
    return ScoredInputs(inputs, scoring_run(instrument, context, answers))


def stored_run(
    scored: ScoredInputs,
    assessment_id: str,
    number: int,
    kind: RunKind,
    run_id: str,
    now: datetime,
) -> StoredRun:
    """With all it rests on: whoever reads it later computes nothing."""
    return StoredRun(
        id=run_id,
        assessment_id=assessment_id,
        submission_number=number,
        kind=kind,
        engine_version=scored.run.engine,
        instrument_sha256=scored.run.instrument_sha256,
        inputs_sha256=scored.run.inputs_sha256,
        inputs=scored.inputs,
        result=to_json(scored.run),
        at=now,
    )
