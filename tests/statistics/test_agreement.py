from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.data_quality import (
    cohen_kappa,
    concordance,
    diagnostic,
    people_for_sensitivity,
    weighted_kappa,
)

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


def test_about_140_of_each_category_are_needed():
    assert people_for_sensitivity(0.9, 0.05) == pytest.approx(138.3, abs=0.1)


@pytest.mark.parametrize("table", [[[1, 2]], [[0, 0], [0, 0]], [[5, 0], [0, 0]]])
def test_a_table_that_tells_nothing_is_refused(table):
    with pytest.raises(ValueError):
        cohen_kappa(table)
