"""Columns of what followed, beside the screens of a wide table."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import Step
from readiness.imports.service.screens import aggregate
from tests.factories.patient_lists import steps_at

MAPPING = """
shape = "redcap"
[columns]
patient = "id"
date = "on"
complete = "form_complete"
[fields.food]
need = "food"
[fields.food_help]
need = "food"
about = "wants_help"
[fields.food_help.results]
"1" = "yes"
"0" = "no"
[fields.sent]
need = "food"
about = "referred"
[fields.came]
need = "food"
about = "outcome"
[fields.came.results]
"arrived" = "connected"
"""


def counted(*rows: str, mapping: str = MAPPING):
    text = "\n".join(["id,on,form_complete,food,food_help,sent,came", *rows])
    source = file_in_memory("file 1", "x.csv", text.encode())
    return aggregate([source], mapping=mapping, today=date(2027, 3, 1))


def test_a_line_tells_the_need_and_what_followed():
    found = counted("1,2026-07-10,2,positive,1,2026-07-20,arrived", "2,2026-07-10,2,positive,0,,")
    steps = steps_at(found, "food")
    assert (steps[Step.WANTS_HELP], steps[Step.REFERRED], steps[Step.CONNECTED]) == (1, 1, 1)


def test_what_followed_belongs_to_the_quarter_of_its_line():
    found = counted("1,2026-05-10,2,positive,0,,", "1,2026-08-10,2,positive,1,,")
    assert steps_at(found, "food", "2026-Q2") == {Step.WANTS_HELP: 0}
    assert steps_at(found, "food", "2026-Q3") == {Step.WANTS_HELP: 1}


def test_of_a_form_that_is_not_finished_nothing_is_counted():
    found = counted("1,2026-07-10,1,positive,1,2026-07-20,arrived")
    assert not found.cells
    assert not found.step_counts.steps


def test_a_word_that_is_not_known_is_told_by_its_place_and_leaves_the_screen_counted():
    found = counted("Qplanted,2026-07-10,2,positive,perhaps,,")
    assert [each.place for each in found.report.problems] == ["file 1, line 2"]
    assert {key.need for key in found.cells} >= {"food"}
    assert not found.step_counts.steps
    assert "Qplanted" not in repr(found)


def test_a_field_about_something_else_is_refused():
    with pytest.raises(BadInput) as told:
        counted(mapping=MAPPING.replace('about = "outcome"', 'about = "mood"'))
    assert [each.place for each in told.value.problems] == ["fields.came.about"]
