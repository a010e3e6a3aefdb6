"""The questionnaire away from the screen: blank on paper, or as a workbook that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from readiness.assessments import review, saving, workbook
from readiness.assessments.db import assessments
from readiness.assessments.saving import SaveOutcome, SentAnswer, SentFact
from readiness.assessments.service import answering, assessment_view
from readiness.assessments.service.assessment_view import AssessmentView
from readiness.assessments.workbook import FilledWorkbook, fact_text
from readiness.assessments.workbook_writer import write
from readiness.core import patient_identifiers
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.formatting import day
from readiness.core.pdf.job import Page, PrintJob
from readiness.core.pdf.layout import html_of
from readiness.core.permissions import Can
from readiness.instruments import context_fields
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, Context, ContextValue, applicability
from readiness.instruments.glossary import sentence
from readiness.instruments.models import ApplicabilityRule, ContextField

TITLE = "Questionnaire"
PUT_BACK = "Put back the hidden number of this row."


@dataclass(frozen=True)
class WorkbookChange:
    """One thing that a workbook would change, or could not."""

    id: str  # an item or a fact
    asks: str
    before: str
    after: str
    author: str = ""  # who changed it since the workbook was downloaded
    warning: str = ""  # its text may point at a patient


@dataclass(frozen=True)
class WorkbookPreview:
    view: AssessmentView
    filled: FilledWorkbook
    changes: tuple[WorkbookChange, ...]
    conflicts: tuple[WorkbookChange, ...]  # changed by somebody else since: never overwritten


# Blank, on paper


def blank_job(instrument_id: str, version: str, page: Page) -> PrintJob:
    """A version never changes, so its paper is always the same bytes."""
    instrument = instruments.load(instrument_id, version)
    values = {
        "title": TITLE,
        "subject": instrument.title,
        "reference": f"{instrument.id} {instrument.version}",
        "made_on": day(date.fromisoformat(instrument.published_on)),
        "instrument": instrument,
        "by_fact": instrument.not_applicable is ApplicabilityRule.BY_FACT,
        "scale_rule": sentence(instrument.scale_rule),
        "purposes": {domain.id: sentence(domain.purpose) for domain in instrument.domains},
    }
    return PrintJob(
        html=html_of("assessments/print/questionnaire.html", values),
        identifier=f"{instrument.sha256[:24]}/{page}".encode(),
        made_at=datetime.combine(date.fromisoformat(instrument.published_on), time(), UTC),
        page=page,
    )


# As a workbook


def download(session: Session, assessment_id: str) -> bytes:
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    return write(found.instrument, assessment_id, found.group.name, found.revisions, found.facts)


def upload(session: Session, assessment_id: str, raw: bytes) -> WorkbookPreview:
    """What a workbook would change, or BadInput with every problem by cell. Nothing is stored."""
    found = assessment_view.load_editable(session, assessment_id, Can.ANSWER)
    filled = workbook.read(workbook.read_file(raw), found.instrument, assessment_id)
    preview = compare(session.store, found, filled)
    if filled.problems:
        raise BadInput(in_reading_order(filled.problems))
    return preview


def apply_upload(session: Session, assessment_id: str, filled: FilledWorkbook) -> WorkbookPreview:
    """Store all that can be stored, together or not at all; return what was and what was not."""
    with session.store.writing():
        found = assessment_view.load_editable(session, assessment_id, Can.ANSWER)
        preview = compare(session.store, found, filled)
        if filled.problems:
            raise BadInput(in_reading_order(filled.problems))
        wanted = {line.id for line in preview.changes}
        told = {
            key: SentFact(given.value, current_base(found, key))
            for key, given in filled.facts.items()
            if key in wanted
        }
        answering.save_facts(session, assessment_id, told)
        page = [sent for item_id, sent in filled.answers.items() if item_id in wanted]
        page.sort(key=lambda sent: sent.choice == "na")  # what it rests on is stored first
        done = answering.save_page(session, assessment_id, page)
        if done.problems:
            raise BadInput(done.problems)
    return preview


def current_base(found: AssessmentView, key: str) -> int:
    return found.facts[key].revision if key in found.facts else 0


def compare(store: Store, found: AssessmentView, filled: FilledWorkbook) -> WorkbookPreview:
    """Compares a workbook with the assessment, and adds what is wrong to its problems."""
    context: Context = {**found.context, **{k: g.value for k, g in filled.facts.items()}}
    weighed = (
        *fact_changes(store, found, filled),
        *answer_changes(store, found, filled, context),
    )
    filled.problems += [
        at_cell(filled, problem)
        for problem in context_fields.problems_between(found.instrument, context)
        if problem.place in filled.facts
    ]
    return WorkbookPreview(
        view=found,
        filled=filled,
        changes=tuple(line for line, what in weighed if what is SaveOutcome.SAVED),
        conflicts=tuple(line for line, what in weighed if what is SaveOutcome.CONFLICT),
    )


def fact_changes(
    store: Store, found: AssessmentView, filled: FilledWorkbook
) -> Iterator[tuple[WorkbookChange, SaveOutcome]]:
    """A value left as it was downloaded never goes over what somebody typed since."""
    for key, given in filled.facts.items():
        asked, current = found.instrument.field_by_key[key], found.facts.get(key)
        if given.value == (current.value if current else None):
            continue
        outcome, last = SaveOutcome.SAVED, current.revision if current else 0
        if not 0 <= given.base <= last:
            filled.problems.append(at_cell(filled, Problem(key, PUT_BACK)))
            continue
        if given.base != last:
            was = assessments.context_at(store, found.assessment.id, key, given.base)
            outcome = SaveOutcome.KEPT if given.value == was else SaveOutcome.CONFLICT
        before = fact_words(asked, current.value if current else None)
        author = assessment_view.author_of(store, current.author_id) if current else ""
        yield (
            WorkbookChange(key, asked.label, before, fact_words(asked, given.value), author),
            outcome,
        )


def answer_changes(
    store: Store, found: AssessmentView, filled: FilledWorkbook, context: Context
) -> Iterator[tuple[WorkbookChange, SaveOutcome]]:
    wanted = {item_id: answer_or_none(sent) for item_id, sent in filled.answers.items()}
    answers = {**found.answers, **{i: answer for i, answer in wanted.items() if answer}}
    for sent in filled.answers.values():
        item, answer = found.instrument.item_by_id[sent.item_id], wanted[sent.item_id]
        current = found.revisions.get(item.id)
        if answer is None:
            continue  # empty, or already among the problems
        try:
            may = applicability(found.instrument, item, context, answers)
            saving.require_allowed(item, answer, may)
            if not 0 <= sent.base <= (current.revision if current else 0):
                raise BadInput([Problem(item.id, PUT_BACK)])
        except BadInput as error:
            filled.problems += [at_cell(filled, problem) for problem in error.problems]
            continue
        what = saving.outcome(sent, answer, current, answering.revision_at(store, found, sent))
        author = assessment_view.author_of(store, current.author_id) if current else ""
        before = answer_words(current.answer if current else None)
        warning = warning_of(answer, filled.places.get(item.id, item.id))
        yield (
            WorkbookChange(item.id, item.title, before, answer_words(answer), author, warning),
            what,
        )


def warning_of(answer: Answer, place: str) -> str:
    """Such a text is kept, as on the pages, and has to be mended before it can be shared."""
    marks = saving.identifiers_in(answer)
    if not marks:
        return ""
    return (
        f"The row of {place} seems to hold {patient_identifiers.in_words(marks)}. "
        "Take it out: you cannot submit while it is there."
    )


def answer_or_none(sent: SentAnswer) -> Answer | None:
    try:
        return saving.answer_of(sent)
    except BadInput:  # told with its cell when the workbook was read
        return None


def at_cell(filled: FilledWorkbook, problem: Problem) -> Problem:
    return Problem(filled.places.get(problem.place, problem.place), problem.says)


def in_reading_order(problems: list[Problem]) -> list[Problem]:
    """By sheet, then from the top down and from left to right; each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: position(problem.place))


def position(place: str) -> tuple[str, int, str]:
    """
    >>> position("Answers!C12")
    ('Answers', 12, 'C')
    """
    name, _, cell = place.partition("!")
    digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return name, int(digits or 0), cell.removesuffix(digits)


def answer_words(answer: Answer | None) -> str:
    if answer is None:
        return review.answer_in_words(None)
    more = [text for text in (answer.reason, answer.note) if text]
    return (
        f"{review.answer_in_words(answer)}: {' '.join(more)}"
        if more
        else review.answer_in_words(answer)
    )


def fact_words(asked: ContextField, value: ContextValue) -> str:
    if value is None:
        return "not known"
    text = str(fact_text(asked, value))
    return f"{text.removesuffix('.0')}%" if asked.type == "share" else text
