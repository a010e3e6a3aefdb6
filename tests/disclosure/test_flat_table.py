"""Breakdowns that leave some people out."""

from __future__ import annotations

import pytest

from readiness.core.errors import BadInput
from readiness.disclosure.flat_counts import CountKind, CountRow, RowKey, RowTally, complete_partial
from readiness.disclosure.flat_table import (
    Count,
    table_of_partial_strata,
)
from readiness.disclosure.solver.find_pattern import find_pattern
from readiness.disclosure.suppression import protect
from readiness.disclosure.table import AddsUp, Residual

TOTAL = RowKey("g", "2026", "COL")
WHITE, BLACK = (TOTAL._replace(stratum_type="race", stratum=each) for each in ("white", "black"))
ENGLISH = TOTAL._replace(stratum_type="language", stratum="english")


def lines(**rows):
    keys = {"total": TOTAL, "white": WHITE, "black": BLACK, "english": ENGLISH}
    return [
        CountRow(at, keys[name], RowTally(*pair)) for at, (name, pair) in enumerate(rows.items(), 2)
    ]


def complete(**rows):
    return complete_partial(lines(**rows))


def residual(measure):
    strata = tuple(Count(key, measure) for key in (WHITE, BLACK))
    return Residual(Count(TOTAL, measure), strata)


def test_a_breakdown_may_leave_people_out_and_they_are_counted():
    made = table_of_partial_strata(complete(total=(100, 60), white=(70, 40), black=(25, 16)))
    rests = {each: made.counts[residual(each)] for each in CountKind}
    assert rests == {CountKind.SCREENED: 5, CountKind.POSITIVE: 4, CountKind.NEGATIVE: 1}
    people = [Count(key, CountKind.SCREENED) for key in (TOTAL, WHITE, BLACK)]
    assert AddsUp(people[0], (*people[1:], residual(CountKind.SCREENED))) in made.sums
    assert AddsUp(people[0], tuple(people[1:])) not in made.sums


def test_so_few_left_out_hide_one_of_the_others():
    counts = complete(total=(100, 60), white=(70, 40), black=(25, 16))
    hidden = protect(table_of_partial_strata(counts), 11, find_pattern).hidden
    measures = {each.measure for each in hidden if isinstance(each, Count)}
    assert {CountKind.SCREENED, CountKind.POSITIVE} <= measures


def test_a_breakdown_of_everybody_has_no_rest():
    made = table_of_partial_strata(complete(total=(95, 56), white=(70, 40), black=(25, 16)))
    assert not [each for each in made.counts if isinstance(each, Residual)]


def test_those_who_do_not_meet_a_measure_are_protected_and_never_printed():
    made = table_of_partial_strata(complete(total=(60, 56)))
    assert made.counts[Count(TOTAL, CountKind.NEGATIVE)] == 4
    assert Count(TOTAL, CountKind.NEGATIVE) not in made.shown
    assert protect(made, 11, find_pattern).hidden


def test_a_total_that_was_left_out_is_that_of_the_breakdown_with_most_people():
    assert complete(white=(70, 40), black=(25, 16), english=(90, 52))[TOTAL] == RowTally(95, 56)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ({"total": (90, 60), "white": (70, 40), "black": (25, 16)}, "line 2"),
        ({"total": (100, 50), "white": (70, 40), "black": (25, 16)}, "line 2"),
        ({"total": (100, 60), "white": (98, 50)}, "line 2"),  # two left, ten of them meet it
    ],
)
def test_more_than_all_patients_is_refused_by_line(rows, line):
    with pytest.raises(BadInput) as refused:
        complete(**rows)
    assert [problem.place for problem in refused.value.problems] == [line]


def test_the_row_of_all_groups_is_their_sum():
    other = CountRow(9, TOTAL._replace(group_id="ALL"), RowTally(90, 60))
    with pytest.raises(BadInput, match="line 9: This is not the sum"):
        complete_partial([*lines(total=(100, 60)), other])
