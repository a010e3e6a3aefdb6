"""One group as its payer reads it, ready to write down."""

from __future__ import annotations

from typing import Any

from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.assessments.review import answer_in_words
from readiness.assessments.scorecard import ScoringRun
from readiness.assessments.service.payer_view import SubmittedView, note_for_payer
from readiness.core.charts.bars import DomainScore, Threshold, profile_of
from readiness.core.formatting import percent
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import Domain, Instrument, Item
from readiness.portfolio.models import NOT_STARTED, screening_reach
from readiness.portfolio.presenters.portfolio import UNREVIEWED, VALIDATED, TierBadge
from readiness.portfolio.service.portfolio import GroupFile

KINDS = {
    RunKind.CLAIMED: ("Claimed", "as the group sent it in"),
    RunKind.SUPPORTED: ("Supported by counts", "claims lowered to what its screening counts show"),
    RunKind.VALIDATED: ("Validated", "what the reviewer took as shown"),
}


def page_of(file: GroupFile) -> dict[str, Any]:
    shown = file.shown
    run = shown.best_run if shown else None
    return {
        "file": file,
        "badge": badge(file, shown.instrument, run) if shown and run else None,
        "run": run,
        "status": str(file.line.status or NOT_STARTED),
        "progress": progress(file),
        "reach": reach(file),
        "kinds": KINDS,
        "profile": profile(shown.instrument, run) if shown and run else None,
        "answers": answers(shown) if shown else [],
    }


def badge(file: GroupFile, instrument: Instrument, run: ScoringRun) -> TierBadge:
    is_current = file.shown is not None and file.line.assessment_id == file.shown.assessment.id
    is_validated = file.shown is not None and run is file.shown.runs.get(RunKind.VALIDATED)
    return TierBadge(
        run.tier_id,
        instrument.tier_by_id[run.tier_id].title,
        run.provisional,
        is_current and file.line.is_expired(file.today),
        VALIDATED if is_validated else UNREVIEWED,
    )


def progress(file: GroupFile) -> str:
    if file.line.status is not AssessmentStatus.IN_PROGRESS or file.asked is None:
        return ""
    return f"{file.line.answered} of {file.asked} answered"


def reach(file: GroupFile) -> str:
    if not file.line.is_scored:
        return "no counts yet"
    found = screening_reach(file.line)
    if found.share is None:
        return found.says
    counted = "counted once per quarter, last four released quarters"
    return f"{percent(found.share)} ({found.says} patients, {counted})"


def profile(instrument: Instrument, run: ScoringRun) -> Any:
    scores = [
        DomainScore(domain.title, run.domains[domain.id].low, run.domains[domain.id].high)
        for domain in instrument.domains
    ]
    tier = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    if tier is None or not tier.domain_min:
        return profile_of(scores)
    asks = f"{tier.id} asks for {float(tier.domain_min):g}"
    return profile_of(scores, [Threshold(asks, tier.domain_min)])


def answers(shown: SubmittedView) -> list[tuple[Domain, list[dict[str, Any]]]]:
    """By domain, each with its evidence; never who gave it."""
    return [
        (domain, [answer(shown, item) for item in domain.items if item.id in shown.given])
        for domain in shown.instrument.domains
    ]


def answer(shown: SubmittedView, item: Item) -> dict[str, Any]:
    given = shown.given[item.id]
    note, withheld = note_for_payer(given)
    return {
        "item": item,
        "says": answer_in_words(given),
        "level": given.level if given.kind is AnswerKind.LEVEL else None,
        "note": note,
        "withheld": withheld,
    }
