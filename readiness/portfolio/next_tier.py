"""What the next tier costs over a portfolio: order, sums, and how far money goes.

Only what can be held against other groups has figures here: a sum with a part missing, or of a
plan that falls short, would look cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from readiness.core.numbers import comma_fault, number_in
from readiness.plans.costs import CostRange, sum_of
from readiness.plans.tier_cost import TierCost
from readiness.portfolio.models import SIZES, PortfolioRow, int_in

LINES = SIZES[0]  # on one page
BUDGET = 300_000  # dollars, until somebody asks for others
MOST_DOLLARS = 10**9
NO_MONEY = f"Enter the money as dollars below {MOST_DOLLARS:,}, such as 300,000."

Place = Decimal | int | str | None  # by which a line is ordered; None: it has none


class NextTierSort(StrEnum):
    NAME = "name"
    TIER = "tier"
    COST = "cost"
    PAYABLE = "payable"
    OWN = "own"
    DAYS = "days"
    YEARLY = "yearly"
    MONTHS = "months"
    PER_PATIENT = "patient"
    HOLDS_BACK = "reason"


@dataclass(frozen=True)
class NextTierQuery:
    """What a payer asks of the page."""

    sort: NextTierSort = NextTierSort.COST
    is_descending: bool = False
    page: int = 1
    budget: int = BUDGET
    money_fault: str = ""  # why what was typed is not the budget


def parse_query(sent: Mapping[str, str]) -> NextTierQuery:
    """What an address asks for. Whatever it does not mean is left out: a link never breaks."""
    sort = sent.get("sort", "")
    money = sent.get("money", "")
    budget = number_in(money, "$")
    is_budget = budget is not None and 0 <= budget < MOST_DOLLARS
    return NextTierQuery(
        sort=NextTierSort(sort) if sort in list(NextTierSort) else NextTierSort.COST,
        is_descending=sent.get("order") == "down",
        page=max(1, int_in(sent.get("page", ""), 1)),
        budget=int(budget) if budget is not None and is_budget else BUDGET,
        money_fault="" if is_budget or not money.strip() else comma_fault(money, "$") or NO_MONEY,
    )


def query_parameters(query: NextTierQuery) -> dict[str, Any]:
    """The query as the parts of an address, without what goes without saying."""
    said = {
        "sort": "" if query.sort is NextTierSort.COST else query.sort,
        "order": "down" if query.is_descending else "",
        "page": "" if query.page == 1 else query.page,
        "money": "" if query.budget == BUDGET else query.budget,
    }
    return {name: value for name, value in said.items() if value != ""}


def per_patient(row: PortfolioRow) -> Decimal | None:
    """Likely dollars of the first year for each active patient."""
    cost = row.known_cost
    return cost.first_year.likely / row.patients if cost and row.patients else None


# In which order


def likely(of: Callable[[TierCost], Decimal]) -> Callable[[PortfolioRow], Place]:
    def place(row: PortfolioRow) -> Place:
        cost = row.known_cost
        return None if cost is None else of(cost)

    return place


def latest_month(row: PortfolioRow) -> Place:
    cost = row.known_cost
    return cost.months[1] if cost and cost.months else None


PLACES: Mapping[NextTierSort, Callable[[PortfolioRow], Place]] = {
    NextTierSort.NAME: lambda row: row.name.casefold(),
    NextTierSort.TIER: lambda row: row.tier_id,
    NextTierSort.COST: likely(lambda cost: cost.first_year.likely),
    NextTierSort.PAYABLE: likely(lambda cost: cost.payable.likely),
    NextTierSort.OWN: likely(lambda cost: cost.own_part.likely),
    NextTierSort.DAYS: likely(lambda cost: cost.people_days),
    NextTierSort.YEARLY: likely(lambda cost: cost.yearly.likely),
    NextTierSort.MONTHS: latest_month,
    NextTierSort.PER_PATIENT: per_patient,
    NextTierSort.HOLDS_BACK: lambda row: row.limiting_factor or None,
}


def in_order(
    rows: Iterable[PortfolioRow], sort: NextTierSort, is_descending: bool
) -> tuple[PortfolioRow, ...]:
    """What cannot be told comes last, whichever way; of equals by name."""
    by_name = sorted(rows, key=lambda row: (row.name.casefold(), row.group_id))
    places = {row.group_id: PLACES[sort](row) for row in by_name}
    known: list[tuple[Any, PortfolioRow]] = [
        (place, row) for row in by_name if (place := places[row.group_id]) is not None
    ]
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    unknown = (row for row in by_name if places[row.group_id] is None)
    return (*(row for _, row in known), *unknown)


def cheapest_first(rows: Iterable[PortfolioRow]) -> tuple[PortfolioRow, ...]:
    """Those whose cost is known, by what a payer may pay of it."""
    known = (row for row in rows if row.known_cost)
    return in_order(known, NextTierSort.PAYABLE, is_descending=False)


# Sums


@dataclass(frozen=True)
class NextTierSums:
    """Of the lines that have figures."""

    groups: int
    first_year: CostRange
    payable: CostRange
    own_part: CostRange
    people_days: Decimal
    yearly: CostRange


def sums_of(rows: Iterable[PortfolioRow]) -> NextTierSums:
    costs = [cost for row in rows if (cost := row.known_cost)]
    return NextTierSums(
        groups=len(costs),
        first_year=sum_of(each.first_year for each in costs),
        payable=sum_of(each.payable for each in costs),
        own_part=sum_of(each.own_part for each in costs),
        people_days=sum((each.people_days for each in costs), Decimal(0)),
        yearly=sum_of(each.yearly for each in costs),
    )


def within_budget(cheapest: Sequence[PortfolioRow], budget: int) -> tuple[int, Decimal]:
    """How many of these, taken in turn while a payer's money lasts, and what it pays together.

    Cheapest first is as many as the money can reach: any other so many cost no less.
    """
    spent = Decimal(0)
    for number, row in enumerate(cheapest):
        cost = row.known_cost
        if cost is None or spent + cost.payable.likely > budget:
            return number, spent
        spent += cost.payable.likely
    return len(cheapest), spent
