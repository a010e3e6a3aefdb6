"""Where a group stands for the payers it shares with, kept at each change of a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from readiness.assessments import attestation
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import PortfolioEntry, StoredRun
from readiness.assessments.models import READABLE_BY_PAYER, Assessment
from readiness.assessments.scorecard import Score, ScoringRun, from_json
from readiness.assessments.service import assessment_view
from readiness.assessments.service.scoring import effective_run
from readiness.core.db import Store
from readiness.counts.social_risk.models import Step
from readiness.disclosure import released_counts
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import SocialRiskRelease


def update_entry(store: Store, group_id: str, now: datetime) -> PortfolioEntry | None:
    """Write where the group stands now; None when nothing of it is submitted."""
    with store.writing():
        newest = newest_submitted(store, group_id)
        decisive = effective_run(store, newest) if newest else None
        if newest is None or decisive is None:
            runs.remove_entry(store, group_id)
            return None
        recent = social_risk.latest_of_group(store, group_id, released_counts.QUARTERS)
        stood = entry_of(newest, decisive, recent, now)
        runs.save_entry(store, stood)
    return stood


def newest_submitted(store: Store, group_id: str) -> Assessment | None:
    """The assessment submitted last; one that was withdrawn does not count."""
    sent = [
        (last.at, each)
        for each in assessments.of_group(store, group_id)
        if each.status in READABLE_BY_PAYER
        and (last := assessment_view.last_submission(store, each.id)) is not None
    ]
    return max(sent, key=lambda pair: pair[0])[1] if sent else None


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
