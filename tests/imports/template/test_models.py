"""The table of counts: what it holds is read whole, and everything wrong is told at once."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.errors import BadInput, Problem
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import CellKey
from readiness.imports.template.models import (
    COLUMNS,
    COUNTS,
    INSTRUMENTS,
    MIXED,
    NAMES,
    NOT_OURS,
    Expectations,
    TemplateRows,
    Unit,
)
from readiness.imports.template.reader import MIXED_UNITS, NO_ROWS, ONE_PATIENT_A_ROW, read_rows

TODAY = date(2026, 11, 22)
GROUND = Expectations(TODAY, sites=("elm", "oak"), groups=("g1",))
ROW = {
    "schema_version": "1",
    "group_id": "g1",
    "site_id": "elm",
    "period": "2026-Q3",
    "as_of_date": "2026-10-15",
    "instrument": "ahc_hrsn",
    "unit": "patients",
    "need": "food",
    "stratum_type": "total",
    "stratum": "total",
    "eligible": "400",
    "not_offered": "100",
    "declined": "40",
    "unknown": "5",
    "incomplete": "15",
    "screened": "240",
    "positive": "60",
    "wants_help": "30",
    "help_offered": "40",
    "referred_30d": "20",
    "intervention_30d": "45",
    "positive_mature": "50",
    "connected_30d": "9",
    "outcome_known": "18",
    "connected": "12",
    "resolved": "6",
    "csp_contact_60d": "12",
}
KEY = CellKey("g1", "elm", "2026-Q3", "food", "total", "total")


def table(*changes: dict[str, str], ground: Expectations = GROUND, also: str = "") -> TemplateRows:
    """A good row with changes, as often as there are changes."""
    names = [*NAMES, *([also] if also else [])]
    rows = [{**ROW, **each} for each in changes or ({},)]
    lines = [
        (f"line {n}", [row.get(name, "") for name in names]) for n, row in enumerate(rows, start=2)
    ]
    return read_rows(names, lines, ground)


def problems(*changes: dict[str, str], ground: Expectations = GROUND, also: str = "") -> list[str]:
    with pytest.raises(BadInput) as told:
        table(*changes, ground=ground, also=also)
    return [str(problem) for problem in told.value.problems]


def part(kind: str, name: str, **changes: str) -> dict[str, str]:
    """A row that knows only how many were screened and positive."""
    empty = {column.name: "" for column in COUNTS}
    return {**empty, "stratum_type": kind, "stratum": name, **changes}


def counts(need: str, screened: str, positive: str, **changes: str) -> dict[str, str]:
    row = part("total", "total", need=need, screened=screened, positive=positive)
    return {**row, **changes}


def test_a_good_row_is_read_whole():
    found = table()
    assert found.cells[KEY][Step.POSITIVE] == 60
    assert found.cells[KEY][Step.CSP_CONTACT_60D] == 12
    assert Step.EXCLUDED not in found.cells[KEY]
    assert (found.unit, found.warnings) == (Unit.PATIENTS, ())
    assert found.as_of == {"2026-Q3": date(2026, 10, 15)}
    assert found.instruments == ("ahc_hrsn",)


def test_every_step_of_a_file_has_its_column():
    steps = [column.step for column in COUNTS]
    by_hand_alone = {Step.SCREENING_OFFERED, Step.ANY_POSITIVE, Step.REFERRED}
    by_diagnosis = {Step.DOCUMENTED}  # counted from diagnoses, and never with screens
    assert len(set(steps)) == len(steps)
    assert set(Step) - set(steps) == by_hand_alone | by_diagnosis


def test_the_least_is_a_quarter_a_need_and_two_counts():
    found = read_rows(
        ("Period", "as of date", "NEED", "screened", "positive"),
        [("line 2", ["2026-q3", "10/15/2026", "Food", "240", "60"])],
        Expectations(TODAY),
    )
    assert found.cells == {
        CellKey("-", "ALL", "2026-Q3", "food", "total", "total"): {
            Step.SCREENED: 240,
            Step.POSITIVE: 60,
        }
    }


def test_rows_without_counts_are_passed_over():
    empty = part("total", "total")
    assert list(table({}, {**empty, "need": "safety"}).cells) == [KEY]
    assert problems(empty) == [NO_ROWS]


def test_a_column_that_we_do_not_know_is_named_and_refused():
    assert problems(also="member_ssn") == [
        "headings: Remove this column: “member_ssn”. Send counts, never patients."
    ]
    assert problems(also="617-555-0134") == [
        "headings: Remove this column: column 31. Send counts, never patients."
    ]


def test_a_table_of_something_else_is_not_repeated():
    with pytest.raises(BadInput) as told:
        read_rows(("Planted Person", "1990-01-02"), [], GROUND)
    assert told.value.problems == (Problem("headings", NOT_OURS),)


def test_a_missing_column_is_told():
    with pytest.raises(BadInput, match="Add the missing column: as_of_date, positive"):
        read_rows(("period", "need", "screened"), [], GROUND)


WRONG = [
    ({"period": "2026-Q4"}, "period: This quarter is not over. Send it after its last day."),
    ({"period": "July"}, "period: Write a calendar quarter as 2026-Q3."),
    (
        {"as_of_date": "2026-09-29"},
        ("as_of_date: Counts are made after the quarter: on 2026-09-30 or later. Make them again, "
        "or correct the day."),
    ),
    ({"as_of_date": "2027-01-01"}, "as_of_date: This day is in the future. Correct it."),
    ({"as_of_date": ""}, "as_of_date: Write the day the counts were made as 2026-10-15."),
    ({"site_id": "ash"}, "site_id: Use a name from the template that you download."),
    ({"group_id": "g2"}, "group_id: Use a name from the template that you download."),
    (
        {"positive": "<11"},
        "positive: Write the true number, or suppressed where your source hides it; never <11.",
    ),
    ({"positive": "-1"}, "positive: A count is 0 or more. Correct it."),
    (
        {"positive": "1,204"},
        "positive: Write the whole number without separators, such as 1204.",
    ),
    (
        {"positive": "12.5"},
        "positive: Write a whole number, or leave the cell empty when it is not known.",
    ),
    ({"positive": "99999999"}, "positive: This is more than 9,999,999. Check the number."),
    ({"unit": "visits"}, "unit: Write one of: patients, screens."),
    ({"schema_version": "2"}, "schema_version: Write one of: 1."),
    ({"stratum": "10025"}, "stratum: This seems to hold a ZIP code. Write one of: total."),
    (
        {"stratum_type": "sex", "stratum": "1990-01-02"},
        "stratum: This seems to hold a date. Write one of: female, male, other, unknown.",
    ),
    (
        {"group_id": "1EG4-TE5-MK73"},
        ("group_id: This seems to hold a Medicare number. Use a name from the template that you "
        "download."),
    ),
    ({"instrument_version": "AB12345C"}, ("instrument_version: This seems to hold a Medicaid "
     "number: take it out.")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), WRONG, ids=lambda each: str(each)[:30])
def test_a_cell_that_cannot_be_read_is_told_with_what_to_do(change, says):
    assert problems({}, change) == [f"line 3, {says}"]


def test_a_need_is_one_of_the_list():
    [said] = problems({"need": "weather"})
    assert said.startswith("line 2, need: Write one of: food, housing,")
    assert "weather" not in said


def test_everything_wrong_is_told_at_once():
    assert len(problems({"period": "x", "unit": "y", "positive": "z"}, {"need": "w"})) == 4


@pytest.mark.parametrize(
    "planted",
    ["617-555-0134", "jo@example.org", "550e8400-e29b-41d4-a716-446655440000", "12/31/1990",
     "12345678", "10025-1234", "12 Planted Road"],
)  # fmt: skip
def test_a_label_that_names_a_person_is_refused_and_not_repeated(planted):
    for column in ("site_id", "group_id", "instrument_version"):
        [said] = problems({column: planted}, ground=Expectations(TODAY))
        assert "This seems to hold" in said
        assert planted not in said


def test_rows_of_single_patients_are_refused():
    rows = [counts(need, "1", positive) for need, positive in (("food", "0"), ("safety", "1"))]
    assert problems(*rows) == [ONE_PATIENT_A_ROW]
    assert table(counts("food", "0", "0")).cells


def test_a_row_stands_in_the_file_once():
    assert problems({}, {}) == [
        (
            "line 3: This row stands in line 2 too. Keep one; where two instruments were used, add "
            "them up and write mixed."
        )
    ]


def test_patients_and_screens_are_not_mixed():
    assert problems({}, {"need": "safety", "unit": "screens"}) == [MIXED_UNITS]


def test_what_the_source_hides_is_not_known_and_that_is_said():
    found = table({"positive_mature": "Suppressed"})
    assert Step.POSITIVE_MATURE not in found.cells[KEY]
    assert [str(each) for each in found.warnings] == [
        (
            "line 2, positive_mature: suppressed at the source is taken as not known. Send the "
            "true number if you can."
        )
    ]


def test_a_text_kept_from_running_is_read_without_its_apostrophe():
    assert problems({"instrument": "'=x"})[0].startswith("line 2, instrument: Write one of")
    assert table({"site_id": "'elm"}, ground=Expectations(TODAY)).cells.keys() == {
        CellKey("g1", "'elm", "2026-Q3", "food", "total", "total")
    }


def test_of_endless_problems_the_first_are_told():
    said = problems(*({"need": "x"} for _ in range(300)))
    assert len(said) == 201
    assert said[-1] == "There are 100 more problems. Mend these first."


def test_every_column_explains_itself():
    assert all(column.meaning.endswith(".") for column in COLUMNS)
    assert {Need.ANY, Need.ALL5} <= set(Need)


def test_every_instrument_of_the_code_table_can_be_named_and_no_other():
    forms = set(screening.load().instruments) - {"single_items"}  # questions of no form are "other"
    assert set(INSTRUMENTS) == {*forms, MIXED, "other"}
