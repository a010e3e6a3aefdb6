from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.scales import (
    estimated_true_score,
    measurement_error,
    reliable_change_index,
    spearman_brown,
)


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
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
