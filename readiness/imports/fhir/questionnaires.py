"""Questionnaires met on the way: what their link ids ask, and which instrument they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from readiness.imports.fhir.codes import is_question_code, loinc_in
from readiness.imports.fhir.run import Form, Run, decoded
from readiness.imports.fhir.shapes import FormItem, Peek, Questionnaire, QuestionnaireResponse
from readiness.imports.screening_codes.models import CodeTable

PEEK = msgspec.json.Decoder(Peek)
QUESTIONNAIRE = msgspec.json.Decoder(Questionnaire)
EMPTY = Form()
ALSO_NAMED = {"hungervitalsign": "hvs"}  # as guides name the form, letters and digits only


def form_in(codes: CodeTable, seen: Questionnaire) -> Form:
    """Questions by their own public code, where the form gives one."""
    questions = {
        item.link_id: asked
        for item in every(seen.item or ())
        if item.link_id and (asked := question_in(codes, item))
    }
    panels = [code for code in loinc_in(codes, seen.code) if code in codes.instrument_by_panel]
    instrument = codes.instrument_by_panel[panels[0]] if panels else ""
    return Form(questions, instrument or instrument_named(codes, seen.url or ""))


def question_in(codes: CodeTable, item: FormItem) -> str:
    """The code that the tables know, else the first there is."""
    asked = loinc_in(codes, item.code)
    known = [code for code in asked if codes.knows(code) or code in codes.instrument_by_panel]
    return next(iter([*known, *filter(is_question_code, asked)]), "")


def every(items: Iterable[FormItem]) -> Iterator[FormItem]:
    waiting = [*items]
    while waiting:
        item = waiting.pop()
        yield item
        waiting += item.item or ()


def note_form(run: Run, place: str, seen: Questionnaire) -> None:  # noqa: ARG001
    form = form_in(run.codes, seen)
    for address in (seen.url, f"Questionnaire/{seen.id}" if seen.id else None):
        if address:
            run.forms[address] = form


def form_for(run: Run, seen: QuestionnaireResponse) -> Form:
    """The form that a response names: carried inside it, or met before."""
    address = (seen.questionnaire or "").partition("|")[0]
    if address.startswith("#"):
        return contained_form(run, seen, address[1:])
    short = "/".join(address.split("/")[-2:])
    return run.forms.get(address) or run.forms.get(short) or EMPTY


def contained_form(run: Run, seen: QuestionnaireResponse, form_id: str) -> Form:
    for raw in seen.contained or ():
        peek = decoded(PEEK, raw)
        if peek and peek.id == form_id and peek.resource_type == "Questionnaire":
            inside = decoded(QUESTIONNAIRE, raw)
            return form_in(run.codes, inside) if inside else EMPTY
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
