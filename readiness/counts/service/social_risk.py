"""Entering a quarter's social-risk counts and checking them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import patient_identifiers, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.free_text import REASON_CHARACTERS, clean
from readiness.core.people import Actor, Group
from readiness.core.periods import Period, latest_closed, quarter_of, quarters_back
from readiness.core.permissions import Can
from readiness.counts import pasted_grid
from readiness.counts.db import social_risk
from readiness.counts.db import social_risk as counts
from readiness.counts.edits import CountsClash, count_of, latest, revision_of
from readiness.counts.edits import merge as merge_edits
from readiness.counts.grids import Grid
from readiness.counts.models import PeriodState
from readiness.counts.pasted_grid import Pasted
from readiness.counts.service.entry import enterable_period
from readiness.counts.social_risk.checks import Finding, contradictions, missing, oddities
from readiness.counts.social_risk.edits import CountRevision, Explanation, History
from readiness.counts.social_risk.models import ENTERED, FunnelCell, FunnelCounts
from readiness.counts.social_risk.rates import (
    CLAIMS,
    CONTEXT_CLAIMS,
    ClaimShare,
    claims_shares,
    group_rates,
)
from readiness.statistics.rates import Rate


@dataclass(frozen=True)
class PostedCounts:
    """What a page sends: texts as typed, and the revisions that it had shown."""

    typed: Mapping[str, str]  # by cell key
    base: Mapping[str, int] = field(default_factory=dict)  # by cell key; absent: it was blank
    explanations: Mapping[str, str] = field(default_factory=dict)  # by finding key


# Saving


def save(session: Session, group_id: str, written: str, sent: PostedCounts) -> bool:
    """Keep what was typed, finished or not; whether anything was new.

    Numbers that contradict each other are kept too: they stop a quarter from being complete, not
    from being worked on. A text that is no count is refused together with all that came with it.
    """
    permissions.require(
        session.actor, Can.ENTER_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    wanted = enterable_period(written, session.now.date())
    typed, base = (
        counts_in(sent.typed),
        {ENTERED[k]: n for k, n in sent.base.items() if k in ENTERED},
    )
    with session.store.writing():
        before = read(session.store, group_id, wanted, session.now.date())
        merge = merge_edits(before.history, base, typed)
        if merge.clashes:
            raise CountsClash(merge)
        revisions = tuple(
            CountRevision(
                cell, revision_of(before.history, cell) + 1, value, session.actor.id, session.now
            )
            for cell, value in merge.changed.items()
        )
        notes = tuple(new_explanations(session, before, sent.explanations))
        if not revisions and not notes:
            return False
        social_risk.save(
            session.store,
            group_id,
            wanted,
            revisions,
            notes,
            event_of(before, session.actor, "entered counts", session.now),
        )
        if revisions:
            reopen(session, before)
    return True


def counts_in(typed: Mapping[str, str]) -> dict[FunnelCell, int | None]:
    """Every count by its cell, or every problem at once. Fields we did not ask for are ignored."""
    values: dict[FunnelCell, int | None] = {}
    problems: list[Problem] = []
    for key, text in typed.items():
        if cell := ENTERED.get(key):
            try:
                values[cell] = count_of(text)
            except ValueError as error:
                problems.append(Problem(key, f"{cell.label}: this {error}"))
    if problems:
        raise BadInput(problems)
    return values


def new_explanations(
    session: Session, before: Quarter, texts: Mapping[str, str]
) -> Iterator[Explanation]:
    """Of the findings that the person was shown; with the sentence that they explained."""
    stored = social_risk.explanations(session.store, before.group.id, before.period)
    problems: list[Problem] = []
    for odd in before.odd:
        key = odd.finding.key
        if key not in texts:
            continue
        try:
            text = safe(texts[key])
        except ValueError as error:
            problems.append(Problem(key, f"Explanation: {error}"))
            continue
        if text != (odd.written if odd.stands else ""):
            revision = stored[key].revision + 1 if key in stored else 1
            yield Explanation(key, revision, odd.finding.says, text, session.actor.id, session.now)
    if problems:
        raise BadInput(problems)


def safe(text: str) -> str:
    tidy = clean(text, REASON_CHARACTERS)
    if kinds := patient_identifiers.found_in(tidy):
        raise ValueError(
            f"this seems to hold {patient_identifiers.in_words(kinds)}. "
            "Leave out whatever could point at one patient."
        )
    return tidy


def reopen(session: Session, before: Quarter) -> None:
    """Changed counts have to be checked again before the quarter is complete."""
    state, revision = social_risk.state(session.store, before.group.id, before.period)
    if state is not PeriodState.OPEN:
        event = event_of(before, session.actor, "opened a quarter", session.now)
        social_risk.set_state(
            session.store, before.group.id, before.period, PeriodState.OPEN, revision, event
        )


def completion_problems(before: Quarter) -> Iterator[Problem]:
    for cell in missing(before.counts):
        yield Problem(cell.key, f"{cell.label}: enter this number to complete the quarter.")
    for finding in before.contradictions:
        yield Problem(finding.cell.key, f"{finding.cell.label}: {finding.says}")
    for odd in before.odd:
        if not odd.stands:
            yield Problem(odd.finding.key, f"{odd.finding.cell.label}: {odd.finding.says}")


def event_of(before: Quarter, actor: Actor, verb: str, now: datetime) -> Event:
    return Event(
        now,
        actor.id,
        verb,
        "counts",
        str(before.period),
        group_id=before.group.id,
    )


def paste(
    session: Session,
    group_id: str,
    text: str,
    grids: tuple[Grid[FunnelCell], ...],
) -> Pasted[FunnelCell]:
    """What a pasted block would fill in. Nothing is stored."""
    permissions.require(
        session.actor, Can.ENTER_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    return pasted_grid.read(text, grids)


# For others


@dataclass(frozen=True)
class CountsState:
    """What a task list says of the counts: about the latest closed quarter."""

    period: Period
    state: PeriodState | None  # None: missing

    @property
    def is_done(self) -> bool:
        return self.state is PeriodState.COMPLETE

    @property
    def says(self) -> str:
        return f"{self.period.label} {STATE_WORDS[self.state]}"


STATE_WORDS = {
    None: "missing",
    PeriodState.OPEN: "started",
    PeriodState.COMPLETE: "complete",
}


def state_of(store: Store, group_id: str, today: date) -> CountsState:
    """For use cases that have already asked whether the person may see it."""
    wanted = latest_closed(today)
    return CountsState(wanted, social_risk.state(store, group_id, wanted)[0])


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
    claims: Mapping[str, ClaimShare]  # by item id, those that are held against a claim
    shown: Mapping[str, ClaimShare]  # and those that are only shown beside it


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
        shown=claims_shares(known.values(), today, CONTEXT_CLAIMS),
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
    return read(
        session.store, group_id, enterable_period(written, session.now.date()), session.now.date()
    )


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


def shares_for_claims(store: Store, group_id: str, today: date) -> dict[str, ClaimShare]:
    """By item id, what the last four closed quarters with counts say of the claim.

    For use cases that have already asked whether the person may see it; the numbers are the
    group's own, with no small count hidden.
    """
    return claims_shares(counts.of_group(store, group_id).values(), today)
