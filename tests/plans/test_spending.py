"""Money against the plan: what is expected in the end, and every warning at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from readiness.plans import spending
from readiness.plans.models import ActionStatus
from readiness.plans.postings import Cents, Totals
from readiness.plans.spending import EstimateBasis, PlannedCost, Spending

START = date(2026, 1, 15)
PLANNED = PlannedCost(
    Cents(60_00, 100_00, 150_00), Cents(24_00, 40_00, 60_00), Cents(36_00, 60_00, 90_00)
)
NOT_APART = PlannedCost(PLANNED.first_year)


def actual(days=0, planned=PLANNED, needed=None, status=ActionStatus.UNDER_WAY, **money):
    return Spending(status, planned, Totals(**money), needed, START, START + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "years"), [(0, 1), (1, 1), (365, 1), (366, 2), (730, 2), (731, 3)]
)
def test_a_year_has_begun_on_the_day_after_the_last_one(days, years):
    assert spending.years_begun(days) == years


def test_what_runs_comes_again_in_every_year_that_has_begun():
    assert PLANNED.over(1) == Cents(60_00, 100_00, 150_00)
    assert PLANNED.over(3) == Cents(132_00, 220_00, 330_00)
    assert NOT_APART.over(3) == NOT_APART.first_year


@pytest.mark.parametrize(
    ("planned", "days", "share"),
    [
        (PLANNED, 0, Fraction(40, 100)),  # the one-off part
        (PLANNED, 73, Fraction(52, 100)),
        (PLANNED, 365, Fraction(1)),
        (PLANNED, 730, Fraction(1)),
        (NOT_APART, 0, Fraction(0)),
        (NOT_APART, 73, Fraction(1, 5)),
        (NOT_APART, 1000, Fraction(1)),
        (PlannedCost(Cents(0, 0, 0)), 0, Fraction(1)),
    ],
)
def test_how_much_is_planned_to_be_spent_by_a_day(planned, days, share):
    assert planned.due(days) == share


@pytest.mark.parametrize(
    ("case", "cents", "basis"),
    [
        (actual(spent=30_00), Cents(60_00, 100_00, 150_00), EstimateBasis.PLANNED),
        (actual(spent=70_00), Cents(70_00, 100_00, 150_00), EstimateBasis.PLANNED),
        (actual(spent=100_00), Cents(100_00, 100_00, 150_00), EstimateBasis.SPENT),
        (actual(spent=200_00), Cents(200_00, 200_00, 200_00), EstimateBasis.SPENT),
        (
            actual(spent=30_00, needed=Cents(10_00, 20_00, 40_00)),
            Cents(40_00, 50_00, 70_00),
            EstimateBasis.OWN,
        ),
        (
            actual(spent=30_00, needed=Cents(0, 0, 0), status=ActionStatus.DONE),
            Cents(30_00, 30_00, 30_00),
            EstimateBasis.CLOSED,
        ),
        (
            actual(spent=5_00, status=ActionStatus.DROPPED),
            Cents(5_00, 5_00, 5_00),
            EstimateBasis.CLOSED,
        ),
        (actual(planned=None, spent=5_00), Cents(5_00, 5_00, 5_00), EstimateBasis.PAID),
    ],
)
def test_what_is_expected_in_the_end_and_what_that_rests_on(case, cents, basis):
    assert case.expected is not None
    assert (case.expected.cents, case.expected.basis) == (cents, basis)


def test_without_plan_and_money_nothing_is_expected():
    assert actual(planned=None).expected is None


# Warnings: each at its edge, and ending in what to do.

WARNED = [
    # more spent than awarded
    (actual(200, awarded=50_00, spent=50_01), "More is spent than awarded: $50.01 of $50."),
    (actual(200, awarded=50_00, returned=10_00, spent=40_01), "More is spent than awarded"),
    (actual(200, spent=10), "$0.10 is spent and no award is entered."),
    # the award will not do
    (actual(awarded=99_99, spent=10_00), "$100 is expected in the end, $0.01 more than the award"),
    (
        actual(awarded=100_00, spent=10_00, needed=Cents(0, 90_01, 95_00)),
        "$0.01 more than the award of $100",
    ),
    # above the high estimate
    (
        actual(200, awarded=900_00, spent=60_00, needed=Cents(0, 90_01, 95_00)),
        "above the high estimate of $150. Change the estimate",
    ),
    (
        actual(200, awarded=900_00, spent=150_01, status=ActionStatus.DONE),
        "It took $150.01, more than the high estimate of $150.",
    ),
    # ahead of time: 40 of 100 are planned on the first day
    (actual(awarded=900_00, spent=55_01), "55% of the likely cost is spent, and by now 40% is"),
    (actual(73, planned=NOT_APART, awarded=900_00, spent=35_01), "by now 20% is planned"),
    # under way without money
    (actual(), "It is under way and no money is entered. Enter the award"),
]
QUIET = [
    actual(200, awarded=500_00, spent=50_00),
    actual(awarded=100_00, spent=10_00),
    actual(awarded=100_00, spent=10_00, needed=Cents(0, 90_00, 95_00)),
    actual(200, awarded=900_00, spent=60_00, needed=Cents(0, 90_00, 95_00)),
    actual(200, awarded=900_00, spent=150_00, status=ActionStatus.DONE),
    actual(awarded=900_00, spent=55_00),
    actual(73, planned=NOT_APART, awarded=900_00, spent=35_00),
    actual(status=ActionStatus.PLANNED),
    actual(planned=None),
    actual(planned=PlannedCost(Cents(0, 0, 0))),
    actual(awarded=1_000_00),
]


@pytest.mark.parametrize(("case", "says"), WARNED)
def test_a_warning_says_what_is_wrong_and_what_to_do(case, says):
    (told,) = spending.warnings(case)
    assert says in told
    assert told.endswith(".")
    assert told.count(". ") >= 1 or ", " in told


@pytest.mark.parametrize("case", QUIET)
def test_just_below_every_edge_nothing_is_said(case):
    assert spending.warnings(case) == ()


def test_several_things_may_be_wrong_at_once():
    case = actual(awarded=10_00, spent=20_00, needed=Cents(0, 200_00, 300_00))
    assert len(spending.warnings(case)) == 2  # overspent, and above the high estimate


def test_the_whole_plan_is_warned_of_over_the_actions_that_have_money():
    unpaid = actual(status=ActionStatus.PLANNED)
    award = actual(awarded=150_00, spent=10_00)
    assert list(spending.plan_warnings([award, unpaid])) == []
    more = actual(awarded=20_00, spent=0, needed=Cents(0, 71_00, 90_00))
    (told,) = spending.plan_warnings([award, more, unpaid])
    assert "$171 is expected in the end, $1 more than was awarded." in told
    over = actual(awarded=1_00, spent=200_00)
    (told,) = spending.plan_warnings([award, over])
    assert "Over all actions more is spent than awarded: $210 of $151." in told
    assert list(spending.plan_warnings([actual(spent=5_00)])) == []


def test_the_start_is_never_after_today():
    early = replace(actual(), today=START - timedelta(days=40))
    assert (early.days, early.years) == (0, 1)


def test_who_has_spent_more_than_there_was_is_not_told_to_save_it():
    assert len(spending.warnings(actual(awarded=50_00, spent=60_00))) == 1
