"""One group as its payer reads it, ready to write down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for

from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.assessments.review import answer_in_words
from readiness.assessments.scorecard import ScoringRun
from readiness.assessments.service.payer_view import SubmittedView, note_for_payer
from readiness.core.charts.bars import DomainScore, Threshold, profile_of
from readiness.core.formatting import one_decimal, percent
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import Instrument, Item
from readiness.portfolio.models import NOT_STARTED, screening_reach
from readiness.portfolio.presenters.portfolio import UNREVIEWED, VALIDATED, Badge
from readiness.portfolio.service.portfolio import GroupFile

KINDS = {
    RunKind.CLAIMED: ("Claimed", "as the group sent it in"),
    RunKind.SUPPORTED: ("Supported by counts", "claims lowered to what its screening counts show"),
    RunKind.VALIDATED: ("Validated", "what the reviewer took as shown"),
}


@dataclass(frozen=True)
class Value:
    """One of the three values that are kept apart."""

    name: str
    means: str
    badge: Badge | None  # None: there is none yet
    axes: tuple[str, ...]


@dataclass(frozen=True)
class GateRow:
    tier_id: str
    item: str
    kind: str
    needs: str
    has: str
    is_met: bool


@dataclass(frozen=True)
class Given:
    """One answer with its evidence; never who gave it."""

    item: Item
    says: str
    level: int | None
    anchor: str
    note: str
    withheld: str


def page_of(file: GroupFile) -> dict[str, Any]:
    shown, run = file.shown, file.shown.best_run if file.shown else None
    return {
        "file": file,
        "badge": badge(file, shown.instrument, run) if shown and run else None,
        "run": run,
        "status": str(file.line.status or NOT_STARTED),
        "progress": progress(file),
        "reach": reach(file),
        "values": [value(shown, kind) for kind in RunKind] if shown else [],
        "axes": shown.instrument.axes if shown else (),
        "gates": list(gates(shown.instrument, run)) if shown and run else [],
        "profile": profile(shown.instrument, run) if shown and run else None,
        "steps": list(steps(shown.instrument, run)) if shown and run else [],
        "parts": list(parts(shown)) if shown else [],
        "history": list(history(file)),
        "review_url": review_url(file),
    }


def badge(file: GroupFile, instrument: Instrument, run: ScoringRun) -> Badge:
    is_current = file.shown is not None and file.line.assessment_id == file.shown.assessment.id
    is_validated = file.shown is not None and run is file.shown.runs.get(RunKind.VALIDATED)
    return Badge(
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


def value(shown: SubmittedView, kind: RunKind) -> Value:
    name, means = KINDS[kind]
    run = shown.runs.get(kind)
    if run is None:
        return Value(name, means, None, ())
    scores = tuple(one_decimal(run.axes[axis.id].low) for axis in shown.instrument.axes)
    title = shown.instrument.tier_by_id[run.tier_id].title
    return Value(name, means, Badge(run.tier_id, title, run.provisional, False, ""), scores)


def gates(instrument: Instrument, run: ScoringRun) -> Iterator[GateRow]:
    for gate in run.gates:
        yield GateRow(
            gate.tier_id,
            f"{gate.item_id} {instrument.item_by_id[gate.item_id].title}",
            str(gate.kind),
            f"level {gate.needs}",
            "no level" if gate.has is None else f"level {gate.has}",
            gate.met,
        )


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


def steps(instrument: Instrument, run: ScoringRun) -> Iterator[tuple[Item, str, str]]:
    for step in run.shortest_way or ():
        item = instrument.item_by_id[step.item_id]
        before = "not known yet" if step.from_level is None else f"level {step.from_level}"
        yield item, f"from {before} to level {step.to}", item.levels[step.to]


def parts(shown: SubmittedView) -> Iterator[tuple[Any, list[Given]]]:
    for domain in shown.instrument.domains:
        yield domain, [given(shown, item) for item in domain.items if item.id in shown.given]


def given(shown: SubmittedView, item: Item) -> Given:
    answer = shown.given[item.id]
    note, withheld = note_for_payer(answer)
    anchor = item.levels[answer.level] if answer.level is not None else ""
    level = answer.level if answer.kind is AnswerKind.LEVEL else None
    return Given(item, answer_in_words(answer), level, anchor, note, withheld)


def history(file: GroupFile) -> Iterator[dict[str, Any]]:
    for sent in file.history:
        yield {
            "sent": sent,
            "status": str(sent.assessment.status) if sent.is_last else "replaced by a later one",
            "url": url_for(
                "portfolio.group",
                payer_id=file.payer.id,
                group_id=file.group.id,
                assessment=sent.assessment.id,
            ),
            "is_shown": file.shown is not None and sent.submission == file.shown.submission,
        }


def review_url(file: GroupFile) -> str:
    if file.shown is None or not file.may_review:
        return ""
    return url_for("review.overview", assessment_id=file.shown.assessment.id)
