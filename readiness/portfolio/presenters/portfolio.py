"""What the portfolio's pages show, ready to read: templates only write it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import url_for

from readiness.assessments.models import AssessmentStatus
from readiness.core.charts.scales import Heat, heat_of
from readiness.core.formatting import one_decimal, percent
from readiness.instruments.models import Instrument
from readiness.portfolio.models import (
    MOST_COMPARED,
    NO_TIER,
    NOT_STARTED,
    SIZES,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    query_parameters,
    screening_reach,
)
from readiness.portfolio.service.portfolio import PortfolioPage, axis_score

VALIDATED = "validated by the reviewer"
UNREVIEWED = "not reviewed yet: lower of claimed and supported by counts"
FIRST_DOWN = frozenset(
    {
        PortfolioSort.TIER,
        PortfolioSort.QMS,
        PortfolioSort.EQR,
        PortfolioSort.REACH,
        PortfolioSort.CHANGED,
    }
)


@dataclass(frozen=True)
class TierBadge:
    tier_id: str
    title: str
    provisional: bool
    expired: bool
    basis: str


@dataclass(frozen=True)
class PortfolioCells:
    group_id: str
    name: str
    url: str
    badge: TierBadge | None  # None: nothing submitted yet
    limiting_factor: str
    axes: tuple[str, ...]
    heat: tuple[Heat, ...]
    reach: str
    reach_basis: str
    status: str
    progress: str
    answered: str
    changed: Any


@dataclass(frozen=True)
class PortfolioColumn:
    """A heading that sorts."""

    says: str
    full: str
    url: str
    order: str  # "ascending", "descending" or ""
    css: str = ""


@dataclass(frozen=True)
class TierCount:
    tier_id: str
    title: str
    groups: int
    share: str
    url: str


def row_of(listing: PortfolioPage, line: PortfolioRow) -> PortfolioCells:
    instrument = listing.instrument
    reach = screening_reach(line)
    return PortfolioCells(
        group_id=line.group_id,
        name=line.name,
        url=url_for("portfolio.group", payer_id=listing.payer.id, group_id=line.group_id),
        badge=badge_of(listing, line),
        limiting_factor=line.limiting_factor,
        axes=tuple(score(axis_score(line, axis.id), line) for axis in instrument.axes),
        heat=tuple(heat(line, domain.id) for domain in instrument.domains),
        reach="" if reach.share is None else percent(reach.share),
        reach_basis=reach.says if line.is_scored else "",
        status=str(line.status or NOT_STARTED),
        progress=progress(listing, line),
        answered=answered(listing, line),
        changed=line.changed_at,
    )


def badge_of(listing: PortfolioPage, line: PortfolioRow) -> TierBadge | None:
    if line.tier_id is None:
        return None
    return TierBadge(
        line.tier_id,
        listing.instrument.tier_by_id[line.tier_id].title,
        line.provisional,
        line.is_expired(listing.today),
        basis(line),
    )


def basis(line: PortfolioRow) -> str:
    """What the tier rests on; an earlier assessment is named."""
    rests_on = "validated" if line.is_validated else "not reviewed yet"
    return rests_on if line.is_newest else f"{rests_on}, {line.title}"


def score(value: float | None, line: PortfolioRow) -> str:
    if value is None:
        return "not scored" if line.is_scored else "–"
    return one_decimal(Decimal(str(value)))


def heat(line: PortfolioRow, domain_id: str) -> Heat:
    return heat_of(line.domains.get(domain_id), "not scored" if line.is_scored else "–")


def progress(listing: PortfolioPage, line: PortfolioRow) -> str:
    """Of what is still being written: how far it is, and nothing else."""
    if line.status is not AssessmentStatus.IN_PROGRESS:
        return ""
    return f"{answered(listing, line)} answered"


def answered(listing: PortfolioPage, line: PortfolioRow) -> str:
    """How complete the newest assessment is."""
    if line.instrument is None:
        return "–"
    return f"{line.answered} of {listing.asked[line.instrument]}"


def columns(listing: PortfolioPage) -> dict[str, Any]:
    axes = [column(listing, sort, says, says, css="number") for sort, says in axis_sorts(listing)]
    return {
        "name": column(listing, PortfolioSort.NAME, "Group", "Group", css="sticky"),
        "tier": column(listing, PortfolioSort.TIER, "Tier", "Tier"),
        "axes": axes,
        "domains": [
            domain_column(listing, domain.id, domain.title) for domain in listing.instrument.domains
        ],
        "reach": column(
            listing, PortfolioSort.REACH, "Screening reach", "Screening reach", css="number"
        ),
        "status": column(listing, PortfolioSort.STATUS, "Status", "Status"),
        "changed": column(listing, PortfolioSort.CHANGED, "Last change", "Last change"),
    }


def axis_sorts(listing: PortfolioPage) -> Iterator[tuple[PortfolioSort, str]]:
    known = {"QMS": PortfolioSort.QMS, "EQR": PortfolioSort.EQR}
    yield from ((known[axis.id], axis.id) for axis in listing.instrument.axes if axis.id in known)


def column(
    listing: PortfolioPage, sort: PortfolioSort, says: str, full: str, css: str = ""
) -> PortfolioColumn:
    """A second click on the same heading turns the order around."""
    query = listing.query
    is_here = query.sort is sort
    down = not query.is_descending if is_here else sort in FIRST_DOWN
    wanted = replace(query, sort=sort, sort_domain_id="", is_descending=down, page=1)
    return PortfolioColumn(says, full, list_url(listing, wanted), order(query, is_here), css)


def domain_column(listing: PortfolioPage, domain_id: str, title: str) -> PortfolioColumn:
    query = listing.query
    is_here = query.sort_domain_id == domain_id
    wanted = replace(
        query,
        sort=PortfolioSort.DOMAIN,
        sort_domain_id=domain_id,
        is_descending=is_here and not query.is_descending,
        page=1,
    )
    return PortfolioColumn(domain_id, title, list_url(listing, wanted), order(query, is_here))


def order(query: PortfolioQuery, is_here: bool) -> str:
    if not is_here:
        return ""
    return "descending" if query.is_descending else "ascending"


def list_url(listing: PortfolioPage, query: PortfolioQuery) -> str:
    return url_for("portfolio.listing", payer_id=listing.payer.id, **query_parameters(query))


def page_url(listing: PortfolioPage, page: int) -> str:
    if not 1 <= page <= listing.pages:
        return ""
    return list_url(listing, replace(listing.query, page=page))


def says_where(listing: PortfolioPage) -> str:
    total, size, page = listing.tally.total, listing.query.size, listing.query.page
    if not total:
        return "No group"
    first = (page - 1) * size + 1
    return f"Groups {first:,} to {first + len(listing.lines) - 1:,} of {total:,}"


def tiers(listing: PortfolioPage) -> tuple[TierCount, ...]:
    """Every tier, also those nobody stands on."""
    total = listing.tally.total
    wanted = [(tier.id, tier.title) for tier in listing.instrument.tiers]
    return tuple(
        TierCount(
            tier_id,
            title,
            groups := listing.tally.by_tier.get(tier_id or None, 0),
            percent(groups / total) if total else "–",
            list_url(listing, replace(listing.query, tier=tier_id or NO_TIER, page=1)),
        )
        for tier_id, title in [*wanted, ("", "Nothing submitted yet")]
    )


def commonest_gate(listing: PortfolioPage) -> str:
    """The one sentence a payer can act on first."""
    if not listing.tally.by_gate:
        return ""
    item_id, lacking = listing.tally.by_gate[0]
    rated = listing.tally.total - listing.tally.by_tier.get(None, 0)
    return (
        "The gate most often not yet met on the way to the next tier is "
        f"{named(listing.instrument, item_id)}: {lacking:,} of {rated:,} groups with a tier."
    )


def named(instrument: Instrument, item_id: str) -> str:
    item = instrument.item_by_id.get(item_id)
    return f"{item_id} ({item.title})" if item else item_id


def options(listing: PortfolioPage) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: (value, words)."""
    instrument = listing.instrument
    tier_choices = [(tier.id, f"{tier.id} {tier.title}") for tier in instrument.tiers]
    statuses = [str(s) for s in AssessmentStatus if s is not AssessmentStatus.WITHDRAWN]
    return {
        "tier": [("", "Any tier"), *tier_choices, (NO_TIER, "No tier yet")],
        "status": [("", "Any status"), *((s, s) for s in (*statuses, NOT_STARTED))],
        "cycle": [("", "Any cycle"), *((cycle.id, cycle.name) for cycle in listing.cycles)],
        "domain": [("", "Any domain"), *((d.id, d.title) for d in instrument.domains)],
        "size": [(str(size), f"{size} groups a page") for size in SIZES],
    }


def page_of(listing: PortfolioPage) -> dict[str, Any]:
    """Everything the list's template writes."""
    state: dict[str, Any] = {n: str(value) for n, value in query_parameters(listing.query).items()}
    kept = {name: value for name, value in state.items() if name != "page"}
    payer_id = listing.payer.id
    return {
        "listing": listing,
        "rows": [row_of(listing, line) for line in listing.lines],
        "columns": columns(listing),
        "tiers": tiers(listing),
        "commonest_gate": commonest_gate(listing),
        "options": options(listing),
        "state": state,
        "is_filtered": bool(kept.keys() - {"sort", "order", "size"}),
        "says_where": says_where(listing),
        "previous_url": page_url(listing, listing.query.page - 1),
        "next_url": page_url(listing, listing.query.page + 1),
        "csv_url": url_for("portfolio.as_csv", payer_id=payer_id, **kept),
        "xlsx_url": url_for("portfolio.as_xlsx", payer_id=payer_id, **kept),
        "plans_url": url_for("packs.offer", payer_id=payer_id, **kept),
        "most_compared": MOST_COMPARED,
    }
