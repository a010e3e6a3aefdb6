from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from readiness.counts.social_risk.models import FIVE, FunnelCell, FunnelCounts, Need, Step
from readiness.counts.social_risk.rates import (
    BY_ID,
    CONTEXT_CLAIMS,
    TOGETHER,
    claims_shares,
    group_rates,
    need_rates,
    rules,
)
from tests.factories.social_risk_counts import counts

TODAY = date(2027, 1, 15)
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")


def rates(found: FunnelCounts) -> dict[str, tuple[int, int] | None]:
    return {
        rule.id: (rate.numerator, rate.denominator) if rate else None
        for rule, rate in group_rates(found)
    }


def row(found: FunnelCounts, title: str) -> dict[str, tuple[int, int] | None]:
    (line,) = (line for line in need_rates(found) if line.title == title)
    return {
        rule.id: (rate.numerator, rate.denominator) if rate else None
        for rule, rate in zip(rules(of_group=False), line.rates, strict=True)
    }


def test_the_group_has_its_reach_and_its_positive_rate():
    assert rates(counts()) == {"reach": (250, 400), "positive_rate": (90, 250)}


def test_a_need_has_a_rate_for_every_step():
    assert row(counts(), "Food") == {
        "need_positive_rate": (40, 240),
        "help_wanted_rate": (30, 40),
        "response_30d": (20, 30),
        "loop_known": (18, 30),
        "connection_rate": (12, 18),
        "resolution_rate": (6, 18),
    }


def test_the_five_needs_are_added_up_and_the_optional_ones_are_not():
    more = {
        FunnelCell(Step.WANTS_HELP, Need.SOCIAL): 7,
        FunnelCell(Step.OUTCOME_KNOWN, Need.SOCIAL): 7,
    }
    assert row(counts(more), TOGETHER)["loop_known"] == (90, 150)
    assert row(counts(more), "Social isolation")["loop_known"] == (7, 7)


def test_a_blank_leaves_its_rate_out_and_no_other():
    found = row(counts({FunnelCell(Step.OUTCOME_KNOWN, Need.FOOD): None}), "Food")
    assert found["loop_known"] is None
    assert found["connection_rate"] is None
    assert found["response_30d"] == (20, 30)


def test_a_rate_of_nobody_is_no_rate():
    zeros = {
        FunnelCell(step, Need.FOOD): 0
        for step in Step
        if FunnelCell(step, Need.FOOD) in counts().known
    }
    assert set(row(counts(zeros), "Food").values()) == {None}


def test_numbers_that_contradict_each_other_make_no_rate():
    assert rates(counts({FunnelCell(Step.SCREENED): 401}))["reach"] is None


def test_connection_and_resolution_tell_to_read_the_known_outcomes_beside_them():
    assert "Outcome known" in BY_ID["connection_rate"].note
    assert "Outcome known" in BY_ID["resolution_rate"].note


def test_claims_are_held_against_the_last_four_closed_quarters_with_counts():
    known = [counts(quarter=q) for q in QUARTERS]
    found = claims_shares(known, TODAY)
    assert set(found) == {"SOCR-2", "SOCR-5"}
    assert (found["SOCR-2"].numerator, found["SOCR-2"].denominator) == (1000, 1600)
    assert list(map(str, found["SOCR-2"].periods)) == list(reversed(QUARTERS[2:]))
    assert found["SOCR-5"].share == Fraction(18, 30)
    assert found["SOCR-5"].denominator == 4 * 5 * 30
    assert (
        found["SOCR-2"].unit
        == "patient-quarters: each patient counted once in every quarter they were seen"
    )
    assert found["SOCR-2"].rate.low < found["SOCR-2"].share < found["SOCR-2"].rate.high


def test_added_quarters_say_that_a_patient_may_count_twice_and_one_quarter_does_not():
    added = claims_shares([counts(quarter=q) for q in QUARTERS], TODAY)
    assert "seen in two of these quarters is counted twice" in added["SOCR-2"].caution
    assert added["SOCR-5"].caution == ""  # it is of needs, and says so
    alone = claims_shares([counts(quarter=QUARTERS[-1])], TODAY)
    assert alone["SOCR-2"].caution == ""


def test_a_running_quarter_says_nothing_of_claims():
    assert claims_shares([counts(quarter="2027-Q1")], TODAY) == {}


def test_a_quarter_without_the_numbers_is_passed_over():
    known = [
        counts({FunnelCell(Step.ELIGIBLE): None} if q == "2026-Q4" else {}, q) for q in QUARTERS
    ]
    found = claims_shares(known, TODAY)
    assert list(map(str, found["SOCR-2"].periods)) == ["2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4"]
    assert str(found["SOCR-5"].periods[0]) == "2026-Q4"


def test_a_need_with_a_blank_is_left_out_of_both_numbers():
    found = claims_shares([counts({FunnelCell(Step.OUTCOME_KNOWN, Need.FOOD): None})], TODAY)
    assert (found["SOCR-5"].numerator, found["SOCR-5"].denominator) == (4 * 18, 4 * 30)


def test_no_counts_say_nothing_and_zero_says_zero():
    nobody = {FunnelCell(Step.OUTCOME_KNOWN, need): 0 for need in FIVE}
    assert claims_shares([], TODAY) == {}
    assert claims_shares([counts(nobody)], TODAY)["SOCR-5"].share == 0


def test_the_response_rate_is_shown_and_held_against_nothing():
    found = claims_shares([counts()], TODAY, CONTEXT_CLAIMS)
    assert found["SOCR-3"].share == Fraction(2, 3)
    assert "SOCR-3" not in claims_shares([counts()], TODAY)


@pytest.mark.parametrize("rule", BY_ID.values(), ids=BY_ID)
def test_every_rate_says_what_it_is_made_of(rule):
    assert "÷" in rule.made_of
