"""A table of counts as an attacker may see it: numbers, and the sums that tie them together.

A schema of counts says its cells, its sums and its limits to a `TableBuilder`; nothing else knows
how they hang together. A table is cut into pieces that are protected one after the other: numbers
that no chain of unknown numbers joins do not touch each other. What stays too large is cut on:
whoever protects one piece takes every number outside it for printed, which a reader can at best
know. So what is safe in a piece is safe in the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple, TypeVar

CellId = Hashable
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True)
class AddsUp:
    """`whole` is exactly the parts added up, and every reader knows it."""

    whole: CellId
    parts: tuple[CellId, ...]


@dataclass(frozen=True)
class AtMost:
    """The parts added up never exceed the others added up, and readers know; a cell may stand
    repeatedly. One part of one other: a subset of it."""

    parts: tuple[CellId, ...]
    others: tuple[CellId, ...]

    @property
    def cells(self) -> tuple[CellId, ...]:
        return (*self.parts, *self.others)


@dataclass(frozen=True)
class CountsTable:
    """True counts of people. Zeros are always shown, so a hidden number is known to be 1 or more.

    `shown` are the cells that would be printed; the others (complements, cells of other releases)
    are never printed but can be worked out through the sums, and are protected all the same.
    """

    counts: Mapping[CellId, int]
    sums: tuple[AddsUp, ...] = ()
    limits: tuple[AtMost, ...] = ()
    shown: frozenset[CellId] = frozenset()
    pinned: frozenset[CellId] = frozenset()  # printed in a former release: cannot be taken back
    kept: frozenset[CellId] = frozenset()  # hidden in a former release: must stay hidden
    weights: Mapping[CellId, int] = field(default_factory=dict)  # times dearer to hide than others
    doubted: frozenset[CellId] = frozenset()  # zeros, never printed, that might be 1

    def slack_of(self, limit: AtMost) -> int:
        """How far the limit is from binding."""
        people = self.counts
        return sum(people[each] for each in limit.others) - sum(people[e] for e in limit.parts)

    def renamed(self, name: Callable[[CellId], CellId]) -> CountsTable:
        """The same numbers, sums and limits under other names; nothing is pinned or kept yet."""
        return CountsTable(
            counts={name(cell): count for cell, count in self.counts.items()},
            sums=tuple(AddsUp(name(s.whole), tuple(map(name, s.parts))) for s in self.sums),
            limits=tuple(
                AtMost(*(tuple(map(name, side)) for side in (a.parts, a.others)))
                for a in self.limits
            ),
            shown=frozenset(map(name, self.shown)),
            doubted=frozenset(map(name, self.doubted)),
        )


class Residual(NamedTuple, Generic[C]):
    """The people of `whole` who are in none of the parts."""

    whole: C
    parts: tuple[C, ...]


# The table of some counts; a number over several steps has a cell of its own only where it is
# smaller than the threshold, or asked for. Without a threshold: every one that a reader could make.
Schema = Callable[[Mapping[C, int], int | None, frozenset[CellId]], CountsTable]


class TableBuilder:
    """The cells so far, and what ties them together."""

    def __init__(self, counts: Mapping[C, int]) -> None:
        self.counts: dict[CellId, int] = dict(counts.items())
        self.sums: list[AddsUp] = []
        self.limits: list[AtMost] = []

    def total(self, whole: CellId, parts: Iterable[CellId]) -> None:
        """A cell for the parts added up."""
        listed = tuple(parts)
        self.counts[whole] = sum(self.counts[part] for part in listed)
        self.tie(whole, listed)

    def tie(self, whole: CellId, parts: Iterable[CellId]) -> None:
        self.sums.append(AddsUp(whole, tuple(parts)))

    def split(
        self, whole: C, parts: Iterable[C], *, may_be_empty: bool = False
    ) -> Residual[C] | None:
        """The whole is the parts and a residual; without one where nobody is left over, unless a
        reader need not know that. Parts that exceed the whole tie nothing."""
        residual = Residual(whole, tuple(parts))
        left = self.counts[whole] - sum(self.counts[part] for part in residual.parts)
        if left < 0 or not residual.parts:
            return None
        if not left and not may_be_empty:
            self.tie(whole, residual.parts)
            return None
        self.counts[residual] = left
        self.tie(whole, (*residual.parts, residual))
        return residual

    def limit(self, parts: Iterable[CellId], others: Iterable[CellId]) -> None:
        """Where all are counted and keep it: a limit that they break is none a reader could use."""
        limit, counts = AtMost(tuple(parts), tuple(others)), self.counts
        if all(cell in counts for cell in limit.cells) and sum(
            counts[part] for part in limit.parts
        ) <= sum(counts[other] for other in limit.others):
            self.limits.append(limit)

    def table(
        self,
        shown: Iterable[CellId],
        weights: Mapping[CellId, int] | None = None,
        doubted: Iterable[CellId] = (),
    ) -> CountsTable:
        return CountsTable(
            self.counts,
            tuple(self.sums),
            tuple(self.limits),
            frozenset(shown),
            weights=weights or {},
            doubted=frozenset(doubted),
        )


@dataclass(frozen=True)
class Piece:
    cells: tuple[CellId, ...]
    sums: tuple[AddsUp, ...]
    limits: tuple[AtMost, ...]

    def without_slack_limits(
        self, table: CountsTable, movable: Collection[CellId], slack: int
    ) -> Piece:
        """Without the limits that reach beyond the piece, or that are far from binding."""
        inside = frozenset(self.cells)
        kept = (
            limit
            for limit in self.limits
            if table.slack_of(limit) < slack
            and all(cell in inside or cell not in movable for cell in limit.cells)
        )
        return replace(self, limits=tuple(kept))


def pieces_of(table: CountsTable, cells: Sequence[CellId]) -> list[Piece]:
    """The cells that hang together through sums and limits."""
    leader = {cell: cell for cell in cells}

    def top(cell: CellId) -> CellId:
        while leader[cell] != cell:
            leader[cell] = leader[leader[cell]]
            cell = leader[cell]
        return cell

    for tie in ties_of(table):
        first, *others = [cell for cell in tie if cell in leader] or [None]
        for other in others:
            leader[top(other)] = top(first)
    members: dict[CellId, list[CellId]] = defaultdict(list)
    for cell in cells:
        members[top(cell)].append(cell)
    return list(pieces(table, members.values()))


def ties_of(table: CountsTable) -> Iterator[tuple[CellId, ...]]:
    yield from ((each.whole, *each.parts) for each in table.sums)
    yield from (each.cells for each in table.limits)


def pieces(table: CountsTable, groups: Iterable[Sequence[CellId]]) -> Iterator[Piece]:
    """Each group of cells with the sums and limits that touch it."""
    groups = list(groups)
    home: dict[CellId, list[int]] = defaultdict(list)
    for number, cells in enumerate(groups):
        for cell in cells:
            home[cell].append(number)
    sums: list[list[AddsUp]] = [[] for _ in groups]
    limits: list[list[AtMost]] = [[] for _ in groups]
    for each in table.sums:
        for number in {n for cell in (each.whole, *each.parts) for n in home.get(cell, ())}:
            sums[number].append(each)
    for limit in table.limits:
        for number in {n for cell in limit.cells for n in home.get(cell, ())}:
            limits[number].append(limit)
    for number, cells in enumerate(groups):
        yield Piece(tuple(cells), tuple(sums[number]), tuple(limits[number]))
