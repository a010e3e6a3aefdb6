"""Each table goes to the mapping whose columns it holds."""

from __future__ import annotations

from itertools import permutations

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape
from readiness.imports.service.screens import aggregate
from tests.factories.patient_lists import (
    REFERRALS,
    SCREENS,
    VISITS,
    counted,
    referral,
    referrals,
    screens,
    steps_at,
    visits,
)

SCREEN = screens(("1", "2026-07-10", "food", "positive"))
VISIT = visits(("1", "2026-07-10"), ("2", "2026-07-10"))
SENT = referrals(referral("1", "food", referred="2026-07-11"))


def problems(*sources, mapping) -> list[str]:
    with pytest.raises(BadInput) as told:
        aggregate(sources, mapping=mapping)
    return [str(problem) for problem in told.value.problems]


def test_the_order_of_tables_and_mappings_never_matters():
    expected = counted(SCREEN, VISIT, SENT)
    assert steps_at(expected, "")
    assert steps_at(expected, "food")
    for mappings in permutations([SCREENS, VISITS, REFERRALS]):
        for sources in permutations([SCREEN, VISIT, SENT]):
            found = aggregate(sources, mapping=mappings)
            assert found.cells == expected.cells
            assert found.step_counts == expected.step_counts


def test_a_table_that_fits_none_is_refused_with_what_it_lacks():
    stranger = file_in_memory("file 3", "x.csv", b"mrn,seen_on,clinic\nQplanted,2026-07-10,elm\n")
    (says,) = problems(SCREEN, VISIT, stranger, mapping=[SCREENS, VISITS])
    assert says.startswith("file 3: None of the mappings fits this table.")
    assert "“language”" in says
    assert "Qplanted" not in says


def test_a_table_that_fits_two_goes_to_the_one_with_more_columns():
    least = 'shape = "visits"\n[columns]\npatient = "mrn"\ndate = "screened_on"\n'
    assert not aggregate([SCREEN], mapping=[SCREENS, least]).step_counts.steps


def test_a_table_that_fits_two_equally_well_is_refused():
    (says,) = problems(VISIT, mapping=[VISITS, VISITS])
    assert "Two of the mappings fit this table equally well." in says


def test_a_field_of_check_boxes_is_one_of_the_columns():
    wide = (
        'shape = "redcap"\n[columns]\npatient = "mrn"\ndate = "on"\n'
        '[fields.needs]\nquestion = "93031-3"\n[fields.needs.answers]\n"1" = "LA30125-1"\n'
    )
    boxes = file_in_memory("file 1", "x.csv", b"mrn,on,needs___1\n1,2026-07-10,1\n")
    found = aggregate([boxes, VISIT], mapping=[wide, VISITS])
    assert any(key.need == "food" and of.positive for key, of in found.cells.items())
    assert steps_at(found, "")


def test_one_mapping_that_does_not_fit_is_refused_as_ever():
    (says, *_) = problems(VISIT, mapping=SCREENS)
    assert "There is no column for the date (“screened_on”)." in says


def test_of_mappings_for_forms_there_may_be_one():
    form = EXAMPLES[MappingShape.FHIR]
    fhir = file_in_memory("file 1", "x.json", b'{"resourceType": "Patient", "id": "1"}')
    (says,) = problems(fhir, mapping=[form, form])
    assert "Only one of the mappings can be for forms." in says
