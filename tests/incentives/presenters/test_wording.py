from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.incentives.models import Simulated
from readiness.incentives.presenters import wording
from readiness.incentives.presenters.wording import columns_of
from tests.factories import incentive_runs


@pytest.fixture(scope="module")
def outcome():
    return columns_of(incentive_runs.done(incentive_runs.a_run()))[0].still


def with_spent(outcome, share, error=0.001):
    """Of the pool."""
    return replace(outcome, spent=Simulated(share * outcome.design.pool, error * 1_000_000))


@pytest.mark.parametrize(
    ("share", "groups", "says"),
    [
        (0.39, 13, "about 5 of 13"),
        (0.01, 13, "fewer than 1 of 13"),
        (0.0, 13, "none of 13"),
        (1.0, 13, "all 13"),
        (0.5, 0, "none, for no group can be paid"),
    ],
)
def test_a_share_is_said_as_groups_people_can_count(share, groups, says):
    assert wording.of_groups(share, groups) == says


def test_a_fall_is_paid_for_only_where_clearly_more_money_is_paid(outcome):
    still = with_spent(outcome, 0.4)

    def says(share, error=0.001):
        return wording.fall_says(with_spent(outcome, share, error), still)

    assert says(0.7) == "Pays for it: $700,000, instead of $400,000 when nothing changes."
    assert says(0.405).startswith("Does not pay for it: $405,000")
    assert says(0.7, 0.2).startswith("Does not pay for it")
    assert says(0.1).startswith("Pays less")


def test_money_leans_only_where_the_index_is_clear_of_the_present():
    assert wording.leaning_says(Simulated(0.2, 0.01), 0.0, 9).startswith(
        "Leans toward groups with h"
    )
    assert wording.leaning_says(Simulated(-0.2, 0.01), 0.0, 9).startswith(
        "Leans toward groups with l"
    )
    assert wording.leaning_says(Simulated(0.2, 0.2), 0.0, 9).startswith("Leans neither way")
    assert wording.leaning_says(Simulated(0.2, 0.01), 0.2, 9).startswith("Leans neither way")
    assert wording.leaning_says(None, 0.0, 9).startswith("Cannot be told")
