"""A quarter's next release beside all previous ones: what was let out cannot be called back.

Whoever kept the previous table subtracts it from the new one. So a release that would move any
number that a reader knows by a few people is not made: the previous one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic

from readiness.disclosure.table import AddsUp, C, CellId, CountsTable, Schema


class ReleaseOutcome(StrEnum):
    FIRST = "first release"
    UNCHANGED = "nothing changed"
    KEPT = "former release kept"
    RENEWED = "released again"


@dataclass(frozen=True)
class PreviousRelease(Generic[C]):
    """One release as it was: the counts it rested on, and what of them was printed."""

    number: int
    known: Mapping[C, int]
    values: Mapping[C, int | None]  # as printed; None: hidden to protect small counts

    @property
    def printed(self) -> frozenset[C]:
        return frozenset(cell for cell, value in self.values.items() if value is not None)


@dataclass(frozen=True)
class PreviousCell:
    """A number of a previous release."""

    number: int
    what: CellId


@dataclass(frozen=True)
class ReleaseChange:
    """By how many people a number moved since a previous release."""

    number: int
    what: CellId


def is_unchanged(known: Mapping[C, int], earlier: Sequence[PreviousRelease[C]]) -> bool:
    return bool(earlier) and earlier[-1].known == known


def changes_by_few(
    known: Mapping[C, int], previous: PreviousRelease[C], threshold: int, schema: Schema[C]
) -> bool:
    """Whether a number that readers of the previous release know would move by a few people."""
    now, then = every_number(known, schema).counts, every_number(previous.known, schema)
    return any(
        is_few(now[each] - then.counts[each], threshold)
        for each in derivable(then, previous.printed)
        if each in now
    )


def every_number(known: Mapping[C, int], schema: Schema[C]) -> CountsTable:
    """With every difference that a reader could make."""
    return schema(known, None, frozenset())


def is_few(people: int, threshold: int) -> bool:
    return 0 < abs(people) < threshold


def derivable(table: CountsTable, printed: Collection[CellId]) -> frozenset[CellId]:
    """What follows from the printed numbers by adding and subtracting; zeros are always printed."""
    found = {*printed, *(cell for cell, count in table.counts.items() if not count)}
    waiting = list(table.sums)
    while waiting:
        left = []
        for each in waiting:
            unknown = {each.whole, *each.parts} - found
            if len(unknown) > 1:
                left.append(each)
            found |= unknown if len(unknown) == 1 else set()
        waiting = left if len(left) < len(waiting) else []
    return frozenset(found)


def joint_table(
    known: Mapping[C, int],
    earlier: Sequence[PreviousRelease[C]],
    threshold: int,
    schema: Schema[C],
) -> CountsTable:
    """The new release and all previous ones in one table, with the people who came and went."""
    also: frozenset[CellId] = frozenset().union(
        *(small_moves(known, previous, threshold, schema) for previous in earlier)
    )
    now = schema(known, threshold, also)
    tables = [now]
    for previous in earlier:
        then = schema(previous.known, threshold, also)
        tables += [
            previous_table(then, previous),
            change_table(now, then, previous.number, threshold),
        ]
    last: Mapping[C, int | None] = earlier[-1].values if earlier else {}
    same = {cell for cell, value in last.items() if value is not None and value == known.get(cell)}
    hidden = {
        cell
        for each in earlier
        for cell, value in each.values.items()
        if value is None and known.get(cell)  # nobody at all points at no one
    }
    return CountsTable(
        counts={cell: count for table in tables for cell, count in table.counts.items()},
        sums=tuple(each for table in tables for each in table.sums),
        limits=tuple(each for table in tables for each in table.limits),
        shown=now.shown,
        weights=now.weights,
        pinned=frozenset(same).union(*(table.pinned for table in tables)),
        kept=frozenset(hidden & now.shown).union(*(table.kept for table in tables)),
        doubted=now.doubted.union(*(table.doubted for table in tables)),
    )


def small_moves(
    known: Mapping[C, int], previous: PreviousRelease[C], threshold: int, schema: Schema[C]
) -> Iterator[CellId]:
    now, then = every_number(known, schema).counts, every_number(previous.known, schema).counts
    for each in now:
        if each in then and is_few(now[each] - then[each], threshold):
            yield each


def previous_table(then: CountsTable, previous: PreviousRelease[C]) -> CountsTable:
    """A previous release: what was printed is out, and what was hidden stays so."""

    def name(cell: CellId) -> CellId:
        return PreviousCell(previous.number, cell)

    return replace(
        then.renamed(name),
        pinned=frozenset(map(name, previous.printed)),
        kept=frozenset(map(name, then.shown - previous.printed)),
    )


def change_table(now: CountsTable, then: CountsTable, number: int, threshold: int) -> CountsTable:
    """Few people who came or went are people too. Larger moves give nobody away."""
    counts: dict[CellId, int] = {}
    sums = []
    for cell in (each for each in now.counts if each in then.counts):
        people = now.counts[cell] - then.counts[cell]
        before, change = PreviousCell(number, cell), ReleaseChange(number, cell)
        if people == 0:
            sums.append(AddsUp(cell, (before,)))
        elif is_few(people, threshold):
            counts[change] = abs(people)
            whole, part = (cell, before) if people > 0 else (before, cell)
            sums.append(AddsUp(whole, (part, change)))
    return CountsTable(counts, tuple(sums))
