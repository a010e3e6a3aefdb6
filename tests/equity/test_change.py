from __future__ import annotations

import pytest

from readiness.counts.measures.models import Direction
from readiness.equity.change import change_between
from readiness.equity.tables import tables_of
from readiness.statistics.between_groups import WeightedCount, change_in_gap
from tests.factories.equity_rows import rows


def change(before, after, reference="white", direction=Direction.HIGHER):
    earlier = tables_of(rows(before, period="2025"))[0]
    return change_between(earlier, tables_of(rows(after))[0], reference, direction)


def test_the_gap_is_told_from_four_rates():
    found = change(
        {"white": (400, 500), "black": (50, 100)}, {"white": (410, 500), "black": (70, 100)}
    )
    black = next(each for each in found.strata if each.stratum == "black")
    expected = change_in_gap(
        (WeightedCount(1, 50, 100), WeightedCount(1, 400, 500)),
        (WeightedCount(1, 70, 100), WeightedCount(1, 410, 500)),
    )
    assert black.gap == expected
    assert black.rate.difference == pytest.approx(0.2)
    assert black.says == "The gap of black to white narrowed, and black did better than before."
    assert found.since == "2025"
    assert found.every_group_improved is True
    assert found.says == ("Every group's rate rose.",)


@pytest.mark.parametrize(
    ("white", "black", "says"),
    [
        ((250, 500), (49, 100), "narrowed only because white did worse than before: nobody gained"),
        ((300, 500), (55, 100), "narrowed partly because white did worse than before"),
        ((480, 500), (50, 100), "widened."),
        ((400, 500), (90, 100), "turned round."),
        ((400, 500), (50, 100), "did not change."),
    ],
)
def test_how_a_gap_moved_and_through_whom(white, black, says):
    """Before: 80 and 50 percent."""
    found = change({"white": (400, 500), "black": (50, 100)}, {"white": white, "black": black})
    assert says in found.strata[1].says


def test_a_change_that_may_be_chance_is_called_so():
    found = change({"white": (40, 50), "black": (10, 20)}, {"white": (40, 50), "black": (11, 20)})
    assert "may be chance" in found.strata[1].says


def test_where_less_is_better_the_better_off_is_the_lower():
    """White from 10 to 20 percent, black stays at 30: nobody gained."""
    found = change(
        {"white": (50, 500), "black": (30, 100)},
        {"white": (100, 500), "black": (30, 100)},
        direction=Direction.LOWER,
    )
    assert "only because white did worse" in found.strata[1].says
    assert found.says == ("Not every group's rate fell: not that of white, black.",)


def test_what_is_hidden_or_too_small_in_one_period_is_left_out():
    found = change(
        {"white": (400, 500), "black": (None, 100), "asian": (8, 11)},
        {"white": (410, 500), "black": (70, 100), "asian": (40, 60)},
    )
    assert [each.stratum for each in found.strata] == ["white"]
    assert found.every_group_improved is None
    assert found.says == ("Fewer than two groups of people can be seen in both periods.",)


def test_without_a_reference_rates_are_told_and_no_gap():
    found = change({"white": (4, 20), "black": (5, 20)}, {"white": (6, 20), "black": (7, 20)}, None)
    assert [each.gap for each in found.strata] == [None, None]
    assert found.every_group_improved is True
