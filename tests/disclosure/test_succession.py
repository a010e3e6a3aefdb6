"""What a reader who kept the former release may not learn from the next one."""

from __future__ import annotations

import pytest

from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.disclosure.social_risk_table import releasable_cells, table_of
from readiness.disclosure.succession import (
    PreviousCell,
    PreviousRelease,
    ReleaseChange,
    changes_by_few,
    derivable,
    every_number,
    is_unchanged,
    joint_table,
)
from readiness.disclosure.table import Residual
from tests.factories.social_risk_counts import counts

ELIGIBLE, OFFERED, SCREENED = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENING_OFFERED),
    FunnelCell(Step.SCREENED),
)
FOOD = FunnelCell(Step.POSITIVE, Need.FOOD)


def previous_release(hidden=(), number=1, **moves):
    known = releasable_cells(counts(**moves))
    values = {cell: None if cell in hidden else value for cell, value in known.items()}
    return PreviousRelease(number, known, values)


def changes(moves, hidden=()):
    return changes_by_few(releasable_cells(counts(moves)), previous_release(hidden), 11, table_of)


def test_nothing_new_is_nothing_changed():
    assert is_unchanged(releasable_cells(counts()), (previous_release(),))
    assert not is_unchanged(releasable_cells(counts({FOOD: 41})), (previous_release(),))
    assert not is_unchanged(releasable_cells(counts()), ())


@pytest.mark.parametrize(("people", "few"), [(400, False), (401, True), (390, True), (411, False)])
def test_a_printed_number_that_moves_by_a_few_keeps_the_former_release(people, few):
    assert changes({ELIGIBLE: people}) is few


def test_a_hidden_number_may_move_by_a_few():
    assert not changes(
        {FunnelCell(Step.RESOLVED, Need.FOOD): 8}, {FunnelCell(Step.RESOLVED, Need.FOOD)}
    )


def test_a_difference_that_moves_by_a_few_keeps_it_too():
    larger = {ELIGIBLE: 500, OFFERED: 400, SCREENED: 350, FunnelCell(Step.ANY_POSITIVE): 190}
    assert not changes(larger)
    assert changes({**larger, SCREENED: 355})  # offered and not screened: from 50 to 45


def test_what_one_sum_leaves_open_is_derivable_and_what_two_unknowns_share_is_not():
    known = {ELIGIBLE: 400, SCREENED: 250}
    made = every_number(known, table_of)
    assert Residual(ELIGIBLE, (SCREENED,)) in derivable(made, known)
    assert derivable(made, {ELIGIBLE}) == {ELIGIBLE}


def test_former_numbers_stay_printed_or_hidden_as_they_were():
    one = previous_release({FOOD})
    both = joint_table(releasable_cells(counts({ELIGIBLE: 500})), (one,), 11, table_of)
    assert PreviousCell(1, ELIGIBLE) in both.pinned
    assert PreviousCell(1, FOOD) in both.kept
    assert FOOD in both.kept
    assert SCREENED in both.pinned  # the same number as before: hiding it would tell nobody less
    assert ELIGIBLE not in both.pinned


def test_a_few_people_who_came_are_people():
    one = previous_release({FOOD})
    both = joint_table(releasable_cells(counts({FOOD: 43})), (one,), 11, table_of)
    assert both.counts[ReleaseChange(1, FOOD)] == 3
    assert (
        both.counts[ReleaseChange(1, Residual(FunnelCell(Step.SCREENED, Need.FOOD), (FOOD,)))] == 3
    )


def test_every_sum_over_two_releases_is_true():
    both = joint_table(
        releasable_cells(counts({FOOD: 43, ELIGIBLE: 390})),
        (previous_release(), previous_release(number=2)),
        11,
        table_of,
    )
    for each in both.sums:
        assert both.counts[each.whole] == sum(both.counts[part] for part in each.parts)
