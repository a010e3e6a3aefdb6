"""An assessment opened on the table: what is asked, what was answered, and last time's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.assessments import carry_forward, checks
from readiness.assessments.carry_forward import CarriedItem
from readiness.assessments.db import assessments, cycles
from readiness.assessments.models import (
    READABLE_BY_PAYER,
    AnswerRevision,
    Assessment,
    ContextRevision,
    Submission,
    confirmed_answers,
)
from readiness.core import audit, permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, WrongState
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answers, Context, counted, does_not_apply
from readiness.instruments.models import Domain, Instrument, Item

FORMER = "somebody who has left"


@dataclass(frozen=True)
class AnswerProgress:
    answered: int
    total: int
    to_confirm: int = 0  # carried answers that nobody has re-confirmed

    @property
    def left(self) -> int:
        return self.total - self.answered

    @property
    def is_done(self) -> bool:
        return self.left == 0


@dataclass(frozen=True)
class PreviousAssessment:
    """The assessment before this one, and what became of its items since."""

    assessment: Assessment
    instrument: Instrument
    revisions: Mapping[str, AnswerRevision]
    items: tuple[CarriedItem, ...]

    @cached_property
    def item_by_id(self) -> Mapping[str, CarriedItem]:
        return {carried.item_id: carried for carried in self.items}

    def of_change(self, change: carry_forward.ItemChange) -> tuple[str, ...]:
        return tuple(each.item_id for each in self.items if each.change is change)


@dataclass(frozen=True)
class AssessmentView:
    assessment: Assessment
    group: Group
    instrument: Instrument
    revisions: Mapping[str, AnswerRevision]  # the latest of every item ever answered
    facts: Mapping[str, ContextRevision]

    @cached_property
    def answers(self) -> Answers:
        """Those that count: a carried answer does once it is re-confirmed, and where facts decide
        what applies they stand in for what was typed."""
        return counted(self.instrument, confirmed_answers(self.revisions), self.context)

    @cached_property
    def context(self) -> Context:
        return {key: revision.value for key, revision in self.facts.items()}

    @property
    def progress(self) -> AnswerProgress:
        return self.progress_of(self.instrument.items)

    @property
    def context_progress(self) -> AnswerProgress:
        asked = self.instrument.context
        known = sum(checks.is_known(each.fields, self.context) for each in asked)
        return AnswerProgress(known, len(asked))

    def progress_of(self, items: Iterable[Item]) -> AnswerProgress:
        asked = tuple(items)
        open_items = (
            item for item in asked if not does_not_apply(self.instrument, item, self.context)
        )
        waiting = (self.revisions.get(item.id) for item in open_items)
        return AnswerProgress(
            answered=sum(item.id in self.answers for item in asked),
            total=len(asked),
            to_confirm=sum(bool(each and each.answer and each.is_carried) for each in waiting),
        )


def load(session: Session, assessment_id: str, can: Can) -> AssessmentView:
    assessment = assessments.get(session.store, assessment_id)
    scope.require_for_group(session, can, assessment.group_id)
    return view_of(session.store, assessment)


def view_of(store: Store, assessment: Assessment) -> AssessmentView:
    return AssessmentView(
        assessment=assessment,
        group=groups.get(store, assessment.group_id),
        instrument=instrument_of(assessment),
        revisions=assessments.answers(store, assessment.id),
        facts=assessments.context(store, assessment.id),
    )


def load_editable(session: Session, assessment_id: str, can: Can) -> AssessmentView:
    """Nothing is changed after submission, however late a page saves."""
    view = load(session, assessment_id, can)
    if not view.assessment.is_editable:
        raise WrongState(
            f"This assessment is {view.assessment.status}, so its answers cannot be changed. "
            "Reload the page to see where it stands."
        )
    return view


def item_of(view: AssessmentView, item_id: str) -> Item:
    item = view.instrument.item_by_id.get(item_id)
    if item is None:
        raise NotFound("This assessment asks no such item. Reload the page.")
    return item


def domain_of(view: AssessmentView, domain_id: str) -> Domain:
    domain = view.instrument.domain_by_id.get(domain_id)
    if domain is None:
        raise NotFound("This assessment has no such page. Start from its list of pages.")
    return domain


def previous_assessment(store: Store, view: AssessmentView) -> PreviousAssessment | None:
    """The assessment whose answers stand beside these: the one carried from, else the last."""
    earlier = source_of(store, view.assessment)
    return None if earlier is None else compare(store, earlier, view.instrument)


def source_of(store: Store, assessment: Assessment) -> Assessment | None:
    if assessment.carried_from:
        return assessments.get(store, assessment.carried_from)
    return last_submitted(store, assessment.group_id, assessment.instrument_id, assessment)


def last_submitted(
    store: Store, group_id: str, instrument_id: str, later: Assessment | None = None
) -> Assessment | None:
    """The newest assessment that was submitted, of any version of the instrument."""
    return next(
        (
            each
            for each in assessments.of_group(store, group_id)
            if each.status in READABLE_BY_PAYER
            and each.instrument_id == instrument_id
            and (later is None or (each.id != later.id and each.created_at <= later.created_at))
        ),
        None,
    )


def compare(store: Store, earlier: Assessment, now: Instrument) -> PreviousAssessment:
    old = instrument_of(earlier)
    revisions = submitted_answers(store, earlier)
    items = carry_forward.carry(old, now, confirmed_answers(revisions))
    return PreviousAssessment(earlier, old, revisions, items)


def submitted_answers(store: Store, assessment: Assessment) -> Mapping[str, AnswerRevision]:
    last = last_submission(store, assessment.id)
    if last is None:
        return assessments.answers(store, assessment.id)
    return assessments.answers_of_submission(store, assessment.id, last.number)


def last_submission(store: Store, assessment_id: str) -> Submission | None:
    sent = assessments.submissions(store, assessment_id)
    return sent[-1] if sent else None


def cycle_payer(store: Store, assessment: Assessment) -> Payer | None:
    """Whose cycle the assessment names: it reviews, and facts about "this payer" are of it."""
    if assessment.cycle_id is None:
        return None
    return groups.payer(store, cycles.get(store, assessment.cycle_id).payer_id)


def payers(store: Store, payer_ids: Iterable[str]) -> tuple[Payer, ...]:
    """In the order of their ids."""
    return tuple(groups.payer(store, payer_id) for payer_id in sorted(payer_ids))


def author_of(store: Store, person_id: str) -> str:
    return names_of(store, [person_id])[person_id]


def names_of(store: Store, person_ids: Iterable[str]) -> dict[str, str]:
    wanted = set(person_ids)
    found = people.with_ids(store, wanted)
    return {each: found[each].name if each in found else FORMER for each in wanted}


def instrument_of(assessment: Assessment) -> Instrument:
    """Refused when the file has changed since: old answers keep the questions they answered."""
    instrument = instruments.load(assessment.instrument_id, assessment.version)
    if instrument.sha256 != assessment.instrument_sha256:
        raise WrongState(
            f"The file of {instrument.id} {instrument.version} was changed after this assessment "
            "was begun. Ask your administrator to bring the old file back and to give the new "
            "one a version of its own."
        )
    return instrument


@dataclass(frozen=True)
class Audience:
    readers: tuple[Payer, ...]  # the payers the group shares with today
    may_share: bool  # whether this person decides about it


def audience_of(session: Session, group_id: str) -> Audience:
    here = scope.of_group(session.store, group_id, session.now)
    return Audience(
        readers=payers(session.store, here.payer_ids),
        may_share=permissions.allowed(session.actor, Can.SHARE, here),
    )


def assessment_event(
    session: Session,
    assessment: Assessment,
    verb: str,
    *,
    payer_id: str | None = None,
    detail: audit.Detail | None = None,
) -> audit.Event:
    """A line of history about an assessment, in its group's history and a payer's when named."""
    group_id = assessment.group_id
    return audit.event(
        session,
        verb,
        "assessment",
        assessment.id,
        group_id=group_id,
        payer_id=payer_id,
        detail=detail,
    )
