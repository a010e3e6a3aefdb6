"""A table in which counts are entered: rows, columns and which cell stands where."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Keyed(Hashable, Protocol):
    """A cell that a field on a page can be named after."""

    @property
    def key(self) -> str: ...


CellT = TypeVar("CellT", bound=Keyed)
HeldT = TypeVar("HeldT", bound=Keyed, covariant=True)


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
    id: str
    title: str
    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    cells: Mapping[tuple[str, str], HeldT]  # by row key and column key


def cells_in(grids: Iterable[Grid[CellT]]) -> dict[str, CellT]:
    """By key, in the order of the page."""
    return {cell.key: cell for grid in grids for cell in grid.cells.values()}
