"""Entering a quarter's social-risk counts and checking them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from readiness.accounts.service import scope
from readiness.core import patient_identifiers, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.free_text import REASON_CHARACTERS, clean
from readiness.core.people import Actor
from readiness.core.periods import Period, latest_closed
from readiness.core.permissions import Can
from readiness.counts import pasted_grid
from readiness.counts.db import social_risk
from readiness.counts.edits import CountsClash, merged, revision_of
from readiness.counts.grids import Grid
from readiness.counts.pasted_grid import Pasted
from readiness.counts.service.quarters import Quarter, enterable, read
from readiness.counts.social_risk.checks import missing
from readiness.counts.social_risk.edits import CountRevision, Explanation
from readiness.counts.social_risk.models import ENTERED, Cell, PeriodState
from readiness.counts.typed_counts import count_of


@dataclass(frozen=True)
class Sent:
    """What a page sends: texts as typed, and the revisions that it had shown."""

    typed: Mapping[str, str]  # by cell key
    base: Mapping[str, int] = field(default_factory=dict)  # by cell key; absent: it was blank
    explanations: Mapping[str, str] = field(default_factory=dict)  # by finding key


# Saving


def save(session: Session, group_id: str, written: str, sent: Sent) -> bool:
    """Keep what was typed, finished or not; whether anything was new.

    Numbers that contradict each other are kept too: they stop a quarter from being complete, not
    from being worked on. A text that is no count is refused together with all that came with it.
    """
    permissions.require(
        session.actor, Can.ENTER_COUNTS, scope.of_group(session.store, group_id, session.now)
    )
    wanted = enterable(written, session.now.date())
    typed, base = (
        counts_in(sent.typed),
        {ENTERED[k]: n for k, n in sent.base.items() if k in ENTERED},
    )
    with session.store.writing():
        before = read(session.store, group_id, wanted, session.now.date())
        merge = merged(before.history, base, typed)
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
            told(before, session.actor, "entered counts", session.now),
        )
        if revisions:
            reopen(session, before)
    return True


def counts_in(typed: Mapping[str, str]) -> dict[Cell, int | None]:
    """Every count by its cell, or every problem at once. Fields we did not ask for are ignored."""
    values: dict[Cell, int | None] = {}
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
        event = told(before, session.actor, "opened a quarter", session.now)
        social_risk.set_state(
            session.store, before.group.id, before.period, PeriodState.OPEN, revision, event
        )


def in_the_way(before: Quarter) -> Iterator[Problem]:
    for cell in missing(before.counts):
        yield Problem(cell.key, f"{cell.label}: enter this number to complete the quarter.")
    for finding in before.contradictions:
        yield Problem(finding.cell.key, f"{finding.cell.label}: {finding.says}")
    for odd in before.odd:
        if not odd.stands:
            yield Problem(odd.finding.key, f"{odd.finding.cell.label}: {odd.finding.says}")


def told(before: Quarter, actor: Actor, verb: str, now: datetime) -> Event:
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
    grids: tuple[Grid[Cell], ...],
) -> Pasted[Cell]:
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
