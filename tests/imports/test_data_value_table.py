"""A long table of counts read back: what went out comes in, and what cannot be is told by line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.core.errors import BadInput
from readiness.core.periods import Period
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.imports import data_value_table, data_values
from readiness.imports.screens.quarter_counts import file_counts
from readiness.imports.service.data_values import table_of
from readiness.imports.service.screens import aggregate
from readiness.imports.template.models import Expectations
from tests.factories.patient_lists import counted, referral, referrals, screens, visits

TODAY = date(2027, 2, 1)
SITES = ("elm", "oak")
HEAD = "orgUnit,period,dataElement,categoryOptionCombo,value\n"
SOURCES = (
    screens(
        ("1", "2026-07-01", "food", "positive", "elm", "Spanish"),
        ("2", "2026-08-01", "food", "negative", "oak", "English"),
        ("2", "2026-08-01", "safety", "declined", "oak", "English"),
        ("1", "2026-10-01", "food", "positive", "elm", "Spanish"),
    ),
    visits(("3", "2026-07-02", "oak", "English"), ("4", "2026-10-02", "oak", "")),
    referrals(
        referral("1", "food", screened="2026-07-01", wants_help="yes", referred="2026-07-02")
    ),
)


def read(text, **more):
    source = file_in_memory("file 1", "counts.csv", text.encode())
    known = {"group_id": "g1", "sites": SITES, "groups": ["g1"], "today": TODAY, **more}
    return aggregate([source], **known)


def told(*lines, head=HEAD, **more):
    with pytest.raises(BadInput) as refused:
        read(head + "".join(f"{line}\n" for line in lines), **more)
    return [str(problem) for problem in refused.value.problems]


GOOD = "g1,2026Q3,food_screened,default,40\ng1,2026Q3,food_positive,default,7\n"


def test_what_went_out_comes_in_with_sites_parts_and_what_followed():
    out = table_of(counted(*SOURCES, group_id="g1")).decode("utf-8-sig")
    for element in ("all_eligible", "any_screened", "food_referred", "food_wants_help"):
        assert f",{element},default," in out
    assert table_of(read(out)).decode("utf-8-sig") == out


COUNTS = st.dictionaries(
    st.sampled_from(
        [(need, step) for need in (None, Need.FOOD, Need.ANY, Need.ALL5) for step in Step]
    ),
    st.integers(0, 9),
    min_size=1,
)


@given(COUNTS)
def test_every_count_that_is_kept_has_a_line_that_reads_as_itself(counts):
    part = Stratum(StratumType.LANGUAGE, "spanish")
    known = {FunnelCell(step, need, part): value for (need, step), value in counts.items()}
    known = {cell: value for cell, value in known.items() if not is_made(cell)}
    reader = data_value_table.DataValueReader(
        [name.casefold() for name in data_values.HEADINGS],
        Expectations(TODAY, SITES, ["g1"]),
    )
    for line in data_values.lines_of("g1", Period(2026, 3), known):
        reader.read("here", [*map(str, line)])
    assert not reader.problems
    cells = {line.key: line.counts for line in reader.lines}
    found = file_counts({}, cells, "g1", {})
    assert found.quarters.get(Period(2026, 3), {"": {}})[""] == known


def is_made(cell):
    """What is said of the group is never kept of a need as well."""
    if cell.step in (Step.ELIGIBLE, Step.EXCLUDED):
        return cell.need is not None
    return cell.need is Need.ANY and cell.step in (Step.SCREENED, Step.POSITIVE, Step.ANY_POSITIVE)


def test_the_groups_own_rows_and_those_of_a_need_are_told_apart():
    found = read(HEAD + GOOD + "G1,2026-Q3,all_eligible,,90\n")
    counts = file_counts(found.cells, found.steps, "g1", {}).quarters[Period(2026, 3)][""]
    assert counts == {
        FunnelCell(Step.SCREENED, Need.FOOD): 40,
        FunnelCell(Step.POSITIVE, Need.FOOD): 7,
        FunnelCell(Step.ELIGIBLE, None, ALL): 90,
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("g1,202607,food_screened,,4", "line 2, period: This is a month."),
        ("g1,2026,food_screened,,4", "line 2, period: This is a year."),
        ("g1,soon,food_screened,,4", "line 2, period: Write a calendar quarter as 2026Q3."),
        ("g1,2027Q1,food_screened,,4", "line 2, period: This quarter is not over."),
        ("g1,2026Q3,food_guessed,,4", "line 2, dataElement: “food_guessed” is no count"),
        ("g1,2026Q3,Planted Person,,4", "line 2, dataElement: This is no count"),
        ("g1,2026Q3,food_screened,age:old,4", "line 2, categoryOptionCombo: This part"),
        ("g2,2026Q3,food_screened,,4", "line 2, orgUnit: This is not the group or one of its"),
        ("617-555-0134,2026Q3,food_screened,,4", "orgUnit: This seems to hold a phone number."),
        ("g1,2026Q3,food_screened,,four", "line 2, value: Write a whole number"),
        ("g1,2026Q3,food_screened,,\"12,5\"", "line 2, value: This is written with a dec"),
        ("g1,2026Q3,food_screened,,-4", "line 2, value: A count is 0 or more."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_refuses_the_file_by_line(line, says):
    (problem,) = told(line, *GOOD.splitlines()[1:])
    assert says in problem
    assert problem.endswith(".")
    assert "Planted" not in problem


def test_the_same_count_twice_is_told_with_the_line_of_the_other():
    assert told(*GOOD.splitlines(), "g1,2026-Q3,FOOD_POSITIVE,,8") == [
        "file 1, line 4, dataElement: This count stands in file 1, line 3 too. Keep one of the two."
    ]


def test_the_checks_of_our_own_table_hold_and_name_the_line_of_the_count():
    (problem,) = told("g1,2026Q3,food_positive,,70", "g1,2026Q3,food_screened,,40")
    assert problem.startswith("file 1, line 2, positive: ")
    (problem,) = told("g1,2026Q3,any_positive,,70", "g1,2026Q3,any_screened,,40")
    assert problem.startswith("file 1, line 2, any_positive: ")
    (problem,) = told("g1,2026Q3,food_screened,language:spanish,70")
    assert problem == (
        "file 1, line 2: There is no total for food beside its parts. Add the row with default."
    )


def test_sites_may_not_add_up_to_more_than_the_group_of_any_step():
    (problem,) = told("g1,2026Q3,food_referred,,3", "elm,2026Q3,food_referred,,4",
                      "g1,2026Q3,food_positive,,9", "elm,2026Q3,food_positive,,5")  # fmt: skip
    assert problem == (
        "file 1, line 2, referred: The sites add up to 4, more than the 3 of the whole group. "
        "Count each patient at one site only."
    )


def test_without_a_group_nothing_is_taken():
    problems = told(*GOOD.splitlines(), group_id="", groups=None, sites=None)
    assert {problem.split(": ")[1] for problem in problems} == {data_value_table.NO_GROUP}


def test_other_columns_and_deleted_lines_are_passed_over_and_told():
    head = "dataElement,period,orgUnit,value,storedBy,deleted\n"
    lines = "food_screened,2026Q3,g1,40,planted,false\nfood_screened,2026Q3,g1,44,planted,true\n"
    found = read(head + lines)
    assert [str(each) for each in found.problems][:2] == [
        data_value_table.NOT_READ.format("“storedBy”"),
        data_value_table.TAKEN_BACK.format(1),
    ]
    assert [counts[Step.SCREENED] for counts in found.steps.values()] == [40]
