"""What the next tier costs each group, in the words and the drawing of its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from readiness.core.charts.bars import Amount, amounts_of
from readiness.core.charts.scales import Figure
from readiness.core.formatting import day, dollars
from readiness.instruments.cost_book import CostBook
from readiness.plans.presenters.formats import span
from readiness.plans.presenters.tier_cost import cents_or_dollars, days_text, months_say, remark
from readiness.portfolio.columns import SortableHeading, order_of
from readiness.portfolio.models import PortfolioRow
from readiness.portfolio.next_tier import (
    LINES,
    NextTierQuery,
    NextTierSort,
    NextTierSums,
    cheapest_first,
    per_patient,
    query_parameters,
    sums_of,
    within_budget,
)
from readiness.portfolio.service.next_tier import NextTierPage, why_none

MOST_BARS = 12  # more would be a second table
NONE = "–"
COLUMNS = (
    (NextTierSort.NAME, "Group", ""),
    (NextTierSort.TIER, "Tier now, and next", ""),
    (NextTierSort.COST, "First year, likely", "number"),
    (NextTierSort.PAYABLE, "A payer may pay", "number"),
    (NextTierSort.OWN, "The group’s own part", "number"),
    (NextTierSort.DAYS, "Own people-days", "number"),
    (NextTierSort.YEARLY, "Every year afterwards", "number"),
    (NextTierSort.MONTHS, "Months", ""),
    (NextTierSort.PER_PATIENT, "For each patient", "number"),
    (NextTierSort.HOLDS_BACK, "What holds it back", ""),
)
STARTS_DESCENDING = frozenset({NextTierSort.TIER})


@dataclass(frozen=True)
class NextTierLine:
    """One group, ready to be read; dashes where there are no figures."""

    group_id: str
    name: str
    tier_id: str
    next_says: str  # to which tier, or why there are no figures
    first_year: str
    range: str
    payable: str
    own_part: str
    days: str
    yearly: str
    months: str
    per_patient: str
    holds_back: str


def page_of(found: NextTierPage) -> dict[str, Any]:
    state = query_parameters(found.query)
    kept = {name: value for name, value in state.items() if name in ("sort", "order")}
    payer_id = found.payer.id
    return {
        "found": found,
        "columns": [column(found, *each) for each in COLUMNS],
        "lines": [line_of(row) for row in found.lines],
        "sums": totals_of(sums_of(found.lines)),
        "finding": finding(found),
        "chart": chart(found),
        "chart_title": chart_title(found),
        "book_says": book_says(found.book),
        "state": state,
        "says_where": says_where(found),
        "previous_url": page_url(found, found.query.page - 1),
        "next_url": page_url(found, found.query.page + 1),
        "csv_url": url_for(".file", payer_id=payer_id, ending="csv", **kept),
        "xlsx_url": url_for(".file", payer_id=payer_id, ending="xlsx", **kept),
    }


def address(found: NextTierPage, query: NextTierQuery) -> str:
    return url_for(".show", payer_id=found.payer.id, **query_parameters(query))


def column(found: NextTierPage, own: NextTierSort, says: str, css: str) -> SortableHeading:
    query = found.query
    down = not query.is_descending if query.sort is own else own in STARTS_DESCENDING
    url = address(found, replace(query, sort=own, is_descending=down, page=1))
    is_here = query.sort is own
    return SortableHeading(says, f"{url}#groups", order_of(is_here, query.is_descending), css)


def page_url(found: NextTierPage, page: int) -> str:
    if not 1 <= page <= found.pages:
        return ""
    return address(found, replace(found.query, page=page)) + "#groups"


def says_where(found: NextTierPage) -> str:
    first = (found.query.page - 1) * LINES + 1
    return f"Groups {first:,} to {first + len(found.lines) - 1:,} of {len(found.every):,}"


def line_of(row: PortfolioRow) -> NextTierLine:
    cost, each = row.known_cost, per_patient(row)
    told = remark(row.tier_cost) if row.tier_cost else why_none(row)
    return NextTierLine(
        group_id=row.group_id,
        name=row.name,
        tier_id=row.tier_id or "",
        next_says=told,
        first_year=dollars(cost.first_year.likely) if cost else NONE,
        range=span(cost.first_year) if cost and cost.first_year.high else "",
        payable=dollars(cost.payable.likely) if cost else NONE,
        own_part=dollars(cost.own_part.likely) if cost else NONE,
        days=days_text(cost.people_days) if cost else NONE,
        yearly=dollars(cost.yearly.likely) if cost else NONE,
        months=months_say(cost.months) if cost and cost.months else NONE,
        per_patient=NONE if each is None else cents_or_dollars(each),
        holds_back=row.limiting_factor or NONE,
    )


def totals_of(sums: NextTierSums) -> NextTierLine:
    groups = "1 group" if sums.groups == 1 else f"{sums.groups} groups"
    return NextTierLine(
        group_id="",
        name=f"Together, {groups} with figures",
        tier_id="",
        next_says="",
        first_year=dollars(sums.first_year.likely),
        range=span(sums.first_year) if sums.first_year.high else "",
        payable=dollars(sums.payable.likely),
        own_part=dollars(sums.own_part.likely),
        days=days_text(sums.people_days),
        yearly=dollars(sums.yearly.likely),
        months="",
        per_patient="",
        holds_back="",
    )


# What it comes to


def finding(found: NextTierPage) -> str:
    if not found.cheapest:
        return "No group here has a plan to its next tier whose whole cost is known."
    row, many = found.cheapest[0], len(found.cheapest)
    cost = row.known_cost
    months = f", {months_say(cost.months)} after its plan’s start" if cost and cost.months else ""
    price = dollars(cost.first_year.likely) if cost else NONE
    target = cost.target_id if cost else ""
    first = f"The cheapest next tier is {target} of {row.name}: {price}{months}"
    return f"{first}; {reach_says(found, many)}."


def reach_says(found: NextTierPage, many: int) -> str:
    """Taken cheapest first, which is said on the page."""
    reached, spent = within_budget(cheapest_first(found.cheapest), found.query.budget)
    money = dollars(found.query.budget)
    if not reached:
        return f"{money} is not enough for {'it' if many == 1 else 'any'}"
    return f"for {money} of yours {who_reaches(reached, many)}, at {dollars(spent)} together"


def who_reaches(reached: int, many: int) -> str:
    """
    >>> who_reaches(1, 1), who_reaches(2, 2), who_reaches(9, 9)
    ('it is reached', 'both groups reach theirs', 'all 9 groups reach theirs')
    >>> who_reaches(1, 9), who_reaches(4, 9)
    ('the cheapest of 9 groups reaches its', 'the 4 cheapest of 9 groups reach theirs')
    """
    if many == 1:
        return "it is reached"
    if reached == many:
        return f"{'both' if many == 2 else f'all {many}'} groups reach theirs"
    if reached == 1:
        return f"the cheapest of {many} groups reaches its"
    return f"the {reached} cheapest of {many} groups reach theirs"


def chart(found: NextTierPage) -> Figure | None:
    shown = found.cheapest[:MOST_BARS]
    if len(shown) < 2:
        return None
    amounts = [
        Amount(row.name, cost.first_year.likely, dollars(cost.first_year.likely))
        for row in shown
        if (cost := row.known_cost)
    ]
    return amounts_of(amounts, ("Group", "Likely dollars to the next tier"))


def chart_title(found: NextTierPage) -> str:
    shown, many = found.cheapest[:MOST_BARS], len(found.cheapest)
    ends = [dollars(cost.first_year.likely) for row in shown if (cost := row.known_cost)]
    if not ends:
        return ""
    which = f", the {len(shown)} cheapest of {many}" if len(shown) < many else ""
    return f"The next tier costs from {ends[0]} to {ends[-1]}{which}: likely dollars"


def book_says(book: CostBook | None) -> str:
    if book is None:
        return "This instrument has no cost book, so no cost can be told."
    newest = max(note.as_of for note in book.notes)
    return (
        f"All amounts are estimates (marked E) from the cost book {book.id.upper()} "
        f"{book.version}, as of {day(newest)}, with the groups’ own facts and what they put in "
        "their place; each action of a plan names its source."
    )
