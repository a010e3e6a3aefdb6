"""Referrals, their outcomes, interventions and needs that were met, as FHIR has them."""

from __future__ import annotations

import json
import random
from datetime import date

import pytest

from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.fhir.referral import NEED_OF_CATEGORY
from readiness.imports.service.screens import aggregate
from readiness.imports.step_counts import sentences
from tests.factories.fhir import concept, observation
from tests.factories.patient_lists import steps_at

CATEGORIES = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
RIDES = [concept("transportation-insecurity", CATEGORIES)]
SUBJECT = {"reference": "Patient/p1"}
SCREEN = observation(
    "93030-5", valueCodeableConcept=concept("LA33-6"), effectiveDateTime="2026-08-12"
)


def request(**changes):
    return {
        "resourceType": "ServiceRequest",
        "id": "sr1",
        "status": "active",
        "intent": "order",
        "category": RIDES,
        "code": concept("715484003", "http://snomed.info/sct"),
        "subject": SUBJECT,
        "authoredOn": "2026-08-14T10:00:00Z",
        **changes,
    }


def task(status="completed", **changes):
    return {
        "resourceType": "Task",
        "id": "t1",
        "status": status,
        "focus": {"reference": "ServiceRequest/sr1"},
        "lastModified": "2026-08-30T10:00:00Z",
        **changes,
    }


def procedure(**changes):
    return {
        "resourceType": "Procedure",
        "id": "pr1",
        "status": "completed",
        "category": RIDES[0],
        "subject": SUBJECT,
        "performedDateTime": "2026-08-20",
        **changes,
    }


def condition(**changes):
    return {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": concept("resolved"),
        "verificationStatus": concept("confirmed"),
        "category": [concept("health-concern"), *RIDES],
        "subject": SUBJECT,
        "abatementDateTime": "2026-09-20",
        **changes,
    }


def of_files(*files):
    sources = [
        file_in_memory(f"file {at}", "a.ndjson", "\n".join(map(json.dumps, each)).encode())
        for at, each in enumerate(files, 1)
    ]
    return aggregate(sources, today=date(2027, 3, 1))


def rides(*resources):
    return steps_at(of_files([SCREEN, *resources]), "transportation")


def said(found) -> str:
    return " ".join(sentences(found.step_counts.left_out))


def test_a_request_a_report_on_it_and_a_need_that_was_met():
    assert rides(request(), task(), condition()) == {
        Step.REFERRED: 1,
        Step.REFERRED_30D: 1,
        Step.OUTCOME_KNOWN: 1,
        Step.CONNECTED: 1,
        Step.RESOLVED: 1,
        Step.INTERVENTION_30D: 1,
        Step.POSITIVE_MATURE: 1,
        Step.CONNECTED_30D: 1,
    }


@pytest.mark.parametrize(
    ("status", "is_counted"),
    [("active", 1), ("on-hold", 1), ("completed", 1), ("draft", None), ("revoked", None),
     ("entered-in-error", None), ("unknown", None)],
)  # fmt: skip
def test_only_requests_that_were_sent_are_referrals(status, is_counted):
    assert rides(request(status=status)).get(Step.REFERRED) == is_counted


@pytest.mark.parametrize(
    ("status", "known", "connected"),
    [("completed", 1, 1), ("rejected", 1, 0), ("failed", 1, 0), ("cancelled", 1, 0),
     ("accepted", 0, 0), ("in-progress", 0, 0), ("requested", 0, 0)],
)  # fmt: skip
def test_the_status_of_the_task_is_the_outcome(status, known, connected):
    steps = rides(request(), task(status))
    assert (steps[Step.OUTCOME_KNOWN], steps[Step.CONNECTED]) == (known, connected)


def test_the_end_of_the_task_goes_before_its_last_change():
    early = rides(request(), task(executionPeriod={"end": "2026-08-20"}, lastModified="2027-01-01"))
    late = rides(request(), task(executionPeriod={"end": "2026-12-20"}, lastModified="2026-08-20"))
    assert (early[Step.CONNECTED_30D], late[Step.CONNECTED_30D]) == (1, 0)


def test_a_procedure_is_an_intervention_and_no_referral():
    assert rides(procedure()) == {Step.INTERVENTION_30D: 1, Step.POSITIVE_MATURE: 1}
    late = rides(procedure(performedDateTime=None, performedPeriod={"start": "2026-10-01"}))
    assert late[Step.INTERVENTION_30D] == 0
    assert rides(procedure(status="in-progress")) == {}


def test_a_procedure_without_a_need_takes_that_of_the_request_it_is_based_on():
    based = {"category": None, "basedOn": [{"reference": "ServiceRequest/sr1"}]}
    steps = rides(request(authoredOn="2026-10-30"), procedure(**based))
    assert (steps[Step.REFERRED_30D], steps[Step.INTERVENTION_30D]) == (0, 1)


def test_a_condition_that_is_active_or_entered_in_error_is_not_met():
    for changes in (
        {"clinicalStatus": concept("active")},
        {"verificationStatus": concept("entered-in-error")},
    ):
        assert Step.RESOLVED not in rides(request(), task(), condition(**changes))


@pytest.mark.parametrize("category", sorted(NEED_OF_CATEGORY))
def test_every_category_of_the_guide_tells_its_need(category):
    sent = request(category=[concept("sdoh"), concept(category, CATEGORIES)])
    found = of_files([SCREEN, sent])
    assert found.step_counts.left_out
    own = NEED_OF_CATEGORY[category]
    assert found.step_counts.left_out.without_found_need == (own is not Need.TRANSPORTATION)
    assert found.step_counts.left_out.needs_unknown == 0


def test_a_social_need_that_is_not_told_is_counted_apart():
    vague = request(category=[concept("sdoh")])
    other = request(id="sr2", category=[concept("elder-abuse", CATEGORIES)])
    heart = request(id="sr3", category=[concept("409063005")])
    found = of_files([SCREEN, vague, other, heart, task()])
    assert found.step_counts.left_out
    assert found.step_counts.left_out.needs_unknown == 2
    assert "2 that tell no need we count" in said(found)
    assert found.report.skipped == 1  # the heart's


def test_the_order_of_resources_and_files_never_matters():
    resources = [
        SCREEN,
        request(meta={"versionId": "1"}, authoredOn="2026-10-01"),
        request(meta={"versionId": "2"}),
        request(id="sr9", meta={"versionId": "1"}),
        request(id="sr9", meta={"versionId": "2"}, status="revoked"),
        task("accepted", meta={"versionId": "1"}),
        task("rejected", meta={"versionId": "2"}),
        procedure(category=None, basedOn=[{"reference": "ServiceRequest/sr1"}]),
        condition(),
    ]
    expected = of_files(resources)
    assert steps_at(expected, "transportation")[Step.OUTCOME_KNOWN] == 1
    assert steps_at(expected, "transportation")[Step.CONNECTED] == 0
    dice = random.Random(7)
    for _ in range(12):
        dice.shuffle(resources)
        cut = dice.randrange(len(resources))
        found = of_files(resources[:cut], resources[cut:]) if cut else of_files(resources)
        assert found.step_counts == expected.step_counts


def test_a_request_that_was_revoked_or_deleted_takes_its_outcome_with_it():
    revoked = request(status="revoked", meta={"versionId": "2"})
    gone = {"resourceType": "Bundle", "type": "transaction",
            "entry": [{"request": {"method": "DELETE", "url": "ServiceRequest/sr1"}}]}  # fmt: skip
    for last in (revoked, gone):
        assert rides(request(meta={"versionId": "1"}), task(), last) == {}
        assert rides(last, request(meta={"versionId": "1"}), task()) == {}


def test_references_inside_a_bundle_are_those_of_its_entries():
    def entry(resource, address):
        return {"fullUrl": address, "resource": resource}

    sent = {"resourceType": "Bundle", "type": "collection", "entry": [
        entry(task(focus={"reference": "urn:uuid:the-request"}), "urn:uuid:the-task"),
        entry(request(), "urn:uuid:the-request"),
        entry({**SCREEN, "subject": SUBJECT}, "urn:uuid:screen"),
    ]}  # fmt: skip
    assert steps_at(of_files([sent]), "transportation")[Step.CONNECTED] == 1


def test_a_referral_that_names_nobody_is_refused_by_its_place():
    found = of_files([SCREEN, request(subject={"display": "Qplanted Name"})])
    assert [each.place for each in found.report.problems] == ["file 1, line 2"]
    assert "Qplanted" not in repr(found)
