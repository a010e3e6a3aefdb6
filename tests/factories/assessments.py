"""Assessments on real content, filled in as a group would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from readiness.accounts.db import people
from readiness.assessments.db import assessments, runs
from readiness.assessments.db.runs import PortfolioEntry
from readiness.assessments.models import Assessment, Submission
from readiness.assessments.saving import SentAnswer
from readiness.assessments.service import answering, submission
from readiness.assessments.service.submission import Ids, Signature
from readiness.core.db import Session, Store
from readiness.core.people import Actor
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer

NOTE = "Minutes of 2026-03-01, shared drive, owner: quality lead"
numbers = count(1)


def actor(store: Store, person_id: str = "maya") -> Actor:
    return people.actor(store, person_id)


def started(
    store: Store, now: datetime, person_id: str = "maya", *, carries: bool = True
) -> Assessment:
    me = actor(store, person_id)
    (group_id,) = me.group_ids
    return answering.start(Session(store, me, now), group_id, f"a{next(numbers)}", carries=carries)


def answer(
    store: Store,
    assessment_id: str,
    now: datetime,
    choice: str = "2",
    item_ids: Iterable[str] | None = None,
    note: str = NOTE,
    person_id: str = "maya",
) -> None:
    """Answer these items, or all, over whatever stands there."""
    asked = item_ids or [item.id for item in instruments.load("qmer").items]
    there = assessments.answers(store, assessment_id)
    page = [
        SentAnswer(i, choice, note=note, base=there[i].revision if i in there else 0, confirms=True)
        for i in asked
    ]
    done = answering.save_page(Session(store, actor(store, person_id), now), assessment_id, page)
    assert not done.problems
    assert not done.clashes


def sent_in(store: Store, assessment_id: str, now: datetime) -> Submission:
    number = next(numbers)
    ids = Ids(f"claimed-{number}", f"supported-{number}", lambda: f"{number:04}")
    me = actor(store)
    return submission.submit(
        Session(store, me, now), assessment_id, Signature(me.name, agrees=True), ids
    )


def answer_in(store: Store, assessment_id: str, item_id: str) -> Answer:
    """What stands there now."""
    found = assessments.answers(store, assessment_id)[item_id].answer
    assert found
    return found


def sent(store: Store, assessment_id: str, number: int, item_id: str) -> Answer:
    found = assessments.answers_of_submission(store, assessment_id, number)[item_id].answer
    assert found
    return found


def standing_of(store: Store, group_id: str = "elm") -> PortfolioEntry:
    found = runs.portfolio_entry(store, group_id)
    assert found
    return found
