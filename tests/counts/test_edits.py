from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.counts.edits import count_of, latest, merge, read_block
from readiness.counts.models import CountClash, Revision
from readiness.counts.social_risk.models import FunnelCell, Need, Step, grids_of_part, grids_of_type
from readiness.counts.strata import Stratum, StratumType

AT = datetime(2026, 10, 5, tzinfo=UTC)
ELIGIBLE, SCREENED = FunnelCell(Step.ELIGIBLE), FunnelCell(Step.SCREENED)


def history(cell: FunnelCell, *values: int | None):
    return {cell: [Revision(cell, n, v, "cara", AT) for n, v in enumerate(values, start=1)]}


def test_a_first_number_is_new():
    found = merge({}, {}, {ELIGIBLE: 400, SCREENED: None})
    assert found.changed == {ELIGIBLE: 400}
    assert found.clashes == ()


def test_what_was_not_touched_follows_whoever_changed_it():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 400})
    assert (found.changed, found.clashes, found.values) == ({}, (), {ELIGIBLE: 410})


def test_two_different_changes_clash_and_both_are_named():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 420})
    assert found.clashes == (CountClash(ELIGIBLE, mine=420, theirs=410),)
    assert found.values == {ELIGIBLE: 420}


def test_the_same_change_by_two_is_no_clash():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 410})
    assert (found.changed, found.clashes) == ({}, ())


def test_zero_where_another_cleared_the_field_is_a_clash():
    found = merge(history(ELIGIBLE, 400, None), {ELIGIBLE: 1}, {ELIGIBLE: 0})
    assert found.clashes == (CountClash(ELIGIBLE, mine=0, theirs=None),)


def test_clearing_a_field_is_a_change():
    found = merge(history(ELIGIBLE, 400), {ELIGIBLE: 1}, {ELIGIBLE: None})
    assert found.changed == {ELIGIBLE: None}


def test_a_cleared_count_is_not_known():
    assert latest(history(ELIGIBLE, 400, None)) == {}
    assert latest(history(ELIGIBLE, 400, 0)) == {ELIGIBLE: 0}


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("40", 40), (" 40 ", 40), ("1,204", 1204), ("007", 7), ("9,999,999", 9_999_999)],
)
def test_a_whole_number_is_a_count(text, count):
    assert count_of(text) == count


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_a_blank_is_not_known_rather_than_zero(text):
    assert count_of(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-1", "less than 0"),
        ("−3", "less than 0"),
        ("3.5", "not a whole number"),
        ("3.0", "not a whole number"),
        ("1e3", "not a whole number"),
        ("0x10", "not a whole number"),
        ("1_000", "not a whole number"),
        ("12,34", "written with a decimal comma. A count is a whole number"),
        ("1.234,5", "written with a decimal comma"),
        ("1,23,456", "comma out of place"),
        ("٣", "not a whole number"),
        ("²", "not a whole number"),
        ("forty", "not a whole number"),
        ("NaN", "not a whole number"),
        ("n/a", "not a whole number"),
        ("-", "not a whole number"),
        ("<11", "Enter the true number"),
        ("10000000", "more than 9,999,999"),
        ("9" * 5000, "too long"),
        ("\x00", "not a whole number"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text, says):
    with pytest.raises(ValueError, match=says) as refused:
        count_of(text)
    assert len(str(refused.value)) < 200, "what was typed is not repeated at length"


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


@pytest.mark.slow
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    pasted = read_block(text, GRIDS)
    assert all(value >= 0 for value in pasted.values.values())
