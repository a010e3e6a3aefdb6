"""The result: the tier, what holds it back, the shortest way up, and where the group stands by it.

Reads runs and computes none, but for the preview of what is not submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.assessments import attestation
from readiness.assessments.cycles import ProgramCheck
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import PortfolioEntry, StoredRun
from readiness.assessments.models import (
    READABLE_BY_PAYER,
    Assessment,
    AssessmentStatus,
    Decision,
    ItemReview,
    RunKind,
    Submission,
)
from readiness.assessments.reliability import Reliability, assess
from readiness.assessments.scorecard import (
    Score,
    ScoringRun,
    answer_from_json,
    from_json,
)
from readiness.assessments.service import assessment_view, scoring
from readiness.assessments.service.assessment_view import AssessmentView
from readiness.assessments.service.payer_view import programs_of_group
from readiness.core.db import Session, Store
from readiness.core.permissions import Can
from readiness.counts.social_risk.models import Step
from readiness.disclosure import released_counts
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import SocialRiskRelease
from readiness.instruments.answers import Answers
from readiness.instruments.models import Instrument, Tier

GROUPS_COMPARED = 500  # the most recent; more would not make an estimate visibly surer


@dataclass(frozen=True)
class ShownRun:
    """One run as it is shown: its tier, and when that runs out."""

    kind: RunKind | None  # None: a preview of what is not submitted
    run: ScoringRun
    tier: Tier
    at: datetime
    expires_on: date | None
    is_expired: bool


@dataclass(frozen=True)
class AssessmentResult:
    view: AssessmentView
    shown: ShownRun  # the one that decides
    kept: tuple[ShownRun, ...]  # claimed, supported, validated: apart, never averaged
    previous: ScoringRun | None  # last cycle's
    previous_title: str
    next_tier: Tier | None
    last: Submission | None
    sureness: Reliability
    programs: tuple[ProgramCheck, ...]  # of payers whose cycles ask for more
    has_dropped: bool

    @property
    def is_preview(self) -> bool:
        return self.shown.kind is None


def result(session: Session, assessment_id: str) -> AssessmentResult:
    """What was found at submission; before that a preview, which nobody else sees."""
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    return result_of(session.store, found, session.now)


def result_of(store: Store, found: AssessmentView, now: datetime) -> AssessmentResult:
    kept = stored_runs(store, found, now)
    decisive = scoring.effective_run(store, found.assessment)
    shown = (
        preview(found, now)
        if decisive is None or found.assessment.status is AssessmentStatus.IN_PROGRESS
        else shown_run(found.instrument, decisive, now)
    )
    earlier = earlier_run(store, found)
    return AssessmentResult(
        view=found,
        shown=shown,
        kept=kept,
        previous=earlier[1] if earlier else None,
        previous_title=earlier[0] if earlier else "",
        next_tier=found.instrument.tier_after(shown.tier),
        last=assessment_view.last_submission(store, found.assessment.id),
        sureness=assess(found.instrument, shown.run, peer_answers(store, found.instrument)),
        programs=tuple(programs_of_group(store, found.group.id, found.instrument, shown.run)),
        has_dropped=earlier is not None and number_of(earlier[1]) > shown.tier.number,
    )


def stored_runs(store: Store, found: AssessmentView, now: datetime) -> tuple[ShownRun, ...]:
    stored = (runs.latest(store, found.assessment.id, kind) for kind in RunKind)
    return tuple(shown_run(found.instrument, run, now) for run in stored if run)


def shown_run(instrument: Instrument, stored: StoredRun, now: datetime) -> ShownRun:
    run = from_json(stored.result)
    expires_on = expiry_of(run, stored.at.date())
    return ShownRun(
        kind=stored.kind,
        run=run,
        tier=instrument.tier_by_id[run.tier_id],
        at=stored.at,
        expires_on=expires_on,
        is_expired=attestation.has_expired(expires_on, now.date()),
    )


def preview(found: AssessmentView, now: datetime) -> ShownRun:
    run = scoring.scoring_run(found.instrument, found.context, found.answers)
    return ShownRun(None, run, found.instrument.tier_by_id[run.tier_id], now, None, False)


def earlier_run(store: Store, found: AssessmentView) -> tuple[str, ScoringRun] | None:
    """The deciding run of the assessment before this one."""
    source = assessment_view.source_of(store, found.assessment)
    decisive = scoring.effective_run(store, source) if source else None
    return (source.title, from_json(decisive.result)) if source and decisive else None


def peer_answers(store: Store, instrument: Instrument) -> list[Answers]:
    """One set of answers for each group that stands somewhere with this version."""
    name = (instrument.id, instrument.version)
    return [
        {item_id: answer_from_json(each) for item_id, each in inputs["answers"].items()}
        for inputs in runs.inputs_of_entries(store, *name, GROUPS_COMPARED)
    ]


def number_of(run: ScoringRun) -> int:
    return int(run.tier_id[1:])


def requested_changes(store: Store, found: AssessmentView) -> Mapping[str, ItemReview]:
    """What the reviewer asks to change, by item id, while the group is asked to."""
    last = assessment_view.last_submission(store, found.assessment.id)
    if last is None or found.assessment.status is not AssessmentStatus.CHANGES_REQUESTED:
        return {}
    decided = assessments.reviews_of(store, found.assessment.id, last.number)
    return {
        item_id: review
        for item_id, review in decided.items()
        if review.decision is Decision.CHANGE_REQUESTED
    }


# Where a group stands for the payers it shares with, kept at each change of a submission.


def update_entry(store: Store, group_id: str, now: datetime) -> PortfolioEntry | None:
    """Write where the group stands now; None when nothing of it is submitted."""
    with store.writing():
        stood = [
            (each, decisive)
            for each in submitted_newest_first(store, group_id)
            if (decisive := scoring.effective_run(store, each))
        ]
        runs.remove_entries(store, group_id, but=[each.id for each, _ in stood])
        if not stood:
            return None
        for assessment, decisive in stood[1:]:
            update_earlier_entry(store, assessment, decisive)
        recent = social_risk.latest_of_group(store, group_id, released_counts.QUARTERS)
        newest = entry_of(*stood[0], recent, now)
        runs.save_entry(store, newest)
    return newest


def update_earlier_entry(store: Store, assessment: Assessment, decisive: StoredRun) -> None:
    """Counts that were released since tell nothing of an earlier assessment: it keeps its own."""
    kept = runs.entry_of_assessment(store, assessment.id)
    if kept and kept.run_id == decisive.id:
        return
    entry = entry_of(assessment, decisive, (), decisive.at)
    if kept:
        entry = replace(
            entry, screened=kept.screened, eligible=kept.eligible, quarters=kept.quarters
        )
    runs.save_earlier_entry(store, entry)


def submitted_newest_first(store: Store, group_id: str) -> list[Assessment]:
    """By when each was submitted last; one that was withdrawn does not count."""
    sent = [
        (last.at, each)
        for each in assessments.of_group(store, group_id)
        if each.status in READABLE_BY_PAYER
        and (last := assessment_view.last_submission(store, each.id)) is not None
    ]
    return [each for _, each in sorted(sent, key=lambda pair: pair[0], reverse=True)]


def newest_submitted(store: Store, group_id: str) -> Assessment | None:
    """The assessment submitted last."""
    return next(iter(submitted_newest_first(store, group_id)), None)


def entry_of(
    assessment: Assessment, decisive: StoredRun, recent: Sequence[SocialRiskRelease], now: datetime
) -> PortfolioEntry:
    """Payers read it, so its counts are those that were released."""
    run = from_json(decisive.result)
    return PortfolioEntry(
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
        screened=released_counts.total_over(recent, Step.SCREENED).people,
        eligible=released_counts.total_over(recent, Step.ELIGIBLE).people,
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
