"""Needs that a diagnosis documents: counted by themselves, and never with the screens."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from readiness.core.errors import BadInput
from readiness.core.periods import CalendarYear, Period
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.social_risk_table import releasable_cells
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape
from readiness.imports.models import WHOLE_GROUP
from readiness.imports.screens.quarter_counts import file_counts
from readiness.imports.service.screens import aggregate
from readiness.imports.step_counts import sentences
from tests.factories.patient_lists import SCREENS, VISITS, screens, steps_at, table, visits

DOCUMENTED = Step.DOCUMENTED
DIAGNOSES = """
shape = "diagnoses"
[columns]
patient = "mrn"
date = "recorded_on"
code = "icd10"
site = "clinic"
language = "language"
"""
HEADINGS = ("mrn", "recorded_on", "icd10", "clinic", "language")


def diagnoses(*rows):
    return table(HEADINGS, rows, "diagnoses")


def counted(*sources, **named):
    mappings = [SCREENS, VISITS, DIAGNOSES]
    return aggregate(sources, mapping=mappings, today=date(2027, 3, 1), **named)


def documented(found, need, **where):
    return steps_at(found, need, **where).get(DOCUMENTED)


@pytest.mark.parametrize(
    ("code", "need"),
    [
        ("Z59.41", "food"), ("Z5948", "food"), ("z59.811", "housing_instability"),
        ("Z59.02", "homelessness"), ("Z59.19", "inadequate_housing"), ("Z59.12", "utilities"),
        ("Z59.861", "utilities"), ("Z59.82", "transportation"), ("Z63.0", "safety"),
        ("Z59.868", "financial"), ("Z59.87", "material"), ("Z56.81", "employment"),
        ("Z55.5", "education"), ("Z55.6", "literacy"), ("Z60.2", "social"),
        ("Z59.71", "insurance"), ("Z59.41 - Food insecurity", "food"),
    ],
)  # fmt: skip
def test_a_code_documents_its_need_with_or_without_its_dot(code, need):
    found = counted(diagnoses(("1", "2026-07-01", code)))
    assert {key.need for key in found.step_counts.steps} - {"housing"} == {need}
    assert documented(found, need) == 1


def test_a_patient_is_documented_once_for_a_need_and_quarter_whatever_the_codes():
    found = counted(
        diagnoses(
            ("1", "2026-07-01", "Z59.41"),
            ("1", "2026-08-01", "Z59.48"),
            ("1", "2026-10-01", "Z59.41"),
            ("2", "2026-07-01", "Z59.41; Z59.82"),
        )
    )
    assert (documented(found, "food"), documented(found, "transportation")) == (2, 1)
    assert documented(found, "food", period="2026-Q4") == 1


def test_housing_is_made_of_its_parts_each_patient_once():
    found = counted(diagnoses(("1", "2026-07-01", "Z59.00|Z59.811"), ("2", "2026-07-01", "Z59.10")))
    assert documented(found, "housing") == 2


def test_a_diagnosis_alone_makes_nobody_screened_or_eligible():
    alone = counted(diagnoses(("1", "2026-07-01", "Z59.41")))
    assert alone.cells == {}
    assert {step for steps in alone.step_counts.steps.values() for step in steps} == {DOCUMENTED}
    beside = counted(visits(("2", "2026-07-01")), diagnoses(("1", "2026-07-01", "Z59.41")))
    assert steps_at(beside, "") == {Step.ELIGIBLE: 1}


def test_site_and_language_are_those_of_the_diagnosis_where_no_screen_says_more():
    found = counted(
        diagnoses(
            ("1", "2026-07-01", "Z59.41", "elm", "Spanish"),
            ("2", "2026-07-01", "Z59.41", "oak", "English"),
        )
    )
    assert documented(found, "food", site_id="elm") == 1
    assert documented(found, "food", site_id="elm", part=("language", "spanish")) == 1


def test_a_screen_or_visit_of_the_quarter_says_whose_patient_somebody_is():
    found = counted(
        screens(("1", "2026-07-01", "food", "negative", "elm", "Spanish")),
        visits(("2", "2026-07-01", "oak")),
        diagnoses(("1", "2026-09-01", "Z59.41"), ("2", "2026-09-01", "Z59.41", "elm")),
    )
    assert documented(found, "food", site_id="elm", part=("language", "spanish")) == 1
    assert documented(found, "food", site_id="oak") == 1


def test_only_the_quarter_that_is_asked_for_is_counted_and_no_year():
    rows = diagnoses(("1", "2026-07-01", "Z59.41"), ("2", "2026-10-01", "Z59.41"))
    found = counted(rows, period=Period(2026, 3))
    assert {key.period for key in found.step_counts.steps} == {"2026-Q3"}
    assert not counted(rows, period=CalendarYear(2026)).step_counts.steps


def test_other_codes_of_the_range_are_known_and_of_no_need_and_the_rest_is_passed_over():
    found = counted(
        diagnoses(
            ("1", "2026-07-01", "Z65.1"), ("1", "2026-07-01", "E11.9"), ("2", "2026-07-01", "Z66")
        )
    )
    assert not found.step_counts.steps
    assert found.report.skipped == 2
    assert "1 diagnosed with another code of Z55 to Z65" in " ".join(
        sentences(found.step_counts.left_out)
    )


def test_a_line_without_a_code_or_a_day_is_told_by_its_place():
    found = counted(
        diagnoses(("1", "2026-07-01", ""), ("2", "soon", "Z59.41"), ("3", "2026-07-01", "Z59.41"))
    )
    assert [str(each).split(": ")[0] for each in found.report.problems] == [
        "diagnoses, line 2",
        "diagnoses, line 3",
    ]
    assert documented(found, "food") == 1


def test_a_mapping_of_diagnoses_has_to_name_the_code():
    text = 'shape = "diagnoses"\n[columns]\npatient = "mrn"\ndate = "recorded_on"\n'
    with pytest.raises(BadInput, match="Name the column of the code"):
        aggregate([diagnoses(("1", "2026-07-01", "Z59.41"))], mapping=text)


def test_the_example_of_a_mapping_reads_a_list():
    rows = b"MRN,RECORDED_ON,ICD10,CLINIC,LANGUAGE,PAYER,DX_NAME\n1,7/3/2026,Z5941,,,,Food\n"
    found = aggregate(
        [file_in_memory("a", "a.csv", rows)], mapping=EXAMPLES[MappingShape.DIAGNOSES]
    )
    assert documented(found, "food") == 1


def test_the_order_of_the_files_changes_nothing():
    files = (
        screens(("1", "2026-07-01", "food", "negative", "elm")),
        diagnoses(("1", "2026-07-01", "Z59.41", "oak"), ("2", "2026-07-01", "Z59.41", "oak")),
        diagnoses(("2", "2026-07-01", "Z59.41", "elm"), ("2", "2026-07-02", "Z65.1", "elm")),
    )
    assert len({str(counted(*order).step_counts.steps) for order in permutations(files)}) == 1


def test_it_never_leaves_the_group():
    spanish = Stratum(StratumType.LANGUAGE, "spanish")
    known = {
        FunnelCell(DOCUMENTED, need, part): 500
        for need in (*Need, None)
        for part in (Stratum(), spanish)
    }
    known[FunnelCell(Step.ELIGIBLE)] = 20_000
    leaving = releasable_cells(FunnelCounts(Period(2026, 3), known))
    assert leaving == {FunnelCell(Step.ELIGIBLE): 20_000}


PATIENT = st.sampled_from(["1", "2", "3", "4"])
DAY = st.sampled_from(["2026-04-01", "2026-07-01", "2026-08-15", "2026-10-02"])
SITE = st.sampled_from(["", "elm", "oak"])
LANGUAGE = st.sampled_from(["", "Spanish", "English"])
SCREEN = st.tuples(
    PATIENT,
    DAY,
    st.sampled_from(["food", "homelessness", "utilities"]),
    st.sampled_from(["positive", "negative", "declined"]),
    SITE,
    LANGUAGE,
)
VISIT = st.tuples(PATIENT, DAY, SITE, LANGUAGE)
CODE = st.sampled_from(["Z59.41", "Z5900", "Z59.811", "Z59.12", "Z65.1", "E11.9"])
DIAGNOSIS = st.tuples(PATIENT, DAY, CODE, SITE, LANGUAGE)


@settings(max_examples=60, deadline=None)
@given(st.lists(SCREEN), st.lists(VISIT), st.lists(DIAGNOSIS, min_size=1))
def test_diagnoses_never_change_another_count(screened, seen, diagnosed):
    assume(screened or seen)
    files = (screens(*screened), visits(*seen))
    without, beside = counted(*files), counted(*files, diagnoses(*diagnosed))
    assert beside.cells == without.cells
    assert beside.years == without.years
    others = {
        key: rest
        for key, steps in beside.step_counts.steps.items()
        if (rest := {step: n for step, n in steps.items() if step is not DOCUMENTED})
    }
    assert others == without.step_counts.steps
    once = {
        (patient, day[:4], (int(day[5:7]) - 1) // 3)
        for patient, day, code, *_ in diagnosed
        if code == "Z59.41"
    }
    food = (
        (steps[DOCUMENTED])
        for key, steps in beside.step_counts.steps.items()
        if key.need == "food" and key.stratum_type == "total" and DOCUMENTED in steps
    )
    assert sum(food) == len(once)


def test_it_stands_under_its_need_in_the_group_and_at_the_site():
    found = counted(
        screens(("1", "2026-07-01", "food", "positive", "elm")),
        diagnoses(("1", "2026-07-01", "Z59.41", "elm"), ("2", "2026-07-01", "Z59.41", "oak")),
    )
    sites = {"elm": "elm", "oak": "oak"}
    quarter = file_counts(found.cells, {}, "g", sites, found.step_counts.steps).quarters[
        Period(2026, 3)
    ]
    cell = FunnelCell(DOCUMENTED, Need.FOOD)
    assert {site: of[cell] for site, of in quarter.items()} == {WHOLE_GROUP: 2, "elm": 1, "oak": 1}
    assert quarter[WHOLE_GROUP][FunnelCell(Step.SCREENED)] == 1
