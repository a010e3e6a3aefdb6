"""What followed a screen, as the Gravity project's SDOH Clinical Care guide has it.

A ServiceRequest is a referral, a Task that points to it tells what came of it, a Procedure is an
intervention, a Condition that is resolved is a need that was met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from readiness.counts.social_risk.models import Need
from readiness.imports.fhir.context import (
    NO_PATIENT,
    FhirRun,
    UnreadableResource,
    is_about_a_patient,
    kind_at,
)
from readiness.imports.fhir.datatypes import day_of
from readiness.imports.fhir.diagnosis import day_in, diagnosis_of, edition_of, has_code
from readiness.imports.fhir.resources import (
    Coding,
    Concept,
    FhirCondition,
    FhirTask,
    Procedure,
    Reference,
    ServiceRequest,
    codings_in,
)
from readiness.imports.referrals.models import Outcome, ReferralRecord, ReferralResource

NEED_OF_CATEGORY = {  # by the guide's codes
    "food-insecurity": Need.FOOD,
    "housing-instability": Need.HOUSING_INSTABILITY,
    "homelessness": Need.HOMELESSNESS,
    "inadequate-housing": Need.INADEQUATE_HOUSING,
    "transportation-insecurity": Need.TRANSPORTATION,
    "utility-insecurity": Need.UTILITIES,
    "intimate-partner-violence": Need.SAFETY,
    "financial-insecurity": Need.FINANCIAL,
    "material-hardship": Need.MATERIAL,
    "employment-status": Need.EMPLOYMENT,
    "educational-attainment": Need.EDUCATION,
    "social-connection": Need.SOCIAL,
    "stress": Need.STRESS,
    "health-insurance-coverage-status": Need.INSURANCE,
    "personal-health-literacy": Need.LITERACY,
}
SOCIAL = frozenset({"sdoh", "sdoh-category-unspecified"})
GUIDE = "SDOHCC-CodeSystem"  # in the address of the guide's codes
ENTERED_IN_ERROR = "entered-in-error"

SENT = frozenset({"active", "on-hold", "completed"})  # of a ServiceRequest
DONE = "completed"  # of a Procedure
RESOLVED = "resolved"  # of a Condition
OUTCOMES = {
    "completed": Outcome.CONNECTED,
    "rejected": Outcome.NOT_CONNECTED,
    "failed": Outcome.NOT_CONNECTED,
    "cancelled": Outcome.NOT_CONNECTED,
}


def referral_of(run: FhirRun, place: str, seen: ServiceRequest) -> ReferralRecord | None:  # noqa: ARG001
    codings = codings_of(seen.category, seen.code)
    return record_of(
        run,
        ReferralResource.SERVICE_REQUEST,
        seen,
        seen.subject,
        codings=codings,
        is_counted=seen.status in SENT,
        is_taken_back=seen.status == ENTERED_IN_ERROR,
        day=day_of(seen.authored_on),
    )


def procedure_of(run: FhirRun, place: str, seen: Procedure) -> ReferralRecord | None:  # noqa: ARG001
    category = seen.category if isinstance(seen.category, list) else [seen.category]
    return record_of(
        run,
        ReferralResource.PROCEDURE,
        seen,
        seen.subject,
        codings=codings_of(category, seen.code),
        is_counted=seen.status == DONE,
        is_taken_back=seen.status == ENTERED_IN_ERROR,
        day=day_of(seen.performed_date_time) or day_in(seen.performed_period),
        about=referrals_in(run, seen.based_on),
    )


def condition_of(run: FhirRun, place: str, seen: FhirCondition) -> ReferralRecord | None:  # noqa: ARG001
    is_taken_back = has_code(seen.verification_status, ENTERED_IN_ERROR)
    diagnosis = diagnosis_of(run, seen)
    if diagnosis:
        run.diagnoses.append(diagnosis)
    return record_of(
        run,
        ReferralResource.CONDITION,
        seen,
        seen.subject,
        codings=codings_of(seen.category, seen.code),
        is_counted=has_code(seen.clinical_status, RESOLVED) and not is_taken_back,
        is_taken_back=is_taken_back,
        day=day_of(seen.abatement_date_time) or day_in(seen.abatement_period),
        is_read=diagnosis is not None and diagnosis.is_counted,
    )


def report_of(run: FhirRun, place: str, seen: FhirTask) -> ReferralRecord | None:  # noqa: ARG001
    """Whose referral it is and for what need stand in the ServiceRequest that it points to."""
    about = referrals_in(run, [seen.focus] if seen.focus else None)
    is_counted = bool(about) and seen.status != ENTERED_IN_ERROR
    if not is_counted:
        run.skip()
    if not (is_counted or (seen.id and seen.status == ENTERED_IN_ERROR)):
        return None
    version, issued = edition_of(seen.meta)
    until = seen.execution_period.end if seen.execution_period else None
    return ReferralRecord(
        ReferralResource.TASK,
        run.key(ReferralResource.TASK, seen.id),
        is_counted=is_counted,
        day=day_of(until) or day_of(seen.last_modified),
        outcome=OUTCOMES.get(seen.status or "", Outcome.OPEN),
        about=about,
        version=version,
        issued=issued,
    )


def record_of(
    run: FhirRun,
    kind: ReferralResource,
    seen: ServiceRequest | Procedure | FhirCondition,
    subject: Reference | None,
    *,
    codings: list[Coding],
    is_counted: bool,
    is_taken_back: bool,
    day: date | None,
    about: tuple[bytes, ...] = (),
    is_read: bool = False,
) -> ReferralRecord | None:
    """None for what is of no social need. What is taken back may have been emptied. What something
    else was read of is not passed over."""
    is_social = any(map(is_of_a_social_need, codings))
    is_wanted = is_social or about or (is_taken_back and seen.id)
    is_counted = is_counted and is_about_a_patient(subject)
    if not (is_read or (is_wanted and is_counted)):
        run.skip()
    if not (is_wanted and (is_counted or seen.id)):
        return None
    patient = run.patient_at(subject)
    if is_counted and not patient:
        raise UnreadableResource(NO_PATIENT)
    version, issued = edition_of(seen.meta)
    return ReferralRecord(
        kind,
        run.key(kind, seen.id),
        patient=patient,
        needs=tuple(dict.fromkeys(needs_in(codings))),
        is_social=is_social,
        is_counted=is_counted,
        day=day,
        about=about,
        version=version,
        issued=issued,
    )


def codings_of(category: Iterable[Concept | None] | None, code: Concept | None) -> list[Coding]:
    return [coding for concept in (*(category or ()), code) for coding in codings_in(concept)]


def needs_in(codings: Iterable[Coding]) -> Iterator[Need]:
    for coding in codings:
        if need := NEED_OF_CATEGORY.get(coding.code or ""):
            yield need


def is_of_a_social_need(coding: Coding) -> bool:
    code = coding.code or ""
    return code in SOCIAL or code in NEED_OF_CATEGORY or GUIDE in (coding.system or "")


def referrals_in(run: FhirRun, references: list[Reference] | None) -> tuple[bytes, ...]:
    kind = ReferralResource.SERVICE_REQUEST
    return tuple(
        run.key_at(kind, each.reference)
        for each in references or ()
        if each.reference and kind_at(each) in ("", kind)
    )
