"""An assessment with a result, so that there is something to plan on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.accounts.db import people
from readiness.assessments.db import assessments, runs
from readiness.assessments.models import (
    AnswerRevision,
    Assessment,
    AssessmentStatus,
    ContextRevision,
    RunKind,
    Submission,
)
from readiness.assessments.service import scoring
from readiness.core import solver
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.instruments import cost_book
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, Context
from readiness.instruments.models import Instrument
from readiness.plans.models import ProposedPlan
from readiness.plans.planning import GroupFacts, propose
from readiness.plans.service import plan
from readiness.plans.service.plan import PlanView
from tests.factories import world

QMER = instruments.load("qmer", "2026.1")
BOOK = cost_book.load("qmer", "2026.1")
FACTS = {
    "sites": 2,
    "clinicians_fte": 24,
    "active_patients": 31_000,
    "interpreter_patients": 900,
    "deprived_share": 0.22,
}


def answers_at(level: int, **others: int | Answer) -> dict[str, Answer]:
    given = {item.id: Answer.at(level) for item in QMER.items}
    for key, value in others.items():
        given[key.replace("_", "-")] = Answer.at(value) if isinstance(value, int) else value
    return given


def developing(**others: int | Answer) -> dict[str, Answer]:
    """At T2. Its plan to T3 holds COACH, GOV, REALCOL, and CONTRACT after GOV."""
    low = dict.fromkeys(("REAL_2", "LEAD_1", *(f"IMPR_{n}" for n in range(1, 7))), 1)
    return answers_at(2, **{**low, **others})


def proposed(
    answers: Mapping[str, Answer],
    facts: Context = FACTS,
    instrument: Instrument = QMER,
    **more: Any,
) -> ProposedPlan:
    """The least-cost plan to the next tier; `more` are further facts, such as `still_to_pay`."""
    return propose(GroupFacts(instrument, BOOK, answers, facts, **more), solver.least)


def event(verb: str, group_id: str, at: datetime) -> Event:
    return Event(at, "maya", verb, "assessment", "a1", group_id=group_id)


def written(
    store: Store,
    group_id: str,
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    assessment_id: str = "a1",
    status: AssessmentStatus = AssessmentStatus.IN_PROGRESS,
    facts: Mapping[str, int | float] = FACTS,
) -> Assessment:
    made = Assessment(
        assessment_id, group_id, QMER.id, QMER.version, QMER.sha256, "2027", status, now
    )
    with store.writing():
        assessments.add(store, made, event("started", group_id, now))
        for item_id, answer in answers.items():
            revision = AnswerRevision(item_id, 1, answer, "maya", now)
            assessments.save_answer(store, made.id, revision, None)
        kept = tuple(ContextRevision(key, 1, value, "maya", now) for key, value in facts.items())
        assessments.save_context(store, made.id, kept, None)
    return made


def submitted(
    store: Store,
    group_id: str,
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    assessment_id: str = "a1",
    facts: Mapping[str, int | float] = FACTS,
) -> Assessment:
    made = written(
        store,
        group_id,
        answers,
        now,
        assessment_id=assessment_id,
        status=AssessmentStatus.SUBMITTED,
        facts=facts,
    )
    sent = Submission(
        made.id, 1, now, "maya", "Maya", "True.", f"2027-ELM-{assessment_id.upper()}", "0" * 64
    )
    with store.writing():
        assessments.submit(store, sent, dict.fromkeys(answers, 1), event("sent", group_id, now))
        score(store, made, answers, now, f"run-{assessment_id}")
    return made


def score(
    store: Store,
    made: Assessment,
    answers: Mapping[str, Answer],
    now: datetime,
    run_id: str,
    kind: RunKind = RunKind.CLAIMED,
) -> None:
    context = assessments.context_values(store, made.id)
    scored = scoring.run_of(QMER, context, answers)
    runs.add(store, scoring.stored_run(scored, made.id, 1, kind, run_id, now))


def view_of(store: Store, answers: Mapping[str, Answer]) -> PlanView:
    """The plan of a group that has just sent these answers in, as its manager sees it."""
    submitted(store, "elm", answers, world.NOW)
    return plan.load(Session(store, people.actor(store, "maya"), world.NOW), "a1")
