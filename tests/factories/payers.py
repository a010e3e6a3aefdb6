"""What a payer's journey starts from: a cycle, an invitation, an assessment that was sent in.

Everything goes through the use cases, as pages do. The cast is that of `tests/web/world.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from readiness.accounts.db import people
from readiness.assessments.cycles import Cycle
from readiness.assessments.db import assessments
from readiness.assessments.models import AnswerRevision, Assessment
from readiness.assessments.service import cycles, sharing, submission
from readiness.core.db import Session, Store
from readiness.core.people import Actor
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from tests.factories.instruments import an_answer
from tests.factories.world import NOW

QMER = instruments.load("qmer")
DUE = date(2027, 4, 15)
NOTE = "Minutes of the quality committee, March, owned by the quality lead."
MANAGERS = {"elm": "maya", "oak": "omar"}
REVIEWERS = {"fair": "pam", "far": "pete"}
numbers = count(1)


def person(store: Store, person_id: str) -> Actor:
    return people.actor(store, person_id)


def fresh(kind: str) -> str:
    return f"{kind}{next(numbers)}"


def a_draft(**changes: Any) -> cycles.CycleDraft:
    defaults: dict[str, Any] = {
        "name": "2027 baseline",
        "instrument_id": QMER.id,
        "version": QMER.version,
        "opens_on": NOW.date(),
        "due_on": DUE,
        "axis_min": {},
    }
    return cycles.CycleDraft(**{**defaults, **changes})


def a_cycle(store: Store, payer_id: str = "fair", **changes: Any) -> Cycle:
    actor = person(store, REVIEWERS[payer_id])
    return cycles.open_cycle(
        Session(store, actor, NOW), payer_id, a_draft(**changes), fresh("cycle")
    )


def asked_more(tier_id: str, axis_id: str, asks: int) -> dict[str, dict[str, Fraction]]:
    return {tier_id: {axis_id: Fraction(asks)}}


def invited(store: Store, cycle: Cycle, *group_ids: str) -> Cycle:
    actor = person(store, REVIEWERS[cycle.payer_id])
    cycles.invite(Session(store, actor, NOW), cycle.payer_id, cycle.id, group_ids)
    return cycle


def accepted(store: Store, cycle: Cycle, group_id: str = "elm", now: datetime = NOW) -> Assessment:
    actor = person(store, MANAGERS[group_id])
    ids = fresh("grant"), fresh("assessment")
    return sharing.accept(Session(store, actor, now), group_id, cycle.id, None, ids)


def started(store: Store, group_id: str = "elm", payer_id: str = "fair") -> Assessment:
    return accepted(store, invited(store, a_cycle(store, payer_id), group_id), group_id)


def answer(
    store: Store, assessment: Assessment, given: Mapping[str, Answer], by: str = "maya"
) -> None:
    """Save answers as a page would, without its checks."""
    with store.writing():
        for item_id, each in given.items():
            last = assessments.latest_revision(store, assessment.id, item_id)
            revision = AnswerRevision(item_id, last + 1, each, by, NOW)
            assessments.save_answer(store, assessment.id, revision, None)


def all_at(level: int, **others: Any) -> dict[str, Answer]:
    """Every item at one level with a note; others by name: `LEAD_1=3`."""
    levels: dict[str, Any] = {item.id: level for item in QMER.items}
    levels |= {key.replace("_", "-"): value for key, value in others.items()}
    return {
        item_id: Answer.at(value, NOTE) if isinstance(value, int) else an_answer(value)
        for item_id, value in levels.items()
    }


def send_in(store: Store, assessment: Assessment, now: datetime = NOW) -> int:
    """Signed by the group's manager; the number of the submission."""
    actor = person(store, MANAGERS[assessment.group_id])
    ids = submission.Ids(fresh("run"), fresh("run"), lambda: f"{next(numbers):04}")
    signature = submission.Signature(actor.name, agrees=True)
    return submission.submit(Session(store, actor, now), assessment.id, signature, ids).number


def sent_in(store: Store, group_id: str = "elm", level: int = 2, **others: Any) -> Assessment:
    """An assessment of one level throughout, submitted to the payer "fair"."""
    assessment = started(store, group_id)
    answer(store, assessment, all_at(level, **others))
    send_in(store, assessment, NOW + timedelta(days=1))
    return assessments.get(store, assessment.id)
