"""Entering counts and checking them, one way for both kinds: each says its cells and its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import audit, patient_identifiers, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.free_text import REASON_CHARACTERS, clean
from readiness.core.people import Group
from readiness.core.periods import Period, period, quarters_back
from readiness.core.permissions import Can
from readiness.counts.db import CountsTables, explanations
from readiness.counts.edits import count_of, latest, merge, revision_of
from readiness.counts.models import (
    CellT,
    CountFinding,
    CountsClash,
    CountsT,
    Explanation,
    Grid,
    History,
    PeriodState,
    PeriodStatus,
    PostedCounts,
    Revision,
    Severity,
)
from readiness.counts.pasted_block import PastedCounts, read_block

Sites = Mapping[str, str]  # names by id


@dataclass(frozen=True)
class Verbs:
    """How the history calls what is done."""

    entered: str
    opened: str
    completed: str


@dataclass(frozen=True)
class Schema(Generic[CellT, CountsT]):
    """One kind of counts: where they are stored, which cells there are, what is checked."""

    tables: CountsTables[CellT, CountsT]
    can_read: Can
    can_enter: Can
    object_kind: str  # in the history
    verbs: Verbs
    cells: Callable[[Period, Sites], Mapping[str, CellT]]  # that can be entered, by key
    labels: Callable[[Period, Sites], Mapping[str, str]]  # of each of them
    earlier: Callable[[Store, str, Period], CountsT | None]  # what the page compares with
    findings: Callable[[CountsT, CountsT | None], tuple[CountFinding[CellT], ...]]
    missing: Callable[[CountsT], Iterator[Problem]]  # before the period is complete
    finding_says: Callable[[CountFinding[CellT]], str]
    newest: Callable[[date], Period]  # of the list
    listed: int  # periods that the list always shows, begun or not
    asks_why: bool  # an unusual number needs an explanation


@dataclass(frozen=True)
class Unusual(Generic[CellT]):
    """An unusual number, and whether its explanation still stands."""

    finding: CountFinding[CellT]
    written: str = ""  # the last explanation, if any
    stands: bool = False


@dataclass(frozen=True)
class EntryPeriod(Generic[CellT, CountsT]):
    """One period as its group sees it."""

    group: Group
    period: Period
    is_closed: bool
    status: PeriodStatus
    sites: Sites
    history: History[CellT]
    counts: CountsT
    before: CountsT | None
    findings: tuple[CountFinding[CellT], ...]
    explanations: Mapping[str, Explanation]  # by finding key

    @property
    def contradictions(self) -> tuple[CountFinding[CellT], ...]:
        return tuple(each for each in self.findings if each.severity is Severity.HARD)

    @property
    def unusual(self) -> tuple[Unusual[CellT], ...]:
        """An explanation stands for the numbers it was written for, and for no others."""
        pairs = (
            (each, self.explanations.get(each.key))
            for each in self.findings
            if each.severity is Severity.SOFT
        )
        return tuple(
            Unusual(each, last.text, last.stands_for(each)) if last else Unusual(each)
            for each, last in pairs
        )


# Reading


def require(session: Session, can: Can, group_id: str) -> None:
    permissions.require(session.actor, can, scope.of_group(session.store, group_id, session.now))


def enterable_period(written: str, today: date) -> Period:
    """A quarter can be entered from its first day on."""
    try:
        wanted = period(written)
    except ValueError as error:
        raise NotFound("There is no such quarter. Choose one from the list.") from error
    if not wanted.has_begun_on(today):
        raise NotFound(f"{wanted.label} has not begun yet. Choose a quarter from the list.")
    return wanted


def period_and_sites(
    session: Session, schema: Schema[CellT, CountsT], group_id: str, written: str
) -> tuple[Period, Sites]:
    """What decides which cells a page has."""
    require(session, schema.can_read, group_id)
    wanted = enterable_period(written, session.now.date())
    return wanted, sites_of(session.store, group_id)


def sites_of(store: Store, group_id: str) -> Sites:
    return {site.id: site.name for site in groups.sites(store, group_id)}


def get(
    session: Session, schema: Schema[CellT, CountsT], group_id: str, written: str
) -> EntryPeriod[CellT, CountsT]:
    require(session, schema.can_read, group_id)
    today = session.now.date()
    return read(session.store, schema, group_id, enterable_period(written, today), today)


def read(
    store: Store, schema: Schema[CellT, CountsT], group_id: str, wanted: Period, today: date
) -> EntryPeriod[CellT, CountsT]:
    """For use cases that have already asked whether the person may see it."""
    history = schema.tables.history(store, group_id, wanted)
    counts = schema.tables.counts(wanted, latest(history))
    before = schema.earlier(store, group_id, wanted)
    return EntryPeriod(
        group=groups.get(store, group_id),
        period=wanted,
        is_closed=wanted.is_closed_on(today),
        status=schema.tables.status(store, group_id, wanted),
        sites=sites_of(store, group_id),
        history=history,
        counts=counts,
        before=before,
        findings=schema.findings(counts, before),
        explanations=explanations(store, group_id, wanted) if schema.asks_why else {},
    )


@dataclass(frozen=True)
class PeriodLine(Generic[CountsT]):
    """One period in the list."""

    period: Period
    is_closed: bool
    state: PeriodState | None
    counts: CountsT


@dataclass(frozen=True)
class Overview(Generic[CountsT]):
    group: Group
    lines: tuple[PeriodLine[CountsT], ...]  # newest first


def overview(session: Session, schema: Schema[CellT, CountsT], group_id: str) -> Overview[CountsT]:
    require(session, schema.can_read, group_id)
    today, store = session.now.date(), session.store
    known, states = schema.tables.of_group(store, group_id), schema.tables.statuses(store, group_id)
    listed = {*quarters_back(schema.newest(today), schema.listed), *known, *states}
    lines = tuple(
        PeriodLine(
            each,
            each.is_closed_on(today),
            states[each].state if each in states else None,
            known.get(each) or schema.tables.counts(each, {}),
        )
        for each in sorted(listed, reverse=True)
    )
    return Overview(groups.get(store, group_id), lines)


@dataclass(frozen=True)
class EntryState:
    """What a task list says of the latest closed period."""

    says: str
    is_done: bool


# Saving


def save(
    session: Session,
    schema: Schema[CellT, CountsT],
    group_id: str,
    written: str,
    posted: PostedCounts,
) -> bool:
    """Keep what was typed, finished or not; whether anything was new.

    Numbers that contradict each other are kept too: they stop a period from being complete, not
    from being worked on. A text that is no count is refused together with all that came with it.
    """
    require(session, schema.can_enter, group_id)
    wanted = enterable_period(written, session.now.date())
    with session.store.writing():
        before = read(session.store, schema, group_id, wanted, session.now.date())
        cells = schema.cells(wanted, before.sites)
        typed = counts_in(posted.typed, cells, schema.labels(wanted, before.sites))
        base = {cells[key]: n for key, n in posted.base.items() if key in cells}
        found = merge(before.history, base, typed)
        if found.clashes:
            raise CountsClash(found)
        revisions = tuple(
            Revision(
                cell, revision_of(before.history, cell) + 1, value, session.actor.id, session.now
            )
            for cell, value in found.changed.items()
        )
        notes = tuple(new_explanations(session, before, posted.explanations))
        if not revisions and not notes:
            return False
        event = event_of(session, schema, before, schema.verbs.entered)
        schema.tables.save(session.store, group_id, wanted, revisions, event, notes)
        if revisions:
            reopen(session, schema, before)
    return True


def counts_in(
    typed: Mapping[str, str], cells: Mapping[str, CellT], labels: Mapping[str, str]
) -> dict[CellT, int | None]:
    """Every count by its cell, or every problem at once. Fields we did not ask for are ignored."""
    values: dict[CellT, int | None] = {}
    problems: list[Problem] = []
    for key, text in typed.items():
        if cell := cells.get(key):
            try:
                values[cell] = count_of(text)
            except ValueError as error:
                problems.append(Problem(key, f"{labels[key]}: this {error}"))
    if problems:
        raise BadInput(problems)
    return values


def new_explanations(
    session: Session, before: EntryPeriod[CellT, CountsT], texts: Mapping[str, str]
) -> Iterator[Explanation]:
    """Of the findings that the person was shown; with the sentence that they explained."""
    problems: list[Problem] = []
    for each in before.unusual:
        key = each.finding.key
        if key not in texts:
            continue
        try:
            text = without_identifiers(texts[key])
        except ValueError as error:
            problems.append(Problem(key, f"Explanation: {error}"))
            continue
        if text != (each.written if each.stands else ""):
            last = before.explanations.get(key)
            number = last.revision + 1 if last else 1
            yield Explanation(key, number, each.finding.says, text, session.actor.id, session.now)
    if problems:
        raise BadInput(problems)


def without_identifiers(text: str) -> str:
    tidy = clean(text, REASON_CHARACTERS)
    if kinds := patient_identifiers.found_in(tidy):
        raise ValueError(
            f"this seems to hold {patient_identifiers.in_words(kinds)}. "
            "Leave out whatever could point at one patient."
        )
    return tidy


def paste(
    session: Session,
    schema: Schema[CellT, Any],
    group_id: str,
    text: str,
    grids: Sequence[Grid[CellT]],
) -> PastedCounts[CellT]:
    """What a pasted block would fill in. Nothing is stored."""
    require(session, schema.can_enter, group_id)
    return read_block(text, grids)


# States


def reopen(
    session: Session, schema: Schema[CellT, CountsT], before: EntryPeriod[CellT, CountsT]
) -> None:
    """Changed counts have to be checked again before the period is complete."""
    if before.status.state is not PeriodState.OPEN:
        set_state(session, schema, before, PeriodState.OPEN, schema.verbs.opened)


def set_state(
    session: Session,
    schema: Schema[CellT, CountsT],
    before: EntryPeriod[CellT, CountsT],
    wanted: PeriodState,
    verb: str,
    reference: str | None = None,
) -> None:
    """`reference`: None leaves the one that was declared."""
    schema.tables.set_state(
        session.store,
        before.group.id,
        before.period,
        wanted,
        before.status.revision,
        event_of(session, schema, before, verb),
        before.status.reference if reference is None else reference,
    )


def completion_problems(
    schema: Schema[CellT, CountsT], before: EntryPeriod[CellT, CountsT]
) -> Iterable[Problem]:
    """Everything that stands in the way of calling the period complete."""
    yield from schema.missing(before.counts)
    for finding in before.contradictions:
        yield Problem(finding.cell.key, schema.finding_says(finding))
    for each in before.unusual if schema.asks_why else ():
        if not each.stands:
            yield Problem(each.finding.key, schema.finding_says(each.finding))


def event_of(
    session: Session,
    schema: Schema[CellT, CountsT],
    before: EntryPeriod[CellT, CountsT],
    verb: str,
) -> Event:
    return audit.event(
        session, verb, schema.object_kind, str(before.period), group_id=before.group.id
    )
