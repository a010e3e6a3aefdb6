from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.hypothesis_tests import (
    detectable_rate_above,
    detectable_rate_below,
    power,
    sample_size_each,
)

SIZES = (20, 30, 50, 100, 200, 400, 1000)


@pytest.mark.parametrize(
    ("reference", "points"),
    [
        (0.7, (32.8, 26.9, 20.8, 14.6, 10.2, 7.2, 4.5)),
        (0.8, (30.8, 24.9, 19.0, 13.2, 9.1, 6.4, 4.0)),
        (0.9, (26.2, 20.8, 15.5, 10.5, 7.2, 4.9, 3.0)),
    ],
)
def test_the_smallest_gap_that_could_be_found(reference, points):
    """80 percent power, the reference five times as large."""
    for n, expected in zip(SIZES, points, strict=True):
        found = detectable_rate_below(reference, n, 5 * n)
        assert 100 * (reference - found) == pytest.approx(expected, abs=0.051)


@given(st.floats(0.05, 0.95), st.integers(5, 3_000), st.integers(5, 3_000))
def test_what_is_detectable_is_detected_at_the_power_wanted(reference, n, other):
    below, above = (
        detectable_rate_below(reference, n, other),
        detectable_rate_above(reference, n, other),
    )
    for found in (below, above):
        if found is not None:
            assert power(found, reference, n, other) == pytest.approx(0.8, abs=1e-6)
    assert below is None or below < reference
    assert above is None or above > reference


def test_with_very_few_people_nothing_is_detectable():
    assert detectable_rate_below(0.3, 5, 5) is None
    assert detectable_rate_above(0.7, 5, 5) is None


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.5, 0.99))
def test_the_number_of_people_gives_the_power_it_was_asked_for(p1, p2, wanted):
    if abs(p1 - p2) < 0.001:
        return
    n = sample_size_each(p1, p2, wanted)
    assert power(p1, p2, n, n) == pytest.approx(wanted, abs=1e-6)


def test_more_people_see_more():
    assert power(0.5, 0.75, 50, 50) < power(0.5, 0.75, 60, 50) < power(0.5, 0.75, 60, 60)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sample_size_each(0.5, 0.5),
        lambda: sample_size_each(0.5, 0.6, 1),
        lambda: power(1.2, 0.5, 9, 9),
        lambda: power(0.2, 0.5, 0, 9),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
