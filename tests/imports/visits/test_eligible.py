"""Who was eligible: everybody seen in a quarter, once, and nobody screened is left out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readiness.core.periods import Period, quarter_of
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.checks import contradictions
from readiness.counts.social_risk.models import FunnelCounts, Need, Step
from readiness.imports.models import WHOLE_GROUP
from readiness.imports.screens.quarter_counts import file_counts
from readiness.imports.service.screens import aggregate
from readiness.imports.step_counts import sentences
from tests.factories import patient_lists
from tests.factories.fhir import bundle, observation
from tests.factories.patient_lists import counted, screens, steps_at, visits

ELIGIBLE = Step.ELIGIBLE


def said(found) -> str:
    return " ".join(sentences(found.step_counts.left_out))


def test_without_visits_nothing_is_said_of_who_was_eligible():
    found = counted(screens(("1", "2026-07-01", "food", "positive")))
    assert not found.step_counts.steps
    assert found.step_counts.left_out is None


def test_a_patient_with_several_visits_is_eligible_once():
    found = counted(visits(("1", "2026-07-01"), ("1", "2026-08-01"), ("2", "2026-09-30")))
    assert steps_at(found, "") == {ELIGIBLE: 2}


def test_whoever_was_screened_without_a_visit_was_seen_and_is_told():
    found = counted(
        screens(("1", "2026-07-01", "food", "positive"), ("2", "2026-07-02", "food", "negative")),
        visits(("1", "2026-07-01"), ("3", "2026-07-05")),
    )
    assert steps_at(found, "") == {ELIGIBLE: 3}
    assert found.step_counts.left_out
    assert found.step_counts.left_out.screened_without_visit == 1
    assert "1 screened in a quarter in which no visit names them" in said(found)


def test_a_quarter_without_any_visit_has_no_eligible():
    found = counted(screens(("1", "2026-04-01", "food", "positive")), visits(("1", "2026-07-01")))
    assert steps_at(found, "", "2026-Q2") == {}
    assert steps_at(found, "", "2026-Q3") == {ELIGIBLE: 1}


def test_one_period_is_kept_of_both():
    found = counted(
        screens(("1", "2026-04-01", "food", "positive")),
        visits(("1", "2026-04-01"), ("2", "2026-07-01")),
        period=Period(2026, 3),
    )
    assert {key.period for key in found.step_counts.steps} == {"2026-Q3"}


def test_the_latest_visit_or_screen_says_where_a_patient_counts():
    found = counted(
        screens(("1", "2026-07-01", "food", "positive", "elm"), ("2", "2026-08-02", "food",
                "negative", "elm")),
        visits(("1", "2026-08-01", "oak"), ("2", "2026-08-01", "oak")),
    )  # fmt: skip
    assert steps_at(found, "", site_id="oak") == {ELIGIBLE: 1}
    assert steps_at(found, "", site_id="elm") == {ELIGIBLE: 1}
    food = {key.site_id: of for key, of in found.cells.items() if key.need == "food"}
    assert (food["oak"].positive, food["elm"].negative) == (1, 1)


def test_of_two_visits_on_one_day_the_same_one_counts_in_any_order():
    said = (("oak", "english"), ("elm", "spanish"), ("elm", "english"), ("", "spanish"))
    rows = [("1", "2026-08-01", *each) for each in said]
    found = [counted(visits(*order)).step_counts.steps for order in permutations(rows)]
    assert all(steps == found[0] for steps in found)


def test_strata_of_those_never_screened_come_from_their_visits():
    found = counted(
        screens(("1", "2026-07-01", "food", "positive", "", "english")),
        visits(("2", "2026-07-01", "", "spanish"), ("3", "2026-07-01")),
    )
    assert {
        key.stratum: of[ELIGIBLE]
        for key, of in found.step_counts.steps.items()
        if key.stratum_type == "language"
    } == {"english": 1, "spanish": 1, "unknown": 1}


def test_places_named_in_words_have_one_label_in_all_tables():
    found = counted(
        screens(("1", "2026-07-01", "food", "positive", "Elm Street Clinic 4")),
        visits(
            ("2", "2026-07-01", "Oak Road Clinic 9"), ("1", "2026-07-01", "Elm Street Clinic 4")
        ),
    )
    sites = {key.site_id: of[ELIGIBLE] for key, of in found.step_counts.steps.items()
             if key.stratum_type == "total"}  # fmt: skip
    assert len(sites) == 2
    assert set(sites.values()) == {1}


def test_a_line_without_a_day_is_told_by_its_place_and_left_out():
    found = counted(visits(("1", "2026-07-01"), ("Qplanted", "soon")))
    assert steps_at(found, "") == {ELIGIBLE: 1}
    assert [each.place for each in found.report.problems] == ["visits, line 3"]
    assert "Qplanted" not in repr(found)


SITES, TONGUES = ("", "elm", "oak"), ("", "english", "spanish")
DAYS = st.integers(0, 270).map(lambda days: date(2026, 1, 1) + timedelta(days))
MET = st.tuples(st.sampled_from("abcdef"), DAYS, st.sampled_from(SITES), st.sampled_from(TONGUES))


@given(
    st.lists(MET, max_size=25, unique_by=lambda met: met[:2]),
    st.lists(st.tuples(MET, st.sampled_from(("positive", "negative", "unknown"))), max_size=12,
             unique_by=lambda one: one[0][:2]),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_eligible_are_counted_as_a_few_lines_count_them(seen, screened, dice):
    """Latest site and latest words of each patient and quarter, visits and screens alike."""
    assume(seen or screened)
    met = sorted(
        [(day, 0, who, site, tongue) for who, day, site, tongue in seen]
        + [(day, 1, who, site, tongue) for (who, day, site, tongue), _ in screened]
    )
    at: dict[tuple[str, str], list[str]] = {}
    for day, _, who, site, tongue in met:
        before = at.setdefault((str(quarter_of(day)), who), ["", ""])
        at[str(quarter_of(day)), who] = [site or before[0], tongue or before[1]]
    told = {str(quarter_of(day)) for _, day, _, _ in seen}
    has_strata = any(tongue for _, tongue in at.values())
    expected: dict[tuple[str, str, str], int] = {}
    for (quarter, _), (site, tongue) in at.items():
        for part in ("total", *([tongue or "unknown"] if has_strata else [])):
            if quarter in told:
                key = (quarter, site or "ALL", part)
                expected[key] = expected.get(key, 0) + 1
    rows = [(who, day, site, tongue) for who, day, site, tongue in seen]
    dice.shuffle(rows)
    sources = [
        visits(*rows),
        screens(*((who, day, "food", result, site, tongue)
                  for (who, day, site, tongue), result in screened)),
    ]  # fmt: skip
    dice.shuffle(sources)
    found = counted(*sources)
    assert {
        (key.period, key.site_id, key.stratum): of[ELIGIBLE]
        for key, of in found.step_counts.steps.items()
    } == expected
    counted_by_quarter = file_counts(found.cells, {}, "g", {}, found.step_counts.steps).quarters
    for period, by_site in counted_by_quarter.items():
        assert not contradictions(FunnelCounts(period, by_site[WHOLE_GROUP]))
    for cell, counts in found.cells.items():
        if cell.need == Need.FOOD and cell.period in told:
            assert counts.screened <= expected[cell.period, cell.site_id, cell.stratum]


# FHIR


def encounter(number: int, **changes):
    return {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "status": "finished",
        "subject": {"reference": f"Patient/{number}"},
        "period": {"start": "2026-08-12T09:00:00-04:00"},
        **changes,
    }


def of_fhir(*resources):
    lines = "\n".join(map(json.dumps, resources)).encode()
    return aggregate([file_in_memory("file 1", "a.ndjson", lines)], today=patient_lists.TODAY)


SCREEN = observation("93030-5", subject={"reference": "Patient/1"},
                     valueCodeableConcept={"coding": [{"code": "LA33-6"}]})  # fmt: skip


@pytest.mark.parametrize(
    ("status", "is_counted"),
    [("finished", True), ("in-progress", True), ("planned", False), ("cancelled", False),
     ("entered-in-error", False), (None, False)],
)  # fmt: skip
def test_encounters_that_took_place_are_visits(status, is_counted):
    found = of_fhir(SCREEN, encounter(1), encounter(2, status=status), encounter(3))
    assert steps_at(found, "") == {ELIGIBLE: 2 + is_counted}
    assert found.report.skipped == (not is_counted)


def test_the_latest_version_of_an_encounter_counts_in_any_order():
    versions = [
        encounter(2, meta={"versionId": "1"}),
        encounter(2, status="entered-in-error", meta={"versionId": "2"}),
        encounter(3),
    ]
    for order in permutations(versions):
        assert steps_at(of_fhir(*order), "") == {ELIGIBLE: 1}


def test_an_encounter_that_was_deleted_is_no_visit():
    gone = {"resourceType": "Bundle", "type": "transaction",
            "entry": [{"request": {"method": "DELETE", "url": "Encounter/e2"}}]}  # fmt: skip
    assert steps_at(of_fhir(gone, encounter(2), encounter(3)), "") == {ELIGIBLE: 1}


def test_encounters_of_those_screened_alone_tell_nothing_of_who_was_eligible():
    found = of_fhir(SCREEN, encounter(1))
    assert not found.step_counts.steps
    assert "only those of patients who were screened" in said(found)
    assert steps_at(of_fhir(SCREEN, encounter(1), encounter(2)), "") == {ELIGIBLE: 2}


def test_an_encounter_in_a_bundle_is_about_the_patient_of_the_bundle():
    patient = {"resourceType": "Patient", "id": "1", "gender": "female"}
    found = of_fhir(bundle(patient, SCREEN, encounter(1), encounter(2)), encounter(4, subject=None))
    assert steps_at(found, "", part=("sex", "female")) == {ELIGIBLE: 1}
    assert len(found.report.problems) == 1  # the one that names nobody
