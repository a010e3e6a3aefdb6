"""Rates as dots with their intervals, and gaps to a reference as dots around zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from readiness.core.charts.scales import Mark, Scale, Table, mark, percentage
from readiness.core.formatting import Number, percent, points
from readiness.core.small_cells import HIDDEN

HEAD, ROW = 24, 60  # px


@dataclass(frozen=True)
class RateRow:
    """Shares between 0 and 1. `rate` is None where it is hidden or rests on too few people."""

    title: str
    rate: Number | None
    low: Number | None = None
    high: Number | None = None
    basis: str = ""  # "n = 210, July to September 2026"
    instead: str = HIDDEN  # what is written where there is no rate


@dataclass(frozen=True)
class GapRow:
    """Differences of shares, minus the reference's. `reading` states how far to trust it."""

    title: str
    difference: Number | None
    low: Number | None = None
    high: Number | None = None
    reading: str = ""  # "reliable", "could be chance"
    instead: str = HIDDEN


@dataclass(frozen=True)
class Dot:
    y: int
    title: str
    says: str
    note: str
    shown: bool
    x: str
    low_x: str
    high_x: str


@dataclass(frozen=True)
class Dots:
    height: int
    dots: tuple[Dot, ...]
    marks: tuple[Mark, ...]
    says: str
    table: Table


def rates_of(rows: Sequence[RateRow], reference: tuple[str, Number] | None = None) -> Dots:
    """From 0 to the first ten percent that holds every interval; the reference is a line."""
    ends = [float(row.high or row.rate or 0) for row in rows]
    ends += [float(reference[1])] if reference else []
    scale = Scale(0, min(1.0, max(0.1, ceil(10 * max(ends, default=0)) / 10)))
    dots = tuple(
        dot_of(
            scale,
            HEAD + ROW * row,
            rate,
            rate_says(rate),
            rate.basis,
            (rate.rate, rate.low, rate.high),
        )
        for row, rate in enumerate(rows)
    )
    marks = (mark(scale, reference[1], reference[0]),) if reference else ()
    return figure(dots, marks, ("", "Rate (95% interval)", "Based on"))


def gaps_of(rows: Sequence[GapRow], reference: str) -> Dots:
    """Zero stands in the middle, where the reference is; both sides have the same reach."""
    ends = [abs(float(end)) for row in rows for end in (row.difference, row.low, row.high) if end]
    reach = max(0.05, ceil(20 * max(ends, default=0)) / 20)
    scale = Scale(-reach, reach)
    dots = tuple(
        dot_of(
            scale,
            HEAD + ROW * row,
            gap,
            gap_says(gap),
            gap.reading,
            (gap.difference, gap.low, gap.high),
        )
        for row, gap in enumerate(rows)
    )
    header = ("", f"Points from {reference} (95% interval)", "How far to trust it")
    return figure(dots, (mark(scale, 0, reference),), header)


def rate_says(row: RateRow) -> str:
    """
    >>> rate_says(RateRow("Food", 0.34, 0.28, 0.41))
    '34% (28–41%)'
    """
    if row.rate is None:
        return row.instead
    if row.low is None or row.high is None:
        return percent(row.rate)
    return f"{percent(row.rate)} ({percent(row.low)[:-1]}–{percent(row.high)})"


def gap_says(row: GapRow) -> str:
    """
    >>> gap_says(GapRow("Spanish", -0.08, -0.13, -0.03))
    '−8.0 (−13.0 to −3.0)'
    """
    if row.difference is None:
        return row.instead
    if row.low is None or row.high is None:
        return points(row.difference)
    return f"{points(row.difference)} ({points(row.low)} to {points(row.high)})"


def dot_of(
    scale: Scale,
    y: int,
    row: RateRow | GapRow,
    says: str,
    note: str,
    values: tuple[Number | None, Number | None, Number | None],
) -> Dot:
    middle, low, high = values
    shown = middle is not None
    centre = 0 if middle is None else middle
    return Dot(
        y=y,
        title=row.title,
        says=says,
        note=note if shown else "",
        shown=shown,
        x=scale.at(centre),
        low_x=scale.at(centre if low is None else low),
        high_x=scale.at(centre if high is None else high),
    )


def figure(dots: tuple[Dot, ...], marks: tuple[Mark, ...], header: tuple[str, ...]) -> Dots:
    return Dots(
        height=HEAD + ROW * len(dots) + 4,
        dots=dots,
        marks=marks,
        says="; ".join(f"{dot.title}: {dot.says}" for dot in dots) + ".",
        table=Table(header, tuple((dot.title, dot.says, dot.note or "–") for dot in dots)),
    )


TREND_HEIGHT, EDGE = 44, 6  # px


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
        height=TREND_HEIGHT,
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
    return Point(percentage(across), round(TREND_HEIGHT - EDGE - up * (TREND_HEIGHT - 2 * EDGE), 1))
