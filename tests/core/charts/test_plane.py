from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.core.charts.plane import BOTTOM, LEFT, RIGHT, TOP, Plane, padded, round_values
from readiness.core.charts.scales import Scale


def test_the_corners_of_the_plane():
    plane = Plane(Scale(0, 10), Scale(-1, 1))
    low, high = plane.spot(0, -1), plane.spot(10, 1)
    assert (low.x, low.y) == (f"{LEFT:g}%", BOTTOM)
    assert (high.x, high.y) == (f"{RIGHT:g}%", TOP)


def test_what_lies_beyond_stands_at_the_edge():
    assert Plane(Scale(0, 10), Scale(0, 1)).spot(99, 7) == Plane(Scale(0, 10), Scale(0, 1)).spot(
        10, 1
    )


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4))
def test_round_values_lie_within_and_are_few(low, width):
    values = round_values(low, low + width)
    assert 1 <= len(values) <= 6
    assert all(low - width * 1e-6 <= each <= low + width * (1 + 1e-6) for each in values)


@pytest.mark.parametrize(("low", "high"), [(3, 3), (0, 1)])
def test_padding_never_leaves_no_width(low, high):
    first, last = padded(low, high)
    assert first < low <= high < last
