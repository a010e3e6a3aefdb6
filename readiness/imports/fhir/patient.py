"""Patients and their coverage: what strata are made of, and nothing that names a person."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.imports.fhir.context import FhirRun, UnreadableResource
from readiness.imports.fhir.datatypes import ABSENT_REASON, birthday_of
from readiness.imports.fhir.resources import Coverage, FhirExtension, Patient, codings_in
from readiness.imports.screens.models import PatientRecord, PatientTraits

RACE, ETHNICITY = "us-core-race", "us-core-ethnicity"  # the ends of the extensions' addresses
BIRTH_SEX, SEX = "us-core-birthsex", "us-core-sex"
SEX_CODES = {"248152002": "female", "248153007": "male", "F": "female", "M": "male"}
NO_ID = "This patient has no id, so nothing can refer to them. Send the id that their screens name."

TYPOLOGY = ("urn:oid:2.16.840.1.113883.3.221.5", "https://nahdo.org/sopt")  # of payers
PLAIN_PAYERS = {
    "medicare": "medicare",
    "medicaid": "medicaid",
    "dual eligible": "dual",
    "no_insurance": "uninsured",
    "no insurance": "uninsured",
    "uninsured": "uninsured",
    "self-pay": "uninsured",
    "self pay": "uninsured",
}
NOT_IN_FORCE = frozenset({"cancelled", "draft", "entered-in-error"})
PROGRAMS = {"14": "dual", "1": "medicare", "2": "medicaid"}  # how the typology's codes begin
FIRST = ("dual", "medicare", "medicaid")  # before whatever else somebody has


def person_of(run: FhirRun, place: str, seen: Patient) -> PatientRecord:  # noqa: ARG001
    if not seen.id:
        raise UnreadableResource(NO_ID)
    found = {(each.url or "").rsplit("/", 1)[-1]: each for each in seen.extension or ()}
    return PatientRecord(
        run.key("Patient", seen.id),
        PatientTraits(
            races=tuple(dict.fromkeys(codes_or_text(found.get(RACE)))),
            ethnicity=next(codes_or_text(found.get(ETHNICITY)), ""),
            language=language_of(seen),
            sex=sex_of(seen, found),
            born=birthday_of(seen.birth_date),
        ),
    )


def codes_or_text(extension: FhirExtension | None) -> Iterator[str]:
    """Codes before words: categories, then details; the text only where there is no code."""
    if extension is None:
        return
    codes = [*codes_in(extension)]
    codes += [code for each in extension.extension or () for code in codes_in(each)]
    yield from codes
    if not codes:
        for each in extension.extension or ():
            if each.url == "text" and each.value_string:
                yield each.value_string


def codes_in(extension: FhirExtension) -> Iterator[str]:
    if extension.value_coding and extension.value_coding.code:
        yield extension.value_coding.code
    concept = extension.value_codeable_concept  # as older releases have it
    for coding in codings_in(concept):
        if coding.code:
            yield coding.code
    if extension.value_code and (extension.url or "").endswith(ABSENT_REASON):
        yield extension.value_code


def language_of(seen: Patient) -> str:
    """The preferred one, else the first; by its code, else by its name."""
    spoken = sorted(seen.communication or (), key=lambda each: not each.preferred)
    for each in spoken:
        concept = each.language
        codes = [coding.code for coding in codings_in(concept)]
        for said in (*codes, concept.text if concept else None):
            if said:
                return said
    return ""


def sex_of(seen: Patient, found: dict[str, FhirExtension]) -> str:
    if seen.gender and seen.gender != "unknown":
        return seen.gender
    for name in (SEX, BIRTH_SEX):
        code = found[name].value_code if name in found else None
        if code:
            return SEX_CODES.get(code, code)
    return seen.gender or ""


def note_payer(run: FhirRun, place: str, seen: Coverage) -> None:  # noqa: ARG001
    """Kept until the end: whoever has both Medicare and Medicaid is neither alone."""
    patient = run.patient_at(seen.beneficiary)
    payer = payer_of(seen)
    if patient and payer and seen.status not in NOT_IN_FORCE:
        run.payers[patient] = run.payers.get(patient, frozenset()) | {payer}


def payer_of(seen: Coverage) -> str:
    """Where it is plain: by the public typology's code or by the two programs' own names."""
    codings = codings_in(seen.type)
    for coding in codings:
        if coding.system in TYPOLOGY and coding.code:
            return PROGRAMS.get(coding.code[:2]) or PROGRAMS.get(coding.code[0], coding.code)
    said = [coding.display for coding in codings]
    said += [seen.type.text if seen.type else None]
    said += [each.display for each in seen.payor or ()]
    named = (PLAIN_PAYERS.get(text.strip().lower()) for text in said if text)
    return next(filter(None, named), "")


def payers(run: FhirRun) -> Iterator[PatientRecord]:
    for patient, kinds in run.payers.items():
        yield PatientRecord(patient, PatientTraits(payer=payer_among(kinds)))


def payer_among(kinds: frozenset[str]) -> str:
    """
    >>> payer_among(frozenset({"medicare", "medicaid"}))
    'dual'
    """
    if kinds >= {"medicare", "medicaid"}:
        return "dual"
    return next((each for each in FIRST if each in kinds), min(kinds))
