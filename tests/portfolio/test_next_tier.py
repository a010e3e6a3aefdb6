"""Order, sums and the reach of money over what the next tier costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from readiness.plans.costs import NO_COST
from readiness.plans.tier_cost import TierCost, TierCostExclusion
from readiness.portfolio.models import PortfolioRow
from readiness.portfolio.next_tier import (
    BUDGET,
    NextTierQuery,
    NextTierSort,
    cheapest_first,
    in_order,
    parse_query,
    per_patient,
    query_parameters,
    sums_of,
    within_budget,
)
from tests.factories.catalogs import dollars


def cost(likely, payable=0, exclusion=None, months=(6, 12), days=10):
    return TierCost(
        target_id="T3",
        first_year=dollars(likely // 2, likely, likely * 2),
        payable=dollars(0, payable, payable),
        own_part=dollars(0, likely - payable, likely),
        people_days=Decimal(days),
        yearly=NO_COST,
        months=months,
        unknown=(),
        exclusion=exclusion,
        good_until=date.max,
    )


def row(name, tier_cost=None, patients=None, tier="T2"):
    return PortfolioRow(
        group_id=name.lower(),
        name=name,
        status=None,
        answered=0,
        instrument=None,
        assessment_id=name,
        tier_id=tier,
        tier_cost=tier_cost,
        patients=patients,
    )


ASH, BIRCH, CEDAR = row("Ash", cost(300), 100), row("Birch", cost(100), 10), row("Cedar", cost(200))
SHORT = row("Dogwood", cost(5, exclusion=TierCostExclusion.SHORT))
NOTHING = row("Elm", tier="T1")
EVERY = (NOTHING, SHORT, CEDAR, BIRCH, ASH)


def names(rows):
    return [each.name for each in rows]


def test_what_cannot_be_told_comes_last_whichever_way():
    assert names(in_order(EVERY, NextTierSort.COST, is_descending=False)) == [
        "Birch", "Cedar", "Ash", "Dogwood", "Elm",
    ]  # fmt: skip
    assert names(in_order(EVERY, NextTierSort.COST, is_descending=True)) == [
        "Ash", "Cedar", "Birch", "Dogwood", "Elm",
    ]  # fmt: skip


@pytest.mark.parametrize("sort", list(NextTierSort))
def test_every_order_keeps_every_group_once(sort):
    for is_descending in (True, False):
        assert sorted(names(in_order(EVERY, sort, is_descending))) == sorted(names(EVERY))


def test_of_equals_the_first_by_name_comes_first():
    twins = (row("Oak", cost(7)), row("Elm", cost(7)))
    assert names(in_order(twins, NextTierSort.COST, is_descending=True)) == ["Elm", "Oak"]


def test_a_cost_for_each_patient_needs_both():
    assert per_patient(ASH) == 3
    assert names(in_order(EVERY, NextTierSort.PER_PATIENT, is_descending=False))[:2] == [
        "Ash", "Birch",
    ]  # fmt: skip
    assert [per_patient(each) for each in (CEDAR, SHORT, row("Fir", cost(1), 0))] == [None] * 3


def test_sums_are_of_the_lines_that_have_figures():
    found = sums_of(EVERY)
    assert (found.groups, found.first_year) == (3, dollars(300, 600, 1200))
    assert found.payable.plus(found.own_part).likely == found.first_year.likely
    assert found.people_days == 30


@pytest.mark.parametrize(
    ("budget", "reached"), [(99, 0), (100, 1), (299, 1), (300, 2), (599, 2), (600, 3), (9_999, 3)]
)
def test_money_goes_to_the_cheapest_first_and_so_reaches_as_many_as_it_can(budget, reached):
    paid = (row("Ash", cost(900, 300)), row("Birch", cost(500, 100)), row("Cedar", cost(200, 200)))
    cheapest = cheapest_first((NOTHING, SHORT, *paid))
    assert names(cheapest) == ["Birch", "Cedar", "Ash"]
    number, spent = within_budget(cheapest, budget)
    assert number == reached
    assert spent == sums_of(cheapest[:number]).payable.likely <= budget
    more = combinations(cheapest, number + 1)
    assert all(sums_of(each).payable.likely > budget for each in more)


@pytest.mark.parametrize(
    ("typed", "budget"),
    [
        ("250000", 250_000),
        ("$1,250,000", 1_250_000),
        ("5.50", 5),
        ("0", 0),
        ("", BUDGET),
        ("-3", BUDGET),
        ("lots", BUDGET),
        ("12,5", BUDGET),
    ],
)
def test_money_is_read_as_it_is_typed(typed, budget):
    assert parse_query({"money": typed}).budget == budget


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", ""),
        ("$1,250,000", ""),
        ("12,5", "“12,5” is written with a decimal comma. Write 12.5."),
        ("-3", "Enter the money as dollars below 1,000,000,000, such as 300,000."),
    ],
)
def test_money_that_cannot_be_read_is_told(typed, says):
    assert parse_query({"money": typed}).money_fault == says


def test_an_address_says_what_was_asked_and_no_more():
    assert query_parameters(NextTierQuery()) == {}
    asked = NextTierQuery(NextTierSort.MONTHS, is_descending=True, page=3, budget=0)
    sent = {name: str(value) for name, value in query_parameters(asked).items()}
    assert parse_query(sent) == asked
    assert parse_query({"sort": "nonsense", "page": "x", "order": "?"}) == NextTierQuery()
