from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.data_quality import completeness, could_flip, worst_case


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
