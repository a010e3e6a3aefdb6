"""Change beside money over a portfolio."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.plans import returns
from readiness.plans.returns import FEWEST_GROUPS, AssessedState, GroupReturn


def stand(tier, score, gates=5, on=date(2026, 1, 15)):
    axes = {"QMS": score, "EQR": None if score is None else score / 2}
    return AssessedState(on, "2026", "claimed", f"T{tier or 0}", tier, False, axes, gates, 12)


def followed(number, before=1, after=2, spent=100_000_00, points=(30.0, 40.0), gates=(4, 6)):
    return GroupReturn(
        f"g{number}",
        stand(before, points[0], gates[0]),
        stand(after, points[1], gates[1], date(2027, 1, 15)),
        awarded=2 * spent,
        spent=spent,
    )


def test_change_is_latest_less_first():
    one = followed(1, 1, 3)
    assert (one.tiers, one.points("QMS"), one.points("EQR"), one.gates) == (2, 10.0, 5.0, 2)
    assert one.points("NONE") is None


def test_a_group_that_could_not_be_rated_has_no_tier_change_and_counts_in_the_rest():
    every = [followed(n) for n in range(FEWEST_GROUPS)] + [followed(99, None, 2)]
    found = returns.portfolio_returns(every, ("QMS", "EQR"))
    assert (found.tiers.groups, found.gates.groups) == (FEWEST_GROUPS, FEWEST_GROUPS + 1)
    assert found.tiers.cents == FEWEST_GROUPS * 100_000_00


def test_below_the_least_number_of_groups_no_ratio_is_told():
    few = returns.portfolio_returns([followed(n) for n in range(FEWEST_GROUPS - 1)], ("QMS",))
    assert few.tiers.per_dollars is None
    assert few.axes["QMS"].per_dollars is None
    assert (few.tiers.change, few.tiers.cents) == (19, 19 * 100_000_00)


def test_the_ratio_is_for_each_hundred_thousand_dollars():
    every = [followed(n, after=2 + n % 2, spent=50_000_00) for n in range(FEWEST_GROUPS)]
    found = returns.portfolio_returns(every, ("QMS",))
    assert found.tiers.per_dollars is not None
    assert found.tiers.per_dollars.value == pytest.approx(3.0)  # 30 tiers for 1,000,000 dollars
    assert found.tiers.per_dollars.low < 3.0 < found.tiers.per_dollars.high
    points = found.axes["QMS"].per_dollars
    assert points is not None
    assert points.value == pytest.approx(20.0)


def test_groups_without_money_stand_beside_and_are_not_counted_in():
    found = returns.portfolio_returns([followed(1), followed(2, spent=0)], ("QMS",))
    assert found.tiers.groups == 1
    assert [each.group_id for each in found.without_money] == ["g2"]
    assert found.risen == 1


def test_a_fall_is_taken_off():
    found = returns.portfolio_returns([followed(1), followed(2, 3, 2)], ("QMS",))
    assert found.tiers.change == 0
