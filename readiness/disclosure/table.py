"""A table of counts as an attacker may see it: numbers, and the sums that tie them together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

CellId = Hashable


@dataclass(frozen=True)
class Sum:
    """`whole` is exactly the parts added up, and every reader knows it."""

    whole: CellId
    parts: tuple[CellId, ...]


@dataclass(frozen=True)
class AtMost:
    """`part` never exceeds the others added up (one of them: a subset of it), and readers know."""

    part: CellId
    others: tuple[CellId, ...]


@dataclass(frozen=True)
class Table:
    """True counts of people. Zeros are always shown, so a hidden number is known to be 1 or more.

    `shown` are the cells that would be printed; the others (complements, cells of other releases)
    are never printed but can be worked out through the sums, and are protected all the same.
    """

    counts: Mapping[CellId, int]
    sums: tuple[Sum, ...] = ()
    limits: tuple[AtMost, ...] = ()
    shown: frozenset[CellId] = frozenset()
    pinned: frozenset[CellId] = frozenset()  # printed in a former release: cannot be taken back
    kept: frozenset[CellId] = frozenset()  # hidden in a former release: must stay hidden
    worth: Mapping[CellId, int] = field(default_factory=dict)  # times dearer to hide than others

    def slack_of(self, limit: AtMost) -> int:
        """How far the limit is from binding."""
        return sum(self.counts[other] for other in limit.others) - self.counts[limit.part]
