"""FHIR R4 as it is handed over: bulk exports (NDJSON), Bundles and single resources, gzip or not.

What is no screen and tells nothing of a person is passed over and counted. Nothing that a file
says is repeated in a message: a place, and a sentence of our own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.imports.diagnoses.models import Diagnosis
from readiness.imports.fhir import encounter, observation, patient, referral
from readiness.imports.fhir import questionnaire as fhir_forms
from readiness.imports.fhir.context import UNDATED, FhirRun, UnreadableResource, WaitingForm, decode
from readiness.imports.fhir.documents import Text, documents, entry_spans
from readiness.imports.fhir.questionnaire import UnmappedQuestions, unmapped_refusal
from readiness.imports.fhir.resources import (
    BundleEntry,
    Coverage,
    Encounter,
    EntryRequest,
    FhirCondition,
    FhirTask,
    Observation,
    OperationOutcome,
    Patient,
    Peek,
    Procedure,
    Questionnaire,
    QuestionnaireResponse,
    ServiceRequest,
)
from readiness.imports.mapping_models import FormMapping, MappingShape
from readiness.imports.referrals.models import ReferralRecord, ReferralResource
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import PatientRecord, RecordStatus, ScreenPart
from readiness.imports.visits.models import Visit

MIB = 1024 * 1024
LARGEST = 4 * MIB  # bytes of one resource
DEEPEST = 3  # Bundles within Bundles
MOST_WAITING, MOST_WAITING_BYTES = 1_000, 64 * MIB  # forms kept until their Questionnaire is met

PEEK = msgspec.json.Decoder(Peek)
ENTRY = msgspec.json.Decoder(BundleEntry)
PLAINLY_OBSERVED = b'{"resourceType":"Observation",'  # how exports begin nearly all their lines


def note_outcome(run: FhirRun, place: str, seen: OperationOutcome) -> None:  # noqa: ARG001
    """What the export itself says went wrong; its own words may hold anything."""
    run.skip()
    run.export_errors += sum(each.severity in ERRORS for each in seen.issue or ())


# How each resource is read. The others tell nothing that is counted.
Found = ScreenPart | PatientRecord | Visit | Diagnosis | ReferralRecord
Reader = Callable[[FhirRun, str, Any], Found | None]
READERS: dict[str, tuple[msgspec.json.Decoder[Any], Reader]] = {
    "Observation": (msgspec.json.Decoder(Observation), observation.part_of),
    "QuestionnaireResponse": (msgspec.json.Decoder(QuestionnaireResponse), fhir_forms.part_of),
    "Patient": (msgspec.json.Decoder(Patient), patient.person_of),
    "Coverage": (msgspec.json.Decoder(Coverage), patient.note_payer),
    "Questionnaire": (msgspec.json.Decoder(Questionnaire), fhir_forms.note_form),
    "OperationOutcome": (msgspec.json.Decoder(OperationOutcome), note_outcome),
    "Encounter": (msgspec.json.Decoder(Encounter), encounter.visit_of),
    "ServiceRequest": (msgspec.json.Decoder(ServiceRequest), referral.referral_of),
    "Task": (msgspec.json.Decoder(FhirTask), referral.report_of),
    "Procedure": (msgspec.json.Decoder(Procedure), referral.procedure_of),
    "Condition": (msgspec.json.Decoder(FhirCondition), referral.condition_of),
}
LAST = 999_999_999  # after every version: nothing follows a deletion
SCREENS = ("Observation", "QuestionnaireResponse")

NO_FHIR = "No FHIR resource was found in it. Export the screens as FHIR, or as a table."
NO_RESOURCE = "This is not a whole FHIR resource in JSON. Export it again, or leave it out."
NO_R4 = "This resource does not have the form that FHIR R4 gives it. Correct it and send it again."
ERRORS = ("error", "fatal")
EXPORT_ERRORS = (
    "The export itself tells of errors ({:,}), so what was counted may not be all. Ask whoever "
    "runs the export what is missing, and send it again."
)
TOO_LARGE = f"This resource is larger than {LARGEST // MIB} MB. Send it without attachments."
TOO_DEEP = "There are Bundles within Bundles here. Send each Bundle by itself."


def parts(
    sources: Sequence[SourceFile],
    reading: ReadContext,
    codes: CodeTable,
    mapping: FormMapping | None = None,
) -> Iterator[Found]:
    """Every part of a screen in the files, and what they tell of people beside it."""
    run = FhirRun(reading, codes, mapping or FormMapping(MappingShape.FHIR))
    for source in sources:
        for place, text in documents(source):
            if not text.startswith(PLAINLY_OBSERVED):
                yield from read_document(run, place, text)
                continue
            run.is_fhir = True
            if (found := read_resource(run, place, "Observation", text)) is not None:
                yield found
    if run.reading.report.refused and not run.is_fhir:
        raise BadInput([Problem("", NO_FHIR), *reading.report.problems])
    yield from waiting_forms(run)
    yield from patient.payers(run)
    yield from run.diagnoses
    if run.export_errors:
        reading.report.warn("", EXPORT_ERRORS.format(run.export_errors))


def read_document(run: FhirRun, place: str, text: Text, depth: int = 0) -> Iterator[Found]:
    """One document: a Bundle or a resource."""
    kind = kind_of(text)
    run.is_fhir = run.is_fhir or bool(kind)
    if kind == "Bundle":
        yield from in_bundle(run, place, text, depth)
    elif (found := read_resource(run, place, kind, text)) is not None:
        yield found


def kind_of(text: Text) -> str:
    """The name of the resource, "" for what is none."""
    peek = decode(PEEK, text)
    return (peek.resource_type or "") if peek else ""


def read_resource(
    run: FhirRun, place: str, kind: str, text: Text, address: str = ""
) -> Found | None:
    """What one resource tells; `address` is where its Bundle has it."""
    run.note_row()
    return try_resource(run, place, kind, text, address)


def try_resource(run: FhirRun, place: str, kind: str, text: Text, address: str) -> Found | None:
    try:
        return part_from(run, place, kind, text, address)
    except UnreadableResource as unreadable:
        run.reading.report.refuse(place, unreadable.says)
        return None
    except UnmappedQuestions as unmapped:
        links = unmapped.links
    hold(run, WaitingForm(place, bytes(text), address, run.aliases, links))
    return None


def part_from(run: FhirRun, place: str, kind: str, text: Text, address: str) -> Found | None:
    if not kind:
        raise UnreadableResource(NO_RESOURCE)
    if kind not in READERS:
        run.skip()
        return None
    if len(text) > LARGEST:
        raise UnreadableResource(TOO_LARGE)
    decoder, reader = READERS[kind]
    seen = decode(decoder, text)
    if seen is None:
        raise UnreadableResource(NO_R4)
    if address and not seen.id:
        seen.id = run.id_at(address)
    return reader(run, place, seen)


def hold(run: FhirRun, form: WaitingForm) -> None:
    run.waiting.append(form)
    run.waiting_bytes += len(form.text)
    if len(run.waiting) > MOST_WAITING or run.waiting_bytes > MOST_WAITING_BYTES:
        raise unmapped_refusal(run.waiting)


def waiting_forms(run: FhirRun) -> Iterator[Found]:
    """Forms met before their Questionnaire. One that stays unexplained refuses the files: half a
    screen would be counted as a whole one."""
    waiting, run.waiting, run.waiting_bytes = run.waiting, [], 0
    for form in waiting:
        run.aliases = form.aliases
        found = try_resource(run, form.place, "QuestionnaireResponse", form.text, form.address)
        if found is not None:
            yield found
    if run.waiting:
        raise unmapped_refusal(run.waiting)


def in_bundle(run: FhirRun, place: str, text: Text, depth: int) -> Iterator[Found]:
    spans = array("Q")
    try:
        if depth == DEEPEST:
            raise UnreadableResource(TOO_DEEP)
        for span in entry_spans(text):
            spans.extend(span)
    except UnreadableResource as unreadable:
        run.reading.report.refuse(place, unreadable.says)
        return
    outer = run.aliases
    run.aliases = outer | aliases_in(run, text, spans)
    for number, entry in enumerate(entries_at(text, spans), start=1):
        yield from in_entry(run, f"{place}, entry {number}", entry, depth)
    run.aliases = outer


def entries_at(text: Text, spans: array[int]) -> Iterator[BundleEntry | None]:
    for start, end in zip(spans[::2], spans[1::2], strict=True):
        yield decode(ENTRY, text[start:end])


def aliases_in(run: FhirRun, text: Text, spans: array[int]) -> dict[str, str]:
    """Addresses that hold inside this Bundle alone: a reference may come before its target."""
    found = {}
    for entry in entries_at(text, spans):
        address = entry.full_url if entry else None
        peek = decode(PEEK, entry.resource) if entry and address else None
        if address and peek and peek.id and run.id_at(address) != peek.id:
            found[address] = peek.id
    return found


def in_entry(run: FhirRun, place: str, entry: BundleEntry | None, depth: int) -> Iterator[Found]:
    text = bytes(entry.resource) if entry else b""
    kind = kind_of(text)
    if entry and entry.request and entry.request.method == "DELETE":
        yield from deletion(run, place, entry.request)
    elif kind == "Bundle":
        yield from in_bundle(run, place, text, depth + 1)
    elif entry is None or text:
        address = (entry.full_url if entry else "") or ""
        if (found := read_resource(run, place, kind, text, address)) is not None:
            yield found


def deletion(run: FhirRun, place: str, request: EntryRequest) -> Iterator[Found]:
    """A bulk export tells what was deleted since the last one as requests to delete it."""
    run.note_row()
    kind, _, resource_id = (request.url or "").rpartition("/")
    kind = kind.rsplit("/", 1)[-1]
    key = run.key(kind, resource_id)
    if key and kind in SCREENS:
        yield ScreenPart(
            source=place,
            patient=b"",
            day=UNDATED,
            standing=RecordStatus.DELETED,
            status="entered-in-error",
            version=LAST,
            resource=key,
        )
    elif key and kind == "Encounter":
        yield Visit(b"", UNDATED, standing=RecordStatus.DELETED, resource=key, version=LAST)
    elif key and kind in list(ReferralResource):
        yield ReferralRecord(ReferralResource(kind), key, version=LAST)
        if kind == ReferralResource.CONDITION:
            yield Diagnosis(b"", UNDATED, is_counted=False, resource=key, version=LAST)
    else:
        run.skip()
