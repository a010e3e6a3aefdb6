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
    CountFinding,
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


@dataclass(frozen=True)
class EntryPage(Generic[CellT, CountsT]):
    """One page as it is shown: a period, a part of it, and what the person has just sent."""

    layout: Layout[CellT, CountsT]
    found: EntryPeriod[CellT, CountsT]
    scope: EntryScope[CellT]
    state: PageState[CellT]

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.found.status.state]

    @property
    def fields(self) -> dict[str, EntryField]:
        """By the key of their cells."""
        labels = self.layout.schema.labels(self.found.period, self.found.sites)
        errors = self.state.errors
        return {
            key: EntryField(
                id=key,
                label=labels[key],
                value=self.value_at(cell),
                last=self.last_at(cell),
                error=errors.get(key, ""),
                note=self.note_at(cell),
            )
            for key, cell in self.scope.cells.items()
        }

    def value_at(self, cell: CellT) -> str:
        """What was pasted, else what was typed, else what is stored."""
        state = self.state
        if cell in state.filled:
            return str(state.filled[cell])
        if state.clash and cell in state.clash.merge.values:
            return text_of(state.clash.merge.values[cell])
        if state.sent and cell.key in state.sent.typed:
            return state.sent.typed[cell.key]
        return text_of(self.found.counts.known.get(cell))

    def last_at(self, cell: CellT) -> str:
        before = self.found.before
        last = before.known.get(cell) if before else None
        if before is None or last is None:
            return ""
        return f"{self.layout.earlier(before.period)}: {last:,}"

    def note_at(self, cell: CellT) -> str:
        state = self.state
        for clash in state.clash.merge.clashes if state.clash else ():
            if clash.cell == cell:
                return f"Saved by somebody else: {text_of(clash.theirs) or 'blank'}"
        stored = self.found.counts.known.get(cell)
        if cell in state.filled and state.filled[cell] != stored:
            return f"Saved before: {text_of(stored) or 'blank'}"
        return ""

    @property
    def base(self) -> str:
        """The revisions that stand on the page, so that a later save knows what was seen.

        A page that comes back with texts not yet saved goes on from what it had shown before; after
        a clash the other's value is shown, and from then on it is seen.
        """
        if self.state.sent and not self.state.clash:
            return json.dumps(dict(self.state.sent.base))
        return revisions_seen(self.found, self.scope.cells)

    @property
    def problems(self) -> tuple[Link, ...]:
        if not self.state.problems:
            return ()
        cells = self.layout.schema.cells(self.found.period, self.found.sites)

        def address(place: str) -> str:
            if place in cells:
                return self.address(cells[place])
            return f"#{place}" if place else ""

        return tuple((address(problem.place), problem.says) for problem in self.state.problems)

    @property
    def contradictions(self) -> tuple[Link, ...]:
        """Shown once nothing worse is in the way."""
        return () if self.state.problems else tuple(map(self.link, self.found.contradictions))

    @property
    def unusual(self) -> tuple[Link, ...]:
        return tuple(self.link(each.finding) for each in self.found.unusual)

    @property
    def to_explain(self) -> tuple[UnusualField, ...]:
        typed, errors = self.state.sent.explanations if self.state.sent else {}, self.state.errors
        return tuple(
            UnusualField(
                each.finding.key,
                *self.link(each.finding),
                value=typed.get(each.finding.key, each.written if each.stands else ""),
                earlier="" if each.stands else each.written,
                stands=each.stands,
                error=error_beside(errors.get(each.finding.key, ""), each.finding.says),
            )
            for each in (self.found.unusual if self.layout.schema.asks_why else ())
        )

    def link(self, finding: CountFinding[CellT]) -> Link:
        return self.address(finding.cell), self.layout.schema.finding_says(finding)

    def address(self, cell: CellT) -> str:
        return self.layout.address(self.found, self.scope, cell)


def text_of(value: int | None) -> str:
    return "" if value is None else str(value)


def revisions_seen(found: EntryPeriod[CellT, CountsT], cells: Mapping[str, CellT]) -> str:
    revisions = {key: revision_of(found.history, cell) for key, cell in cells.items()}
    return json.dumps({key: revision for key, revision in revisions.items() if revision})


def error_beside(error: str, finding_says: str) -> str:
    """Beside the box, which already says what is unusual, only what to do."""
    return UNEXPLAINED if error.endswith(finding_says) else error
