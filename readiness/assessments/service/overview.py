"""Where a group's assessments stand, and what one of them still needs."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.carry_forward import ItemChange
from readiness.assessments.db import assessments, cycles
from readiness.assessments.models import (
    EDITABLE,
    Assessment,
    AssessmentStatus,
    ItemReview,
    Submission,
)
from readiness.assessments.service import answering, assessment_view, result
from readiness.assessments.service.assessment_view import (
    AnswerProgress,
    AssessmentView,
    PreviousAssessment,
)
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.instruments.models import Domain, Instrument, Item


@dataclass(frozen=True)
class GroupAssessments:
    """Every assessment of a group, newest first, and whether another may be started."""

    group: Group
    assessments: tuple[Assessment, ...]
    under_way: Assessment | None
    carries_from: Assessment | None
    instrument: Instrument  # what a new one would ask
    may_answer: bool


@dataclass(frozen=True)
class DomainRow:
    """One page of the questionnaire."""

    domain: Domain
    progress: AnswerProgress
    requested: int  # items the reviewer asks to change


@dataclass(frozen=True)
class ChangeRequest:
    item: Item
    review: ItemReview


@dataclass(frozen=True)
class AssessmentContents:
    """An assessment's own task list."""

    view: AssessmentView
    rows: tuple[DomainRow, ...]
    requests: tuple[ChangeRequest, ...]
    previous: PreviousAssessment | None
    reworded: tuple[str, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    last: Submission | None
    reviewer: Payer | None
    may_attest: bool

    @property
    def is_editable(self) -> bool:
        return self.view.assessment.is_editable

    @property
    def has_result(self) -> bool:
        return self.last is not None

    @property
    def may_withdraw(self) -> bool:
        open_ones = (*EDITABLE, AssessmentStatus.SUBMITTED)
        return self.may_attest and self.view.assessment.status in open_ones


def group_assessments(session: Session, group_id: str) -> GroupAssessments:
    here = scope.require_for_group(session, Can.READ_ASSESSMENT, group_id)
    instrument = instruments.load(answering.OWN)
    return GroupAssessments(
        group=groups.get(session.store, group_id),
        assessments=assessments.of_group(session.store, group_id),
        under_way=answering.under_way(session.store, group_id, instrument),
        carries_from=assessment_view.last_submitted(session.store, group_id, instrument.id),
        instrument=instrument,
        may_answer=permissions.allowed(session.actor, Can.ANSWER, here),
    )


def contents(session: Session, assessment_id: str) -> AssessmentContents:
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    here = scope.of_group(session.store, found.group.id, session.now)
    requests = result.requested_changes(session.store, found)
    carried_from = found.assessment.carried_from
    previous = assessment_view.previous_assessment(session.store, found) if carried_from else None
    return AssessmentContents(
        view=found,
        rows=tuple(
            DomainRow(
                domain,
                found.progress_of(domain.items),
                sum(item.id in requests for item in domain.items),
            )
            for domain in found.instrument.domains
        ),
        requests=tuple(
            ChangeRequest(item, requests[item.id])
            for item in found.instrument.items
            if item.id in requests
        ),
        previous=previous,
        reworded=item_names(previous, ItemChange.REWORDED, found.instrument),
        new=item_names(previous, ItemChange.NEW, found.instrument),
        dropped=item_names(previous, ItemChange.DROPPED, found.instrument),
        last=assessment_view.last_submission(session.store, assessment_id),
        reviewer=reviewer_of(session.store, found.assessment),
        may_attest=permissions.allowed(session.actor, Can.ATTEST, here),
    )


def item_names(
    previous: PreviousAssessment | None, change: ItemChange, now: Instrument
) -> tuple[str, ...]:
    """Items by id and title; what is no longer asked, as it was called last time."""
    if previous is None:
        return ()
    asked = {**previous.instrument.item_by_id, **now.item_by_id}
    return tuple(f"{each} {asked[each].title}" for each in previous.of_change(change))


def reviewer_of(store: Store, assessment: Assessment) -> Payer | None:
    if assessment.cycle_id is None:
        return None
    return groups.payer(store, cycles.get(store, assessment.cycle_id).payer_id)
