from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.hypothesis_tests import (
    benjamini_hochberg,
    equality,
    holm,
    homogeneity,
    two_tailed,
)

PS = st.lists(st.floats(0, 1), min_size=1, max_size=12)
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(one=COUNTS, two=COUNTS)
def test_the_test_of_two_groups_is_the_pooled_z_test(one, two):
    assert homogeneity([one, two]).p == pytest.approx(equality(*one, *two), abs=1e-9)


@given(PS)
def test_adjusting_never_makes_surer_and_holm_is_stricter(ps):
    for p, mild, strict in zip(ps, benjamini_hochberg(ps), holm(ps), strict=True):
        assert p <= mild * (1 + 1e-12)
        assert mild <= strict * (1 + 1e-12)
        assert strict <= 1


@given(PS)
def test_adjusting_keeps_the_order(ps):
    for adjusted in (holm(ps), benjamini_hochberg(ps)):
        by_p = [each for _, each in sorted(zip(ps, adjusted, strict=True))]
        assert by_p == sorted(by_p)


def test_known_tails():
    assert two_tailed(1.959964) == pytest.approx(0.05, abs=1e-6)
    smokers = homogeneity([(83, 86), (90, 93), (129, 136), (70, 82)])  # R, ?prop.test
    assert smokers.p == pytest.approx(0.005585, abs=1e-6)


@pytest.mark.parametrize("counts", [[(0, 10), (0, 20)], [(10, 10), (20, 20)]])
def test_groups_where_all_or_none_are_counted_cannot_differ(counts):
    assert homogeneity(counts).p == 1
    assert equality(*counts[0], *counts[1]) == 1


def test_bad_input_is_a_sentence():
    with pytest.raises(ValueError, match="at least two groups"):
        homogeneity([(1, 2)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.1, 1.2])
