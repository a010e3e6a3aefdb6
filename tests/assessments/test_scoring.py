"""Scores of domains and axes, checked on paper."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from readiness.assessments.scorecard import ScoreRange, one_decimal
from readiness.assessments.scoring import score
from tests.factories.instruments import an_instrument, answers_at

ONE_DOMAIN = an_instrument({"QMS": {"LEAD": 3}})
NOTHING = ScoreRange(None, None, None)


def shown(low, mid, high):
    return ScoreRange(*(None if value is None else Decimal(value) for value in (low, mid, high)))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(0), "0.0"),
        (Fraction(100), "100.0"),
        (Fraction(3495, 100), "35.0"),  # exactly half goes up
        (Fraction(34949, 1000), "34.9"),
        (Fraction(29, 20), "1.5"),
        (Fraction(25, 3), "8.3"),
    ],
)
def test_numbers_are_rounded_half_up_to_one_decimal(value, printed):
    assert str(one_decimal(value)) == printed


def test_a_domain_is_its_share_of_the_points_it_could_have():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 2, LEAD_1=3))
    assert found.domains["LEAD"].rounded == shown("58.3", "58.3", "58.3")  # 7 of 12


def test_a_dont_know_is_nothing_then_left_out_then_the_top():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 2, LEAD_1="dk"))
    assert found.domains["LEAD"].rounded == shown("33.3", "50.0", "66.7")


def test_a_domain_of_dont_knows_has_no_middle():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 2, LEAD_1="dk", LEAD_2="dk", LEAD_3="dk"))
    assert found.domains["LEAD"].rounded == shown("0.0", None, "100.0")
    assert found.axes["QMS"].rounded == shown("0.0", None, "100.0")


def test_not_applicable_is_left_out_of_both_sides():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 2, LEAD_1="na"))
    assert found.domains["LEAD"].rounded == shown("50.0", "50.0", "50.0")


def test_a_domain_with_too_many_not_applicable_has_no_score():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 2, LEAD_1="na", LEAD_2="na"))
    assert found.domains["LEAD"].rounded == NOTHING
    assert found.axes["QMS"].rounded == NOTHING


def test_a_share_of_exactly_the_limit_is_not_over_it():
    fifty = an_instrument({"QMS": {"LEAD": 50}})
    seventeen = {f"LEAD_{number}": "na" for number in range(1, 18)}
    assert score(fifty, answers_at(fifty, 4, **seventeen)).domains["LEAD"].low == 100
    eighteen = seventeen | {"LEAD_18": "na"}
    assert score(fifty, answers_at(fifty, 4, **eighteen)).domains["LEAD"].low is None


def test_a_missing_answer_is_worth_nothing_in_all_three():
    found = score(ONE_DOMAIN, answers_at(ONE_DOMAIN, 3, LEAD_1=None))
    assert found.domains["LEAD"].rounded == shown("50.0", "50.0", "50.0")


def test_an_axis_is_the_mean_of_unrounded_domains():
    instrument = an_instrument({"QMS": {"LEAD": 3, "MEAS": 3}})
    found = score(instrument, answers_at(instrument, 0, LEAD_1=1, MEAS_1=1))
    assert found.domains["LEAD"].rounded.low == Decimal("8.3")  # 8.33...
    halves = score(instrument, answers_at(instrument, 0, LEAD_1=1, MEAS_1=2)).axes["QMS"]
    assert halves.low == Fraction(25, 2)  # mean of 8.3 and 16.7 as shown would differ
    assert halves.rounded.low == Decimal("12.5")


def test_an_axis_leaves_out_a_domain_without_a_score():
    instrument = an_instrument({"QMS": {"LEAD": 2, "MEAS": 2}})
    found = score(instrument, answers_at(instrument, 3, LEAD_1="na", MEAS_1=1))
    assert found.axes["QMS"].rounded == shown("50.0", "50.0", "50.0")


def test_overall_is_the_mean_of_both_axes_or_nothing():
    instrument = an_instrument()
    found = score(instrument, answers_at(instrument, 1, REAL_1=4, REAL_2=4))
    assert found.overall.rounded == shown("62.5", "62.5", "62.5")
    without = score(instrument, answers_at(instrument, 1, REAL_1="na"))
    assert without.overall.rounded == NOTHING
