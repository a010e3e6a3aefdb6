"""Dollars spent between two assessments, and the change between them: a dot for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from readiness.core.charts.plane import HEIGHT, Plane, padded, round_values
from readiness.core.charts.scales import Scale, Table
from readiness.core.formatting import dollars, rounded, signed
from readiness.equity.charts import Chart, Dot, named, ticks_across, ticks_up

MOST_NAMED = 12  # groups; more names would hide each other


@dataclass(frozen=True)
class Spent:
    """One group: dollars in between, and points gained on one axis."""

    title: str
    dollars: float
    points: float


def money_chart(groups: Sequence[Spent], axis: str) -> Chart:
    """Across: dollars, from nothing. Upright: points; the level line is no change."""
    most = max(each.dollars for each in groups)
    values = [each.points for each in groups]
    up = padded(min(0.0, *values), max(0.0, *values))
    plane = Plane(Scale(0, 1.05 * most or 1.0), Scale(*up))
    rows = sorted(groups, key=lambda each: (each.dollars, each.title))
    spots = [(plane.spot(each.dollars, each.points), each) for each in rows]
    return Chart(
        height=HEIGHT,
        across=ticks_across(plane, round_values(0, 1.05 * most or 1.0), dollars),
        up=ticks_up(plane, gained),
        lines={"target": (plane.line(0, 0, 1.05 * most or 1.0, 0),)},
        dots=tuple(Dot(spot, says(each), "plain") for spot, each in spots),
        names=named([(spot, each.title) for spot, each in spots])
        if len(spots) <= MOST_NAMED
        else (),
        says="; ".join(says(each) for each in rows) + ".",
        table=Table(
            ("Group", "Spent in between", f"Change in points: {axis}"),
            tuple((each.title, dollars(each.dollars), gained(each.points)) for each in rows),
        ),
    )


def says(each: Spent) -> str:
    return f"{each.title}: {dollars(each.dollars)}, {gained(each.points)} points"


def gained(points: float | int | Decimal) -> str:
    """
    >>> gained(3.25), gained(-2), gained(0)
    ('+3.3', '−2.0', '0.0')
    """
    return signed(rounded(points, 1))
