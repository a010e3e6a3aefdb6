from __future__ import annotations

import pytest

from readiness.statistics.programs import (
    DifferenceDirection,
    disparity_eligibility,
    health_equity_index,
    meaningful_difference,
)


@pytest.mark.parametrize(
    ("at_risk", "others", "within", "across"),
    [(12, 12, False, False), (12, 13, True, False), (11, 100, False, False), (25, 0, False, True),
     (24, 12, True, False)],
)  # fmt: skip
def test_how_many_patients_each_method_takes(at_risk, others, within, across):
    found = disparity_eligibility(at_risk, others)
    assert (found.within, found.across) == (within, across)


def test_a_large_difference_that_chance_explains_is_the_same():
    found = meaningful_difference(3, 10, 6, 10, higher_is_better=True)
    assert found.direction is DifferenceDirection.SAME
    assert not found.is_significant


def test_a_sure_difference_too_small_to_matter_is_the_same():
    found = meaningful_difference(52_000, 100_000, 50_000, 100_000, higher_is_better=True)
    assert found.is_significant
    assert not found.is_meaningful


def test_ten_percent_exactly_is_enough():
    """45 against 50 percent: exactly a tenth, which floats would miss."""
    assert meaningful_difference(4_500, 10_000, 5_000, 10_000, higher_is_better=True).is_meaningful


def test_which_way_is_better_is_the_measures():
    counts = (930, 1000, 9700, 10_000)
    assert (
        meaningful_difference(*counts, higher_is_better=True).direction is DifferenceDirection.WORSE
    )
    assert (
        meaningful_difference(*counts, higher_is_better=False).direction
        is DifferenceDirection.BETTER
    )


def test_from_nobody_anything_is_more_than_ten_percent():
    found = meaningful_difference(40, 100, 0, 100, higher_is_better=True)
    assert found.relative_favorable is None
    assert found.direction is DifferenceDirection.BETTER
    same = meaningful_difference(0, 100, 0, 100, higher_is_better=True)
    assert same.direction is DifferenceDirection.SAME


def test_the_historical_index_is_a_weighted_mean():
    assert health_equity_index([1, -1, 0], [1, 1, 2]) == 0
    with pytest.raises(ValueError, match="points and its weight"):
        health_equity_index([1], [0])
