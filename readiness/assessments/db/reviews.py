"""Reviewers' decisions, append-only: of each item the last one counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from readiness.assessments.models import Decision, ItemReview
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile


def of_submission(store: Store, assessment_id: str, number: int) -> dict[str, ItemReview]:
    """The last decision on each item of that submission."""
    return {
        row["item_id"]: ItemReview(
            assessment_id=row["assessment_id"],
            submission_number=row["number"],
            item_id=row["item_id"],
            decision=Decision(row["decision"]),
            validated_level=row["validated_level"],
            reason=row["reason"],
            reviewer_id=row["reviewer_id"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in store.rows(
            "select * from reviews where assessment_id = ? and number = ? order by id",
            (assessment_id, number),
        )
    }


def last_seen(store: Store, assessment_id: str, number: int) -> dict[str, int]:
    """The number of the last decision on each item, which a page carries along."""
    return {
        row["item_id"]: row["last"]
        for row in store.rows(
            "select item_id, max(id) as last from reviews"
            " where assessment_id = ? and number = ? group by item_id",
            (assessment_id, number),
        )
    }


def decide(store: Store, decisions: Iterable[tuple[ItemReview, int]], event: Event) -> None:
    """Append all of them, or none when somebody decided one of these items meanwhile.

    Each comes with the number of the decision that its reviewer had before them.
    """
    with store.writing():
        for review, seen in decisions:
            last = last_seen(store, review.assessment_id, review.submission_number)
            if last.get(review.item_id, 0) != seen:
                raise ChangedMeanwhile(
                    f"A colleague decided on {review.item_id} a moment ago, so nothing was saved. "
                    "Reload the page, compare, and save what you agree on."
                )
            store.insert(
                "reviews",
                {
                    "assessment_id": review.assessment_id,
                    "number": review.submission_number,
                    "item_id": review.item_id,
                    "decision": review.decision,
                    "validated_level": review.validated_level,
                    "reason": review.reason,
                    "reviewer_id": review.reviewer_id,
                    "at": review.at.isoformat(),
                },
            )
        audit.record(store, event)
