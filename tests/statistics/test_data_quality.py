from __future__ import annotations

from itertools import product
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.data_quality import (
    cohen_kappa,
    completeness,
    concordance,
    could_flip,
    diagnostic,
    probability_weighted_rates,
    weighted_kappa,
    worst_case,
)


def test_eighty_percent_by_luck_does_not_pass():
    found = completeness(412, 515)
    assert found.share == 0.8
    assert found.meets_point
    assert not found.meets_lower_bound
    assert found.low == pytest.approx(0.763, abs=5e-4)


def test_well_above_the_mark_passes():
    assert completeness(4500, 5000).meets_lower_bound


SMALL = st.integers(1, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
UNKNOWN = st.integers(0, 4).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SMALL, SMALL, UNKNOWN)
def test_the_bounds_agree_with_trying_every_way(one, two, unknown):
    """Every way of giving the unknown to the one group, to the other, or to neither."""
    met, unmet = unknown[0], unknown[1] - unknown[0]
    first = one[0] / one[1] - two[0] / two[1]
    ways = []
    for a, b, c, d in product(range(met + 1), range(met + 1), range(unmet + 1), range(unmet + 1)):
        if a + b <= met and c + d <= unmet:
            p1 = (one[0] + a) / (one[1] + a + c)
            p2 = (two[0] + b) / (two[1] + b + d)
            ways.append((p1 - p2) * first <= 1e-12)
    expected = None if one[0] * two[1] == two[0] * one[1] else any(ways)
    assert could_flip(one, two, unknown) == expected


def test_bounds_on_paper():
    bounds = worst_case(40, 60, 10, 20)
    assert (bounds.low, bounds.high) == pytest.approx((40 / 80, 50 / 70))
    with pytest.raises(ValueError, match="below 0"):
        worst_case(4, 6, -1, 0)


TABLES = st.lists(st.lists(st.integers(1, 60), min_size=3, max_size=3), min_size=3, max_size=3)


def test_a_published_table_of_two_raters():
    """SAS documentation, two dermatologists: 0.3449, error 0.0724, 0.2030 to 0.4868."""
    found = cohen_kappa([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]])
    assert (found.value, found.error, found.low, found.high) == pytest.approx(
        (0.3449, 0.0724, 0.2030, 0.4868), abs=6e-5
    )


@pytest.mark.parametrize("kappa", [cohen_kappa, weighted_kappa])
@given(table=TABLES)
def test_the_error_is_that_of_the_delta_method(kappa, table):
    """The slope of kappa by each cell's share, taken by a small step."""
    total = sum(map(sum, table))
    step = total * 1e-5
    slopes = []
    for i in range(3):
        for j in range(3):
            ends = []
            for sign in (1, -1):
                moved = [list(row) for row in table]
                moved[i][j] += sign * step
                ends.append(kappa(moved).value)
            slopes.append(((ends[0] - ends[1]) / 2e-5, table[i][j] / total))
    # kappa of counts does not change with their total: slopes by share already sum to nothing
    mean = sum(slope * share for slope, share in slopes)
    variance = sum(share * (slope - mean) ** 2 for slope, share in slopes) / total
    assert kappa(table).error == pytest.approx(sqrt(variance), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("kappa", [cohen_kappa, weighted_kappa])
@given(table=TABLES)
def test_who_is_called_the_reference_does_not_matter(kappa, table):
    turned = [list(column) for column in zip(*table, strict=True)]
    assert kappa(table).value == pytest.approx(kappa(turned).value)
    assert kappa(table).error == pytest.approx(kappa(turned).error)
    assert kappa(table).value <= 1


def test_near_misses_count_in_part_when_weighted():
    table = [[20, 5, 0], [5, 20, 5], [0, 5, 20]]
    assert weighted_kappa(table).value > cohen_kappa(table).value


def test_with_two_categories_there_is_nothing_to_weigh():
    table = [[20, 5], [10, 15]]
    assert weighted_kappa(table) == cohen_kappa(table)


def test_a_category_that_nobody_is_in_has_no_sensitivity():
    found = concordance([[5, 1, 0], [2, 7, 0], [0, 0, 0]])
    assert found.categories[2].sensitivity is None
    assert found.categories[2].predictive_positive is None
    first = found.categories[0]
    shares = (first.sensitivity, first.predictive_positive, first.specificity)
    assert [each and each.value for each in shares] == pytest.approx([5 / 6, 5 / 7, 7 / 9])


@given(*[st.integers(0, 200)] * 4)
def test_sensitivity_of_one_side_is_specificity_of_the_other(tp, fp, fn, tn):
    one, two = diagnostic(tp, fp, fn, tn), diagnostic(tn, fn, fp, tp)
    assert one.sensitivity == two.specificity
    assert one.predictive_positive == two.predictive_negative


@pytest.mark.parametrize("table", [[[1, 2]], [[0, 0], [0, 0]], [[5, 0], [0, 0]]])
def test_a_table_that_tells_nothing_is_refused(table):
    with pytest.raises(ValueError):
        cohen_kappa(table)


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
def test_bad_probabilities_are_refused(rows):
    with pytest.raises(ValueError):
        probability_weighted_rates(rows, [1, 0])
