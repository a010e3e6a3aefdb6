"""Facts about a group as people type them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from readiness.instruments import loader as instruments
from readiness.instruments.answers import ContextValue
from readiness.instruments.context_fields import (
    problems_between,
    read_choices,
    read_table,
    read_value,
    typed_text,
)
from readiness.instruments.models import ContextField

QMER = instruments.load("qmer")
SHARE = ContextField("s", "S", "share", minimum=Fraction(0), maximum=Fraction(1))
SITES = QMER.field_by_key["sites"]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (SITES, "3", 3),
        (SITES, "1,204", 1204),
        (SITES, "", None),
        (SITES, "  ", None),
        (SHARE, "45", 0.45),
        (SHARE, "4.5 %", 0.045),
        (SHARE, "0", 0.0),
        (QMER.field_by_key["clinicians_fte"], "3.5", 3.5),
        (QMER.field_by_key["separate_governing_body"], "no", False),
        (QMER.field_by_key["age_mix"], "adult", "adult"),
    ],
)
def test_a_value_is_read_as_typed_and_written_back(field, typed, value):
    assert read_value(field, typed) == value
    assert read_value(field, typed_text(field, value)) == value


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (SITES, "0"),
        (SITES, "3.5"),
        (SITES, "-1"),
        (SITES, "many"),
        (SITES, "1e5"),
        (SITES, "٣"),
        (SITES, "9" * 5000),
        (SITES, "99999999999"),
        (SITES, "NaN"),
        (SITES, "12\x00"),
        (SHARE, "101"),
        (SHARE, "-1"),
        (QMER.field_by_key["separate_governing_body"], "maybe"),
        (QMER.field_by_key["age_mix"], "teens"),
        (QMER.field_by_key["record_systems"], "call 617-555-0134"),
        (ContextField("d", "D", "date"), "15 Jan"),
        (ContextField("d", "D", "date"), "1066-10-14"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(field, typed):
    with pytest.raises(ValueError, match=r"\.$"):
        read_value(field, typed)


def test_shares_of_the_same_patients_add_to_the_whole_at_most():
    fits = {"commercial_share": 0.6, "medicaid_share": 0.4}
    assert not list(problems_between(QMER, fits))
    (problem,) = problems_between(QMER, {**fits, "uninsured_share": 0.1})
    assert problem.place == "commercial_share"
    assert "110%" in problem.says


def test_shares_of_different_things_may_add_to_more():
    assert not list(problems_between(QMER, {"deprived_share": 0.9, "rural_share": 0.9}))


def test_no_more_patients_need_an_interpreter_than_there_are():
    context = {"active_patients": 100, "interpreter_patients": 120}
    assert [each.place for each in problems_between(QMER, context)] == ["interpreter_patients"]


def test_a_share_of_ten_patients_or_fewer_is_left_out():
    rows: list[object] = [
        {"category": "white", "self_reported_share": 0.5, "estimated_share": 0.005}
    ]
    context: dict[str, ContextValue] = {"active_patients": 1000, "race_ethnicity": rows}
    (problem,) = problems_between(QMER, context)
    assert problem.place == "race_ethnicity.1.estimated_share"


@pytest.mark.parametrize(
    ("rate", "is_fine"), [(0.5, True), (0.05, False), (0.95, False), (0, True)]
)
def test_a_rate_of_few_patients_is_left_out_from_both_sides(rate, is_fine):
    rows: list[object] = [{"measure": "COL", "patients": "all", "denominator": 100, "rate": rate}]
    found = list(problems_between(QMER, {"core_measure_results": rows}))
    assert (not found) is is_fine


def test_a_table_keeps_its_filled_rows_and_names_every_bad_cell():
    table = QMER.field_by_key["languages"]
    rows = [
        {"language": "Spanish", "patients": "80"},
        {"language": "Portuguese", "patients": "12"},
        {"language": "", "patients": ""},
    ]
    value, problems = read_table(table, rows, is_empty=False)
    assert [each.place for each in problems] == ["languages.2.patients"]
    assert value == [
        {"language": "Spanish", "patients": 80},
        {"language": "Portuguese"},
    ]


def test_a_column_of_shares_adds_to_the_whole_at_most():
    table = QMER.field_by_key["race_ethnicity"]
    rows = [{"category": c, "self_reported_share": "60"} for c in ("white", "black")]
    _, problems = read_table(table, rows, is_empty=False)
    assert ["120%" in each.says for each in problems] == [True]


def test_an_empty_table_is_known_only_when_somebody_says_so():
    table = QMER.field_by_key["languages"]
    assert read_table(table, [], is_empty=False) == (None, ())
    assert read_table(table, [], is_empty=True) == ([], ())


def test_none_of_a_list_is_an_answer_too():
    programs = QMER.field_by_key["other_programs"]
    assert read_choices(programs, []) is None
    assert read_choices(programs, ["none"]) == []
    assert read_choices(programs, ["other", "accreditation"]) == ["accreditation", "other"]
    with pytest.raises(ValueError, match="none of them"):
        read_choices(programs, ["none", "other"])
    with pytest.raises(ValueError, match="from the list"):
        read_choices(programs, ["t3"])
