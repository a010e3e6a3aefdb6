"""A group's quarters as its own people see them: what is entered, what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Group
from readiness.core.periods import Period, period, quarter_of, quarters_back
from readiness.core.permissions import Can
from readiness.counts.db import social_risk as counts
from readiness.counts.edits import latest
from readiness.counts.social_risk.checks import Finding, contradictions
from readiness.counts.social_risk.edits import Explanation, History
from readiness.counts.social_risk.models import FunnelCounts, PeriodState
from readiness.counts.social_risk.oddities import oddities
from readiness.counts.social_risk.rates import CLAIMS, SHOWN, Share, claims_shares, group_rates
from readiness.statistics.rates import Rate

SHOWN_QUARTERS = 8  # closed ones that the list always shows, begun or not


@dataclass(frozen=True)
class Odd:
    """An odd number, and whether its explanation still stands."""

    finding: Finding
    written: str = ""  # the last explanation, if any
    stands: bool = False


@dataclass(frozen=True)
class Quarter:
    """One quarter as its group sees it."""

    group: Group
    period: Period
    is_closed: bool
    state: PeriodState | None  # None: not begun
    history: History
    counts: FunnelCounts
    before: FunnelCounts | None  # the quarter before, if it has counts
    contradictions: tuple[Finding, ...]
    odd: tuple[Odd, ...]


@dataclass(frozen=True)
class QuarterLine:
    period: Period
    is_closed: bool
    state: PeriodState | None
    reach: Rate | None
    positive_rate: Rate | None


@dataclass(frozen=True)
class Overview:
    group: Group
    lines: tuple[QuarterLine, ...]  # newest first
    claims: Mapping[str, Share]  # by item id, those that are held against a claim
    shown: Mapping[str, Share]  # and those that are only shown beside it


def overview(session: Session, group_id: str) -> Overview:
    permissions.require(
        session.actor, Can.READ_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    today = session.now.date()
    known, states = counts.of_group(session.store, group_id), counts.states(session.store, group_id)
    listed = {*quarters_back(quarter_of(today), SHOWN_QUARTERS + 1), *known, *states}
    return Overview(
        group=groups.get(session.store, group_id),
        lines=tuple(
            line_of(known.get(each) or FunnelCounts(each), states.get(each), today)
            for each in sorted(listed, reverse=True)
        ),
        claims=claims_shares(known.values(), today, CLAIMS),
        shown=claims_shares(known.values(), today, SHOWN),
    )


def line_of(known: FunnelCounts, state: PeriodState | None, today: date) -> QuarterLine:
    rates = {rule.id: rate for rule, rate in group_rates(known)}
    return QuarterLine(
        known.period,
        known.period.is_closed_on(today),
        state,
        rates["reach"],
        rates["positive_rate"],
    )


def get(session: Session, group_id: str, written: str) -> Quarter:
    permissions.require(
        session.actor, Can.READ_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    return read(session.store, group_id, enterable(written, session.now.date()), session.now.date())


def enterable(written: str, today: date) -> Period:
    """A quarter can be entered from its first day on."""
    try:
        wanted = period(written)
    except ValueError as error:
        raise NotFound("There is no such quarter. Choose one from the list.") from error
    if not wanted.has_begun_on(today):
        raise NotFound(f"{wanted.label} has not begun yet. Choose a quarter from the list.")
    return wanted


def read(store: Store, group_id: str, wanted: Period, today: date) -> Quarter:
    history = counts.history(store, group_id, wanted)
    known = FunnelCounts(wanted, latest(history))
    before = latest(counts.history(store, group_id, wanted.previous))
    previous = FunnelCounts(wanted.previous, before) if before else None
    return Quarter(
        group=groups.get(store, group_id),
        period=wanted,
        is_closed=wanted.is_closed_on(today),
        state=counts.state(store, group_id, wanted)[0],
        history=history,
        counts=known,
        before=previous,
        contradictions=contradictions(known),
        odd=explained(oddities(known, previous), counts.explanations(store, group_id, wanted)),
    )


def explained(found: Iterable[Finding], explanations: Mapping[str, Explanation]) -> tuple[Odd, ...]:
    """An explanation stands for the numbers it was written for, and for no others."""
    pairs = ((finding, explanations.get(finding.key)) for finding in found)
    return tuple(
        Odd(finding, last.text, bool(last.text) and last.says == finding.says)
        if last
        else Odd(finding)
        for finding, last in pairs
    )


def shares_for_claims(store: Store, group_id: str, today: date) -> dict[str, Share]:
    """By item id, what the last four closed quarters with counts say of the claim.

    For use cases that have already asked whether the person may see it; the numbers are the
    group's own, with no small count hidden.
    """
    return claims_shares(counts.of_group(store, group_id).values(), today)
