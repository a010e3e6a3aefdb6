from __future__ import annotations

from itertools import pairwise
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.percentiles import mid_rank_percentile, quantile

pytestmark = pytest.mark.slow  # hundreds of drawn tables

VALUES = st.lists(st.integers(0, 100), min_size=1, max_size=40)
KINDS = range(1, 10)


@given(VALUES.filter(lambda values: len(values) > 1))
def test_types_6_and_7_are_those_of_the_standard_library(values):
    for kind, expected in (
        (6, quantiles(values, n=4, method="exclusive")),
        (7, quantiles(values, n=4, method="inclusive")),
    ):
        found = [quantile(values, share, kind) for share in (0.25, 0.5, 0.75)]
        ends = min(values), max(values)
        clipped = [min(max(each, ends[0]), ends[1]) for each in expected]
        assert found == pytest.approx(clipped)


@pytest.mark.parametrize("kind", KINDS)
@given(values=VALUES)
def test_quantiles_rise_and_stay_among_the_values(kind, values):
    found = [quantile(values, step / 20, kind) for step in range(21)]
    assert all(a <= b + 1e-9 for a, b in pairwise(found))
    assert min(values) <= found[0]
    assert found[-1] == pytest.approx(max(values))


@pytest.mark.parametrize("kind", [2, 5, 6, 7, 8, 9])
@given(values=VALUES)
def test_the_half_is_the_median(kind, values):
    assert quantile(values, 0.5, kind) == pytest.approx(median(values))


def test_the_types_that_take_an_observation_on_paper():
    """Of 1 to 4, at a quarter: n p = 1 exactly; type 3 takes the even place of 0.5."""
    assert [quantile([1, 2, 3, 4], 0.25, kind) for kind in (1, 2, 3)] == [1, 1.5, 1]


@given(VALUES)
def test_percentiles_of_all_values_average_to_fifty(values):
    found = [mid_rank_percentile(values, each) for each in values]
    assert sum(found) / len(found) == pytest.approx(50)


@pytest.mark.parametrize(
    "call",
    [
        lambda: quantile([], 0.5),
        lambda: quantile([1], 1.5),
        lambda: quantile([1], 0.5, 10),
        lambda: mid_rank_percentile([], 1),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
