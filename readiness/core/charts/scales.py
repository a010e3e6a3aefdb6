"""What all charts are made of: scales, marks, rows, and the steps of the ramp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readiness.core.formatting import Number, one_decimal


def percentage(place: float) -> str:
    """
    >>> percentage(43.75), percentage(100.0)
    ('43.75%', '100%')
    """
    return f"{place:.2f}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True)
class Scale:
    """What stands at the left edge and what at the right; anything beyond stands at the edge.

    >>> Scale(0, 80).at(20)
    '25%'
    """

    low: float
    high: float

    def place(self, value: Number) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return 100 * min(1.0, max(0.0, share))

    def at(self, value: Number) -> str:
        return percentage(self.place(value))

    def span(self, start: Number, end: Number) -> str:
        return percentage(abs(self.place(end) - self.place(start)))


@dataclass(frozen=True)
class Mark:
    """A line across the whole drawing, with its words: a threshold, a reference, zero."""

    x: str
    label: str
    anchor: str  # the side of the label that touches the line: "start", "middle" or "end"


def mark(scale: Scale, value: Number, label: str) -> Mark:
    """A label near an edge is written inwards, so that it is never cut off."""
    place = scale.place(value)
    anchor = "start" if place < 20 else "end" if place > 80 else "middle"
    return Mark(percentage(place), label, anchor)


@dataclass(frozen=True)
class Spot:
    x: str
    y: float


@dataclass(frozen=True)
class Table:
    """The same numbers as the drawing, for those who read rather than look."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChartRow:
    """One line of a chart: its words, and the places of what is drawn on it; "" draws nothing."""

    title: str
    says: str
    note: str = ""
    shown: bool = True  # False: there is no value, and the words say why
    width: str = ""  # of a bar from the left edge
    open_width: str = ""  # of a paler bar, after that one or beside it
    x: str = ""  # of a dot
    low_x: str = ""  # of its interval
    high_x: str = ""
    beside_x: str = ""  # of another value to hold it against
    brief: str = ""  # what is said where there is little room
    y: int = 0  # px


@dataclass(frozen=True)
class Figure:
    """Rows below each other on one scale, with the same in words and as a table."""

    height: int
    rows: tuple[ChartRow, ...]
    marks: tuple[Mark, ...]
    says: str
    table: Table
    has_names: bool = True


def figure_of(
    rows: Sequence[ChartRow],
    table: Table,
    step: int,
    head: int = 0,
    foot: int = 0,
    marks: tuple[Mark, ...] = (),
    *,
    has_names: bool = True,
) -> Figure:
    """`step`: px of one row; `head` and `foot`: px above and below all rows."""
    placed = tuple(replace(row, y=head + step * n) for n, row in enumerate(rows))
    words = "; ".join(f"{row.title}: {row.says}" for row in rows) + "."
    return Figure(head + step * len(placed) + foot, placed, marks, words, table, has_names)


HEAT_STARTS = (0, 20, 40, 60, 80)  # the score at which each step begins


@dataclass(frozen=True)
class Heat:
    css: str  # "level-3", or "level-none" where there is nothing to show
    says: str


def heat_of(score: Number | None, instead: str = "not scored") -> Heat:
    """
    >>> heat_of(59.9).css, heat_of(60).css, heat_of(None).says
    ('level-2', 'level-3', 'not scored')
    """
    if score is None:
        return Heat("level-none", instead)
    step = sum(score >= start for start in HEAT_STARTS) - 1
    return Heat(f"level-{max(0, step)}", one_decimal(score))
