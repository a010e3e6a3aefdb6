"""An assessment: one group's answers to one version of an instrument, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from readiness.core.errors import WrongState
from readiness.instruments.answers import Answer, ContextValue


@dataclass(frozen=True)
class Assessment:
    """It belongs to the group. The cycle names the payer who reviews it; other payers read it."""

    id: str
    group_id: str
    instrument_id: str
    version: str
    instrument_sha256: str
    title: str  # "2026"
    status: AssessmentStatus
    created_at: datetime
    cycle_id: str | None = None  # whose payer reviews it; None: the group's own, unreviewed
    due_on: date | None = None
    carried_from: str | None = None  # the earlier assessment its answers were carried from
    revision: int = 0  # refuses stale saves of the assessment itself

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def status_sentence(self) -> str:
        """The start of a sentence, such as "This assessment is submitted"."""
        if self.status is AssessmentStatus.CHANGES_REQUESTED:
            return "Changes were requested"
        return f"This assessment is {self.status}"

    def moved_to(self, wanted: AssessmentStatus) -> Assessment:
        return replace(self, status=move(self.status, wanted))


@dataclass(frozen=True)
class AnswerRevision:
    """One saved answer. Revisions only ever grow; the highest is the answer."""

    item_id: str
    revision: int  # 1 for the first
    answer: Answer | None  # None: taken back, the item is unanswered again
    author_id: str
    at: datetime
    is_carried: bool = False  # carried forward and not yet re-confirmed


Revisions = Mapping[str, AnswerRevision]  # the latest of each item


def confirmed_answers(revisions: Revisions) -> dict[str, Answer]:
    """The answers that count: a carried one is a memory until somebody re-confirms it."""
    return {
        item_id: revision.answer
        for item_id, revision in revisions.items()
        if revision.answer is not None and not revision.is_carried
    }


@dataclass(frozen=True)
class ContextRevision:
    """One saved fact about the group."""

    key: str
    revision: int
    value: ContextValue
    author_id: str
    at: datetime


@dataclass(frozen=True)
class Submission:
    """What was sent in, once. A later one never changes an earlier one."""

    assessment_id: str
    number: int  # 1 for the first
    at: datetime
    author_id: str
    attested_name: str  # the name the person typed to attest
    statement: str  # what they attested, word for word
    reference: str  # for the receipt, such as "2026-ELM-7Q4K"
    answers_sha256: str


class Decision(StrEnum):
    AGREED = "agreed"
    CHANGE_REQUESTED = "change requested"


@dataclass(frozen=True)
class ItemReview:
    """What the payer says of one item of one submission. The claim stays beside it."""

    assessment_id: str
    submission_number: int
    item_id: str
    decision: Decision
    validated_level: int | None  # what the reviewer takes as shown; None while a change is asked
    reason: str  # required when a change is asked
    reviewer_id: str
    at: datetime


class RunKind(StrEnum):
    """Three values are kept apart and never averaged."""

    CLAIMED = "claimed"
    SUPPORTED = "supported by counts"
    VALIDATED = "validated by the reviewer"


class AssessmentStatus(StrEnum):
    IN_PROGRESS = "in progress"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes requested"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


MOVES: dict[AssessmentStatus, frozenset[AssessmentStatus]] = {
    AssessmentStatus.IN_PROGRESS: frozenset(
        {AssessmentStatus.SUBMITTED, AssessmentStatus.WITHDRAWN}
    ),
    AssessmentStatus.SUBMITTED: frozenset(
        {AssessmentStatus.CHANGES_REQUESTED, AssessmentStatus.ACCEPTED, AssessmentStatus.WITHDRAWN}
    ),
    AssessmentStatus.CHANGES_REQUESTED: frozenset(
        {AssessmentStatus.SUBMITTED, AssessmentStatus.WITHDRAWN}
    ),
    AssessmentStatus.ACCEPTED: frozenset(),
    AssessmentStatus.WITHDRAWN: frozenset({AssessmentStatus.IN_PROGRESS}),  # undo
}


EDITABLE = frozenset({AssessmentStatus.IN_PROGRESS, AssessmentStatus.CHANGES_REQUESTED})


READABLE_BY_PAYER = frozenset(
    {AssessmentStatus.SUBMITTED, AssessmentStatus.CHANGES_REQUESTED, AssessmentStatus.ACCEPTED}
)


def move(current: AssessmentStatus, wanted: AssessmentStatus) -> AssessmentStatus:
    """The wanted state, or a sentence saying that it cannot follow the current one."""
    if wanted not in MOVES[current]:
        raise WrongState(
            f"An assessment that is {current} cannot become {wanted}. "
            "Reload the page to see where it stands."
        )
    return wanted
