"""Dots: rates with their intervals, gaps to a reference around zero, a small line over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from readiness.core.charts.scales import (
    ChartRow,
    Figure,
    Mark,
    Scale,
    Spot,
    Table,
    figure_of,
    mark,
    percentage,
)
from readiness.core.formatting import Number, percent_interval, points_interval
from readiness.core.small_cells import HIDDEN

TREND_HEIGHT, EDGE = 44, 6  # px


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


def rates_of(rates: Sequence[RateRow], reference: tuple[str, Number] | None = None) -> Figure:
    """From 0 to the first ten percent that holds every interval; the reference is a line."""
    ends = [float(each.high or each.rate or 0) for each in rates]
    ends += [float(reference[1])] if reference else []
    scale = Scale(0, min(1.0, max(0.1, ceil(10 * max(ends, default=0)) / 10)))
    rows = [
        dot_row(scale, (each.rate, each.low, each.high), each.title, rate_says(each), each.basis)
        for each in rates
    ]
    marks = (mark(scale, reference[1], reference[0]),) if reference else ()
    return dots_of(rows, marks, ("", "Rate (95% interval)", "Based on"))


def gaps_of(gaps: Sequence[GapRow], reference: str) -> Figure:
    """Zero stands in the middle, where the reference is; both sides have the same reach."""
    scale = around_zero(end for gap in gaps for end in (gap.difference, gap.low, gap.high) if end)
    rows = [
        dot_row(scale, (gap.difference, gap.low, gap.high), gap.title, gap_says(gap), gap.reading)
        for gap in gaps
    ]
    header = ("", f"Points from {reference} (95% interval)", "How far to trust it")
    return dots_of(rows, (mark(scale, 0, reference),), header)


def around_zero(ends: Iterable[Number]) -> Scale:
    """As far to both sides, in steps of 5 points."""
    reach = max(0.05, ceil(20 * max((abs(float(end)) for end in ends), default=0)) / 20)
    return Scale(-reach, reach)


def rate_says(row: RateRow) -> str:
    """
    >>> rate_says(RateRow("Food", 0.34, 0.28, 0.41))
    '34% (28–41%)'
    """
    return row.instead if row.rate is None else percent_interval(row.rate, row.low, row.high)


def gap_says(row: GapRow) -> str:
    """
    >>> gap_says(GapRow("Spanish", -0.08, -0.13, -0.03))
    '−8.0 (−13.0 to −3.0)'
    """
    return row.instead if row.difference is None else points_interval(row)


def dot_row(
    scale: Scale,
    values: tuple[Number | None, Number | None, Number | None],
    title: str,
    says: str,
    note: str,
) -> ChartRow:
    """`values`: the middle and both ends of its interval."""
    middle, low, high = values
    center = middle or 0
    return ChartRow(
        title,
        says,
        note="" if middle is None else note,
        shown=middle is not None,
        x=scale.at(center),
        low_x=scale.at(center if low is None else low),
        high_x=scale.at(center if high is None else high),
    )


def dots_of(rows: Sequence[ChartRow], marks: tuple[Mark, ...], header: tuple[str, ...]) -> Figure:
    table = Table(header, tuple((row.title, row.says, row.note or "–") for row in rows))
    return figure_of(rows, table, step=56, head=24 if marks else 0, marks=marks)


# A small line over time


@dataclass(frozen=True)
class Moment:
    label: str  # "2026 Q3"
    value: Number | None  # None: nothing to show for this period; the line is broken there


@dataclass(frozen=True)
class Trend:
    height: int
    points: tuple[Spot, ...]
    lines: tuple[tuple[Spot, Spot], ...]  # between neighbors that both have a value
    says: str
    table: Table


def trend_of(
    moments: Sequence[Moment], written: Callable[[Number | None], str], scale: Scale
) -> Trend:
    spots = [spot_of(i, len(moments), m.value, scale) for i, m in enumerate(moments)]
    return Trend(
        height=TREND_HEIGHT,
        points=tuple(spot for spot in spots if spot),
        lines=tuple((a, b) for a, b in pairwise(spots) if a and b),
        says="; ".join(f"{m.label}: {written(m.value)}" for m in moments) + ".",
        table=Table(("Period", "Value"), tuple((m.label, written(m.value)) for m in moments)),
    )


def spot_of(index: int, count: int, value: Number | None, scale: Scale) -> Spot | None:
    """Between 2% and 98%, so that no dot is cut at an edge."""
    if value is None:
        return None
    across = 50.0 if count == 1 else 2 + 96 * index / (count - 1)
    up = scale.place(value) / 100
    return Spot(percentage(across), round(TREND_HEIGHT - EDGE - up * (TREND_HEIGHT - 2 * EDGE), 1))
