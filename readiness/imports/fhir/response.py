"""QuestionnaireResponses: a whole screen in one, its questions nested as the form nests them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from readiness.imports.fhir.codes import is_question_code, may_be_told
from readiness.imports.fhir.questionnaires import form_for, instrument_named
from readiness.imports.fhir.run import Form, Run, is_about_a_patient
from readiness.imports.fhir.shapes import NO_META, Item, ItemAnswer, QuestionnaireResponse
from readiness.imports.fhir.times import day_of, instant_of, version_of
from readiness.imports.fhir.values import answers_of, plainest, reason_beside, reason_for_none
from readiness.imports.screening_codes.models import ResourceType
from readiness.imports.screens.parts import Answer, Answered, Part, Standing


class Unmapped(Exception):
    """Questions with answers that nothing explains."""

    def __init__(self, links: Iterable[str]) -> None:
        self.links = frozenset(links)
        super().__init__()


@dataclass
class Sheet:
    """One form as it is read: answers by question, and what could not be placed."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)  # the answered link ids that nothing explains
    panels: dict[str, None] = field(default_factory=dict)


def part_of(run: Run, place: str, seen: QuestionnaireResponse) -> Part | None:
    address = (seen.questionnaire or "").partition("|")[0]
    if address in run.mapping.ignore or not is_about_a_patient(seen.subject):
        run.skip()
        return None
    standing = run.standing_of(ResourceType.FORM, seen.status)
    form = form_for(run, seen)
    sheet = sheet_of(run, form, seen.item or ())
    is_deleted = standing is Standing.DELETED and seen.id is not None
    if sheet.links and standing is not Standing.DELETED:
        raise Unmapped(sheet.links)
    if not (sheet.answers or sheet.panels or is_deleted):
        run.skip()
        return None
    patient, day = run.whom_and_when(seen.subject, day_of(seen.authored), may_be_bare=is_deleted)
    meta = seen.meta or NO_META
    return Part(
        source=place,
        patient=patient,
        day=day,
        standing=standing,
        status=seen.status or "",
        answered=tuple(Answered(each, tuple(of)) for each, of in sheet.answers.items()),
        instrument=instrument_of(run, form, sheet, address),
        issued=instant_of(seen.authored) or instant_of(meta.last_updated),
        version=version_of(meta.version_id),
        resource=run.key("QuestionnaireResponse", seen.id),
        is_whole=True,
        is_completed=standing is Standing.COUNTED,
        group_id=run.reading.group_id,
    )


def instrument_of(run: Run, form: Form, sheet: Sheet, address: str) -> str:
    """The mapping's word first, then the panels inside the form, then the form's own name."""
    mapping = run.mapping
    if mapped := mapping.instruments.get(address) or mapping.instrument:
        return mapped
    inside = {run.codes.instrument_by_panel[panel] for panel in sheet.panels}
    if len(inside) == 1:
        return inside.pop()
    return form.instrument or ("" if inside else instrument_named(run.codes, address))


def sheet_of(run: Run, form: Form, items: Iterable[Item]) -> Sheet:
    sheet = Sheet()
    for item in every(items):
        link = item.link_id or ""
        question = question_at(run, form, link)
        if question in run.codes.instrument_by_panel:
            sheet.panels[question] = None
        elif question == "" or run.codes.is_personal(question):
            continue  # left out on purpose
        elif question in run.codes.questions_by_code:
            kept = sheet.answers.setdefault(question, [])
            kept += [each for each in answers_in(run, question, item) if each not in kept]
        elif not is_answered(item):
            continue
        elif is_question_code(question):
            run.reading.report.unknown_codes[may_be_told(question)] += 1
        else:
            sheet.links.append(link)
    return sheet


def every(items: Iterable[Item]) -> Iterator[Item]:
    """Each item in order, those inside items and inside answers included."""
    waiting = [*items][::-1]
    while waiting:
        item = waiting.pop()
        yield item
        inside = [*(item.item or ())]
        inside += [each for answer in item.answer or () for each in answer.item or ()]
        waiting += inside[::-1]


def question_at(run: Run, form: Form, link: str) -> str:
    """The code a link id stands for: by the mapping, by the form itself, by being one.

    "" where the mapping leaves it out; the link id itself where nothing explains it.
    """
    mapping = run.mapping
    if link in mapping.ignore:
        return ""
    if mapped := mapping.questions.get(link) or form.question_by_link.get(link):
        return mapped
    last = link.rstrip("/").rsplit("/", 1)[-1]
    return last if is_question_code(last) or last in run.codes.instrument_by_panel else link or "?"


def is_answered(item: Item) -> bool:
    return any(has_value(answer) for answer in item.answer or ())


def has_value(answer: ItemAnswer) -> bool:
    return any(
        getattr(answer, name) is not None
        for name in answer.__struct_fields__
        if name.startswith("value_")
    )


def answers_in(run: Run, question: str, item: Item) -> tuple[Answer, ...]:
    """Several answers are several choices; one sent as a code and as a text is one answer."""
    found: dict[Answer, None] = {}
    for answer in item.answer or ():
        reason = reason_for_none(run.codes, answer)
        instead = (Answer(absent=reason),) if reason else ()
        found |= dict.fromkeys(answers_of(run, question, answer) or instead)
    if not found and (reason := reason_beside(run.codes, item.extension)):
        return (Answer(absent=reason),)
    return plainest(found)
