"""Entering a quarter's social-risk counts: their cells and rules, and what they say to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period, latest_closed, quarter_of
from readiness.core.permissions import Can
from readiness.counts.db import add_year, social_risk, years
from readiness.counts.models import CountFinding, PeriodState
from readiness.counts.service import entry
from readiness.counts.service.entry import EntryPeriod, EntryState, Schema, Verbs
from readiness.counts.social_risk.checks import contradictions, missing, oddities
from readiness.counts.social_risk.models import ENTERED, FunnelCell, FunnelCounts
from readiness.counts.social_risk.rates import ClaimShare, claims_shares
from readiness.counts.social_risk.year import YearReach, problems_of

LABELS = {key: cell.label for key, cell in ENTERED.items()}
Quarter = EntryPeriod[FunnelCell, FunnelCounts]


def quarter_before(store: Store, group_id: str, quarter: Period) -> FunnelCounts | None:
    """The quarter before, if it has counts."""
    return social_risk.of_group(store, group_id, quarter.previous).get(quarter.previous)


def findings(
    counts: FunnelCounts, before: FunnelCounts | None
) -> tuple[CountFinding[FunnelCell], ...]:
    return (*contradictions(counts), *oddities(counts, before))


def missing_numbers(counts: FunnelCounts) -> Iterator[Problem]:
    for cell in missing(counts):
        yield Problem(cell.key, f"{cell.label}: enter this number to complete the quarter.")


SCHEMA: Schema[FunnelCell, FunnelCounts] = Schema(
    tables=social_risk,
    can_read=Can.READ_COUNTS,
    can_enter=Can.ENTER_COUNTS,
    object_kind="counts",
    verbs=Verbs("entered counts", "opened a quarter", "completed a quarter"),
    cells=lambda _period, _sites: ENTERED,
    labels=lambda _period, _sites: LABELS,
    earlier=quarter_before,
    findings=findings,
    missing=missing_numbers,
    finding_says=lambda finding: f"{finding.cell.label}: {finding.says}",
    newest=quarter_of,
    listed=9,  # the running quarter and two years
    asks_why=True,
)
STATE_WORDS = {None: "missing", PeriodState.OPEN: "started", PeriodState.COMPLETE: "complete"}


def state_of(store: Store, group_id: str, today: date) -> EntryState:
    """What a task list says of the counts: about the latest closed quarter.

    For use cases that have already asked whether the person may see it.
    """
    wanted = latest_closed(today)
    state = social_risk.status(store, group_id, wanted).state
    return EntryState(f"{wanted.label} {STATE_WORDS[state]}", state is PeriodState.COMPLETE)


def shares_for_claims(store: Store, group_id: str, today: date) -> dict[str, ClaimShare]:
    """By item id, what the last four closed quarters with counts say of the claim.

    For use cases that have already asked whether the person may see it; the numbers are the
    group's own, with no small count hidden. Of reach a year's own patients, where they are known.
    """
    quarters = social_risk.of_group(store, group_id).values()
    return claims_shares(quarters, today, year=newest_year(store, group_id))


# A year's patients, each counted once


def newest_year(store: Store, group_id: str) -> YearReach | None:
    found = years(store, group_id)
    return found[max(found)] if found else None


def year_of(session: Session, group_id: str) -> YearReach | None:
    """The newest that was entered."""
    entry.require(session, Can.READ_COUNTS, group_id)
    return newest_year(session.store, group_id)


def year_to_enter(session: Session, group_id: str) -> YearReach | None:
    """What was entered for the twelve months that the latest closed quarter ends."""
    entry.require(session, Can.READ_COUNTS, group_id)
    return years(session.store, group_id).get(latest_closed(session.now.date()))


def save_year(session: Session, group_id: str, year: YearReach) -> None:
    """BadInput where it cannot be beside the quarters; ChangedMeanwhile where it is not new."""
    entry.require(session, Can.ENTER_COUNTS, group_id)
    if problems := list(problems_of(year, social_risk.of_group(session.store, group_id))):
        raise BadInput(problems)
    event = audit.event(
        session, "entered a year's counts", "counts", str(year.ending), group_id=group_id
    )
    add_year(session.store, group_id, year, event)
