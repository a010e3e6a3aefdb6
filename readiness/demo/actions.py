"""What the invented people do, each deed at its moment, through the use cases of real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from readiness.accounts.db import people
from readiness.assessments.attestation import CODE_LETTERS
from readiness.assessments.models import AnswerRevision, Decision
from readiness.assessments.review import ReviewChoice
from readiness.assessments.saving import SentAnswer, SentFact, choice_of
from readiness.assessments.service import answering, cycles, review, sharing, submission
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.people import Actor
from readiness.core.periods import Period
from readiness.core.small_cells import FEWEST
from readiness.counts.db import quality, social_risk
from readiness.counts.models import PeriodState, Revision
from readiness.counts.quality.models import QualityCounts
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.demo import quality_counts, world
from readiness.demo.responses import answers_of, context_of
from readiness.demo.world import PAYER_ID, Character, Round
from readiness.instruments.answers import Answer
from readiness.instruments.models import Instrument
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY, SOCIAL_RISK

TIER_BEFORE = {"T2": "T1", "T3": "T2", "T4": "T3"}
REASONS = (
    "Please add the date of the latest report and who owns it.",
    "The note names a plan for next year; the level asks for the last 12 months.",
)


@dataclass(frozen=True)
class Stage:
    """What is written into, with what is asked, as which payer, at which moment."""

    store: Store
    instrument: Instrument
    payer: Actor
    now: datetime


def manager(stage: Stage, who: Character) -> Actor:
    return people.actor(stage.store, who.manager_id)


def session_of(stage: Stage, who: Character) -> Session:
    return Session(stage.store, manager(stage, who), stage.now)


def open_cycle(stage: Stage, which: Round, due_on: date) -> None:
    """The payer opens a cycle and invites everybody who takes part in it."""
    draft = cycles.CycleDraft(
        name=f"{due_on.year} readiness",
        instrument_id=stage.instrument.id,
        version=stage.instrument.version,
        opens_on=stage.now.date(),
        due_on=due_on,
        axis_min={},
    )
    cycles.open_cycle(Session(stage.store, stage.payer, stage.now), PAYER_ID, draft, which.cycle_id)
    invited = [who.id for who in world.GROUPS if which is Round.THIS or who.had_last_year]
    cycles.invite(Session(stage.store, stage.payer, stage.now), PAYER_ID, which.cycle_id, invited)


def close_cycle(stage: Stage, which: Round) -> None:
    cycles.close(Session(stage.store, stage.payer, stage.now), PAYER_ID, which.cycle_id)


def accept_invitation(stage: Stage, who: Character, which: Round) -> None:
    ids = (f"grant-{who.id}-{which}", which.assessment_of(who))
    actor = manager(stage, who)
    sharing.accept(Session(stage.store, actor, stage.now), who.id, which.cycle_id, None, ids)


def answer(stage: Stage, who: Character, which: Round, share: float) -> None:
    """The context, then this share of the answers, saved as the pages save them."""
    actor = manager(stage, who)
    assessment_id = which.assessment_of(who)
    facts = {key: SentFact(value, 0) for key, value in context_of(who).items()}
    found = answering.save_facts(Session(stage.store, actor, stage.now), assessment_id, facts)
    tier = who.tier if which is Round.THIS else TIER_BEFORE[who.tier]
    answers = answers_of(stage.instrument, who, tier, which)
    sent = [
        sent_as(item_id, answers[item_id], found.revisions.get(item_id))
        for item_id in list(answers)[: int(len(answers) * share)]
    ]
    saved = answering.save_page(Session(stage.store, actor, stage.now), assessment_id, sent)
    if saved.problems or saved.clashes:
        raise AssertionError(f"{who.id}: {saved.problems} {saved.clashes}")


def sent_as(item_id: str, answer: Answer, current: AnswerRevision | None) -> SentAnswer:
    return SentAnswer(
        item_id,
        choice=choice_of(answer),
        reason=answer.reason,
        note=answer.note,
        base=current.revision if current else 0,
        confirms=True,
    )


def send_in(stage: Stage, who: Character, which: Round) -> None:
    actor = manager(stage, who)
    code = world.dice("reference", who.id, which)
    ids = submission.Ids(
        f"run-{who.id}-{which}-claimed",
        f"run-{who.id}-{which}-supported",
        lambda: "".join(code.choices(CODE_LETTERS, k=4)),
    )
    signature = submission.Signature(actor.name, True)
    submission.submit(
        Session(stage.store, actor, stage.now), which.assessment_of(who), signature, ids
    )


def agree(stage: Stage, who: Character, which: Round) -> None:
    """The reviewer agrees with every claim, and accepts."""
    store, payer, assessment_id = stage.store, stage.payer, which.assessment_of(who)
    review.agree_with_low(Session(store, payer, stage.now), assessment_id, 1)
    waiting = waiting_lines(stage, assessment_id)
    choices = tuple(ReviewChoice(line.item.id, Decision.AGREED) for line in waiting)
    if choices:
        review.decide(Session(store, payer, stage.now), assessment_id, 1, choices)
    review.accept(
        Session(store, payer, stage.now), assessment_id, 1, f"run-{who.id}-{which}-validated"
    )


def ask_for_changes(stage: Stage, who: Character, which: Round) -> None:
    assessment_id = which.assessment_of(who)
    choices = tuple(
        ReviewChoice(line.item.id, Decision.CHANGE_REQUESTED, reason=reason)
        for line, reason in zip(waiting_lines(stage, assessment_id), REASONS, strict=False)
    )
    review.decide(Session(stage.store, stage.payer, stage.now), assessment_id, 1, choices)
    review.request_changes(Session(stage.store, stage.payer, stage.now), assessment_id, 1)


def waiting_lines(stage: Stage, assessment_id: str) -> list[review.ReviewLine]:
    opened = review.open_review(Session(stage.store, stage.payer, stage.now), assessment_id)
    return [line for part in opened.parts for line in part.lines if line.decision is None]


def enter_counts(stage: Stage, who: Character, period: Period, index: int) -> None:
    """One quarter's counts, marked complete."""
    author = "team" if who.id == world.ON_SHOW else who.manager_id
    found = world.quarter(who, index)
    cells: dict[FunnelCell, int] = {FunnelCell(Step(step)): n for step, n in found.group.items()}
    for need, row in found.needs.items():
        cells |= {FunnelCell(Step(step), Need(need)): n for step, n in row.items()}
    revisions = [Revision(cell, 1, n, author, stage.now) for cell, n in cells.items()]
    event = Event(stage.now, author, "entered counts", "counts", str(period), group_id=who.id)
    social_risk.save(stage.store, who.id, period, revisions, event)
    done = Event(stage.now, author, "completed a quarter", "counts", str(period), group_id=who.id)
    social_risk.set_state(stage.store, who.id, period, PeriodState.COMPLETE, 0, done)
    ready = publication.prepare(
        stage.store, SOCIAL_RISK, who.id, FunnelCounts(period, cells), FEWEST, stage.now
    )
    publication.save(stage.store, SOCIAL_RISK, ready, author, stage.now)


def enter_quality(stage: Stage, who: Character, period: Period, year: int) -> None:
    """One period's quality measures, with the declared reference, marked complete."""
    author = "team" if who.id == world.ON_SHOW else who.manager_id
    found = quality_counts.counts_of(who, year)
    revisions = [Revision(cell, 1, n, author, stage.now) for cell, n in found.items()]
    event = partial(Event, stage.now, author, group_id=who.id)
    entered = event("entered quality counts", "quality", str(period))
    quality.save(stage.store, who.id, period, revisions, entered)
    done = event("completed quality counts", "quality", str(period))
    quality.set_state(
        stage.store, who.id, period, PeriodState.COMPLETE, 0, done, quality_counts.REFERENCE
    )
    ready = publication.prepare(
        stage.store,
        QUALITY,
        who.id,
        QualityCounts(period, found),
        FEWEST,
        stage.now,
        quality_counts.REFERENCE,
    )
    publication.save(stage.store, QUALITY, ready, author, stage.now)
