from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.scales import (
    MissingAnswers,
    alpha_of_patterns,
    cronbach_alpha,
    estimated_true_score,
    f_quantile,
    feldt,
    measurement_error,
    omega_of_correlations,
    omega_total,
    reliable_change_index,
    spearman_brown,
)


@pytest.mark.parametrize(
    ("share", "first", "second", "value"),
    [(0.95, 5, 10, 3.3258), (0.975, 10, 20, 2.7737), (0.95, 1, 1, 161.4476), (0.5, 7, 7, 1.0)],
)
def test_the_f_distribution_matches_published_tables(share, first, second, value):
    assert round(f_quantile(share, first, second), 4) == value


def test_alpha_of_items_that_always_agree_is_one():
    found = cronbach_alpha([[1, 1, 1], [3, 3, 3], [2, 2, 2]])
    assert found
    assert found.value == pytest.approx(1)
    assert found.standardized == pytest.approx(1)
    assert found.item_rest == pytest.approx((1, 1, 1))


def test_alpha_on_paper():
    """Item variances 1 and 1, variance of sums 3: 2 x (1 - 2/3)."""
    found = cronbach_alpha([[1, 1], [2, 3], [3, 2]])
    assert found
    assert found.value == pytest.approx(2 / 3)


def test_items_of_one_spread_that_add_up_to_nothing_have_no_standardized_alpha():
    found = cronbach_alpha([[1, 6], [2, 4], [3, 2]])
    assert found
    assert found.mean_correlation == pytest.approx(-1)
    assert found.standardized is None


def test_alpha_cannot_be_told_when_all_groups_are_alike():
    assert cronbach_alpha([[1, 2], [1, 2]]) is None


@pytest.mark.parametrize(
    ("rows", "low", "high"),
    [(13, 0.59, 0.93), (30, 0.67, 0.89), (60, 0.72, 0.87), (100, 0.74, 0.85), (300, 0.76, 0.83)],
)
def test_how_sure_an_alpha_of_eighty_is(rows, low, high):
    """Ten items."""
    found = feldt(0.8, 10, rows)
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


def rows_of(groups, items=4, seed=1):
    rng = random.Random(seed)
    levels = [rng.gauss(0, 1) for _ in range(groups)]
    return [[level + rng.gauss(0, 1) for _ in range(items)] for level in levels]


def test_a_gap_in_a_row_is_left_out_with_its_row_and_its_count():
    whole = rows_of(20)
    gapped = [*whole, [1.0, None, 2.0, 3.0]]
    left_out, pairwise = (
        cronbach_alpha(gapped),
        cronbach_alpha(gapped, gaps=MissingAnswers.PAIRWISE),
    )
    assert left_out
    assert pairwise
    assert left_out == cronbach_alpha(whole)
    assert (left_out.rows, pairwise.rows) == (20, 21)
    assert pairwise.value != left_out.value


def test_patterns_are_rows_that_occur_more_than_once():
    patterns = [[1, 2, 3], [2, 2, 2], [3, 1, 1], [2, 3, 4]]
    rows = [row[:2] for row in patterns for _ in range(row[2])]
    assert alpha_of_patterns(patterns) == cronbach_alpha(rows)


def test_omega_finds_the_loadings_that_made_the_correlations():
    loadings = (0.9, 0.8, 0.7, 0.6)
    made = [
        [1 if i == j else a * b for j, b in enumerate(loadings)] for i, a in enumerate(loadings)
    ]
    found = omega_of_correlations(made, [1, 1, 1, 1])
    assert found.loadings == pytest.approx(loadings, abs=1e-5)
    assert found.standardized == pytest.approx(9 / (9 + 4 - sum(a * a for a in loadings)), abs=1e-5)


def test_with_equal_loadings_omega_is_alpha():
    made = [[1 if i == j else 0.4 for j in range(5)] for i in range(5)]
    expected = spearman_brown(0.4, 5)
    assert omega_of_correlations(made, [1] * 5).standardized == pytest.approx(expected, abs=1e-6)


def test_omega_needs_three_items_that_vary():
    with pytest.raises(ValueError, match="three items"):
        omega_total([[1, 2], [2, 1], [3, 3]])
    with pytest.raises(ValueError, match="never varies"):
        omega_total([[1, 2, 3], [2, 1, 3], [3, 3, 3]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: cronbach_alpha([[1], [2]]),
        lambda: cronbach_alpha([]),
        lambda: cronbach_alpha([[1, 2], [1]]),
        lambda: feldt(0.8, 1, 9),
        lambda: alpha_of_patterns([[1, 2, 0.5]]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


@given(st.floats(0.01, 0.99), st.floats(1, 10))
def test_lengthening_and_shortening_a_scale_undo_each_other(reliability, factor):
    longer = spearman_brown(reliability, factor)
    assert longer >= reliability
    assert spearman_brown(longer, 1 / factor) == pytest.approx(reliability)


def test_a_score_at_the_mean_stays_and_others_come_nearer():
    assert estimated_true_score(60, 60, 0.7) == 60
    assert estimated_true_score(41.8, 60, 0.7) == pytest.approx(41.8 + 5.5, abs=0.05)


def test_a_change_is_real_from_the_smallest_real_change_on():
    smallest = measurement_error(15, 0.8).smallest_real_change
    assert reliable_change_index(15, 0.8, 50, 50 + smallest) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: measurement_error(-1, 0.5),
        lambda: measurement_error(1, 1.1),
        lambda: reliable_change_index(5, 1, 2, 3),
        lambda: spearman_brown(0.5, 0),
    ],
)
def test_bad_scores_are_refused(call):
    with pytest.raises(ValueError):
        call()
