from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.incentives.alias_tables import alias_tables, draw_entries
from tests.factories.populations import SEED

LISTS = st.integers(1, 12).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(0, 1), min_size=width, max_size=width).filter(lambda x: sum(x) > 0.01),
        min_size=1,
        max_size=6,
    )
)


def chances_in(tables, row):
    """What a draw comes to, bucket by bucket."""
    width = tables.kept.shape[1]
    found = np.zeros(width)
    for bucket in range(width):
        kept = tables.kept[row, bucket]
        found[bucket] += kept / width
        found[tables.other[row, bucket]] += (1 - kept) / width
    return found


@given(LISTS)
def test_the_buckets_hold_exactly_the_chances(lists):
    chance = np.array(lists) / np.sum(lists, axis=1, keepdims=True)
    tables = alias_tables(chance)
    for row, expected in enumerate(chance):
        assert chances_in(tables, row) == pytest.approx(expected, abs=1e-9)
    assert ((tables.kept > -1e-9) & (tables.kept < 1 + 1e-9)).all()


def test_an_entry_is_drawn_of_the_list_that_is_named():
    tables = alias_tables(np.array([[1.0, 0, 0], [0, 0.25, 0.75]]))
    lists = np.repeat([[0], [1]], 20_000, axis=1)
    found = draw_entries(tables, lists, np.random.default_rng(SEED))
    assert (found[0] == 0).all()
    assert set(found[1].tolist()) == {1, 2}
    assert (found[1] == 2).mean() == pytest.approx(0.75, abs=0.014)
