from __future__ import annotations

import pytest

from readiness.statistics.data_quality import probability_weighted_rates


def test_certain_probabilities_are_plain_rates():
    found = probability_weighted_rates([[1, 0], [1, 0], [0, 1]], [1, 0, 1])
    assert [each.weighted for each in found] == [0.5, 1]
    assert [each.by_likeliest for each in found] == [0.5, 1]
    assert [each.kish_people for each in found] == [2, 1]


def test_weighting_draws_groups_together_and_the_likeliest_group_drives_them_apart():
    """Of likely members 9 in 10 and 1 in 10 meet the measure: 80 points, or 48 when weighted."""
    rows = [[0.8, 0.2]] * 100 + [[0.2, 0.8]] * 100
    met = [1] * 90 + [0] * 10 + [1] * 10 + [0] * 90
    one, two = probability_weighted_rates(rows, met)
    assert (one.by_likeliest, two.by_likeliest) == pytest.approx((0.9, 0.1))
    assert (one.weighted, two.weighted) == pytest.approx((0.74, 0.26))
    assert one.effective_people == pytest.approx(100)
    assert one.kish_people == pytest.approx(100**2 / 68)


def test_a_group_that_nobody_likely_belongs_to_has_no_such_rate():
    found = probability_weighted_rates([[0.9, 0.1], [0.6, 0.4]], [1, 0])
    assert found[1].by_likeliest is None
    assert found[1].weighted == pytest.approx(0.2)
    assert probability_weighted_rates([[1, 0]], [1])[1].weighted is None


@pytest.mark.parametrize("rows", [[], [[0.5, 0.5]], [[0.5], [0.5, 0.5]], [[1.2, 0], [0, 1]]])
def test_bad_input_is_refused(rows):
    with pytest.raises(ValueError):
        probability_weighted_rates(rows, [1, 0])
