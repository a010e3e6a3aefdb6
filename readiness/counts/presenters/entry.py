"""A page on which counts are entered: every field with its number, its notes and its links."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from readiness.core.errors import Problem
from readiness.core.periods import Period
from readiness.counts.edits import revision_of
from readiness.counts.models import (
    CellT,
    CountClash,
    CountsClash,
    CountsT,
    Grid,
    PeriodState,
    PostedCounts,
    cells_in,
)
from readiness.counts.service.entry import EntryPeriod, Schema, Sites
from readiness.counts.strata import ALL, Stratum, StratumType

STATE_WORDS = {
    None: "Not started",
    PeriodState.OPEN: "Started, not yet complete",
    PeriodState.COMPLETE: "Complete",
}
UNEXPLAINED = "Explain this, or change the number."
Link = tuple[str, str]  # address and sentence


@dataclass(frozen=True)
class EntryScope(Generic[CellT]):
    """Which page of a period: all patients, one breakdown, or one part of it."""

    key: str
    title: str
    grids: tuple[Grid[CellT], ...]
    introduction: str = ""
    kind: StratumType | None = None
    part: Stratum = ALL

    @property
    def is_main(self) -> bool:
        return self.key in ("", StratumType.TOTAL)

    @property
    def is_breakdown(self) -> bool:
        """The parts side by side."""
        return not self.is_main and self.part == ALL

    @property
    def cells(self) -> dict[str, CellT]:
        return cells_in(self.grids)


@dataclass(frozen=True)
class Layout(Generic[CellT, CountsT]):
    """How the pages of one kind of counts are laid out."""

    schema: Schema[CellT, CountsT]
    scope: Callable[[str, Period, Sites], EntryScope[CellT]]
    labels: Callable[[Grid[CellT]], Mapping[str, str]]
    address: Callable[[EntryPeriod[CellT, CountsT], EntryScope[CellT], CellT], str]
    earlier: Callable[[Period], str]  # how a field calls the period before
    clash_says: Callable[[CountClash[CellT]], str]


@dataclass(frozen=True)
class PageState(Generic[CellT]):
    """What the page shows beyond what is stored: typed texts, their errors, the other's values."""

    sent: PostedCounts | None = None
    problems: tuple[Problem, ...] = ()  # their places are ids: of a cell, a finding, the block
    clash: CountsClash | None = None
    filled: Mapping[CellT, int] = field(default_factory=dict)  # from a pasted block
    block: str = ""
    is_unfinished: bool = False  # kept, and not yet complete

    @property
    def errors(self) -> dict[str, str]:
        return {problem.place: problem.says for problem in self.problems}


@dataclass(frozen=True)
class EntryField:
    id: str
    label: str
    value: str
    last: str  # the period before
    error: str
    note: str  # what someone else saved, or what stood here before the paste

    @property
    def described(self) -> str:
        ends = (("last", self.last), ("note", self.note), ("error", self.error))
        return " ".join(f"{self.id}-{end}" for end, says in ends if says)


@dataclass(frozen=True)
class UnusualField:
    """An unusual number with a box for why it is right."""

    id: str
    href: str
    says: str
    value: str
    earlier: str
    stands: bool
    error: str


def fields(
    layout: Layout[CellT, CountsT],
    found: EntryPeriod[CellT, CountsT],
    scope: EntryScope[CellT],
    state: PageState[CellT],
) -> dict[str, EntryField]:
    """By the key of their cells."""
    errors, before = state.errors, found.before
    listed: dict[str, EntryField] = {}
    for grid in scope.grids:
        labels = layout.labels(grid)
        for cell in grid.cells.values():
            last = before.known.get(cell) if before else None
            listed[cell.key] = EntryField(
                id=cell.key,
                label=labels[cell.key],
                value=value_at(cell, found, state),
                last=f"{layout.earlier(before.period)}: {last:,}"
                if before and last is not None
                else "",
                error=errors.get(cell.key, ""),
                note=note_at(cell, found, state),
            )
    return listed


def value_at(cell: CellT, found: EntryPeriod[CellT, CountsT], state: PageState[CellT]) -> str:
    """What was pasted, else what was typed, else what is stored."""
    if cell in state.filled:
        return str(state.filled[cell])
    if state.clash and cell in state.clash.merge.values:
        return text_of(state.clash.merge.values[cell])
    if state.sent and cell.key in state.sent.typed:
        return state.sent.typed[cell.key]
    return text_of(found.counts.known.get(cell))


def note_at(cell: CellT, found: EntryPeriod[CellT, CountsT], state: PageState[CellT]) -> str:
    for clash in state.clash.merge.clashes if state.clash else ():
        if clash.cell == cell:
            return f"Saved by somebody else: {text_of(clash.theirs) or 'blank'}"
    stored = found.counts.known.get(cell)
    if cell in state.filled and state.filled[cell] != stored:
        return f"Saved before: {text_of(stored) or 'blank'}"
    return ""


def text_of(value: int | None) -> str:
    return "" if value is None else str(value)


def base(
    found: EntryPeriod[CellT, CountsT], scope: EntryScope[CellT], state: PageState[CellT]
) -> str:
    """The revisions that stand on the page, so that a later save knows what was seen.

    A page that comes back with texts not yet saved goes on from what it had shown before; after a
    clash the other's value is shown, and from then on it is seen.
    """
    if state.sent and not state.clash:
        return json.dumps(dict(state.sent.base))
    return revisions_seen(found, scope.cells)


def revisions_seen(found: EntryPeriod[CellT, CountsT], cells: Mapping[str, CellT]) -> str:
    revisions = {key: revision_of(found.history, cell) for key, cell in cells.items()}
    return json.dumps({key: revision for key, revision in revisions.items() if revision})


def problems(
    layout: Layout[CellT, CountsT],
    found: EntryPeriod[CellT, CountsT],
    scope: EntryScope[CellT],
    state: PageState[CellT],
) -> tuple[Link, ...]:
    if not state.problems:
        return ()
    cells = layout.schema.cells(found.period, found.sites)

    def address(place: str) -> str:
        if place in cells:
            return layout.address(found, scope, cells[place])
        return f"#{place}" if place else ""

    return tuple((address(problem.place), problem.says) for problem in state.problems)


def findings(
    layout: Layout[CellT, CountsT],
    found: EntryPeriod[CellT, CountsT],
    scope: EntryScope[CellT],
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The contradictions, and what is unusual."""
    hard, soft = (
        tuple(
            (layout.address(found, scope, each.cell), layout.schema.finding_says(each))
            for each in listed
        )
        for listed in (found.contradictions, [each.finding for each in found.unusual])
    )
    return hard, soft


def unusual(
    layout: Layout[CellT, CountsT],
    found: EntryPeriod[CellT, CountsT],
    scope: EntryScope[CellT],
    state: PageState[CellT],
) -> tuple[UnusualField, ...]:
    typed, errors = state.sent.explanations if state.sent else {}, state.errors
    return tuple(
        UnusualField(
            id=each.finding.key,
            href=layout.address(found, scope, each.finding.cell),
            says=layout.schema.finding_says(each.finding),
            value=typed.get(each.finding.key, each.written if each.stands else ""),
            earlier="" if each.stands else each.written,
            stands=each.stands,
            error=error_beside(errors.get(each.finding.key, ""), each.finding.says),
        )
        for each in found.unusual
    )


def error_beside(error: str, finding_says: str) -> str:
    """Beside the box, which already says what is unusual, only what to do."""
    return UNEXPLAINED if error.endswith(finding_says) else error
