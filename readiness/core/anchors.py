"""Heads of the history that were kept elsewhere: a history that was written anew does not fit them.

Each backup carries one in its manifest; `flask database anchor` prints one a day for a mail or for
a file on another machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from readiness.core import audit
from readiness.core.db import Store

RESTORED = "restored"  # the verb of bringing a backup back: later heads then hold no more


@dataclass(frozen=True)
class Anchor:
    """At that moment line `line` was the last and had this hash."""

    at: datetime
    line: int
    head: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.line} {self.head}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError where the text is none.

        >>> Anchor.read("2026-11-30T12:00:00+00:00 7 ab").line
        7
        """
        at, line, head = text.split()
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return cls(moment, int(line), head)


def present(store: Store, now: datetime) -> Anchor:
    return Anchor(now, *audit.head(store))


def faults(store: Store, anchors: Iterable[Anchor]) -> Iterator[str]:
    """A sentence for each that the history no longer fits."""
    restored = restorations(store)
    for anchor in anchors:
        if anchor.line == 0 or any(at >= anchor.at and line < anchor.line for at, line in restored):
            continue
        row = store.row("select sha256 from events where seq = ?", (anchor.line,))
        if row is None:
            yield f"Lines were cut off: on {anchor.at:%Y-%m-%d %H:%M} there were {anchor.line:,}."
        elif row["sha256"] != anchor.head:
            yield (
                f"The history up to line {anchor.line:,} was written anew since "
                f"{anchor.at:%Y-%m-%d %H:%M}."
            )


def restorations(store: Store) -> list[tuple[datetime, int]]:
    """(when, the last line that was kept) of every backup that was brought back."""
    rows = store.rows("select seq, at from events where verb = ? order by seq", (RESTORED,))
    return [(datetime.fromisoformat(row["at"]), row["seq"] - 1) for row in rows]
