"""What both kinds of counts share: states, revisions, findings and the tables for entry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period

CHANGED = (
    "Somebody else changed these counts a moment ago. Nothing was overwritten. "
    "Reload the page, compare, and save what you agree on."
)


class Keyed(Hashable, Protocol):
    """A cell that a field on a page can be named after."""

    @property
    def key(self) -> str: ...


CellT = TypeVar("CellT", bound=Keyed)
HeldT = TypeVar("HeldT", bound=Keyed, covariant=True)


class Counts(Protocol):
    """What is known of one period, by cell; a count that is absent is not known."""

    @property
    def period(self) -> Period: ...

    @property
    def known(self) -> Mapping[Any, int]: ...


CountsT = TypeVar("CountsT", bound=Counts)


class PeriodState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"


@dataclass(frozen=True)
class PeriodStatus:
    """Where a period stands, and the stratum that its others are compared with, once declared."""

    state: PeriodState | None = None  # None: not begun
    revision: int = 0
    reference: str = ""


@dataclass(frozen=True)
class Revision(Generic[CellT]):
    """One saved count. Revisions only ever grow; the highest is the count."""

    cell: CellT
    revision: int  # 1 for the first
    value: int | None  # None: taken back, not known again
    author_id: str
    at: datetime


History = Mapping[CellT, Sequence[Revision[CellT]]]  # oldest first


@dataclass(frozen=True)
class CountClash(Generic[HeldT]):
    """The same count was changed here and by someone else, to different values."""

    cell: HeldT
    mine: int | None
    theirs: int | None

    @property
    def says(self) -> str:
        mine = "cleared it" if self.mine is None else f"typed {self.mine:,}"
        theirs = "cleared it" if self.theirs is None else f"saved {self.theirs:,}"
        return f"you {mine}, somebody else {theirs}."


@dataclass(frozen=True)
class CountsMerge(Generic[CellT]):
    changed: Mapping[CellT, int | None]  # what is to be saved
    values: Mapping[CellT, int | None]  # both persons' changes, mine where they clash
    clashes: tuple[CountClash[CellT], ...]


class CountsClash(ChangedMeanwhile):
    """Somebody else saved other numbers in the same fields; nothing was overwritten."""

    def __init__(self, merge: CountsMerge[Any]) -> None:
        self.merge = merge
        super().__init__(
            "Somebody else changed the same counts a moment ago. Nothing was overwritten. "
            "Compare both values, and save the ones you agree on."
        )


@dataclass(frozen=True)
class PostedCounts:
    """What a page sends: texts as typed, and the revisions that it had shown."""

    typed: Mapping[str, str]  # by cell key
    base: Mapping[str, int] = field(default_factory=dict)  # by cell key; absent: it was blank
    explanations: Mapping[str, str] = field(default_factory=dict)  # by finding key


class Severity(StrEnum):
    HARD = "cannot be"  # must be mended before the period is complete
    SOFT = "is unusual"  # may stay, with a short explanation


@dataclass(frozen=True)
class CountFinding(Generic[HeldT]):
    """One thing about the counts that a person should look at, at one cell."""

    rule_id: str
    severity: Severity
    cell: HeldT  # where to look first
    says: str
    also: tuple[HeldT, ...] = ()  # the other numbers it is about

    @property
    def key(self) -> str:
        return f"{self.rule_id}@{self.cell.key}"


@dataclass(frozen=True)
class Explanation:
    """Why an odd number is right. It stands for as long as the finding says the same."""

    finding_key: str
    revision: int
    says: str  # the sentence that was explained
    text: str  # empty: taken back
    author_id: str
    at: datetime

    def stands_for(self, finding: CountFinding[Any]) -> bool:
        return bool(self.text) and self.says == finding.says


@dataclass(frozen=True)
class Heading:
    """A row or column, and the names by which a spreadsheet may call it."""

    key: str
    label: str
    also: tuple[str, ...] = ()
    meaning: str = ""
    is_optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, self.key, *self.also)


@dataclass(frozen=True)
class Grid(Generic[HeldT]):
    """A table in which counts are entered: rows, columns and which cell stands where."""

    id: str
    title: str
    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: Mapping[tuple[str, str], HeldT]  # by row key and column key
    corner: str = "Patients"

    @property
    def labels(self) -> dict[str, str]:
        """By cell key: row and column, as the page names them."""
        return {
            self.cells[row.key, column.key].key: f"{row.label}, {column.label}"
            for row in self.rows
            for column in self.columns
        }


def cells_in(grids: Iterable[Grid[CellT]]) -> dict[str, CellT]:
    """By key, in the order of the page."""
    return {cell.key: cell for grid in grids for cell in grid.cells.values()}
