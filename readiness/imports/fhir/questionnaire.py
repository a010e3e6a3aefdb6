"""Questionnaires met on the way: what their link ids ask, and which instrument they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from readiness.core import patient_identifiers
from readiness.core.errors import BadInput, Problem
from readiness.core.patient_identifiers import Identifier
from readiness.imports.fhir.context import (
    FhirRun,
    KnownQuestionnaire,
    WaitingForm,
    decode,
    is_about_a_patient,
)
from readiness.imports.fhir.datatypes import (
    answers_of,
    clearest,
    day_of,
    instant_of,
    is_question_code,
    loinc_in,
    public_code,
    reason_beside,
    reason_for_none,
    version_of,
)
from readiness.imports.fhir.resources import (
    NO_META,
    FormItem,
    ItemAnswer,
    Peek,
    Questionnaire,
    QuestionnaireResponse,
    ResponseItem,
)
from readiness.imports.screening_codes.models import CodeTable, ResourceType
from readiness.imports.screens.models import (
    AnsweredQuestion,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)

PEEK = msgspec.json.Decoder(Peek)
QUESTIONNAIRE = msgspec.json.Decoder(Questionnaire)
EMPTY = KnownQuestionnaire()
ALSO_NAMED = {"hungervitalsign": "hvs"}  # as guides name the form, letters and digits only


def known_questionnaire(codes: CodeTable, seen: Questionnaire) -> KnownQuestionnaire:
    """Questions by their own public code, where the form gives one."""
    items = [item for item in all_form_items(seen.item or ()) if item.link_id]
    questions = {item.link_id or "": asked for item in items if (asked := question_in(codes, item))}
    links = frozenset(item.link_id or "" for item in items)
    panels = [code for code in loinc_in(codes, seen.code) if code in codes.instrument_by_panel]
    instrument = codes.instrument_by_panel[panels[0]] if panels else ""
    named = instrument or instrument_named(codes, seen.url or "")
    return KnownQuestionnaire(questions, links, named)


def question_in(codes: CodeTable, item: FormItem) -> str:
    """The code that the tables know, else the first there is."""
    asked = loinc_in(codes, item.code)
    known = [code for code in asked if codes.knows(code) or code in codes.instrument_by_panel]
    return next(iter([*known, *filter(is_question_code, asked)]), "")


def all_form_items(items: Iterable[FormItem]) -> Iterator[FormItem]:
    waiting = [*items]
    while waiting:
        item = waiting.pop()
        yield item
        waiting += item.item or ()


def note_form(run: FhirRun, place: str, seen: Questionnaire) -> None:  # noqa: ARG001
    form = known_questionnaire(run.codes, seen)
    for address in (seen.url, f"Questionnaire/{seen.id}" if seen.id else None):
        if address:
            run.forms[address] = form


def form_for(run: FhirRun, seen: QuestionnaireResponse) -> KnownQuestionnaire:
    """The form that a response names: carried inside it, or met before."""
    address = (seen.questionnaire or "").partition("|")[0]
    if address.startswith("#"):
        return contained_form(run, seen, address[1:])
    short = "/".join(address.split("/")[-2:])
    return run.forms.get(address) or run.forms.get(short) or EMPTY


def contained_form(run: FhirRun, seen: QuestionnaireResponse, form_id: str) -> KnownQuestionnaire:
    for raw in seen.contained or ():
        peek = decode(PEEK, raw)
        if peek and peek.id == form_id and peek.resource_type == "Questionnaire":
            inside = decode(QUESTIONNAIRE, raw)
            return known_questionnaire(run.codes, inside) if inside else EMPTY
    return EMPTY


def instrument_named(codes: CodeTable, address: str) -> str:
    """The instrument that the last part of a form's address names, "" when none or unclear.

    Guides end it in the panel's code or in a name such as "…/SDOHCC-QuestionnairePRAPARE".
    """
    tail = address.rstrip("/").rsplit("/", 1)[-1]
    if tail in codes.instrument_by_panel:
        return codes.instrument_by_panel[tail]
    said = re.sub(r"[^a-z0-9]", "", tail.lower())
    names = {**ALSO_NAMED, **{each.replace("_", ""): each for each in codes.instruments}}
    found = [name for name in names if len(name) > 4 and name in said]
    return names[max(found, key=len)] if found else ""


class UnmappedQuestions(Exception):
    """Questions with answers that nothing explains."""

    def __init__(self, links: Iterable[str]) -> None:
        self.links = frozenset(links)
        super().__init__()


@dataclass
class FormAnswers:
    """One form as it is read: answers by question, and what could not be placed."""

    answers: dict[str, list[ScreenAnswer]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)  # the answered link ids that nothing explains
    panels: dict[str, None] = field(default_factory=dict)


def part_of(run: FhirRun, place: str, seen: QuestionnaireResponse) -> ScreenPart | None:
    address = (seen.questionnaire or "").partition("|")[0]
    if address in run.mapping.ignore or not is_about_a_patient(seen.subject):
        pass_over(run, address)
        return None
    standing = run.standing_of(ResourceType.FORM, seen.status)
    form = form_for(run, seen)
    sheet = form_answers(run, form, address, seen.item or ())
    is_deleted = standing is RecordStatus.DELETED and seen.id is not None
    if sheet.links and standing is not RecordStatus.DELETED:
        if run.mapping.is_foreign(address) and not sheet.answers:
            pass_over(run, address)
            return None
        raise UnmappedQuestions(sheet.links)
    if not (sheet.answers or sheet.panels or is_deleted):
        run.skip()
        return None
    patient, day = run.whom_and_when(seen.subject, day_of(seen.authored), may_be_bare=is_deleted)
    run.note_unreadable(sheet.answers.items())
    meta = seen.meta or NO_META
    return ScreenPart(
        source=place,
        patient=patient,
        day=day,
        standing=standing,
        status=seen.status or "",
        answered=tuple(AnsweredQuestion(each, tuple(of)) for each, of in sheet.answers.items()),
        instrument=instrument_of(run, form, sheet, address),
        issued=instant_of(seen.authored) or instant_of(meta.last_updated),
        version=version_of(meta.version_id),
        resource=run.key("QuestionnaireResponse", seen.id),
        is_whole=True,
        is_completed=standing is RecordStatus.COUNTED,
        group_id=run.reading.group_id,
    )


def pass_over(run: FhirRun, address: str) -> None:
    """A form that is none of ours is left out, and told with its number."""
    run.skip()
    run.reading.report.passed_forms[address if is_plain(address) else NO_ADDRESS] += 1


def instrument_of(run: FhirRun, form: KnownQuestionnaire, sheet: FormAnswers, address: str) -> str:
    """The mapping's word first, then the panels inside the form, then the form's own name."""
    mapping = run.mapping
    if mapped := mapping.instruments.get(address) or mapping.instrument:
        return mapped
    inside = {run.codes.instrument_by_panel[panel] for panel in sheet.panels}
    if len(inside) == 1:
        return inside.pop()
    return form.instrument or ("" if inside else instrument_named(run.codes, address))


def form_answers(
    run: FhirRun, form: KnownQuestionnaire, address: str, items: Iterable[ResponseItem]
) -> FormAnswers:
    sheet = FormAnswers()
    mapped = run.mapping.questions_of(address)
    for item in all_items(items):
        link = item.link_id or ""
        question = question_at(run, form, mapped, link)
        if question in run.codes.instrument_by_panel:
            sheet.panels[question] = None
        elif question == "" or run.codes.is_personal(question):
            continue  # left out on purpose
        elif question in run.codes.questions_by_code:
            kept = sheet.answers.setdefault(question, [])
            kept += [each for each in answers_in(run, question, item) if each not in kept]
        elif not any(map(has_value, item.answer or ())):
            continue
        elif is_question_code(question):
            run.reading.report.unknown_codes[public_code(question)] += 1
        else:
            sheet.links.append(link)
    return sheet


def all_items(items: Iterable[ResponseItem]) -> Iterator[ResponseItem]:
    """Each item in order, those inside items and inside answers included."""
    waiting = [*items][::-1]
    while waiting:
        item = waiting.pop()
        yield item
        inside = [*(item.item or ())]
        inside += [each for answer in item.answer or () for each in answer.item or ()]
        waiting += inside[::-1]


def question_at(
    run: FhirRun, form: KnownQuestionnaire, mapped: Mapping[str, str], link: str
) -> str:
    """The code a link id stands for: by the mapping, by the form itself, by being one.

    "" where the mapping leaves it out, or a form that gives codes gives none to it; the link id
    itself where nothing explains it.
    """
    if link in run.mapping.ignore:
        return ""
    if found := mapped.get(link) or form.question_by_link.get(link):
        return found
    last = link.rstrip("/").rsplit("/", 1)[-1]
    if is_question_code(last) or last in run.codes.instrument_by_panel:
        return last
    return "" if form.question_by_link and link in form.links else link or "?"


def has_value(answer: ItemAnswer) -> bool:
    return any(
        getattr(answer, name) is not None
        for name in answer.__struct_fields__
        if name.startswith("value_")
    )


def answers_in(run: FhirRun, question: str, item: ResponseItem) -> tuple[ScreenAnswer, ...]:
    """Several answers are several choices; one sent as a code and as a text is one answer."""
    found: dict[ScreenAnswer, None] = {}
    for answer in item.answer or ():
        reason = reason_for_none(run.codes, answer)
        instead = (ScreenAnswer(absent=reason),) if reason else ()
        found |= dict.fromkeys(answers_of(run, question, answer) or instead)
    if not found and (reason := reason_beside(run.codes, item.extension)):
        return (ScreenAnswer(absent=reason),)
    return clearest(found)


MOST_NAMED = 20
HARMLESS = re.compile(r"[A-Za-z0-9./_-]{1,24}")
UNMAPPED = (
    "This question of a form has answers, but nothing says what it asks. Send the form's "
    "Questionnaire too, or say in a mapping what it asks or that it is to be left out."
)


def unmapped_refusal(forms: Iterable[WaitingForm]) -> BadInput:
    links = {link for form in forms for link in form.links}
    named = sorted(link for link in links if is_harmless(link))[:MOST_NAMED]
    problems = [Problem(f"question {link}", UNMAPPED) for link in named]
    if unnamed := len(links) - len(named):
        place = "an unnamed question" if unnamed == 1 else f"{unnamed} unnamed questions"
        problems.append(Problem(place, UNMAPPED))
    return BadInput(problems)


NO_ADDRESS = "a form without a plain address"
ADDRESS = re.compile(r"[A-Za-z0-9:/._#-]{1,200}")


def is_plain(address: str) -> bool:
    """Addresses belong to forms and are public, unless somebody put anything else there."""
    named = set(patient_identifiers.found_in(address)) - {Identifier.WEB}
    return bool(ADDRESS.fullmatch(address)) and not named


def is_harmless(link: str) -> bool:
    """A link id belongs to a form, but a careless sender can put anything there."""
    return bool(HARMLESS.fullmatch(link)) and not patient_identifiers.found_in(link)
