"""Assessments, their answers and context as append-only revisions, and what was sent in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from readiness.assessments.models import (
    AnswerRevision,
    Assessment,
    ContextRevision,
    ItemReview,
    Submission,
)
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, ChangedMeanwhile, NotFound
from readiness.core.serialization import from_row, to_row
from readiness.instruments.answers import ContextValue

NOT_ANSWERED = {"kind": None, "level": None, "reason": "", "note": ""}


def add(store: Store, assessment: Assessment, event: Event) -> None:
    with store.writing():
        changed_at = assessment.created_at.isoformat()
        store.insert("assessments", {**to_row(assessment), "changed_at": changed_at})
        audit.record(store, event)


def save(store: Store, assessment: Assessment, event: Event) -> Assessment:
    """Write the assessment and its line of history together, or neither.

    Refused when someone else has saved it since it was read: otherwise an old page could quietly
    turn a submitted assessment back into a draft.
    """
    saved = replace(assessment, revision=assessment.revision + 1)
    row = to_row(saved) | {"changed_at": event.at.isoformat(), "read": assessment.revision}
    with store.writing():
        changed = store.execute(
            "update assessments set status = :status, cycle_id = :cycle_id, due_on = :due_on,"
            " title = :title, revision = :revision, changed_at = :changed_at"
            " where id = :id and revision = :read",
            row,
        )
        if not changed:
            raise ChangedMeanwhile(
                "Somebody else changed this assessment a moment ago. Reload the page to see it."
            )
        audit.record(store, event)
    return saved


def get(store: Store, assessment_id: str) -> Assessment:
    row = store.row("select * from assessments where id = ?", (assessment_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(Assessment, row)


def of_group(store: Store, group_id: str) -> tuple[Assessment, ...]:
    """Newest first."""
    return tuple(
        from_row(Assessment, row)
        for row in store.rows(
            "select * from assessments where group_id = ? order by created_at desc, id",
            (group_id,),
        )
    )


def save_answer(
    store: Store, assessment_id: str, revision: AnswerRevision, event: Event | None
) -> None:
    """Append one revision, or refuse it when that number is taken: somebody saved first."""
    with store.writing():
        last = latest_revision(store, assessment_id, revision.item_id)
        if revision.revision != last + 1:
            raise ChangedMeanwhile(
                "Somebody else answered this item a moment ago. "
                "Compare both answers and save the one you agree on."
            )
        row = to_row(revision)
        answer = row.pop("answer")
        answered = to_row(answer) if answer else NOT_ANSWERED
        store.insert("answers", {"assessment_id": assessment_id, **row, **answered})
        store.execute(
            "update assessments set changed_at = ? where id = ?",
            (revision.at.isoformat(), assessment_id),
        )
        if event:
            audit.record(store, event)


def latest_revision(store: Store, assessment_id: str, item_id: str) -> int:
    row = store.row(
        "select max(revision) as n from answers where assessment_id = ? and item_id = ?",
        (assessment_id, item_id),
    )
    return int(row["n"] or 0) if row else 0


LATEST = """
select a.* from answers a
join (select item_id, max(revision) as revision from answers
      where assessment_id = :assessment group by item_id) last
  on last.item_id = a.item_id and last.revision = a.revision
where a.assessment_id = :assessment
"""


def answers(store: Store, assessment_id: str) -> dict[str, AnswerRevision]:
    """The latest revision of every item that was ever answered, by item id."""
    return {
        row["item_id"]: to_answer(row) for row in store.rows(LATEST, {"assessment": assessment_id})
    }


def answer_history(store: Store, assessment_id: str, item_id: str) -> tuple[AnswerRevision, ...]:
    """All revisions of one item, oldest first."""
    return tuple(
        to_answer(row)
        for row in store.rows(
            "select * from answers where assessment_id = ? and item_id = ? order by revision",
            (assessment_id, item_id),
        )
    )


def save_context(
    store: Store, assessment_id: str, revisions: tuple[ContextRevision, ...], event: Event | None
) -> None:
    """Append all of them, or none when somebody saved one of them first."""
    with store.writing():
        known = context(store, assessment_id)
        for revision in revisions:
            last = known[revision.key].revision if revision.key in known else 0
            if revision.revision != last + 1:
                raise ChangedMeanwhile(
                    "Somebody else changed this page a moment ago. "
                    "Reload it, compare, and save what you agree on."
                )
            row = {**to_row(revision), "value": json.dumps(revision.value)}
            store.insert("context", {"assessment_id": assessment_id, **row})
        if event:
            audit.record(store, event)


def context(store: Store, assessment_id: str) -> dict[str, ContextRevision]:
    return {
        row["key"]: ContextRevision(
            row["key"],
            row["revision"],
            json.loads(row["value"]),
            row["author_id"],
            datetime.fromisoformat(row["at"]),
        )
        for row in store.rows(
            "select key, max(revision) as revision, value, author_id, at from context"
            " where assessment_id = ? group by key",
            (assessment_id,),
        )
    }


def context_at(store: Store, assessment_id: str, key: str, revision: int) -> ContextValue:
    """What that revision said; None before the first."""
    row = store.row(
        "select value from context where assessment_id = ? and key = ? and revision = ?",
        (assessment_id, key, revision),
    )
    value: ContextValue = json.loads(row["value"]) if row else None
    return value


def context_values(store: Store, assessment_id: str) -> dict[str, ContextValue]:
    return {key: revision.value for key, revision in context(store, assessment_id).items()}


def submit(
    store: Store, submission: Submission, revisions: Mapping[str, int], event: Event
) -> None:
    """Freeze which revision of each answer was sent in."""
    with store.writing():
        store.insert("submissions", to_row(submission))
        sent = {"assessment_id": submission.assessment_id, "number": submission.number}
        for item_id, revision in revisions.items():
            store.insert(
                "submitted_answers",
                {**sent, "item_id": item_id, "revision": revision},
            )
        audit.record(store, event)


def submissions(store: Store, assessment_id: str) -> tuple[Submission, ...]:
    """Oldest first."""
    return tuple(
        from_row(Submission, row)
        for row in store.rows(
            "select * from submissions where assessment_id = ? order by number", (assessment_id,)
        )
    )


def has_reference(store: Store, reference: str) -> bool:
    return store.row("select 1 from submissions where reference = ?", (reference,)) is not None


def answers_of_submission(
    store: Store, assessment_id: str, number: int
) -> dict[str, AnswerRevision]:
    """The answers exactly as they were sent in that time, by item id."""
    return {
        row["item_id"]: to_answer(row)
        for row in store.rows(
            "select a.* from submitted_answers s join answers a"
            " on a.assessment_id = s.assessment_id and a.item_id = s.item_id"
            " and a.revision = s.revision"
            " where s.assessment_id = ? and s.number = ?",
            (assessment_id, number),
        )
    }


def to_answer(row: Mapping[str, Any]) -> AnswerRevision:
    return from_row(AnswerRevision, {**row, "answer": row if row["kind"] else None})


def reviews_of(store: Store, assessment_id: str, number: int) -> dict[str, ItemReview]:
    """The last decision on each item of that submission."""
    return {
        row["item_id"]: from_row(ItemReview, {**row, "submission_number": row["number"]})
        for row in store.rows(
            "select * from reviews where assessment_id = ? and number = ? order by id",
            (assessment_id, number),
        )
    }


def last_review_numbers(store: Store, assessment_id: str, number: int) -> dict[str, int]:
    """The number of the last decision on each item, which a page carries along."""
    return {
        row["item_id"]: row["last"]
        for row in store.rows(
            "select item_id, max(id) as last from reviews"
            " where assessment_id = ? and number = ? group by item_id",
            (assessment_id, number),
        )
    }


def add_reviews(store: Store, decisions: Iterable[tuple[ItemReview, int]], event: Event) -> None:
    """Append all of them, or none when somebody decided one of these items meanwhile.

    Each comes with the number of the decision that its reviewer had before them.
    """
    with store.writing():
        for review, seen in decisions:
            last = last_review_numbers(store, review.assessment_id, review.submission_number)
            if last.get(review.item_id, 0) != seen:
                raise ChangedMeanwhile(
                    f"A colleague decided on {review.item_id} a moment ago, so nothing was saved. "
                    "Reload the page, compare, and save what you agree on."
                )
            row = to_row(review)
            row["number"] = row.pop("submission_number")
            store.insert("reviews", row)
        audit.record(store, event)
