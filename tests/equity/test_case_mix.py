from __future__ import annotations

import numpy as np

from readiness.equity.findings import Declarations, as_json, findings_of
from tests.factories.equity_rows import rows

DECLARED = Declarations({"race_omb2024": "white"})
SLOPE = -0.3  # of the gap, as the share with Medicaid goes from none to all
SEED = 20261130


def a_group(number, rng, medicaid, hidden=False):
    level = rng.normal(0.75, 0.05)
    black = level - 0.06 + SLOPE * (medicaid - 0.35)
    people = round(600 * medicaid)
    group_id = f"g{number:02}"
    return [
        *rows(
            {
                "white": (int(rng.binomial(450, level)), 450),
                "black": (int(rng.binomial(150, black)), 150),
            },
            group_id=group_id,
        ),
        *rows(
            {
                "medicaid": (people // 2, None if hidden else people),
                "commercial": (200, 600 - people),
            },
            group_id=group_id,
            stratum_type="payer",
        ),
    ]


def portfolio(groups, hidden=0):
    rng = np.random.default_rng(SEED)
    return [
        row
        for number in range(groups)
        for row in a_group(number, rng, 0.1 + 0.5 * number / groups, number < hidden)
    ]


def told(groups, hidden=0, declared=DECLARED):
    return as_json(findings_of(portfolio(groups, hidden), declared))["case_mix"]


def test_gaps_are_told_at_the_mean_case_mix():
    (found,) = told(80)
    assert (found["stratum"], found["adjusted_for"]) == ("black", ["payer.medicaid"])
    (slope,) = found["coefficients"]
    assert slope["low"] < SLOPE < slope["high"]
    assert slope["high"] < 0
    assert found["mean"]["low"] < -0.06 < found["mean"]["high"]
    adjusted = [each["adjusted"]["value"] for each in found["groups"]]
    assert np.corrcoef(adjusted, np.arange(80))[0, 1] ** 2 < 0.2
    assert any("no" in each or "never" in each for each in found["assumptions"])


def test_a_group_that_hides_its_case_mix_is_left_out():
    (found,) = told(40, hidden=5)
    assert found["n_groups"] == len(found["groups"]) == 35
    assert "Gaps of 35 groups" in found["says"]


def test_where_rows_do_not_allow_it_says_so():
    (few,) = told(29)
    assert "cannot be told from 29 groups: it takes 30" in few["says"]
    (hidden,) = told(40, hidden=11)
    assert "with none hidden, of 30 groups" in hidden["says"]
    for each in (few, hidden):
        assert each["mean"] is None
        assert each["groups"] == each["assumptions"] == each["coefficients"] == []


def test_without_a_reference_or_another_group_there_is_no_gap_to_adjust():
    assert told(40, declared=Declarations()) == []
    assert told(1) == []


def test_more_shares_than_ten_groups_each_can_carry_are_not_taken():
    rng = np.random.default_rng(SEED)
    by_age = [
        row
        for number in range(45)
        for row in rows(
            {f"a{each}": (50, int(rng.integers(80, 120))) for each in range(5)},
            group_id=f"g{number:02}",
            stratum_type="age",
        )
    ]
    (found,) = as_json(findings_of([*portfolio(45), *by_age], DECLARED))["case_mix"]
    assert found["adjusted_for"] == ["payer.medicaid"]
