"""The questionnaire away from the screen: blank on paper, or as a workbook that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from readiness.assessments import checks, questionnaire_sheet, review, saving, workbook
from readiness.assessments.db import assessments
from readiness.assessments.questionnaire_book import book_of
from readiness.assessments.saving import Outcome, Sent
from readiness.assessments.service import answering
from readiness.assessments.service import assessment_view as sheet
from readiness.assessments.service import context as describe
from readiness.assessments.service.assessment_view import Sheet
from readiness.assessments.service.context import Fact
from readiness.assessments.workbook import Filled, fact_text
from readiness.core import patient_identifiers
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.formatting import day
from readiness.core.pdf.job import Job, Page
from readiness.core.pdf.layout import html_of
from readiness.core.pdf.printer import Printer
from readiness.core.permissions import Can
from readiness.instruments import context_fields
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, Context, ContextValue, applicability
from readiness.instruments.glossary import sentence
from readiness.instruments.models import ContextField

TITLE = "Questionnaire"
PUT_BACK = "Put back the hidden number of this row."


@dataclass(frozen=True)
class Line:
    """One thing that a workbook would change, or could not."""

    id: str  # an item or a fact
    asks: str
    before: str
    after: str
    author: str = ""  # who changed it since the workbook was downloaded
    warning: str = ""  # its text may point at a patient


@dataclass(frozen=True)
class Preview:
    sheet: Sheet
    filled: Filled
    changes: tuple[Line, ...]
    conflicts: tuple[Line, ...]  # changed by somebody else since: never overwritten


# Blank, on paper


def printed(printer: Printer, instrument_id: str, version: str, page: Page) -> bytes:
    return kept(printer, blank_job(instrument_id, version, page))


@lru_cache(maxsize=8)
def kept(printer: Printer, job: Job) -> bytes:
    """Printing takes seconds, and nothing in it ever changes."""
    return printer.pdf_of(job)


def blank_job(instrument_id: str, version: str, page: Page) -> Job:
    """A version never changes, so its paper is always the same bytes."""
    instrument = instruments.load(instrument_id, version)
    values = {
        "title": TITLE,
        "subject": instrument.title,
        "reference": f"{instrument.id} {instrument.version}",
        "made_on": day(date.fromisoformat(instrument.published_on)),
        "instrument": instrument,
        "scale_rule": sentence(instrument.scale_rule),
        "purposes": {domain.id: sentence(domain.purpose) for domain in instrument.domains},
    }
    return Job(
        html=html_of("assessments/print/questionnaire.html", values),
        identifier=f"{instrument.sha256[:24]}/{page}".encode(),
        made_at=datetime.combine(date.fromisoformat(instrument.published_on), time(), UTC),
        page=page,
    )


# As a workbook


def download(session: Session, assessment_id: str) -> bytes:
    found = sheet.opened(session, assessment_id, Can.READ_ASSESSMENT)
    return book_of(found.instrument, assessment_id, found.group.name, found.revisions, found.facts)


def upload(session: Session, assessment_id: str, raw: bytes) -> Preview:
    """What a workbook would change, or BadInput with every problem by cell. Nothing is stored."""
    found = sheet.still_open(sheet.opened(session, assessment_id, Can.ANSWER))
    filled = workbook.read(questionnaire_sheet.read(raw), found.instrument, assessment_id)
    preview = looked_at(session.store, found, filled)
    if filled.problems:
        raise BadInput(in_reading_order(filled.problems))
    return preview


def take_over(session: Session, assessment_id: str, filled: Filled) -> Preview:
    """Store all that can be stored, together or not at all; return what was and what was not."""
    with session.store.writing():
        found = sheet.still_open(sheet.opened(session, assessment_id, Can.ANSWER))
        preview = looked_at(session.store, found, filled)
        if filled.problems:
            raise BadInput(in_reading_order(filled.problems))
        wanted = {line.id for line in preview.changes}
        told = {
            key: Fact(given.value, current_base(found, key))
            for key, given in filled.facts.items()
            if key in wanted
        }
        describe.save(session, assessment_id, told)
        page = [sent for item_id, sent in filled.answers.items() if item_id in wanted]
        page.sort(key=lambda sent: sent.choice == "na")  # what it rests on is stored first
        done = answering.save_page(session, assessment_id, page)
        if done.problems:
            raise BadInput(done.problems)
    return preview


def current_base(found: Sheet, key: str) -> int:
    return found.facts[key].revision if key in found.facts else 0


def looked_at(store: Store, found: Sheet, filled: Filled) -> Preview:
    """Compares a workbook with the assessment, and adds what is wrong to its problems."""
    context: Context = {**found.context, **{k: g.value for k, g in filled.facts.items()}}
    weighed = (
        *fact_lines(store, found, filled),
        *answer_lines(store, found, filled, context),
    )
    filled.problems += [
        at_cell(filled, problem)
        for problem in context_fields.problems_between(found.instrument, context)
        if problem.place in filled.facts
    ]
    return Preview(
        sheet=found,
        filled=filled,
        changes=tuple(line for line, what in weighed if what is Outcome.SAVED),
        conflicts=tuple(line for line, what in weighed if what is Outcome.CONFLICT),
    )


def fact_lines(store: Store, found: Sheet, filled: Filled) -> Iterator[tuple[Line, Outcome]]:
    """A value left as it was downloaded never goes over what somebody typed since."""
    for key, given in filled.facts.items():
        asked, current = found.instrument.field_by_key[key], found.facts.get(key)
        if given.value == (current.value if current else None):
            continue
        outcome, last = Outcome.SAVED, current.revision if current else 0
        if not 0 <= given.base <= last:
            filled.problems.append(at_cell(filled, Problem(key, PUT_BACK)))
            continue
        if given.base != last:
            was = assessments.context_at(store, found.assessment.id, key, given.base)
            outcome = Outcome.KEPT if given.value == was else Outcome.CONFLICT
        before = shown_fact(asked, current.value if current else None)
        author = author_of(store, current.author_id) if current else ""
        yield Line(key, asked.label, before, shown_fact(asked, given.value), author), outcome


def answer_lines(
    store: Store, found: Sheet, filled: Filled, context: Context
) -> Iterator[tuple[Line, Outcome]]:
    wanted = {item_id: answer_in(sent) for item_id, sent in filled.answers.items()}
    answers = {**found.answers, **{i: answer for i, answer in wanted.items() if answer}}
    for sent in filled.answers.values():
        item, answer = found.instrument.item_by_id[sent.item_id], wanted[sent.item_id]
        current = found.revisions.get(item.id)
        if answer is None:
            continue  # empty, or already among the problems
        try:
            may = applicability(found.instrument, item, context, answers)
            saving.check(item, answer, may)
            if not 0 <= sent.base <= (current.revision if current else 0):
                raise BadInput([Problem(item.id, PUT_BACK)])
        except BadInput as error:
            filled.problems += [at_cell(filled, problem) for problem in error.problems]
            continue
        what = saving.outcome(sent, answer, current, answering.at_revision(store, found, sent))
        author = author_of(store, current.author_id) if current else ""
        before = shown(current.answer if current else None)
        warning = warning_of(answer, filled.places.get(item.id, item.id))
        yield Line(item.id, item.title, before, shown(answer), author, warning), what


def warning_of(answer: Answer, place: str) -> str:
    """Such a text is kept, as on the pages, and has to be mended before it can be shared."""
    marks = checks.marks_of(answer)
    if not marks:
        return ""
    return (
        f"The row of {place} seems to hold {patient_identifiers.in_words(marks)}. "
        "Take it out: you cannot submit while it is there."
    )


def answer_in(sent: Sent) -> Answer | None:
    try:
        return saving.answer_of(sent)
    except BadInput:  # told with its cell when the workbook was read
        return None


def at_cell(filled: Filled, problem: Problem) -> Problem:
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


def author_of(store: Store, person_id: str) -> str:
    return sheet.names_of(store, [person_id])[person_id]


def shown(answer: Answer | None) -> str:
    if answer is None:
        return review.says(None)
    more = [text for text in (answer.reason, answer.note) if text]
    return f"{review.says(answer)}: {' '.join(more)}" if more else review.says(answer)


def shown_fact(asked: ContextField, value: ContextValue) -> str:
    if value is None:
        return "not known"
    text = str(fact_text(asked, value))
    return f"{text.removesuffix('.0')}%" if asked.type == "share" else text
