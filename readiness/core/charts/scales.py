"""From a value to a place on the drawing."""

from __future__ import annotations

from dataclasses import dataclass

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
class Table:
    """The same numbers as the drawing, for those who read rather than look."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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
