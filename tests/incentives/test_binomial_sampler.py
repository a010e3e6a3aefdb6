from __future__ import annotations

from math import comb, exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.incentives import simulate
from readiness.incentives.binomial_sampler import alias_tables, draw_shares
from readiness.incentives.models import NOTHING
from readiness.incentives.simulate import Chunk, draw, study_of
from tests.factories.populations import SEED, a_design, a_ground, tried

CELLS = st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), min_size=1, max_size=8)


def chances_in(tables, cell):
    """What a draw comes to, bucket by bucket."""
    start, width = int(tables.start[cell]), int(tables.width[cell])
    found = np.zeros(int(tables.people[cell]) + 1)
    for bucket in range(width):
        kept, other = tables.kept[start + bucket], tables.other[start + bucket]
        found[tables.low[cell] + bucket] += kept / width
        found[tables.low[cell] + other] += (1 - kept) / width
    return found


def urns_for(cells):
    people, rates = zip(*cells, strict=True)
    return alias_tables(np.array(people), np.array(rates, dtype=float))


@given(CELLS)
def test_the_buckets_hold_exactly_the_binomial_chances(cells):
    tables = urns_for(cells)
    for cell, (n, p) in enumerate(cells):
        expected = [comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1)]
        assert chances_in(tables, cell) == pytest.approx(expected, abs=1e-9)
    assert ((tables.kept >= 0) & (tables.kept <= 1)).all()


def chance(x, n, p):
    ways = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
    return exp(ways + x * log(p) + (n - x) * log(1 - p))


def test_large_groups_too():
    cells = [(3_000, 0.7), (9_000, 0.01), (300, 0.999), (12, 0.5)]
    tables = urns_for(cells)
    for cell, (n, p) in enumerate(cells):
        assert chances_in(tables, cell) == pytest.approx(
            [chance(x, n, p) for x in range(n + 1)], abs=1e-9
        )
    assert len(tables.kept) < 1_000


def test_laying_out_in_parts_changes_nothing(monkeypatch):
    cells = [(n, 0.1 + 0.008 * n) for n in range(100)]
    whole = urns_for(cells)
    monkeypatch.setattr("readiness.incentives.binomial_sampler.AT_ONCE", 300)
    parts = urns_for(cells)
    assert (whole.start == parts.start).all()
    for cell in range(100):
        assert chances_in(whole, cell) == pytest.approx(chances_in(parts, cell), abs=1e-12)


@pytest.mark.slow
def test_draws_have_the_mean_and_scatter_of_binomials():
    cells = [(0, 0.5), (1, 0.3), (30, 0.0), (30, 1.0), (40, 0.7), (900, 0.2)]
    found = draw_shares(urns_for(cells), np.random.default_rng(SEED), 40_000)
    for drawn, (n, p) in zip(found, cells, strict=True):
        error = (p * (1 - p) / max(n, 1)) ** 0.5 if n else 0.0
        assert drawn.mean() == pytest.approx(p if n else 0.0, abs=4.5 * error / 200 + 1e-9)
        assert drawn.std() == pytest.approx(error, rel=0.03, abs=1e-9)
        assert drawn * n == pytest.approx((drawn * n).round(), abs=1e-9)


def test_a_ground_too_large_for_tables_is_drawn_without_them(monkeypatch):
    population = a_ground((14, 9), (0.8, 0.5))
    design = a_design(least_points=5, full_points=5)
    with_tables = tried(population, design, replicates=20_000).paid
    monkeypatch.setattr(simulate, "MOST_BUCKETS", 0)
    study = study_of(population, [design], NOTHING)
    assert not study.sources.before.tables
    assert draw(study, 0, Chunk(0, 3), SEED).before.shape == (2, 1, 3)
    without = tried(population, design, replicates=20_000).paid
    assert with_tables.value != without.value
    assert abs(with_tables.value - without.value) < 6 * with_tables.error
