"""What the pages of the list and of one group work out: addresses, choices and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.assessments.presenter import unmet_lines
from readiness.assessments.review import answer_in_words
from readiness.assessments.scorecard import ScoringRun
from readiness.assessments.service.payer_view import SubmittedView, note_for_payer
from readiness.core.charts.bars import DomainScore, Threshold, profile_of
from readiness.core.formatting import percent
from readiness.instruments.answers import AnswerKind
from readiness.instruments.models import Domain, Instrument, Item, Tier
from readiness.plans.presenters.tier_cost import help_that_fits, tier_cost_text
from readiness.plans.presenters.way import way_of
from readiness.portfolio.columns import PortfolioColumn, order_of, page_columns
from readiness.portfolio.models import (
    MOST_COMPARED,
    NO_TIER,
    NOT_STARTED,
    SIZES,
    PortfolioQuery,
    PortfolioSort,
    query_parameters,
)
from readiness.portfolio.service.portfolio import GroupFile, PortfolioPage

KINDS = {
    RunKind.CLAIMED: ("Claimed", "as the group sent it in"),
    RunKind.SUPPORTED: ("Supported by counts", "claims lowered to what its counts show"),
    RunKind.VALIDATED: ("Validated", "what the reviewer took as shown"),
}


# The list


@dataclass(frozen=True)
class ColumnHeading:
    column: PortfolioColumn
    url: str  # of the list ordered by it; empty: it cannot be
    order: str  # "ascending", "descending" or ""


@dataclass(frozen=True)
class TierCount:
    tier_id: str
    title: str
    groups: int
    share: str
    url: str


def page_of(listing: PortfolioPage) -> dict[str, Any]:
    """Everything the list's template writes."""
    state: dict[str, Any] = {n: str(value) for n, value in query_parameters(listing.query).items()}
    kept = {name: value for name, value in state.items() if name != "page"}
    payer_id = listing.payer.id
    return {
        "listing": listing,
        "headings": [heading(listing, each) for each in page_columns(listing.instrument)],
        "tiers": tuple(tiers(listing)),
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


def heading(listing: PortfolioPage, column: PortfolioColumn) -> ColumnHeading:
    """A second click on the same heading turns the order around."""
    if column.sort is None:
        return ColumnHeading(column, "", "")
    query = listing.query
    domain_id = column.id if column.sort is PortfolioSort.DOMAIN else ""
    is_here = (query.sort, query.sort_domain_id) == (column.sort, domain_id)
    wanted = replace(
        query,
        sort=column.sort,
        sort_domain_id=domain_id,
        is_descending=not query.is_descending if is_here else column.starts_descending,
        page=1,
    )
    order = order_of(is_here, query.is_descending)
    return ColumnHeading(column, list_url(listing, wanted), order)


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


def tiers(listing: PortfolioPage) -> Iterator[TierCount]:
    """Every tier, also those nobody stands on."""
    total = listing.tally.total
    known = [(tier.id, tier.title) for tier in listing.instrument.tiers]
    for tier_id, title in [*known, ("", "Nothing submitted yet")]:
        groups = listing.tally.by_tier.get(tier_id or None, 0)
        url = list_url(listing, replace(listing.query, tier=tier_id or NO_TIER, page=1))
        yield TierCount(tier_id, title, groups, percent(groups / total) if total else "–", url)


def commonest_gate(listing: PortfolioPage) -> str:
    """The one sentence a payer can act on first."""
    if not listing.tally.by_gate:
        return ""
    item_id, lacking = listing.tally.by_gate[0]
    item = listing.instrument.item_by_id.get(item_id)
    rated = listing.tally.total - listing.tally.by_tier.get(None, 0)
    return (
        "The gate most often not yet met on the way to the next tier is "
        f"{f'{item_id} ({item.title})' if item else item_id}: {lacking:,} of {rated:,} groups "
        "with a tier."
    )


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


# One group


def group_page(file: GroupFile) -> dict[str, Any]:
    shown, opened = file.shown, file.opened
    run = shown.best_run if shown else None
    is_current = shown is not None and file.line.assessment_id == shown.assessment.id
    return {
        "file": file,
        "run": run,
        "is_current": is_current,
        "is_expired": is_current and file.line.is_expired(file.today),
        "is_validated": shown is not None and run is shown.runs.get(RunKind.VALIDATED),
        "kinds": KINDS,
        "weighed_claims": file.weighed,
        "unmet": unmet_lines(shown.instrument, run) if shown and run else None,
        "next_tier": next_tier(shown.instrument, run) if shown and run else None,
        "profile": profile(shown.instrument, run) if shown and run else None,
        "answers": answers(shown) if shown else [],
        "way": way_of(opened, opened.newest) if opened and run else None,
        "tier_cost": tier_cost_text(opened) if opened else None,
        "help_that_fits": help_that_fits(opened) if opened else None,
    }


def profile(instrument: Instrument, run: ScoringRun) -> Any:
    scores = [
        DomainScore(domain.title, run.domains[domain.id].low, run.domains[domain.id].high)
        for domain in instrument.domains
    ]
    tier = next_tier(instrument, run)
    if tier is None or not tier.domain_min:
        return profile_of(scores)
    asks = f"{tier.id} asks for {float(tier.domain_min):g}"
    return profile_of(scores, [Threshold(asks, tier.domain_min)])


def next_tier(instrument: Instrument, run: ScoringRun) -> Tier | None:
    return instrument.tier_after(instrument.tier_by_id[run.tier_id])


def answers(shown: SubmittedView) -> list[tuple[Domain, list[dict[str, Any]]]]:
    """By domain, each with its evidence; never who gave it."""
    return [
        (domain, [answer(shown, item) for item in domain.items if item.id in shown.given])
        for domain in shown.instrument.domains
    ]


def answer(shown: SubmittedView, item: Item) -> dict[str, Any]:
    given = shown.given[item.id]
    note, withheld = note_for_payer(given)
    return {
        "item": item,
        "says": answer_in_words(given),
        "level": given.level if given.kind is AnswerKind.LEVEL else None,
        "note": note,
        "withheld": withheld,
    }
