"""FHIR R4 as it is handed over: bulk exports (NDJSON), Bundles and single resources, gzip or not.

What is no screen and tells nothing of a person is passed over and counted. Nothing that a file
says is repeated in a message: a place, and a sentence of our own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from readiness.core.tables.reading import Reading
from readiness.core.tables.sources import Source
from readiness.imports.fhir import observation, people, response
from readiness.imports.fhir import questionnaires as fhir_forms
from readiness.imports.fhir.bundle import entries
from readiness.imports.fhir.files import Text, documents
from readiness.imports.fhir.response import Unmapped
from readiness.imports.fhir.run import UNDATED, Run, Unreadable, Waiting, decoded
from readiness.imports.fhir.shapes import (
    Coverage,
    Entry,
    Observation,
    Patient,
    Peek,
    Questionnaire,
    QuestionnaireResponse,
    Request,
)
from readiness.imports.fhir.unmapped import refusal
from readiness.imports.mapping_shapes import FormMapping, Shape
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.parts import Part, Person, Standing

MIB = 1024 * 1024
LARGEST = 4 * MIB  # bytes of one resource
DEEPEST = 3  # Bundles within Bundles
MOST_WAITING, MOST_WAITING_BYTES = 1_000, 64 * MIB  # forms kept until their Questionnaire is met

PEEK = msgspec.json.Decoder(Peek)
ENTRY = msgspec.json.Decoder(Entry)
PLAINLY_OBSERVED = b'{"resourceType":"Observation",'  # how exports begin nearly all their lines

# How each resource is read. The others tell nothing that is counted.
Reader = Callable[[Run, str, Any], Part | Person | None]
READERS: dict[str, tuple[msgspec.json.Decoder[Any], Reader]] = {
    "Observation": (msgspec.json.Decoder(Observation), observation.part_of),
    "QuestionnaireResponse": (msgspec.json.Decoder(QuestionnaireResponse), response.part_of),
    "Patient": (msgspec.json.Decoder(Patient), people.person_of),
    "Coverage": (msgspec.json.Decoder(Coverage), people.note_payer),
    "Questionnaire": (msgspec.json.Decoder(Questionnaire), fhir_forms.note_form),
}
LAST = 999_999_999  # after every version: nothing follows a deletion
DELETABLE = ("Observation", "QuestionnaireResponse")

NO_RESOURCE = "This is not a whole FHIR resource in JSON. Export it again, or leave it out."
NO_R4 = "This resource does not have the form that FHIR R4 gives it. Correct it and send it again."
TOO_LARGE = f"This resource is larger than {LARGEST // MIB} MB. Send it without attachments."
TOO_DEEP = "There are Bundles within Bundles here. Send each Bundle by itself."

Found = Part | Person


def parts(
    sources: Sequence[Source],
    reading: Reading,
    codes: CodeTable,
    mapping: FormMapping | None = None,
) -> Iterator[Found]:
    """Every part of a screen in the files, and what they tell of people beside it."""
    run = Run(reading, codes, mapping or FormMapping(Shape.FHIR))
    for source in sources:
        for place, text in documents(source):
            if not text.startswith(PLAINLY_OBSERVED):
                yield from read(run, place, text)
            elif (found := resource(run, place, "Observation", text)) is not None:
                yield found
    yield from those_waiting(run)
    yield from people.payers(run)


def read(run: Run, place: str, text: Text, depth: int = 0) -> Iterator[Found]:
    """One document: a Bundle or a resource."""
    kind = kind_of(text)
    if kind == "Bundle":
        yield from in_bundle(run, place, text, depth)
    elif (found := resource(run, place, kind, text)) is not None:
        yield found


def kind_of(text: Text) -> str:
    """The name of the resource, "" for what is none."""
    peek = decoded(PEEK, text)
    return (peek.resource_type or "") if peek else ""


def resource(run: Run, place: str, kind: str, text: Text, address: str = "") -> Found | None:
    """What one resource tells; `address` is where its Bundle has it."""
    run.note_row()
    return attempt(run, place, kind, text, address)


def attempt(run: Run, place: str, kind: str, text: Text, address: str) -> Found | None:
    try:
        return told_by(run, place, kind, text, address)
    except Unreadable as unreadable:
        run.reading.report.refuse(place, unreadable.says)
        return None
    except Unmapped as unmapped:
        links = unmapped.links
    wait(run, Waiting(place, bytes(text), address, run.aliases, links))
    return None


def told_by(run: Run, place: str, kind: str, text: Text, address: str) -> Found | None:
    if not kind:
        raise Unreadable(NO_RESOURCE)
    if kind not in READERS:
        run.skip()
        return None
    if len(text) > LARGEST:
        raise Unreadable(TOO_LARGE)
    decoder, reader = READERS[kind]
    seen = decoded(decoder, text)
    if seen is None:
        raise Unreadable(NO_R4)
    if address and not seen.id:
        seen.id = run.id_at(address)
    return reader(run, place, seen)


def wait(run: Run, form: Waiting) -> None:
    run.waiting.append(form)
    run.waiting_bytes += len(form.text)
    if len(run.waiting) > MOST_WAITING or run.waiting_bytes > MOST_WAITING_BYTES:
        raise refusal(run.waiting)


def those_waiting(run: Run) -> Iterator[Found]:
    """Forms met before their Questionnaire. One that stays unexplained refuses the files: half a
    screen would be counted as a whole one."""
    waiting, run.waiting, run.waiting_bytes = run.waiting, [], 0
    for form in waiting:
        run.aliases = form.aliases
        found = attempt(run, form.place, "QuestionnaireResponse", form.text, form.address)
        if found is not None:
            yield found
    if run.waiting:
        raise refusal(run.waiting)


def in_bundle(run: Run, place: str, text: Text, depth: int) -> Iterator[Found]:
    spans = array("Q")
    try:
        if depth == DEEPEST:
            raise Unreadable(TOO_DEEP)
        for span in entries(text):
            spans.extend(span)
    except Unreadable as unreadable:
        run.reading.report.refuse(place, unreadable.says)
        return
    outer = run.aliases
    run.aliases = outer | aliases_in(run, text, spans)
    for number, entry in enumerate(entries_at(text, spans), start=1):
        yield from in_entry(run, f"{place}, entry {number}", entry, depth)
    run.aliases = outer


def entries_at(text: Text, spans: array[int]) -> Iterator[Entry | None]:
    for start, end in zip(spans[::2], spans[1::2], strict=True):
        yield decoded(ENTRY, text[start:end])


def aliases_in(run: Run, text: Text, spans: array[int]) -> dict[str, str]:
    """Addresses that hold inside this Bundle alone: a reference may come before its target."""
    found = {}
    for entry in entries_at(text, spans):
        address = entry.full_url if entry else None
        peek = decoded(PEEK, entry.resource) if entry and address else None
        if address and peek and peek.id and run.id_at(address) != peek.id:
            found[address] = peek.id
    return found


def in_entry(run: Run, place: str, entry: Entry | None, depth: int) -> Iterator[Found]:
    text = bytes(entry.resource) if entry else b""
    kind = kind_of(text)
    if entry and entry.request and entry.request.method == "DELETE":
        yield from deletion(run, place, entry.request)
    elif kind == "Bundle":
        yield from in_bundle(run, place, text, depth + 1)
    elif entry is None or text:
        address = (entry.full_url if entry else "") or ""
        if (found := resource(run, place, kind, text, address)) is not None:
            yield found


def deletion(run: Run, place: str, request: Request) -> Iterator[Part]:
    """A bulk export tells what was deleted since the last one as requests to delete it."""
    run.note_row()
    kind, _, resource_id = (request.url or "").rpartition("/")
    kind = kind.rsplit("/", 1)[-1]
    if kind not in DELETABLE or not resource_id:
        run.skip()
        return
    yield Part(
        source=place,
        patient=b"",
        day=UNDATED,
        standing=Standing.DELETED,
        status="entered-in-error",
        version=LAST,
        resource=run.key(kind, resource_id),
    )
