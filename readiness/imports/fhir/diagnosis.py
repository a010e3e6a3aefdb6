"""Conditions with a code of Z55 to Z65: a need that somebody documented, whatever a screen said."""

from __future__ import annotations

from datetime import date

from readiness.imports.diagnoses.models import UNDATED, Diagnosis
from readiness.imports.fhir.context import (
    NO_PATIENT,
    FhirRun,
    UnreadableResource,
    is_about_a_patient,
)
from readiness.imports.fhir.datatypes import day_of, instant_of, version_of
from readiness.imports.fhir.resources import (
    NO_META,
    Concept,
    FhirCondition,
    FhirPeriod,
    Meta,
    codings_in,
)
from readiness.imports.screening_codes.models import is_social_diagnosis

REFUTED = ("refuted", "entered-in-error")  # verification
ACTIVE = ("active", "recurrence", "relapse")  # clinical status, where there is one


def diagnosis_of(run: FhirRun, seen: FhirCondition) -> Diagnosis | None:
    """One that is refuted or over is kept only to replace an earlier version of it."""
    codes = social_codes(run, seen.code)
    is_refuted = any(has_code(seen.verification_status, each) for each in REFUTED)
    is_counted = bool(codes) and not is_refuted and is_active(seen)
    is_counted = is_counted and is_about_a_patient(seen.subject)
    if not (is_counted or (seen.id and (codes or is_refuted))):
        return None
    patient = run.patient_at(seen.subject)
    if is_counted and not patient:
        raise UnreadableResource(NO_PATIENT)
    version, issued = edition_of(seen.meta)
    return Diagnosis(
        patient=patient,
        day=day_of(seen.recorded_date)
        or day_of(seen.onset_date_time)
        or day_in(seen.onset_period)
        or UNDATED,
        needs=run.codes.diagnoses.needs_of(codes),
        group_id=run.reading.group_id,
        is_counted=is_counted,
        resource=run.key("Condition", seen.id),
        version=version,
        issued=issued,
    )


def social_codes(run: FhirRun, concept: Concept | None) -> list[str]:
    return [
        coding.code
        for coding in codings_in(concept)
        if coding.code
        and run.codes.diagnoses.is_icd10(coding.system or "")
        and is_social_diagnosis(coding.code)
    ]


def is_active(seen: FhirCondition) -> bool:
    status = seen.clinical_status
    return not codings_in(status) or any(has_code(status, each) for each in ACTIVE)


def has_code(concept: Concept | None, code: str) -> bool:
    return any(coding.code == code for coding in codings_in(concept))


def day_in(span: FhirPeriod | None) -> date | None:
    """The day on which it began, else the one on which it ended."""
    return (day_of(span.start) or day_of(span.end)) if span else None


def edition_of(meta: Meta | None) -> tuple[int, str]:
    known = meta or NO_META
    return version_of(known.version_id), instant_of(known.last_updated)
