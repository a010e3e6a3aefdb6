"""Where a group stands for the payers it shares with, kept at each change of a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from readiness.assessments import attestation
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import Standing, StoredRun
from readiness.assessments.db.submission_queries import Outcome
from readiness.assessments.lifecycle import READABLE_BY_PAYER, Status
from readiness.assessments.models import Assessment, RunKind
from readiness.assessments.run_json import answer_out, as_json, from_json
from readiness.assessments.scorecard import Score, ScoringRun
from readiness.assessments.service import assessment_view
from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.service.submission import Submitted
from readiness.core.db import Store
from readiness.counts.social_risk.models import Step
from readiness.disclosure import social_risk_release
from readiness.disclosure.db import social_risk
from readiness.disclosure.social_risk_release import Release
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import Instrument

Run = TypeVar("Run", StoredRun, Outcome)


def refresh(store: Store, group_id: str, now: datetime) -> Standing | None:
    """Write where the group stands now; None when nothing of it is submitted."""
    with store.writing():
        newest = newest_sent_in(store, group_id)
        decisive = deciding(store, newest) if newest else None
        if newest is None or decisive is None:
            runs.displace(store, group_id)
            return None
        recent = social_risk.latest_of_group(store, group_id, social_risk_release.QUARTERS)
        stood = standing_of(newest, decisive, recent, now)
        runs.place(store, stood)
    return stood


def newest_sent_in(store: Store, group_id: str) -> Assessment | None:
    """The assessment submitted last; one that was withdrawn does not count."""
    sent = [
        (last.at, each)
        for each in assessments.of_group(store, group_id)
        if each.status in READABLE_BY_PAYER
        and (last := assessment_view.last_submission(store, each.id)) is not None
    ]
    return max(sent, key=lambda pair: pair[0])[1] if sent else None


def deciding(store: Store, assessment: Assessment) -> StoredRun | None:
    """The validated run once accepted, before that the lower of claimed and supported."""
    validated = runs.latest(store, assessment.id, RunKind.VALIDATED)
    if assessment.status is Status.ACCEPTED and validated:
        return validated
    claimed = runs.latest(store, assessment.id, RunKind.CLAIMED)
    return lower_of(claimed, runs.latest(store, assessment.id, RunKind.SUPPORTED))


def chosen(status: Status, by_kind: Mapping[RunKind, Run]) -> Run | None:
    """The same, where the runs of every kind are at hand."""
    if status is Status.ACCEPTED and RunKind.VALIDATED in by_kind:
        return by_kind[RunKind.VALIDATED]
    return lower_of(by_kind.get(RunKind.CLAIMED), by_kind.get(RunKind.SUPPORTED))


def lower_of(claimed: Run | None, supported: Run | None) -> Run | None:
    """Supporting only ever lowers levels, so where the two rest on different levels it is the
    lower."""
    if claimed and supported and claimed.inputs_sha256 != supported.inputs_sha256:
        return supported
    return claimed or supported


def standing_of(
    assessment: Assessment, decisive: StoredRun, recent: Sequence[Release], now: datetime
) -> Standing:
    """Payers read it, so its counts are those that were released."""
    run = from_json(decisive.result)
    return Standing(
        group_id=assessment.group_id,
        assessment_id=assessment.id,
        run_id=decisive.id,
        run_kind=decisive.kind,
        tier=run.tier_id,
        provisional=run.provisional,
        tier_expires_on=expiry_of(run, decisive.at.date()),
        limiting_factor=run.limiting_factor,
        qms=low(run, "QMS"),
        eqr=low(run, "EQR"),
        domains=lows(run),
        screened=social_risk_release.total_over(recent, Step.SCREENED).people,
        eligible=social_risk_release.total_over(recent, Step.ELIGIBLE).people,
        quarters=len(recent),
        changed_at=now,
    )


def expiry_of(run: ScoringRun, awarded: date) -> date | None:
    return attestation.expires_on(awarded) if run.provisional else None


def low(run: ScoringRun, axis_id: str) -> float | None:
    return number(run.axes[axis_id].low) if axis_id in run.axes else None


def lows(run: ScoringRun) -> Mapping[str, float | None]:
    return {domain_id: number(scores.low) for domain_id, scores in run.domains.items()}


def number(score: Score) -> float | None:
    return None if score is None else float(score)


def keep_run(
    store: Store,
    shown: Submitted,
    kind: RunKind,
    answers: Answers,
    run_id: str,
    now: datetime,
) -> StoredRun:
    """Score what was made of a submission, once, and store the run beside the others."""
    context = assessments.context_values(store, shown.assessment.id)
    run = run_of(shown.instrument, context, answers)
    stored = stored_as(run, shown.assessment.id, shown.submission.number, kind, run_id, now)
    runs.add(store, stored)
    return stored


@dataclass(frozen=True)
class Scored:
    """A run with what went into it."""

    inputs: Mapping[str, Any]
    run: ScoringRun


def run_of(instrument: Instrument, context: Context, answers: Answers) -> Scored:
    inputs = {
        "instrument": instrument.id,
        "version": instrument.version,
        "context": {key: value for key, value in context.items() if value is not None},
        "answers": {item_id: answer_out(answer) for item_id, answer in answers.items()},
    }
    return Scored(inputs, scoring_run(instrument, context, answers))


def stored_as(
    scored: Scored,
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
        result=as_json(scored.run),
        at=now,
    )
