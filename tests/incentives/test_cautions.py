from __future__ import annotations

import math
import re

import numpy as np
import pytest

from readiness.incentives.cautions import FINDERS, Harm, cautions
from readiness.incentives.design import Lower, PoolSplit, Rule
from readiness.incentives.models import NOTHING, Scenario, TrueChange
from tests.factories.populations import a_design, a_ground, tried

GAIN, FALL = Scenario(TrueChange.TRUE_GAIN, 5), Scenario(TrueChange.HIGHER_FALLS, 5)
LARGE = a_ground((9000, 3000), (0.8, 0.6), groups=6)
SMALL = a_ground((40, 20), (0.8, 0.6), groups=6)


def found(population, design, *scenarios):
    outcomes = [tried(population, design, each, 400) for each in scenarios or (NOTHING,)]
    return {each.harm: each.says for each in cautions(outcomes)}


def test_every_harm_has_its_finder():
    assert set(FINDERS) == set(Harm)


def test_a_fall_that_pays_is_named_with_both_figures():
    narrowing = a_design(confidence=0.95)
    says = found(LARGE, narrowing, NOTHING, FALL)[Harm.FALL]
    assert "truly falls by 5 points" in says
    assert re.search(r"9[678]% of the groups are paid something, \$9", says)
    assert re.search(r"against [456]% and \$[456].,... when nothing changes", says)


@pytest.mark.parametrize("changes", [{"rule": Rule.LIFTING}, {"no_fall": True}])
def test_a_fall_that_does_not_pay_is_not_named(changes):
    assert Harm.FALL not in found(LARGE, a_design(confidence=0.95, **changes), NOTHING, FALL)


def test_a_fall_that_was_not_tried_is_not_named():
    assert Harm.FALL not in found(LARGE, a_design(), NOTHING, GAIN)


def test_being_paid_by_chance_is_named_with_the_money_it_takes():
    says = found(SMALL, a_design(pool=600_000))[Harm.CHANCE]
    assert "of the groups are paid something by chance, $" in says
    assert "of the pool of $600,000" in says
    assert Harm.CHANCE not in found(LARGE, a_design(confidence=0.99))


def test_attainment_is_not_said_to_pay_for_chance_but_for_what_is_there():
    reached = found(LARGE, a_design(rule=Rule.ATTAINMENT, attainment=0.7))
    assert Harm.CHANCE not in reached
    assert (
        "100% of the groups are paid something when nothing changes" in reached[Harm.ALREADY_THERE]
    )
    assert Harm.ALREADY_THERE not in found(LARGE, a_design())


def test_lower_groups_picked_by_the_first_year_return_by_themselves():
    assert Harm.REGRESSION in found(SMALL, a_design(lower=Lower.SEEN_BEHIND))
    assert Harm.REGRESSION not in found(SMALL, a_design(lower=Lower.ALL_OTHERS))
    improvement = a_design(rule=Rule.IMPROVEMENT, lower=Lower.SEEN_BEHIND)
    assert Harm.REGRESSION not in found(SMALL, improvement)


def test_a_rule_on_everybody_is_blind_to_the_gap():
    assert Harm.BLIND in found(SMALL, a_design(rule=Rule.IMPROVEMENT))
    guarded = found(SMALL, a_design(rule=Rule.IMPROVEMENT, no_fall=True))[Harm.BLIND]
    assert "asks no gain of them" in guarded
    assert Harm.BLIND not in found(SMALL, a_design(rule=Rule.LIFTING))


def test_true_gains_that_are_passed_over_are_named():
    strict = a_design(confidence=0.99)
    assert (
        "Where the lower groups truly gain up to 5 points"
        in (found(SMALL, strict, NOTHING, GAIN)[Harm.FINDS_FEW])
    )
    assert Harm.FINDS_FEW not in found(LARGE, strict, NOTHING, GAIN)


def test_a_safeguard_strikes_by_chance_the_more_so_with_many_groups_of_people():
    two = found(SMALL, a_design(no_fall=True))[Harm.SAFEGUARD]
    six = found(a_ground((40,) * 6, (0.7,) * 6), a_design(no_fall=True))[Harm.SAFEGUARD]
    assert figure(two) < figure(six)
    roomy = a_design(no_fall=True, fall_tolerance_points=60)
    assert Harm.SAFEGUARD not in found(SMALL, roomy)
    assert (
        "by more than 2 points"
        in (found(SMALL, a_design(no_fall=True, fall_tolerance_points=2))[Harm.SAFEGUARD])
    )


def figure(says):
    return int(says.split("%")[0].split()[-1])


def test_money_that_leaves_high_social_risk_is_named_with_the_index():
    """Groups with more social risk have nobody who could reach the level."""
    rates = np.array([0.9, 0.9, 0.9, 0.5, 0.5, 0.5])[:, None, None] * np.ones((6, 1, 2))
    population = a_ground((300, 300), rates, groups=6)
    design = a_design(rule=Rule.ATTAINMENT, attainment=0.8)
    says = found(population, design)[Harm.MONEY_LEAVES]
    assert "the concentration index is −0.50, and 0.00 for what is paid today" in says
    assert "highest social risk has 33% of the patient-measures and gets 0% of the dollars" in says
    turned = a_ground((300, 300), rates[::-1], groups=6)
    assert Harm.MONEY_LEAVES not in found(turned, design)


def test_nothing_is_said_of_social_risk_that_nobody_knows():
    population = a_ground((300, 300), (0.8, 0.5), groups=3, social_risk=np.full(3, math.nan))
    assert Harm.MONEY_LEAVES not in found(population, a_design())


def test_groups_left_out_are_counted_with_their_patients():
    people = np.array([[[40, 20]], [[40, 40]], [[40, 29]]])
    population = a_ground(people, (0.8, 0.6), groups=3)
    says = found(population, a_design(least_denominator=30))[Harm.TOO_SMALL]
    assert "leaves out 2 groups with 2,000 patient-measures" in says
    assert Harm.TOO_SMALL not in found(population, a_design(least_denominator=20))


def test_hidden_numbers_are_counted():
    rates = np.array([[[0.8, math.nan]], [[0.8, 0.6]]])
    population = a_ground((40, 40), rates, groups=2)
    says = found(population, a_design())[Harm.HIDDEN]
    assert "not paid on: 1 rate of" in says
    assert "leaves out 1 group with 1,000 patient-measures altogether" in says
    assert Harm.HIDDEN not in found(SMALL, a_design())


def test_below_thirty_groups_reliability_cannot_be_told_and_above_it_can_be_too_low():
    asked = a_design(least_reliability=0.7)
    few = found(SMALL, asked)
    assert "fewer than 30 groups, which leaves out 6 groups" in few[Harm.UNTOLD]
    assert Harm.UNRELIABLE not in few
    assert Harm.NOBODY in few
    alike = found(a_ground((40, 20), (0.8, 0.6), groups=30), asked)
    assert "reliability of 0.70 leaves out 30 groups" in alike[Harm.UNRELIABLE]
    assert Harm.UNTOLD not in alike


def test_a_tier_condition_names_who_it_shuts_out():
    population = a_ground((40, 20), (0.8, 0.6), groups=4, tiers=np.array([1, 2, 3, -1]))
    says = found(population, a_design(least_tier=3))[Harm.TIER]
    assert "tier 3 closes the payment to 3 groups with 3,000 patient-measures, 1 of them" in says
    assert Harm.TIER not in found(population, a_design())


def test_a_pool_divided_by_people_behind_names_those_with_nobody_behind():
    rates = np.array([[[0.8, 0.6]], [[0.6, 0.8]]])
    population = a_ground((40, 40), rates, groups=2)
    says = found(population, a_design(split=PoolSplit.BY_PEOPLE_BEHIND))[Harm.NOBODY_BEHIND]
    assert "1 group with 1,000 patient-measures" in says
    assert Harm.NOBODY_BEHIND not in found(population, a_design())


def test_a_line_invites_stopping_at_it_and_a_slope_does_not():
    assert Harm.LINE in found(SMALL, a_design(least_points=2, full_points=2))
    assert Harm.LINE in found(SMALL, a_design(rule=Rule.ATTAINMENT, attainment=0.5))
    assert Harm.LINE not in found(SMALL, a_design(least_points=2, full_points=5))


def test_recoding_can_earn_money_only_where_groups_of_people_are_told_apart():
    assert Harm.RECODING in found(SMALL, a_design())
    assert Harm.RECODING not in found(SMALL, a_design(rule=Rule.IMPROVEMENT))


def test_every_caution_ends_in_what_to_do():
    design = a_design(lower=Lower.SEEN_BEHIND, no_fall=True, least_tier=3, least_denominator=30)
    for says in found(SMALL, design, NOTHING, GAIN, FALL).values():
        assert says.endswith(".")
        assert says.count(". ") >= 1


def test_outcomes_of_two_designs_are_not_mixed():
    outcomes = [tried(SMALL, a_design(name=name), NOTHING, 10) for name in ("one", "two")]
    with pytest.raises(ValueError, match="one design"):
        cautions(outcomes)
