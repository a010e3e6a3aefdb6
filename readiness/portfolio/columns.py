"""The columns of the portfolio, on its page and in its exported files: each is defined here alone.

The macro of `templates/portfolio/cells.html` that is named as a column's kind draws its cell; how
the database orders by it stands in `ORDER` in `db.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.core.exports import Cell
from readiness.core.small_cells import HIDDEN
from readiness.instruments.models import Axis, Domain, Instrument
from readiness.portfolio.models import NOT_STARTED, PortfolioRow, PortfolioSort

AXIS_SORTS = {"QMS": PortfolioSort.QMS, "EQR": PortfolioSort.EQR}
VALIDATED, UNREVIEWED = "validated", "lower of claimed and supported by counts"


class ColumnKind(StrEnum):
    """How a cell of the page is drawn."""

    NAME = "name"
    TIER = "tier"
    STATUS = "status"
    LIMITING_FACTOR = "limiting_factor"
    AXIS = "axis"
    DOMAIN = "domain"
    REACH = "reach"
    ANSWERED = "answered"
    CHANGED = "changed"
    COST = "cost"


@dataclass(frozen=True)
class FileCell:
    """One column of an exported file: its heading, and what it says of a group on a day."""

    heading: str
    value: Callable[[PortfolioRow, date], Cell]


@dataclass(frozen=True)
class PortfolioColumn:
    kind: ColumnKind
    heading: str
    in_file: tuple[FileCell, ...]
    id: str = ""  # of the axis or the domain
    title: str = ""  # the heading in full, where it is a code
    css: str = ""
    sort: PortfolioSort | None = None  # None: the list cannot be ordered by it
    starts_descending: bool = False  # the most first, when its heading is first followed


@dataclass(frozen=True)
class SortableHeading:
    """A second click on it turns the order around."""

    says: str
    url: str
    order: str  # "ascending", "descending" or ""
    css: str


def order_of(is_here: bool, is_descending: bool) -> str:
    return ("descending" if is_descending else "ascending") if is_here else ""


NAME = PortfolioColumn(
    ColumnKind.NAME,
    "Group",
    (FileCell("Group", lambda row, _: row.name),),
    css="sticky",
    sort=PortfolioSort.NAME,
)
STATUS = PortfolioColumn(
    ColumnKind.STATUS,
    "Status",
    (FileCell("Status of the newest assessment", lambda row, _: row.status or NOT_STARTED),),
    sort=PortfolioSort.STATUS,
)
LIMITING_FACTOR = PortfolioColumn(
    ColumnKind.LIMITING_FACTOR,
    "What holds it back",
    (FileCell("What holds it back", lambda row, _: row.limiting_factor),),
)
REACH = PortfolioColumn(
    ColumnKind.REACH,
    "Screening reach",
    (
        FileCell("Screened (patient-quarters)", lambda row, _: released_count(row, row.screened)),
        FileCell("Eligible (patient-quarters)", lambda row, _: released_count(row, row.eligible)),
        FileCell("Screening reach (share)", lambda row, _: reach_share(row)),
    ),
    css="number",
    sort=PortfolioSort.REACH,
    starts_descending=True,
)
COST = PortfolioColumn(
    ColumnKind.COST,
    "Cost to the next tier",
    (
        FileCell("Next tier", lambda row, _: next_tier(row)),
        FileCell("Cost to the next tier, low ($)", lambda row, _: cost_of(row, "low")),
        FileCell("Cost to the next tier, likely ($)", lambda row, _: cost_of(row, "likely")),
        FileCell("Cost to the next tier, high ($)", lambda row, _: cost_of(row, "high")),
        FileCell("Of that a payer may pay, likely ($)", lambda row, _: payable(row)),
        FileCell("Months to the next tier, fewest", lambda row, _: months(row, 0)),
        FileCell("Months to the next tier, most", lambda row, _: months(row, 1)),
        FileCell("Own people-days to the next tier, likely", lambda row, _: people_days(row)),
        FileCell("Cost to the next tier: why none", lambda row, _: why_no_cost(row)),
    ),
    sort=PortfolioSort.COST,
)
ANSWERED = PortfolioColumn(
    ColumnKind.ANSWERED,
    "Answered",
    (
        FileCell("Items answered", lambda row, _: row.answered),
        FileCell("Items asked", lambda row, _: row.asked),
    ),
    css="number",
)
CHANGED = PortfolioColumn(
    ColumnKind.CHANGED,
    "Last change",
    (FileCell("Last change", lambda row, _: row.changed_at and row.changed_at.date()),),
    sort=PortfolioSort.CHANGED,
    starts_descending=True,
)


def page_columns(instrument: Instrument) -> tuple[PortfolioColumn, ...]:
    """From left to right on the page."""
    return (
        NAME,
        tier_column(instrument),
        STATUS,
        LIMITING_FACTOR,
        COST,
        *score_columns(instrument),
        REACH,
        ANSWERED,
        CHANGED,
    )


def file_cells(instrument: Instrument) -> tuple[FileCell, ...]:
    """From left to right in an exported file."""
    columns = (
        NAME,
        tier_column(instrument),
        LIMITING_FACTOR,
        COST,
        *score_columns(instrument),
        REACH,
        STATUS,
        ANSWERED,
        CHANGED,
    )
    return tuple(cell for column in columns for cell in column.in_file)


def score_columns(instrument: Instrument) -> tuple[PortfolioColumn, ...]:
    return (
        *map(axis_column, instrument.axes),
        *map(domain_column, instrument.domains),
    )


def tier_column(instrument: Instrument) -> PortfolioColumn:
    titles = {tier.id: tier.title for tier in instrument.tiers}
    return PortfolioColumn(
        ColumnKind.TIER,
        "Tier",
        (
            FileCell("Tier", lambda row, _: row.tier_id or ""),
            FileCell("Tier name", lambda row, _: titles.get(row.tier_id or "", "")),
            FileCell("Tier is", lambda row, _: basis(row)),
            FileCell("Tier in a program that asks for more", lambda row, _: programs_say(row)),
            FileCell("Assessment", lambda row, _: row.title),
            FileCell("Provisional", lambda row, _: yes_or_no(row, row.provisional)),
            FileCell(
                "Provisional until", lambda row, _: row.tier_expires_on if row.provisional else None
            ),
            FileCell("Expired", lambda row, today: yes_or_no(row, row.is_expired(today))),
        ),
        sort=PortfolioSort.TIER,
        starts_descending=True,
    )


def axis_column(axis: Axis) -> PortfolioColumn:
    return PortfolioColumn(
        ColumnKind.AXIS,
        axis.id,
        (FileCell(f"{axis.title} (0 to 100)", lambda row, _: row.axes.get(axis.id)),),
        id=axis.id,
        title=axis.title,
        css="number",
        sort=AXIS_SORTS.get(axis.id),
        starts_descending=True,
    )


def domain_column(domain: Domain) -> PortfolioColumn:
    return PortfolioColumn(
        ColumnKind.DOMAIN,
        domain.id,
        (FileCell(f"{domain.title} (0 to 100)", lambda row, _: row.domains.get(domain.id)),),
        id=domain.id,
        title=domain.title,
        css="heat-head",
        sort=PortfolioSort.DOMAIN,
    )


def basis(row: PortfolioRow) -> str:
    if not row.is_scored:
        return ""
    return VALIDATED if row.is_validated else UNREVIEWED


def programs_say(row: PortfolioRow) -> str:
    return "; ".join(each.says for each in row.programs)


def yes_or_no(row: PortfolioRow, is_so: bool) -> str:
    """Blank before anything was scored."""
    return ("yes" if is_so else "no") if row.is_scored else ""


def released_count(row: PortfolioRow, count: int | None) -> Cell:
    if not row.quarters:
        return None
    return HIDDEN if count is None else count


def reach_share(row: PortfolioRow) -> Cell:
    if row.reach.is_hidden:
        return HIDDEN
    return None if row.reach.share is None else round(row.reach.share, 4)


def next_tier(row: PortfolioRow) -> Cell:
    return row.tier_cost.target_id if row.tier_cost else None


def why_no_cost(row: PortfolioRow) -> Cell:
    if row.tier_cost is None or row.tier_cost.exclusion is None:
        return None
    return ": ".join((row.tier_cost.exclusion, *filter(None, ["; ".join(row.tier_cost.unknown)])))


def cost_of(row: PortfolioRow, end: str) -> Cell:
    cost = row.known_cost
    return getattr(cost.first_year, end) if cost else None


def payable(row: PortfolioRow) -> Cell:
    cost = row.known_cost
    return cost.payable.likely if cost else None


def months(row: PortfolioRow, which: int) -> Cell:
    cost = row.known_cost
    return cost.months[which] if cost and cost.months else None


def people_days(row: PortfolioRow) -> Cell:
    cost = row.known_cost
    return cost.people_days if cost else None
