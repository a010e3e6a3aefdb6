from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.beta_binomial import (
    Prior,
    fit,
    log_likelihood,
    reliability,
    sample_size_for,
    shrink,
)

PRIORS = st.builds(Prior, st.floats(0.5, 80), st.floats(0.5, 80))
GROUPS15 = [
    (10, 24), (19, 31), (39, 45), (35, 52), (44, 60), (41, 75), (63, 88), (85, 110), (81, 130),
    (116, 164), (159, 210), (153, 260), (166, 305), (212, 410), (356, 520),
]  # fmt: skip


@pytest.mark.parametrize("step", [-0.02, 0.02])
@pytest.mark.parametrize("which", ["alpha", "beta"])
def test_nothing_near_the_fit_is_likelier(step, which):
    found = fit(GROUPS15)
    moved = {"alpha": found.prior.alpha, "beta": found.prior.beta}
    moved[which] *= 1 + step
    assert log_likelihood(Prior(**moved), GROUPS15) < found.log_likelihood


def test_drawn_groups_give_their_prior_back():
    rng = random.Random(3)
    counts = [
        (sum(rng.random() < p for _ in range(60)), 60)
        for p in (rng.betavariate(22.4, 9.6) for _ in range(600))
    ]
    found = fit(counts).prior
    assert found.mean == pytest.approx(0.7, abs=0.01)
    assert found.strength == pytest.approx(32, rel=0.25)


def test_groups_that_vary_less_than_by_chance_cannot_be_told_apart():
    assert not fit([(70, 100)] * 40).prior.tells_groups_apart
    assert fit(GROUPS15).prior.tells_groups_apart


@pytest.mark.parametrize(
    ("spread", "strength", "for_70", "for_40"),
    [(0.03, 232, 542, 155), (0.05, 83, 194, 55), (0.08, 32, 74, 21), (0.10, 20, 47, 13)],
)
def test_how_many_patients_a_reliability_takes(spread, strength, for_70, for_40):
    """Mean .70: the larger the spread of true rates, the fewer."""
    total = 0.7 * 0.3 / spread**2 - 1
    prior = Prior(0.7 * total, 0.3 * total)
    assert prior.between_variance == pytest.approx(spread**2)
    assert prior.strength == pytest.approx(strength, abs=0.6)
    assert sample_size_for(prior, 0.7) == pytest.approx(for_70, abs=1)
    assert sample_size_for(prior, 0.4) == pytest.approx(for_40, abs=1)


@given(PRIORS, st.integers(0, 500), st.integers(1, 500))
def test_shrinking_lands_between_the_group_and_the_mean(prior, x, more):
    n = x + more
    found = shrink(prior, x, n)
    ends = sorted([x / n, prior.mean])
    assert ends[0] - 1e-9 <= found.mean <= ends[1] + 1e-9
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(found.weight * x / n + (1 - found.weight) * prior.mean)


@given(PRIORS, st.integers(1, 500))
def test_more_patients_say_more(prior, n):
    assert reliability(prior, n) < reliability(prior, n + 1) < 1
    assert reliability(prior, sample_size_for(prior, 0.6)) == pytest.approx(0.6)


@pytest.mark.parametrize("counts", [[], [(3, 5)], [(0, 5), (0, 9)], [(5, 5), (9, 9)]])
def test_what_tells_nothing_is_refused(counts):
    with pytest.raises(ValueError, match=r"two groups|Nobody or everybody"):
        fit(counts)
