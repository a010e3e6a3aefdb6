"""A block copied from a spreadsheet: its counts go by the names of their rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.core.periods import period
from readiness.counts.measures import loader
from readiness.counts.pasted_block import read_block
from readiness.counts.quality.models import DemographicField, demographic_grids, measure_grids
from readiness.counts.social_risk.models import FunnelCell, Need, Step, grids_of_part, grids_of_type
from readiness.counts.strata import Stratum, StratumType

GRIDS = grids_of_part()
FOOD, HOUSING = Need.FOOD, Need.HOUSING


def said(text: str) -> list[str]:
    return [str(problem) for problem in read_block(text, GRIDS).problems]


def test_a_block_with_headings_finds_its_cells_in_any_order():
    text = "Need\tPositive\tscreened\nhousing\t12\t200\nFood\t30\t1,210\n"
    pasted = read_block(text, GRIDS)
    assert pasted.problems == ()
    assert pasted.values == {
        FunnelCell(Step.POSITIVE, HOUSING): 12,
        FunnelCell(Step.SCREENED, HOUSING): 200,
        FunnelCell(Step.POSITIVE, FOOD): 30,
        FunnelCell(Step.SCREENED, FOOD): 1210,
    }


def test_names_are_known_as_the_grid_the_file_and_the_trade_write_them():
    text = (
        "\tasked\tNeed found\twants_help\tReferred within 30 days\nFood,,,,\nfinancial\t9\t3\t2\t1"
    )
    pasted = read_block(text.replace("Food,,,,", "Food\t\t\t\t"), GRIDS)
    assert pasted.problems == ()
    assert {cell.step for cell in pasted.values} == {
        Step.SCREENED,
        Step.POSITIVE,
        Step.WANTS_HELP,
        Step.REFERRED_30D,
    }


def test_numbers_alone_fill_the_grid_from_its_first_cell():
    pasted = read_block("240,40\n230,,12\n", GRIDS)
    assert pasted.values == {
        FunnelCell(Step.SCREENED, FOOD): 240,
        FunnelCell(Step.POSITIVE, FOOD): 40,
        FunnelCell(Step.SCREENED, HOUSING): 230,
        FunnelCell(Step.WANTS_HELP, HOUSING): 12,
    }


def test_a_blank_first_cell_is_a_blank_count_where_rows_have_no_names():
    assert read_block("\t40\n", GRIDS).values == {FunnelCell(Step.POSITIVE, FOOD): 40}


def test_named_rows_need_no_heading():
    assert read_block("Housing\t200\t12", GRIDS).values == {
        FunnelCell(Step.SCREENED, HOUSING): 200,
        FunnelCell(Step.POSITIVE, HOUSING): 12,
    }


def test_the_heading_chooses_the_table():
    pasted = read_block("eligible\tscreening offered\tdeclined\n400\t300\t0\n", GRIDS)
    assert pasted.values == {
        FunnelCell(Step.ELIGIBLE): 400,
        FunnelCell(Step.SCREENING_OFFERED): 300,
        FunnelCell(Step.DECLINED): 0,
    }


def test_a_heading_that_fits_two_tables_is_told_apart_by_the_rows():
    assert read_block("Need\tScreened\nFood\t240\n", GRIDS).values == {
        FunnelCell(Step.SCREENED, FOOD): 240
    }
    assert read_block("\tScreened\nAll patients\t250\n", GRIDS).values == {
        FunnelCell(Step.SCREENED): 250
    }


def test_parts_of_the_patients_are_rows_too():
    pasted = read_block(
        "Language;Eligible;Screened\nSpanish;80;50", grids_of_type(StratumType.LANGUAGE)
    )
    spanish = Stratum(StratumType.LANGUAGE, "spanish")
    assert pasted.values == {
        FunnelCell(Step.ELIGIBLE, None, spanish): 80,
        FunnelCell(Step.SCREENED, None, spanish): 50,
    }


def test_every_problem_is_told_with_its_line_and_the_rest_is_read():
    text = (
        "Need\tScreened\tColour\tPositive\nFood\t240\tred\t3.5\nFodo\t1\t1\t1\nSafety\t100\t\t-2\n"
    )
    pasted = read_block(text, GRIDS)
    assert pasted.values == {
        FunnelCell(Step.SCREENED, FOOD): 240,
        FunnelCell(Step.SCREENED, Need.SAFETY): 100,
    }
    lines = [str(problem) for problem in pasted.problems]
    assert lines[0].startswith("Line 1: “Colour” is not a column here. Use one of: Screened, Need")
    assert lines[1].startswith("Line 2: “3.5” is not a whole number")
    assert lines[2].startswith("Line 3: “Fodo” is not a row here. Use one of: Food, Housing")
    assert lines[3].startswith("Line 4: “-2” is less than 0")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing was pasted"),
        ("\n \n\t\t\n", "Nothing was pasted"),
        ("Food", "holds no counts"),
        ("Need\tScreened\nFood\t\n", "holds no counts"),
        ("9" * 30_000, "too large"),
        ("1\n" * 100, "too large"),
        ("1\t" * 100, "too large"),
        ("1,2,3,4,5,6,7,8,9\n", "more columns"),
        ("1\n" * 9, "beyond the 8 rows"),
    ],
)
def test_what_cannot_be_a_block_is_told_in_one_sentence(text, says):
    assert any(says in each for each in said(text))


BY_NAME = {
    FunnelCell(Step.SCREENED, HOUSING): 4142,
    FunnelCell(Step.POSITIVE, HOUSING): 247,
    FunnelCell(Step.SCREENED, FOOD): 4137,
    FunnelCell(Step.POSITIVE, FOOD): 430,
}


@pytest.mark.parametrize(
    "text",
    [
        "#\tNeed\tScreened\tNeed found\n1\tHousing\t4142\t247\n2\tFood\t4137\t430",
        "#\tNeed\tScreened\tNeed found\n2\tHousing\t4142\t247\n4\tFood\t4,137\t430",
        "1\tHousing\t4142\t247\n2\tFood\t4137\t430",
        "Quarter\tNeed\tScreened\tPositive\nQ3 2026\tHousing\t4142\t247\nQ3 2026\tFood\t4137\t430",
        "2026-Q3\t1.\tHousing\t4142\t247\n2026-Q3\t2.\tFood\t4137\t430",
        "Need\tScreened\tNeed found\n1. Housing\t4142\t247\n2. Food\t4137\t430",
        "1. Housing\t4142\t247\n2) Food\t4137\t430",
        "Screened\tNeed\tNeed found\n4142\tHousing\t247\n4137\tFood\t430",
    ],
)
def test_counts_go_by_the_names_of_their_rows_wherever_these_stand(text):
    pasted = read_block(text, GRIDS)
    assert pasted.problems == ()
    assert pasted.values == BY_NAME


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Need\tScreened\nFodo\t240\nHause\t200", "Line 2: “Fodo” is not a row here"),
        ("#\tNeed\tScreened\n1\tFodo\t240", "Line 2: “Fodo” is not a row here"),
        ("1\tFodo\t240\n2\tHause\t200", "Line 1: “Fodo” is not a row here"),
        ("Fodo\t240", "Line 1: “Fodo” is not a row here"),
        ("240\tFood\t40", "Put the names first"),
        ("Elm\tFood\t40\nOak\tHousing\t4", "Put the names first"),
    ],
)
def test_names_that_no_table_knows_fill_nothing(text, says):
    pasted = read_block(text, GRIDS)
    assert any(says in str(each) for each in pasted.problems)
    assert pasted.values == {}


def test_a_line_without_a_name_among_names_is_not_taken_by_its_position():
    pasted = read_block("Need\tScreened\nFood\t240\n\t200\n", GRIDS)
    assert pasted.values == {FunnelCell(Step.SCREENED, FOOD): 240}
    assert [str(each) for each in pasted.problems] == [
        "Line 3: has counts and no name of a row. Name the row, or cut the line."
    ]


def test_a_row_that_stands_there_twice_is_told_and_not_filled():
    pasted = read_block("Food\t1\t1\nHousing\t3\t3\n1. food\t2\t2\n", GRIDS)
    assert {cell.need for cell in pasted.values} == {HOUSING}
    assert [str(each) for each in pasted.problems] == [
        "Line 3: Food stands there twice. Keep one line, or add the two up."
    ]


def test_a_column_that_stands_there_twice_is_told_and_not_filled():
    pasted = read_block("Need\tScreened\tPositive\tScreened\nFood\t1\t2\t3\n", GRIDS)
    assert pasted.values == {FunnelCell(Step.POSITIVE, FOOD): 2}
    assert [str(each) for each in pasted.problems] == [
        "Line 1: “Screened” stands there twice. Keep one column."
    ]


def test_counts_under_no_heading_are_told():
    assert said("Need\t\tScreened\nFood\t7\t240\n")[0].startswith(
        "Line 1: A column with counts has no heading here."
    )


def test_a_decimal_comma_is_told_and_a_thousands_comma_read():
    pasted = read_block("Food\t1,234\t12,5", GRIDS)
    assert pasted.values == {FunnelCell(Step.SCREENED, FOOD): 1234}
    assert "Line 1: “12,5” is written with a decimal comma." in str(pasted.problems[0])


@pytest.mark.parametrize("head", ["Recorded", "Preferred language"])
def test_a_block_that_fits_several_tables_names_its_own_or_fills_none(head):
    grids = demographic_grids({})
    first, second = (row.names[0] for row in grids[0].rows[:2])
    pasted = read_block(f"{head}\tWhole group\n{second}\t5\n{first}\t7", grids)
    if head == "Preferred language":
        assert sorted(pasted.values.values()) == [5, 7]
        assert {cell.field for cell in pasted.values} == {DemographicField.LANGUAGE}
    else:
        assert pasted.values == {}
        assert "fits several tables" in str(pasted.problems[0])


def test_the_counts_of_a_measure_go_by_names_too():
    grid = measure_grids(loader.load_quality(), period("2026-Q3"), StratumType.RACE)[0]
    white, black = (
        next(row for row in grid.rows if word in row.label) for word in ("White", "Black")
    )
    below, above = grid.columns[:2]
    pasted = read_block(
        f"#\tGroup\t{above.label}\t{below.label}\n"
        f"1\t{white.label}\t5\t50\n2\t{black.label}\t7\t70\n",
        (grid,),
    )
    assert pasted.problems == ()
    assert pasted.values == {
        grid.cells[white.key, above.key]: 5,
        grid.cells[white.key, below.key]: 50,
        grid.cells[black.key, above.key]: 7,
        grid.cells[black.key, below.key]: 70,
    }
    again = read_block(f"{white.label}\t5\n{white.label}\t6", (grid,))
    assert (again.values, len(again.problems)) == ({}, 1)


@pytest.mark.slow
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    pasted = read_block(text, GRIDS)
    assert all(value >= 0 for value in pasted.values.values())
