"""Observations: single answers, screens with all answers inside, and panels that name theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from readiness.imports.fhir.context import FhirRun, is_about_a_patient, kind_at
from readiness.imports.fhir.datatypes import (
    OTHER_CODE,
    answers_of,
    day_of,
    instant_of,
    is_public,
    loinc_in,
    public_code,
    version_of,
)
from readiness.imports.fhir.resources import (
    NO_META,
    Concept,
    Observation,
    ObservationComponent,
    Reference,
    codings_in,
)
from readiness.imports.screening_codes.models import ResourceType
from readiness.imports.screens.models import (
    AnsweredQuestion,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)

SCREENING = frozenset({"survey", "sdoh"})  # categories of what may be a screen
FORM = "QuestionnaireResponse"
FLAGS = {"POS": True, "NEG": False}


def part_of(run: FhirRun, place: str, seen: Observation) -> ScreenPart | None:
    """The answers in it, or None for an Observation that belongs to no screen."""
    answered = answered_questions(run, seen)
    panel = panel_in(run, seen.code) if seen.component or not answered else ""
    if not (answered or panel or is_bare_deletion(seen)):
        run.skip()
        if is_screening(seen):
            note_unknown(run, seen.code, *(piece.code for piece in seen.component or ()))
        return None
    if not is_about_a_patient(seen.subject):
        run.skip()
        return None
    standing = run.standing_of(ResourceType.OBSERVATION, seen.status)
    is_deleted = standing is RecordStatus.DELETED and seen.id is not None
    patient, day = run.whom_and_when(seen.subject, day_of_observation(seen), may_be_bare=is_deleted)
    note_unknown(run, *(piece.code for piece in seen.component or ()))
    run.note_unreadable((each.question, each.answers) for each in answered)
    meta = seen.meta or NO_META
    return ScreenPart(
        source=place,
        patient=patient,
        day=day,
        standing=standing,
        status=seen.status or "",
        answered=answered,
        instrument=instrument_of(run, seen, panel),
        issued=instant_of(seen.issued) or instant_of(meta.last_updated),
        version=version_of(meta.version_id),
        resource=run.key("Observation", seen.id),
        belongs_to=form_of(run, seen.derived_from),
        members=tuple(members_of(run, seen.has_member)),
        is_whole=run.is_whole(panel) and bool(answered),
        is_completed=run.is_whole(panel) and standing is RecordStatus.COUNTED,
        group_id=run.reading.group_id,
    )


def answered_questions(run: FhirRun, seen: Observation) -> tuple[AnsweredQuestion, ...]:
    """One for each question."""
    question = question_in(run, seen.code)
    if not seen.component:
        return (answered_question(run, question, seen),) if question else ()
    pieces: dict[str, list[ObservationComponent]] = {question: [seen]} if question else {}
    for piece in seen.component:
        if asked := question_in(run, piece.code):
            pieces.setdefault(asked, []).append(piece)
    return tuple(answered_question(run, asked, *of) for asked, of in pieces.items())


def answered_question(
    run: FhirRun, question: str, piece: ObservationComponent, *more: ObservationComponent
) -> AnsweredQuestion:
    answers = answers_of(run, question, piece)
    flag = flag_in(piece.interpretation)
    for another in more:
        answers += tuple(each for each in answers_of(run, question, another) if each not in answers)
        flag = flag_in(another.interpretation) or flag
    return shared_answer(question, answers, flag)


@lru_cache(maxsize=1_024)
def shared_answer(
    question: str, answers: tuple[ScreenAnswer, ...], flag: bool | None
) -> AnsweredQuestion:
    """Few pairs of question and answer make up millions of screens."""
    return AnsweredQuestion(question, answers, flag)


def question_in(run: FhirRun, concept: Concept | None) -> str:
    """The question that the tables know, "" when there is none or it must not be read."""
    for coding in codings_in(concept):
        if coding.code in run.questions and is_public(run.codes, coding):
            return coding.code or ""
    return ""


def panel_in(run: FhirRun, concept: Concept | None) -> str:
    """Panels have codes of public systems, and some of a region's own."""
    panels = run.codes.instrument_by_panel
    for coding in codings_in(concept):
        if coding.code in panels:
            return coding.code or ""
    return ""


def is_bare_deletion(seen: Observation) -> bool:
    """Some systems empty what was entered in error, its code included."""
    return seen.status == "entered-in-error" and not (seen.code and seen.code.coding)


def instrument_of(run: FhirRun, seen: Observation, panel: str) -> str:
    """A section entered in error takes its own answers with it and leaves the rest of the screen:
    it then speaks for no instrument."""
    is_taken_back = seen.status == "entered-in-error" and seen.has_member
    if is_taken_back and not run.is_whole(panel):
        return ""
    return run.codes.instrument_by_panel.get(panel, "")


def is_screening(seen: Observation) -> bool:
    """Codes are told only of what may be a screen: an export is full of laboratory values."""
    return any(
        coding.code in SCREENING
        for concept in seen.category or ()
        for coding in codings_in(concept)
    )


def note_unknown(run: FhirRun, *concepts: Concept | None) -> None:
    """The questions among them that the tables do not know."""
    for concept in concepts:
        asked = loinc_in(run.codes, codings_in(concept))
        if not any(run.codes.knows(code) for code in asked):
            for code in asked or (OTHER_CODE,):
                run.reading.report.unknown_codes[public_code(code)] += 1


def day_of_observation(seen: Observation) -> date | None:
    span = seen.effective_period
    for text in (
        seen.effective_date_time,
        seen.effective_instant,
        span.start if span else None,
        span.end if span else None,
        seen.issued,
    ):
        if day := day_of(text):
            return day
    return None


def flag_in(interpretation: list[Concept] | None) -> bool | None:
    for concept in interpretation or ():
        for coding in codings_in(concept):
            if coding.code in FLAGS:
                return FLAGS[coding.code]
    return None


def form_of(run: FhirRun, derived_from: list[Reference] | None) -> bytes:
    for each in derived_from or ():
        if each.reference and kind_at(each) == FORM:
            return run.key_at(FORM, each.reference)
    return b""


def members_of(run: FhirRun, has_member: list[Reference] | None) -> Iterator[bytes]:
    for each in has_member or ():
        if each.reference:
            yield run.key_at(kind_at(each) or "Observation", each.reference)
