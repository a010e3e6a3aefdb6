"""The pages of an assessment: a group's list, what one still needs, one domain with its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments import review
from readiness.assessments.carry_forward import ItemChange
from readiness.assessments.db import assessments, cycles
from readiness.assessments.models import (
    EDITABLE,
    AnswerRevision,
    Assessment,
    AssessmentStatus,
    ItemReview,
    Submission,
)
from readiness.assessments.saving import SentAnswer, choice_of, identifiers_in_words, why_not
from readiness.assessments.service import answering, assessment_view, result
from readiness.assessments.service.answering import AnswerConflict
from readiness.assessments.service.assessment_view import (
    AnswerProgress,
    AssessmentView,
    PreviousAssessment,
)
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import Problem
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, Applicability, ApplicabilityVerdict, applicability
from readiness.instruments.glossary import sentence, terms_in
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


# One domain of the questionnaire: each item with all that helps to answer it.

CHANGED = {
    ItemChange.SAME: "The question is the same as last time.",
    ItemChange.REWORDED: (
        "The question was reworded since: read the levels again before confirming."
    ),
    ItemChange.NEW: "This question is new.",
}


@dataclass(frozen=True)
class RevisionLine:
    """One line of an item's history."""

    says: str
    author: str
    at: datetime


@dataclass(frozen=True)
class PreviousAnswer:
    """Last time's answer, to stand beside this one."""

    title: str
    says: str  # "level 2 · Defined"
    anchor: str  # what that level meant in last time's words
    note: str
    at: datetime


@dataclass(frozen=True)
class ItemQuestion:
    item: Item
    sent: SentAnswer  # what the fields show
    saved: AnswerRevision | None
    is_carried: bool
    change: str  # how the question compares with last time's
    last: PreviousAnswer | None
    may: Applicability
    why_not: str  # what would open "not applicable"
    terms: tuple[tuple[str, str], ...]
    cut_points: str  # what its cut points rest on; "" when nothing is marked
    asked_by: tuple[tuple[str, str], ...]  # published frameworks with a like element
    note_rule: str
    marks: str  # what its text seems to hold, if it could point at a patient
    request: ItemReview | None  # what the reviewer asks to change
    history: tuple[RevisionLine, ...]
    error: str = ""
    clash: AnswerConflict | None = None

    @property
    def clash_choice(self) -> str:
        return choice_of(self.clash.current.answer) if self.clash else ""

    @property
    def offers_na(self) -> bool:
        return not self.may.is_by_fact and (self.may.is_open or self.sent.choice == "na")

    @property
    def is_left_out(self) -> bool:
        """The group's facts say that it does not apply, whatever is typed."""
        return self.may.is_by_fact and self.may.is_open


@dataclass(frozen=True)
class DomainPage:
    view: AssessmentView
    domain: Domain
    number: int
    progress: AnswerProgress
    questions: tuple[ItemQuestion, ...]
    next_domain: Domain | None
    previous_domain: Domain | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the levels, level 0 first."""
        return tuple(each.label for each in self.view.instrument.scale)

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """Pairs of (id on the page, sentence) for the summary at the top."""
        return tuple(
            (each.item.id, f"{each.item.id}: {each.error}") for each in self.questions if each.error
        )


def domain_page(session: Session, assessment_id: str, domain_id: str) -> DomainPage:
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    domain = assessment_view.domain_of(found, domain_id)
    previous = assessment_view.previous_assessment(session.store, found)
    requests = result.requested_changes(session.store, found)
    at = found.instrument.domains.index(domain)
    around = (None, *found.instrument.domains, None)
    return DomainPage(
        view=found,
        domain=domain,
        number=at + 1,
        progress=found.progress_of(domain.items),
        questions=tuple(
            question(session.store, found, item, previous, requests.get(item.id))
            for item in domain.items
        ),
        previous_domain=around[at],
        next_domain=around[at + 2],
    )


def question(
    store: Store,
    found: AssessmentView,
    item: Item,
    previous: PreviousAssessment | None,
    request: ItemReview | None,
) -> ItemQuestion:
    saved = found.revisions.get(item.id)
    may = applicability(found.instrument, item, found.context, found.answers)
    return ItemQuestion(
        item=item,
        sent=sent_from(saved) if saved else SentAnswer(item.id),
        saved=saved,
        is_carried=bool(saved and saved.is_carried),
        change=change_of(item, previous),
        last=last_of(item, previous),
        may=may,
        why_not="" if may.verdict is ApplicabilityVerdict.NEVER else why_not(item, may),
        terms=terms_in(item, found.instrument.definitions),
        cut_points=sentence(item.threshold_note),
        asked_by=frameworks_of(found.instrument, item),
        note_rule=note_rule(found, item),
        marks=identifiers_in_words(saved),
        request=request,
        history=history_of(store, found, item),
    )


def sent_from(saved: AnswerRevision) -> SentAnswer:
    """A stored answer as a page's fields would hold it."""
    if saved.answer is None:
        return SentAnswer(saved.item_id, base=saved.revision)
    answer = saved.answer
    return SentAnswer(saved.item_id, choice_of(answer), answer.reason, answer.note, saved.revision)


def change_of(item: Item, previous: PreviousAssessment | None) -> str:
    carried = previous.item_by_id.get(item.id) if previous else None
    return CHANGED.get(carried.change, "") if carried else ""


def last_of(item: Item, previous: PreviousAssessment | None) -> PreviousAnswer | None:
    revision = previous.revisions.get(item.id) if previous else None
    if previous is None or revision is None or revision.answer is None:
        return None
    answer, old = revision.answer, previous.instrument
    return PreviousAnswer(
        title=previous.assessment.title,
        says=in_words(answer, [each.label for each in old.scale]),
        anchor="" if answer.level is None else old.item_by_id[item.id].levels[answer.level],
        note=answer.note,
        at=revision.at,
    )


def in_words(answer: Answer | None, labels: list[str]) -> str:
    level = answer.level if answer else None
    return review.answer_in_words(answer) + ("" if level is None else f" · {labels[level]}")


def frameworks_of(instrument: Instrument, item: Item) -> tuple[tuple[str, str], ...]:
    """The frameworks an item is matched to, by name, with the names of their elements."""
    return tuple(
        (framework.name, "; ".join(framework.elements[e] for e in item.crosswalk[framework.id]))
        for framework in instrument.frameworks
        if framework.id in item.crosswalk
    )


def note_rule(found: AssessmentView, item: Item) -> str:
    gates = found.instrument.gates_by_item[item.id]
    if not gates:
        return "Required at level 3 or 4."
    levels = " and ".join(f"level {gate.level} for tier {gate.tier_id}" for gate in gates)
    return f"Required at level 3 or 4, and where this item is a gate ({levels})."


def history_of(store: Store, found: AssessmentView, item: Item) -> tuple[RevisionLine, ...]:
    """Newest first."""
    history = assessments.answer_history(store, found.assessment.id, item.id)
    names = assessment_view.names_of(store, (each.author_id for each in history))
    labels = [each.label for each in found.instrument.scale]
    return tuple(
        RevisionLine(
            in_words(each.answer, labels)
            + (" (carried from last time)" if each.is_carried else ""),
            names[each.author_id],
            each.at,
        )
        for each in reversed(history)
    )


def with_typed(
    found: DomainPage,
    typed: Mapping[str, SentAnswer],
    problems: tuple[Problem, ...],
    clashes: tuple[AnswerConflict, ...],
) -> DomainPage:
    """The page once more with what was typed still in its fields, and what is wrong beside it."""
    says = {problem.place: problem.says for problem in problems}
    clash_by_id = {clash.sent.item_id: clash for clash in clashes}
    return replace(
        found,
        questions=tuple(
            with_conflict(each, typed.get(each.item.id), says.get(each.item.id, ""), clash_by_id)
            for each in found.questions
        ),
    )


def as_typed(found: DomainPage, typed: Mapping[str, SentAnswer]) -> DomainPage:
    """For a page that came too late: what was typed is shown, and can be copied."""
    return replace(
        found,
        questions=tuple(
            replace(each, sent=typed.get(each.item.id, each.sent)) for each in found.questions
        ),
    )


def with_conflict(
    each: ItemQuestion,
    sent: SentAnswer | None,
    error: str,
    clash_by_id: Mapping[str, AnswerConflict],
) -> ItemQuestion:
    """Over a clash the next save is made in sight of both answers, so it builds on the newer."""
    clash = clash_by_id.get(each.item.id)
    if sent is None or not (error or clash):
        return each
    if clash:
        sent = replace(sent, base=clash.current.revision)
        error = f"{clash.author} answered this meanwhile. Choose one of both, then save."
    return replace(each, sent=sent, error=error, clash=clash)
