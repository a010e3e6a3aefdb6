"""Two people at one grid: what each changed is kept, and only a real clash is asked about."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from readiness.core.errors import ChangedMeanwhile

CellT = TypeVar("CellT", bound=Hashable)


@dataclass(frozen=True)
class Revision(Generic[CellT]):
    """One saved count. Revisions only ever grow; the highest is the count."""

    cell: CellT
    revision: int  # 1 for the first
    value: int | None  # None: taken back, not known again
    author_id: str
    at: datetime


@dataclass(frozen=True)
class Clash(Generic[CellT]):
    """The same count was changed here and by someone else, to different values."""

    cell: CellT
    mine: int | None
    theirs: int | None


@dataclass(frozen=True)
class Merge(Generic[CellT]):
    changed: Mapping[CellT, int | None]  # what is to be saved
    values: Mapping[CellT, int | None]  # both persons' changes, mine where they clash
    clashes: tuple[Clash[CellT], ...]


class CountsClash(ChangedMeanwhile):
    """Somebody else saved other numbers in the same fields; nothing was overwritten."""

    def __init__(self, merge: Merge[Any]) -> None:
        self.merge = merge
        super().__init__(
            "Somebody else changed the same counts a moment ago. Nothing was overwritten. "
            "Compare both values, and save the ones you agree on."
        )


Lines = Mapping[CellT, Sequence[Revision[CellT]]]  # oldest first


def value_at(history: Lines[CellT], cell: CellT, revision: int | None = None) -> int | None:
    """The count as of that revision, or the latest."""
    lines = history.get(cell, ())
    known = [line.value for line in lines if revision is None or line.revision <= revision]
    return known[-1] if known else None


def revision_of(history: Lines[CellT], cell: CellT) -> int:
    lines = history.get(cell, ())
    return lines[-1].revision if lines else 0


def latest(history: Lines[CellT]) -> dict[CellT, int]:
    """What is known now."""
    values = {cell: value_at(history, cell) for cell in history}
    return {cell: value for cell, value in values.items() if value is not None}


def merged(
    history: Lines[CellT], base: Mapping[CellT, int], typed: Mapping[CellT, int | None]
) -> Merge[CellT]:
    """Compare what was typed with what the page showed (`base` revisions) and with what is saved.

    A field that was not touched follows whoever changed it. A field that both changed alike is no
    clash.
    """
    changed: dict[CellT, int | None] = {}
    values: dict[CellT, int | None] = {}
    clashes: list[Clash[CellT]] = []
    for cell, mine in typed.items():
        shown = value_at(history, cell, base.get(cell, 0))
        theirs = value_at(history, cell)
        is_mine = mine != shown
        values[cell] = mine if is_mine else theirs
        if not is_mine or mine == theirs:
            continue
        if theirs != shown:
            clashes.append(Clash(cell, mine, theirs))
        changed[cell] = mine
    return Merge(changed, values, tuple(clashes))
