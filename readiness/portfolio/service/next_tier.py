"""For a payer: what the next tier costs each group that shares with it, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.db import Session
from readiness.core.exports import Cell, Sheet
from readiness.core.people import Payer
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Instrument
from readiness.plans.costs import CostRange
from readiness.plans.service import basis
from readiness.portfolio import db as portfolio
from readiness.portfolio.models import PortfolioQuery, PortfolioRow
from readiness.portfolio.next_tier import (
    LINES,
    NextTierQuery,
    NextTierSort,
    in_order,
    parse_query,
    per_patient,
)
from readiness.portfolio.service.portfolio import (
    MOST_COSTS,
    MOST_IN_FILE,
    pages_of,
    payer_context,
    with_costs,
)


@dataclass(frozen=True)
class NextTierPage:
    payer: Payer
    instrument: Instrument
    book: CostBook | None
    query: NextTierQuery
    every: tuple[PortfolioRow, ...]  # every group that shares, in the order asked for
    cheapest: tuple[PortfolioRow, ...]  # those whose cost is known, the cheapest first
    lines: tuple[PortfolioRow, ...]  # of this page
    waiting: int  # groups that are not worked out for today yet

    @property
    def pages(self) -> int:
        return pages_of(len(self.every), LINES)


def load(session: Session, payer_id: str, sent: Mapping[str, str]) -> NextTierPage:
    payer, _, instrument = payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent)
    rows, waiting = shared_rows(session, payer_id, query.sort is NextTierSort.MONTHS)
    every = in_order(rows, query.sort, query.is_descending)
    query = replace(query, page=min(query.page, pages_of(len(every), LINES)))
    first = (query.page - 1) * LINES
    known = (row for row in every if row.known_cost)
    cheapest = in_order(known, NextTierSort.COST, is_descending=False)
    return NextTierPage(
        payer=payer,
        instrument=instrument,
        book=basis.book_of(instrument),
        query=query,
        every=every,
        cheapest=(*with_costs(session, cheapest[:1]), *cheapest[1:]),
        lines=with_costs(session, every[first : first + LINES]),
        waiting=waiting,
    )


def shared_rows(
    session: Session, payer_id: str, needs_months: bool
) -> tuple[tuple[PortfolioRow, ...], int]:
    """Every group that shares, and how many still wait to be worked out. Dollars hang on no day;
    months do, and are worked out for a whole list only where it is ordered by them."""
    today = session.now.date()
    rows = tuple(portfolio.every_row(session.store, payer_id, today, PortfolioQuery()))
    due = [
        row for row in rows if row.is_cost_due(today) and (needs_months or row.tier_cost is None)
    ]
    found = {row.group_id: row for row in with_costs(session, tuple(due[:MOST_COSTS]))}
    rows = tuple(found.get(row.group_id, row) for row in rows)
    return rows, sum(found.get(row.group_id, row).is_cost_due(today) for row in due)


# Its file

HEADER = (
    "Group",
    "Tier",
    "Next tier",
    *(
        f"{what}, {end} ($)"
        for what in (
            "First year",
            "Of that a payer may pay",
            "Of that the group’s own part",
            "Every year afterwards",
        )
        for end in ("low", "likely", "high")
    ),
    "Own people-days, likely",
    "Months, fewest",
    "Months, most",
    "Active patients",
    "First year for each patient, likely ($)",
    "What holds it back",
    "Why there are no figures",
    "Costs that are not known",
)


def sheet_of(session: Session, payer_id: str, sent: Mapping[str, str]) -> Sheet:
    """Every group, in the order asked for."""
    payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent)
    today = session.now.date()
    rows = tuple(portfolio.every_row(session.store, payer_id, today, PortfolioQuery()))
    rows = with_costs(session, rows, MOST_IN_FILE)
    lines = in_order(rows, query.sort, query.is_descending)
    return Sheet("Next tier", HEADER, cells_of(lines), (36, 8, 10))


def cells_of(rows: Iterable[PortfolioRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        cost, asked = row.known_cost, row.tier_cost
        months: Sequence[Cell] = (cost.months if cost else None) or (None, None)
        each = per_patient(row)
        yield (
            row.name,
            row.tier_id,
            asked.target_id if asked else None,
            *ends(cost.first_year if cost else None),
            *ends(cost.payable if cost else None),
            *ends(cost.own_part if cost else None),
            *ends(cost.yearly if cost else None),
            cost.people_days if cost else None,
            *months,
            row.patients,
            None if each is None else round(each, 2),
            row.limiting_factor,
            why_none(row),
            "; ".join(asked.unknown) if asked else None,
        )


def ends(cost: CostRange | None) -> tuple[Cell, Cell, Cell]:
    return (cost.low, cost.likely, cost.high) if cost else (None, None, None)


NOTHING_SENT = "nothing submitted yet"
NOT_WORKED_OUT = "not worked out yet"


def why_none(row: PortfolioRow) -> str:
    """In a few words; empty where there are figures."""
    if row.tier_cost is not None:
        return str(row.tier_cost.exclusion or "")
    return NOT_WORKED_OUT if row.is_scored else NOTHING_SENT
