from __future__ import annotations

from math import inf, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.comparisons import katz, koopman, miettinen_nurminen_ratio

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SOME = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))


@pytest.mark.parametrize("method", [katz, koopman, miettinen_nurminen_ratio])
@given(one=SOME, two=SOME)
def test_an_interval_holds_its_ratio_and_turns_round_with_it(method, one, two):
    found, other = method(*one, *two), method(*two, *one)
    assert found.low <= found.ratio * (1 + 1e-9)
    assert found.ratio <= found.high * (1 + 1e-9)
    assert found.low == pytest.approx(1 / other.high, rel=1e-6)


@given(one=COUNTS, two=COUNTS)
def test_the_factor_of_a_ratio_only_widens(one, two):
    plain, wider = koopman(*one, *two), miettinen_nurminen_ratio(*one, *two)
    assert wider.low <= plain.low * (1 + 1e-9)
    assert plain.high <= wider.high * (1 + 1e-9)


def test_nobody_on_one_side_still_has_a_limit_on_the_other():
    """By hand: with x1 = 0 the statistic is z² where n1 R p̃2 / (1 − R p̃2) and its partner meet."""
    none, all_of_it = koopman(0, 20, 10, 20), koopman(10, 20, 0, 20)
    assert (none.ratio, none.low) == (0, 0)
    assert 0 < none.high < 1
    assert (all_of_it.ratio, all_of_it.high) == (inf, inf)
    assert all_of_it.low == pytest.approx(1 / none.high)


def test_nobody_on_either_side_tells_nothing():
    found = koopman(0, 20, 0, 30)
    assert isnan(found.ratio)
    assert (found.low, found.high) == (0, inf)


def test_a_logarithm_needs_someone_on_both_sides():
    with pytest.raises(ValueError, match="take the score interval"):
        katz(0, 20, 10, 20)
