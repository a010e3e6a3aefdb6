"""The table of counts as a file: read whole, or refused with every problem at its line."""

from __future__ import annotations

from datetime import date

import pytest
from openpyxl import Workbook

from readiness.core.errors import BadInput
from readiness.core.tables.models import SourceFile
from readiness.counts.social_risk.models import Step
from readiness.imports.screens.models import CellKey
from readiness.imports.template import reader as template
from readiness.imports.template.models import is_ours
from tests.factories.questionnaire_workbook import saved
from tests.factories.readings import DATA, a_reading, file_of

TODAY = date(2026, 11, 22)
CONTENT = (DATA / "template" / "counts.csv").read_text(encoding="utf-8")


def as_workbook(content: str) -> bytes:
    book = Workbook()
    for line in content.splitlines():
        book.worksheets[0].append(line.split(","))
    return saved(book)


@pytest.mark.parametrize("source", [file_of(CONTENT), file_of(as_workbook(CONTENT))])
def test_csv_and_workbook_say_the_same(source: SourceFile):
    found = template.read_template(source, a_reading(), TODAY, sites=("elm", "oak"), groups=("g1",))
    assert len(found.cells) == 5
    food = found.cells[CellKey("g1", "elm", "2026-Q3", "food", "total", "total")]
    assert (food[Step.SCREENED], food[Step.UNKNOWN]) == (240, 5)
    assert Step.POSITIVE_MATURE not in food
    assert [problem.place for problem in found.warnings] == ["file 1, line 2, positive_mature"]


def test_a_line_that_is_cut_off_refuses_the_file_with_all_else_that_is_wrong():
    content = CONTENT.replace(",male,,,,,,90,15,,,", ",male").replace(
        "total,400,100,40,10", "total,400,100,40,x"
    )
    with pytest.raises(BadInput) as told:
        template.read_template(file_of(content), a_reading(), TODAY)
    assert [problem.place for problem in told.value.problems] == [
        "file 1, line 4",
        "file 1, line 6, unknown",
    ]


def test_a_row_that_adds_up_others_refuses_the_file_by_its_line():
    lines = CONTENT.splitlines()
    width = lines[0].count(",") + 1
    sums = ",".join(["Total", *[""] * (width - 2), "700"])
    with pytest.raises(BadInput) as told:
        template.read_template(file_of("\n".join([*lines, sums])), a_reading(), TODAY)
    assert [str(problem) for problem in told.value.problems] == [
        f"file 1, line {len(lines) + 1}: {template.SUMS}"
    ]


def test_our_table_is_recognized_and_a_table_of_patients_is_not():
    assert is_ours(CONTENT.split("\n")[0].split(","))
    assert not is_ours(("patient", "need", "result", "date"))


def test_a_table_with_a_column_of_patients_is_still_ours_and_refused():
    lines = CONTENT.splitlines()
    content = "\n".join([f"{lines[0]},patient_name", *(f"{line},Planted" for line in lines[1:])])
    assert is_ours(content.split("\n")[0].split(","))
    with pytest.raises(BadInput, match="Remove this column: “patient_name”") as told:
        template.read_template(file_of(content), a_reading(), TODAY)
    assert "Planted" not in str(told.value)
