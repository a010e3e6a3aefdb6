from __future__ import annotations

import math

import numpy as np
import pytest

from readiness.incentives.design import PoolSplit, Rule
from readiness.incentives.models import Eligibility
from readiness.incentives.terms import terms_of
from readiness.statistics.between_groups import gap_of, gap_reliability, true_gaps
from tests.factories.populations import a_design, a_ground


def test_a_gap_takes_the_reference_and_one_more_group_of_people():
    people = np.array([[[30, 11, 0]], [[30, 10, 10]], [[10, 30, 30]], [[30, 30, 30]]])
    population = a_ground(people, (0.8, 0.6, 0.7), groups=4)
    terms = terms_of(population, a_design(least_denominator=11))
    assert terms.counts[:, 0].tolist() == [True, False, False, True]
    assert terms.used[0, 0].tolist() == [True, True, False]
    of_all = terms_of(population, a_design(rule=Rule.IMPROVEMENT, least_denominator=11))
    assert of_all.counts.all()


def test_the_first_reason_that_keeps_a_group_out_is_told():
    nan = math.nan
    population = a_ground(
        np.array([[[30, 30]], [[30, 30]], [[30, 30]], [[30, 5]], [[30, 30]], [[30, 30]]]),
        np.array(
            [[[0.8, 0.6]], [[0.8, 0.6]], [[0.8, nan]], [[0.8, 0.6]], [[0.6, 0.8]], [[0.8, 0.6]]]
        ),
        groups=6,
        tiers=np.array([1, -1, 3, 3, 3, 2]),
    )
    design = a_design(least_tier=2, least_denominator=11, split=PoolSplit.BY_PEOPLE_BEHIND)
    assert terms_of(population, design).eligibility == (
        Eligibility.TIER,
        Eligibility.TIER_UNKNOWN,
        Eligibility.NOT_SHOWN,
        Eligibility.TOO_FEW,
        Eligibility.NOBODY_BEHIND,
        Eligibility.TAKES_PART,
    )


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (PoolSplit.EQUAL, [1 / 2, 1 / 2, 0]),
        (PoolSplit.BY_PATIENTS, [1 / 4, 3 / 4, 0]),
        (PoolSplit.BY_PEOPLE_BEHIND, [20 / 120, 100 / 120, 0]),
    ],
)
def test_the_pool_is_divided_among_those_that_take_part(split, expected):
    population = a_ground(
        np.array([[[40, 20, 50]], [[40, 60, 40]], [[40, 90, 90]]]),
        np.array([[[0.8, 0.6, 0.8]], [[0.8, 0.6, 0.7]], [[0.8, 0.6, 0.5]]]),
        groups=3,
        patients=np.array([100, 300, 900]),
        tiers=np.array([3, 3, 1]),
    )
    assert terms_of(population, a_design(split=split, least_tier=2)).most == pytest.approx(expected)


def varied(groups):
    """Gaps that truly lie apart, and sizes from small to large."""
    sizes = np.linspace(30, 900, groups).astype(int)
    people = np.stack([5 * sizes, sizes], axis=1)[:, None, :]
    lower = 0.6 + 0.1 * np.sin(np.arange(groups))
    rates = np.stack([np.full(groups, 0.8), lower], axis=1)[:, None, :]
    return a_ground(people, rates, groups=groups)


def test_a_gap_counts_from_the_reliability_asked_for():
    population = varied(40)
    people, rates = population.people[:, 0], population.rates[:, 0]
    gaps = [
        gap_of(r[1] * n[1], n[1], r[0] * n[0], n[0]) for n, r in zip(people, rates, strict=True)
    ]
    spread = true_gaps(gaps).spread
    expected = [gap_reliability(gap, spread) >= 0.7 for gap in gaps]
    assert 5 < sum(expected) < 38
    terms = terms_of(population, a_design(least_reliability=0.7))
    assert terms.counts[:, 0].tolist() == expected
    assert {s for s, fine in zip(terms.eligibility, expected, strict=True) if not fine} == {
        Eligibility.UNRELIABLE
    }


def test_reliability_cannot_be_told_from_few_groups():
    few, enough = (terms_of(varied(n), a_design(least_reliability=0.01)) for n in (29, 30))
    assert set(few.eligibility) == {Eligibility.UNTOLD}
    assert Eligibility.UNTOLD not in enough.eligibility


def test_a_rule_on_everybody_asks_how_reliable_rates_are_not_gaps():
    """Rates of the reference are all alike: of everybody they hardly differ, gaps do."""
    population = varied(40)
    gaps = terms_of(population, a_design(least_reliability=0.7)).counts.sum()
    rates = terms_of(
        population, a_design(rule=Rule.IMPROVEMENT, least_reliability=0.7)
    ).counts.sum()
    composite = a_design(
        rule=Rule.COMPOSITE,
        weights={Rule.NARROWING: 1, Rule.IMPROVEMENT: 1},
        least_reliability=0.7,
    )
    assert gaps > 5
    assert rates == 0
    assert terms_of(population, composite).counts.sum() == 0


def test_a_measure_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="pays on m7, which is not in these numbers"):
        terms_of(varied(3), a_design(measure_ids=("m7",)))
