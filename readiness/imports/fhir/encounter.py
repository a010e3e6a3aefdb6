"""Encounters: patients who were seen. Nothing is read of them but who, when and whether."""

from __future__ import annotations

from readiness.imports.fhir.context import (
    NO_PATIENT,
    UNDATED,
    FhirRun,
    UnreadableResource,
    is_about_a_patient,
)
from readiness.imports.fhir.datatypes import day_of, instant_of, version_of
from readiness.imports.fhir.resources import NO_META, Encounter
from readiness.imports.screens.models import RecordStatus
from readiness.imports.visits.models import Visit

SEEN = frozenset({"finished", "in-progress"})
NO_VISIT_DAY = "This visit has no full date. Send it with the day on which it began."


def visit_of(run: FhirRun, place: str, seen: Encounter) -> Visit | None:  # noqa: ARG001
    """One that is planned, canceled or entered in error is kept only to replace an earlier one."""
    is_counted = seen.status in SEEN and is_about_a_patient(seen.subject)
    if not is_counted:
        run.skip()
    if not (is_counted or seen.id):
        return None
    patient = run.patient_at(seen.subject)
    day = day_of(seen.period.start) if seen.period else None
    if is_counted and not patient:
        raise UnreadableResource(NO_PATIENT)
    if is_counted and day is None:
        raise UnreadableResource(NO_VISIT_DAY)
    meta = seen.meta or NO_META
    return Visit(
        patient=patient,
        day=day or UNDATED,
        group_id=run.reading.group_id,
        standing=RecordStatus.COUNTED if is_counted else RecordStatus.DELETED,
        resource=run.key("Encounter", seen.id),
        version=version_of(meta.version_id),
        issued=instant_of(meta.last_updated),
    )
