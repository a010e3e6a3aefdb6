from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.hypothesis_tests import (
    benjamini_hochberg,
    detectable_rate_above,
    detectable_rate_below,
    equality,
    holm,
    holm_after_primary,
    homogeneity,
    power,
    sample_size_each,
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


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_others_than_the_primary_hypotheses_are_never_surer_than_all_of_those(pairs):
    ps, are_primary = [p for p, _ in pairs], [each for _, each in pairs]
    adjusted = holm_after_primary(ps, are_primary)
    first = [p for p, is_primary in zip(adjusted, are_primary, strict=True) if is_primary]
    others = [p for p, is_primary in zip(adjusted, are_primary, strict=True) if not is_primary]
    assert first == holm([p for p, is_primary in pairs if is_primary])
    assert all(one <= other for one in first for other in others)
    assert holm_after_primary(ps, [False] * len(ps)) == holm(ps)


def test_one_primary_hypothesis_is_tested_as_if_alone():
    adjusted = holm_after_primary([0.03, 0.001, 0.02], [True, False, False])
    assert adjusted == pytest.approx([0.03, 0.03, 0.03])
    assert holm_after_primary([0.01, 0.03, 0.02], [True, False, False]) == [0.01, 0.04, 0.04]


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
