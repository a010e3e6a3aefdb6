from __future__ import annotations

import numpy as np
import pytest

from readiness.equity.findings import Declarations, as_json, findings_of
from tests.factories.equity_rows import rows

DECLARED = Declarations({"race_omb2024": "white"})
YEARS = ("2023", "2024", "2025", "2026")
GAIN = 0.03  # of the gap, a year
SEED = 20261130


def portfolio(groups, years=YEARS):
    """Black patients are ten points behind in the middle of the years, and gain on the others."""
    rng = np.random.default_rng(SEED)
    found = []
    for number in range(groups):
        level = rng.normal(0.7, 0.05)
        for at, year in enumerate(years):
            behind = 0.1 - GAIN * (at - 1.5)
            found += rows(
                {
                    "white": (int(rng.binomial(400, level)), 400),
                    "black": (int(rng.binomial(120, level - behind)), 120),
                },
                group_id=f"g{number:02}",
                period=year,
            )
    return found


@pytest.fixture(scope="module")
def forty():
    return as_json(findings_of(portfolio(40), DECLARED))["over_years"]


def test_each_stratum_has_its_rate_and_every_other_one_its_gap(forty):
    assert [(each["stratum"], each["of"], each["reference"]) for each in forty] == [
        ("white", "rate", None),
        ("black", "rate", None),
        ("black", "gap", "white"),
    ]
    assert all(each["periods"] == list(YEARS) and each["n_groups"] == 40 for each in forty)


def test_the_gap_is_pooled_and_its_trend_told_in_points_a_year(forty):
    gap = forty[2]
    assert gap["pooled"]["low"] < -0.1 < gap["pooled"]["high"]
    trend = gap["trend_points_a_year"]
    assert trend["low"] < 100 * GAIN < trend["high"]
    assert trend["high"] - trend["low"] < 1.5
    assert len(gap["groups"]) == 40
    assert gap["assumptions"]


def test_a_group_s_own_trend_is_drawn_toward_that_of_all(forty):
    gap = forty[2]
    drawn = [each["trend_points_a_year"]["value"] for each in gap["groups"]]
    assert np.std(drawn) < 1.2  # observed ones differ by about two points by chance alone


def test_fewer_than_thirty_groups_tell_nothing_and_it_says_why():
    found = as_json(findings_of(portfolio(29), DECLARED))["over_years"]
    assert {each["pooled"] for each in found} == {None}
    assert found[2]["groups"] == found[2]["assumptions"] == []
    assert found[2]["says"] == (
        "The gap over 4 periods cannot be told: 29 groups can be seen in two of them or more, and "
        "it takes 30."
    )


def test_one_period_has_no_series_nor_have_periods_that_last_differently():
    assert as_json(findings_of(portfolio(2, ("2026",)), DECLARED))["over_years"] == []
    assert as_json(findings_of(portfolio(2, ("2025", "2026-Q1")), DECLARED))["over_years"] == []


def test_too_few_patients_or_hidden_counts_are_not_seen():
    small = [
        row
        for period in YEARS
        for row in rows({"white": (60, 90), "black": (5, 11), "asian": (None, None)}, period=period)
    ]
    found = {
        (each.stratum, each.reference): each.groups
        for each in findings_of(small, DECLARED).over_years
    }
    assert found == {
        ("white", None): 1,
        ("black", None): 0,
        ("black", "white"): 0,
        ("asian", None): 0,
        ("asian", "white"): 0,
    }
