"""A small line of values over time, with the last one named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from readiness.core.charts.scales import Scale, Table, percentage
from readiness.core.formatting import Number

HEIGHT, EDGE = 44, 6  # px


@dataclass(frozen=True)
class Moment:
    label: str  # "2026 Q3"
    value: Number | None  # None: nothing to show for this period; the line is broken there


@dataclass(frozen=True)
class Point:
    x: str
    y: float


@dataclass(frozen=True)
class Trend:
    height: int
    points: tuple[Point, ...]
    lines: tuple[tuple[Point, Point], ...]  # between neighbours that both have a value
    last: Point | None
    says: str
    table: Table


def trend_of(
    moments: Sequence[Moment], written: Callable[[Number | None], str], scale: Scale
) -> Trend:
    places = [point_of(i, len(moments), m.value, scale) for i, m in enumerate(moments)]
    shown = tuple(point for point in places if point)
    return Trend(
        height=HEIGHT,
        points=shown,
        lines=tuple((a, b) for a, b in pairwise(places) if a and b),
        last=shown[-1] if shown else None,
        says="; ".join(f"{m.label}: {written(m.value)}" for m in moments) + ".",
        table=Table(("Period", "Value"), tuple((m.label, written(m.value)) for m in moments)),
    )


def point_of(index: int, count: int, value: Number | None, scale: Scale) -> Point | None:
    """Points stand between 2% and 98%, so that no dot is cut at an edge."""
    if value is None:
        return None
    across = 50.0 if count == 1 else 2 + 96 * index / (count - 1)
    up = scale.place(value) / 100
    return Point(percentage(across), round(HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE), 1))
