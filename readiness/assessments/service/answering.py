"""Starting an assessment and answering its items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from readiness.accounts.service import scope
from readiness.assessments import carry_forward
from readiness.assessments.cycles import Cycle
from readiness.assessments.db import assessments
from readiness.assessments.models import (
    EDITABLE,
    AnswerRevision,
    Assessment,
    AssessmentStatus,
    ContextRevision,
)
from readiness.assessments.saving import (
    SaveOutcome,
    SentAnswer,
    SentFact,
    answer_of,
    outcome,
    require_allowed,
)
from readiness.assessments.service import assessment_view, result
from readiness.assessments.service.assessment_view import AssessmentView, assessment_event
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, ChangedMeanwhile, Problem, WrongState
from readiness.core.permissions import Can
from readiness.instruments import context_fields
from readiness.instruments import loader as instruments
from readiness.instruments.answers import applicability
from readiness.instruments.models import Instrument

OWN = "qmer"  # the instrument of a group's own initiative

# Starting


def start(
    session: Session,
    group_id: str,
    assessment_id: str,
    *,
    cycle: Cycle | None = None,
    carries: bool = True,
) -> Assessment:
    """The group's assessment under way for that instrument version, or a new one."""
    scope.require_for_group(session, Can.ANSWER, group_id)
    instrument = (
        instruments.load(cycle.instrument_id, cycle.version) if cycle else instruments.load(OWN)
    )
    with session.store.writing():
        if running := under_way(session.store, group_id, instrument):
            return running
        source = (
            assessment_view.last_submitted(session.store, group_id, instrument.id)
            if carries
            else None
        )
        made = Assessment(
            id=assessment_id,
            group_id=group_id,
            instrument_id=instrument.id,
            version=instrument.version,
            instrument_sha256=instrument.sha256,
            title=cycle.name if cycle else title_of(session.store, group_id, session.now),
            status=AssessmentStatus.IN_PROGRESS,
            created_at=session.now,
            cycle_id=cycle.id if cycle else None,
            due_on=cycle.due_on if cycle else None,
            carried_from=source.id if source else None,
        )
        assessments.add(session.store, made, assessment_event(session, made, "started"))
        if source:
            carry_over(session, source, made, instrument)
    return made


def title_of(store: Store, group_id: str, now: datetime) -> str:
    """The year; with a number when the group has one of that year already."""
    taken = {each.title for each in assessments.of_group(store, group_id)}
    year = str(now.year)
    names = (year, *(f"{year} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def under_way(store: Store, group_id: str, instrument: Instrument) -> Assessment | None:
    return next(
        (
            each
            for each in assessments.of_group(store, group_id)
            if each.status in EDITABLE
            and (each.instrument_id, each.version) == (instrument.id, instrument.version)
        ),
        None,
    )


def carry_over(
    session: Session,
    source: Assessment,
    made: Assessment,
    instrument: Instrument,
) -> None:
    """Answers come along to be re-confirmed; facts come along with the day they were given."""
    previous = assessment_view.compare(session.store, source, instrument)
    for carried in previous.items:
        if carried.change is carry_forward.ItemChange.DROPPED or carried.answer is None:
            continue
        revision = AnswerRevision(
            carried.item_id, 1, carried.answer, session.actor.id, session.now, True
        )
        assessments.save_answer(session.store, made.id, revision, None)
    known = instrument.field_by_key
    facts = tuple(
        ContextRevision(fact.key, 1, fact.value, fact.author_id, fact.at)
        for fact in assessments.context(session.store, source.id).values()
        if fact.key in known and fact.value is not None
    )
    assessments.save_context(session.store, made.id, facts, None)


# Answering


@dataclass(frozen=True)
class AnswerConflict:
    """Two people answered one item: what was sent, and what stands there."""

    sent: SentAnswer
    current: AnswerRevision
    author: str


class AnsweredMeanwhile(ChangedMeanwhile):
    """Carries both answers, so that a person can choose."""

    def __init__(self, clash: AnswerConflict) -> None:
        self.clash = clash
        super().__init__(
            "Somebody else answered this item meanwhile. "
            "Compare both answers and save the one you agree on."
        )


@dataclass(frozen=True)
class SavedPage:
    """What became of a page's items: those in order are stored even when others are not."""

    saved: tuple[str, ...]
    problems: tuple[Problem, ...]
    clashes: tuple[AnswerConflict, ...]


def save_item(
    session: Session, assessment_id: str, sent: SentAnswer
) -> tuple[AssessmentView, AnswerRevision | None]:
    """Save one item and return the view as it stands, with the item's revision."""
    with session.store.writing():
        found = assessment_view.load_editable(session, assessment_id, Can.ANSWER)
        revision = save_answer(session, found, sent)
    revisions = {**found.revisions, **({sent.item_id: revision} if revision else {})}
    return replace(found, revisions=revisions), revision


def save_page(session: Session, assessment_id: str, page: Iterable[SentAnswer]) -> SavedPage:
    """Save each item of a page that can be saved, and say what is wrong with the others."""
    done: list[str] = []
    problems: list[Problem] = []
    clashes: list[AnswerConflict] = []
    with session.store.writing():
        found = assessment_view.load_editable(session, assessment_id, Can.ANSWER)
        for sent in page:
            try:
                revision = save_answer(session, found, sent)
            except BadInput as error:
                problems.extend(error.problems)
            except AnsweredMeanwhile as error:
                clashes.append(error.clash)
            else:
                if revision and revision != found.revisions.get(sent.item_id):
                    done.append(sent.item_id)
                    found = replace(found, revisions={**found.revisions, sent.item_id: revision})
    return SavedPage(tuple(done), tuple(problems), tuple(clashes))


def save_answer(session: Session, found: AssessmentView, sent: SentAnswer) -> AnswerRevision | None:
    """The item's revision after saving; what stood there already when nothing changed."""
    item = assessment_view.item_of(found, sent.item_id)
    current = found.revisions.get(item.id)
    last = current.revision if current else 0
    if not 0 <= sent.base <= last:
        raise BadInput([Problem(item.id, "This page does not fit the assessment: reload it.")])
    wanted = answer_of(sent)
    what = outcome(sent, wanted, current, revision_at(session.store, found, sent))
    if what is SaveOutcome.KEPT:
        return current
    if what is SaveOutcome.CONFLICT and current:
        author = assessment_view.author_of(session.store, current.author_id)
        raise AnsweredMeanwhile(AnswerConflict(sent, current, author))
    require_allowed(
        item, wanted, applicability(found.instrument, item, found.context, found.answers)
    )
    revision = AnswerRevision(item.id, last + 1, wanted, session.actor.id, session.now)
    detail: audit.Detail = {"item": item.id, "revision": revision.revision}
    event = assessment_event(session, found.assessment, "answered", detail=detail)
    assessments.save_answer(session.store, found.assessment.id, revision, event)
    return revision


def revision_at(store: Store, found: AssessmentView, sent: SentAnswer) -> AnswerRevision | None:
    current = found.revisions.get(sent.item_id)
    if current is None or sent.base == current.revision:
        return current
    history = assessments.answer_history(store, found.assessment.id, sent.item_id)
    return next((each for each in history if each.revision == sent.base), None)


# Withdrawing, and taking that back


def withdraw(session: Session, assessment_id: str) -> Assessment:
    return change_status(session, assessment_id, AssessmentStatus.WITHDRAWN, "withdrew")


def undo_withdrawal(session: Session, assessment_id: str) -> Assessment:
    with session.store.writing():
        found = assessment_view.load(session, assessment_id, Can.ATTEST)
        if under_way(session.store, found.group.id, found.instrument):
            raise WrongState("Another assessment is under way. Go on with that one instead.")
        return change_status(session, assessment_id, AssessmentStatus.IN_PROGRESS, "took up again")


def change_status(
    session: Session, assessment_id: str, wanted: AssessmentStatus, verb: str
) -> Assessment:
    """Only who may sign for the group may take its assessment back."""
    with session.store.writing():
        found = assessment_view.load(session, assessment_id, Can.ATTEST)
        event = assessment_event(session, found.assessment, verb)
        changed = assessments.save(session.store, found.assessment.moved_to(wanted), event)
        result.update_entry(session.store, changed.group_id, session.now)
    return changed


# Facts about the group


@dataclass(frozen=True)
class FactConflict:
    key: str
    current: ContextRevision
    author: str


class FactsChangedMeanwhile(ChangedMeanwhile):
    """Carries what somebody else saved, so that a person can choose."""

    def __init__(self, clashes: tuple[FactConflict, ...]) -> None:
        self.clashes = clashes
        super().__init__(
            "Somebody else changed some of these facts meanwhile. "
            "Compare them and save what you agree on."
        )


def save_facts(
    session: Session, assessment_id: str, page: Mapping[str, SentFact]
) -> AssessmentView:
    """Save the facts that changed, all together, or none when one of them clashes."""
    with session.store.writing():
        found = assessment_view.load_editable(session, assessment_id, Can.ANSWER)
        changed, clashes = [], []
        for key, fact in page.items():
            current = found.facts.get(key)
            if fact.value == (current.value if current else None):
                continue
            if fact.base == (current.revision if current else 0):
                changed.append(
                    ContextRevision(key, fact.base + 1, fact.value, session.actor.id, session.now)
                )
            elif current and fact.value != assessments.context_at(
                session.store, assessment_id, key, fact.base
            ):
                author = assessment_view.author_of(session.store, current.author_id)
                clashes.append(FactConflict(key, current, author))
        merged = {**found.context, **{each.key: each.value for each in changed}}
        if problems := tuple(context_fields.problems_between(found.instrument, merged)):
            raise BadInput(problems)
        if clashes:
            raise FactsChangedMeanwhile(tuple(clashes))
        if changed:
            event = assessment_event(session, found.assessment, "described the group in")
            assessments.save_context(session.store, assessment_id, tuple(changed), event)
    return assessment_view.view_of(session.store, found.assessment)
