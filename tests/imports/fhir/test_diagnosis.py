"""Conditions with a code of Z55 to Z65, which document a need."""

from __future__ import annotations

import json
from datetime import date

import pytest

from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import Step
from readiness.imports.service.screens import aggregate
from readiness.imports.step_counts import sentences
from tests.factories.fhir import concept, observation
from tests.factories.patient_lists import steps_at

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def condition(**changes):
    return {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": concept("active"),
        "verificationStatus": concept("confirmed"),
        "category": [concept("encounter-diagnosis")],
        "code": concept("Z59.41", ICD10),
        "subject": {"reference": "Patient/p1"},
        "recordedDate": "2026-08-20T09:00:00Z",
        **changes,
    }


def read(*resources):
    text = "\n".join(map(json.dumps, resources)).encode()
    return aggregate([file_in_memory("file 1", "a.ndjson", text)], today=date(2027, 3, 1))


def food(*resources):
    return steps_at(read(*resources), "food").get(Step.DOCUMENTED)


def test_a_condition_documents_a_need_and_is_not_passed_over():
    found = read(condition())
    assert steps_at(found, "food") == {Step.DOCUMENTED: 1}
    assert (found.report.skipped, found.cells) == (0, {})


@pytest.mark.parametrize(
    ("changes", "is_counted"),
    [
        ({"clinicalStatus": None}, 1),
        ({"clinicalStatus": concept("recurrence")}, 1),
        ({"clinicalStatus": concept("resolved")}, None),
        ({"clinicalStatus": concept("inactive")}, None),
        ({"verificationStatus": None}, 1),
        ({"verificationStatus": concept("provisional")}, 1),
        ({"verificationStatus": concept("refuted")}, None),
        ({"verificationStatus": concept("entered-in-error")}, None),
        ({"category": None}, 1),
        ({"code": concept("Z5941", "urn:oid:2.16.840.1.113883.6.90")}, 1),
        ({"code": concept("Z59.41", "http://snomed.info/sct")}, None),
        ({"code": concept("E11.9", ICD10)}, None),
        ({"recordedDate": None, "onsetDateTime": "2026-08-01"}, 1),
        ({"recordedDate": None, "onsetPeriod": {"start": "2026-08-01"}}, 1),
        ({"subject": {"reference": "Group/g1"}}, None),
    ],
)
def test_active_conditions_that_are_not_refuted_count(changes, is_counted):
    assert food(condition(**changes)) == is_counted


def test_of_versions_the_latest_counts_in_any_order():
    first = condition(meta={"versionId": "1"})
    refuted = condition(meta={"versionId": "2"}, verificationStatus=concept("refuted"))
    emptied = condition(
        meta={"versionId": "2"}, verificationStatus=concept("entered-in-error"), code=None
    )
    for last in (refuted, emptied):
        assert food(first, last) is food(last, first) is None


def test_a_deleted_condition_is_taken_back():
    gone = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Condition/c1"}}],
    }
    assert food(condition(), gone) is None


def test_one_without_a_day_is_told_and_one_without_a_patient_is_refused():
    found = read(condition(recordedDate=None), condition(id="c2", subject=None))
    assert "1 diagnosed without a day" in " ".join(sentences(found.step_counts.left_out))
    assert [each.says for each in found.report.problems] == [
        "This names no patient. Send it with its subject."
    ]


def test_a_need_that_was_met_is_read_beside_it_as_before():
    screen = observation(
        "88122-7", valueCodeableConcept=concept("LA28397-0"), effectiveDateTime="2026-08-12"
    )
    met = condition(
        clinicalStatus=concept("resolved"),
        category=[concept("food-insecurity")],
        abatementDateTime="2026-09-20",
    )
    with_code, without = read(screen, met), read(screen, {**met, "code": None})
    assert with_code.cells == without.cells
    assert with_code.step_counts.steps == without.step_counts.steps
