from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from readiness.incentives.design import Joining, Rule
from readiness.incentives.models import NOTHING, Eligibility, Scenario, TrueChange
from readiness.incentives.population import MeasureRates, Population, good_rates, next_rates
from readiness.incentives.simulate import (
    Chunk,
    chunks,
    draw,
    merge_tallies,
    study_of,
    tally_chunk,
)
from readiness.incentives.tallies import outcomes
from readiness.statistics.beta_binomial import Prior
from tests.factories.populations import SEED, a_design, a_ground, known, simulate_all, tried

VARIED = a_ground(
    np.array([[[40, 20]], [[200, 90]], [[60, 60]], [[25, 300]], [[500, 40]]]),
    np.array([[[0.8, 0.6]], [[0.7, 0.65]], [[0.5, 0.9]], [[0.9, 0.4]], [[0.6, 0.6]]]),
    groups=5,
    patients=np.array([100, 200, 300, 400, 500]),
    tiers=np.array([0, 1, 2, 3, -1]),
    social_risk=np.array([0.5, 0.1, 0.3, math.nan, 0.2]),
)


# Truth


def after_of(population, scenario):
    """Of the only measure, were the rates released the true ones: (S, G)."""
    rates, shown = (
        each[:, 0].T[:, :, None] for each in (good_rates(population), population.people)
    )
    return next_rates(MeasureRates(rates, shown > 0, 0), scenario)[:, :, 0]


def test_the_lower_groups_gain_but_never_past_the_reference():
    after = after_of(VARIED, Scenario(TrueChange.TRUE_GAIN, 10))
    assert after[1] == pytest.approx([0.7, 0.7, 0.9, 0.5, 0.6])
    assert after[0] == pytest.approx(VARIED.rates[:, 0, 0])


def test_the_reference_falls_only_where_somebody_is_behind_it_and_not_below_nothing():
    after = after_of(VARIED, Scenario(TrueChange.HIGHER_FALLS, 75))
    assert after[0] == pytest.approx([0.05, 0, 0.5, 0.15, 0.6])
    assert after[1] == pytest.approx(VARIED.rates[:, 0, 1])


def test_where_lower_is_better_gaining_is_falling():
    down = a_ground((40, 20), (0.1, 0.3), higher_is_better=np.array([False]))
    after = after_of(down, Scenario(TrueChange.TRUE_GAIN, 5))
    assert after[:, 0] == pytest.approx([0.9, 0.75])


def test_what_is_hidden_does_not_change():
    population = a_ground((40, 20), (0.9, math.nan))
    for kind in TrueChange:
        study = study_of(population, [a_design(rule=Rule.IMPROVEMENT)], Scenario(kind, 5))
        assert not draw(study, 0, Chunk(0, 50), SEED).changed.any()


# Draws


def test_the_first_year_is_what_was_released():
    for kind in TrueChange:
        drawn = draw(study_of(VARIED, [a_design()], Scenario(kind, 5)), 0, Chunk(3, 50), SEED)
        assert (drawn.before[:, :, 0] == VARIED.rates[:, 0].T).all()


@pytest.mark.parametrize("repeated", [0.0, 0.4])
def test_the_next_year_moves_with_the_truth_and_keeps_what_repeats(repeated):
    truth, released, people = (0.7, 0.5), (0.9, 0.4), (50, 20)
    population = known(a_ground(people, released, repeated=repeated), truth)
    study = study_of(population, [a_design()], Scenario(TrueChange.TRUE_GAIN, 10))
    shares = draw(study, 0, Chunk(0, 20_000), SEED).after[:, 0]
    for found, p, gain, x, n in zip(shares, truth, (0, 0.1), released, people, strict=True):
        again, anew = p + gain + repeated * (1 - p), p + gain - repeated * p
        mean = x * again + (1 - x) * anew
        variance = (x * again * (1 - again) + (1 - x) * anew * (1 - anew)) / n
        assert mean == pytest.approx(p + gain + repeated * (x - p))
        assert found.mean() == pytest.approx(mean, abs=4.5 * math.sqrt(variance / 20_000))
        assert found.std() == pytest.approx(math.sqrt(variance), rel=0.03)
        assert found * n == pytest.approx((found * n).round(), abs=1e-9)


def test_groups_and_chunks_are_drawn_apart():
    study = study_of(known(VARIED, (0.7, 0.6)), [a_design()], NOTHING)
    one, other = (draw(study, 0, Chunk(place, 4000), SEED) for place in (0, 1))
    for first, second in (
        (one.after, other.after),
        (one.after[:, [0]], one.after[:, [1]]),
        (one.after[[0]], one.after[[1]]),
    ):
        found = [np.corrcoef(a, b)[0, 1] for a, b in zip(rows(first), rows(second), strict=True)]
        assert np.abs(found).max() < 4.5 / math.sqrt(4000)


def rows(shares):
    return shares.reshape(-1, shares.shape[2])


# Tallies


def test_chunks_add_up_to_the_whole():
    designs = [a_design(), a_design(rule=Rule.LIFTING, least_points=1, full_points=9)]
    study = study_of(VARIED, designs, NOTHING)
    parts = [tally_chunk(study, Chunk(place, 70), SEED) for place in range(5)]
    whole, halves = (
        merge_tallies(parts),
        merge_tallies([merge_tallies(parts[:2]), merge_tallies(parts[2:])]),
    )
    assert whole.replicates == halves.replicates == 350
    for one, other in zip(whole.of, halves.of, strict=True):
        for name in ("paid", "earned", "earned_squared", "sums", "products"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12)
    assert whole.of[0].paid == pytest.approx(sum(part.of[0].paid for part in parts))


def test_another_design_beside_it_changes_nothing():
    two = a_ground((40, 20), (0.8, 0.6), groups=3, measures=2)
    design = a_design(measure_ids=("m1",))
    alone = simulate_all(two, [design], NOTHING, 300).of[0]
    both = [a_design(measure_ids=("m0", "m1")), design]
    beside = simulate_all(two, both, NOTHING, 300).of[1]
    assert (alone.paid == beside.paid).all()
    assert (alone.products == beside.products).all()


def test_the_error_is_the_scatter_of_independent_runs():
    design = a_design(pool=1000)
    study = study_of(VARIED, [design], NOTHING)
    runs = [outcomes(tally_chunk(study, Chunk(0, 200), seed), study)[0] for seed in range(100)]
    for name in ("paid", "spent", "unspent", "nobody", "concentration"):
        values = [getattr(run, name).value for run in runs]
        told = np.mean([getattr(run, name).error for run in runs])
        assert told == pytest.approx(np.std(values), rel=0.3), name
    shares = [share for run in runs if (share := run.by_tier[1].dollar_share)]
    assert len(shares) == 100
    assert np.mean([s.error for s in shares]) == pytest.approx(
        np.std([s.value for s in shares]), rel=0.3
    )
    dollars = [run.groups[0].dollars for run in runs]
    assert np.mean([d.error for d in dollars]) == pytest.approx(
        np.std([d.value for d in dollars]), rel=0.3
    )


def test_the_error_of_a_share_of_the_money_knows_that_the_whole_moves_with_the_part():
    two = a_ground((40, 20), (0.8, 0.6), groups=2, tiers=np.array([1, 2]))
    study = study_of(two, [a_design()], NOTHING)
    runs = [outcomes(tally_chunk(study, Chunk(0, 200), seed), study)[0] for seed in range(200)]
    shares = [share for run in runs if (share := run.by_tier[0].dollar_share)]
    told = np.mean([share.error for share in shares])
    assert told == pytest.approx(np.std([share.value for share in shares]), rel=0.2)


def test_a_change_on_a_measure_that_does_not_count_is_no_change():
    people = np.array([[[40, 20], [40, 5]], [[40, 20], [40, 20]]])
    rates = np.array([[[0.7, 0.7], [0.8, 0.6]], [[0.7, 0.7], [0.8, 0.6]]])
    population = a_ground(people, rates, groups=2, measures=2)
    design = a_design(measure_ids=("m0", "m1"), least_denominator=11)
    sure = known(population, truth=(0.8, 0.6))
    alike = {(0, s): Prior(7e6, 3e6 + 1e6 * (s == 0)) for s in (0, 1)}
    sure = replace(sure, given_priors={**sure.given_priors, **alike})
    found = tried(sure, design, Scenario(TrueChange.TRUE_GAIN, 5), replicates=10)
    assert (found.taking_part, found.changed) == (2, 1)
    assert found.paid_of_changed is not None
    assert found.paid_of_unchanged is not None


def test_what_never_happens_still_has_an_error():
    sure = a_ground((9000, 3000), (0.8, 0.6))
    found = tried(sure, a_design(least_points=50, full_points=50), replicates=1000)
    assert found.groups[0].chance.value == 0
    assert 0 < found.groups[0].chance.error < 0.002
    assert found.nobody.value == 1
    assert found.nobody.error > 0


def test_the_order_of_groups_does_not_matter():
    """The same groups, turned round: what differs is luck alone."""
    turned = permuted(VARIED, [4, 2, 0, 3, 1])
    one, other = (
        tried(population, a_design(), replicates=20_000) for population in (VARIED, turned)
    )
    for name in ("paid", "spent", "concentration"):
        a, b = getattr(one, name), getattr(other, name)
        assert abs(a.value - b.value) < 4 * math.hypot(a.error, b.error), name
        assert a.error > 0
    chances = {group.group_id: group.chance for group in other.groups}
    for group in one.groups:
        mine, its = group.chance, chances[group.group_id]
        assert abs(mine.value - its.value) < 4 * math.hypot(mine.error, its.error)
    assert [part.taking_part for part in one.by_tier] == [
        part.taking_part for part in other.by_tier
    ]


def permuted(population: Population, order: list[int]) -> Population:
    return replace(
        population,
        group_ids=tuple(population.group_ids[place] for place in order),
        tiers=population.tiers[order],
        patients=population.patients[order],
        social_risk=population.social_risk[order],
        people=population.people[order],
        rates=population.rates[order],
    )


def test_one_replicate_tells_nothing_of_its_luck():
    with pytest.raises(ValueError, match="at least 2"):
        chunks(VARIED, 1)


# What comes of it


def test_money_adds_up():
    found = tried(VARIED, a_design(pool=90_000), replicates=500)
    spent = found.spent.value
    assert spent + found.unspent.value == pytest.approx(90_000)
    assert sum(group.dollars.value for group in found.groups) == pytest.approx(spent)
    assert sum(part.dollars.value for part in found.by_tier) == pytest.approx(spent)
    assert sum(part.dollars.value for part in found.by_social_risk) == pytest.approx(spent)
    shares = [part.dollar_share for part in found.by_tier if part.dollar_share]
    assert sum(share.value for share in shares) == pytest.approx(1)
    assert sum(part.patient_share for part in found.by_social_risk) == pytest.approx(1)
    assert sum(group.most for group in found.groups) == pytest.approx(90_000)


def test_groups_are_told_by_tier_and_by_thirds_of_social_risk():
    found = tried(VARIED, a_design(), replicates=10)
    assert [part.name for part in found.by_tier] == [
        "tier 0", "tier 1", "tier 2", "tier 3", "not known",
    ]  # fmt: skip
    assert [(part.name, part.groups, part.patients) for part in found.by_social_risk] == [
        ("lowest third", 1, 200),
        ("middle third", 2, 800),
        ("highest third", 1, 100),
        ("not known", 1, 400),
    ]
    assert found.concentration_groups == 4


def test_the_concentration_of_expected_dollars_is_that_of_their_means():
    from readiness.statistics.inequality import concentration_index

    found = tried(VARIED, a_design(), replicates=500)
    ranked = [0, 1, 2, 4]
    expected = concentration_index(
        [found.groups[g].dollars.value for g in ranked],
        VARIED.social_risk[ranked].tolist(),
        VARIED.patients[ranked].tolist(),
    )
    assert found.concentration is not None
    assert found.concentration.value == pytest.approx(expected)
    assert found.present_concentration == 0


def test_the_present_may_be_told():
    population = replace(VARIED, present_dollars=np.array([1.0, 0, 0, 0, 0]))
    found = tried(population, a_design(), replicates=10)
    assert found.present_concentration == pytest.approx(2 * (1 - 50 / 1100) - 1)


def test_nobody_taking_part_leaves_the_pool_unspent():
    found = tried(VARIED, a_design(least_tier=4, pool=5000), replicates=10)
    assert found.taking_part == 0
    assert found.paid.value == found.spent.value == 0
    assert found.unspent.value == 5000
    assert found.concentration is None
    assert found.left_out() == {Eligibility.TIER: 4, Eligibility.TIER_UNKNOWN: 1}


def test_a_measure_that_does_not_count_lowers_nobodys_payment():
    """A group with one measure of two earns all it can earn on that one."""
    people = np.array([[[30, 30], [5, 5]]])
    population = a_ground(people, (0.9, 0.9), measures=2)
    design = a_design(
        measure_ids=("m0", "m1"),
        rule=Rule.ATTAINMENT,
        attainment=0.1,
        least_denominator=11,
        joining=Joining.ALL,
        pool=100,
    )
    found = tried(population, design, replicates=100)
    assert found.groups[0].measures == 1
    assert found.spent.value == 100
    assert (found.measures_counted, found.measures_asked, found.cells_too_few) == (1, 2, 2)
