"""Many groups in one drawing: rates in a funnel, gaps as a caterpillar, change against a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from readiness.core.charts.dots import around_zero, dot_row
from readiness.core.charts.plane import Chart, Line, Plane, PlotPoint, chart_of, padded
from readiness.core.charts.scales import ChartRow, Figure, Scale, Table, figure_of, mark
from readiness.core.formatting import count, percent, points, points_interval
from readiness.equity.across_groups import FunnelOfAll, FunnelPoint
from readiness.statistics.comparisons import Difference
from readiness.statistics.control_charts import FunnelLimits, funnel_limits

CURVE = 48  # pieces of a curved line
ROW, THIN = 44, 8  # px; a row with its words, and without
MOST_NAMED = 40  # groups; more are drawn without their names, which the table gives


# Rates in a funnel


def funnel_chart(funnel: FunnelOfAll, names: Mapping[str, str]) -> Chart:
    """Rates against how many patients they are of, with both limits about the common rate."""
    sizes = [each.people for each in funnel.points]
    ends = 0.85 * min(sizes), 1.05 * max(sizes)
    plane = Plane(Scale(*ends), upright(funnel))
    dots = [
        PlotPoint(
            names[each.group_id],
            each.people,
            each.rate,
            f"{percent(each.rate, 1)} of {each.people:,}",
            funnel_cells(each),
            each.signal or "plain",
        )
        for each in sorted(funnel.points, key=lambda each: each.rate)
    ]
    marked = sorted((each for each in dots if each.kind != "plain"), key=lambda each: each.kind)
    beyond = [f"{e.title}: {percent(e.y, 1)}, beyond the {e.kind} limits" for e in marked]
    return chart_of(
        plane,
        dots,
        ("Group", "Patients", "Rate", "Warning limits", "Alarm limits", "Beyond"),
        (whole, percent),
        limits_of(funnel, plane, ends),
        marked,
        f"{len(dots)} groups about {percent(funnel.target, 1)}. "
        f"{'; '.join(beyond) or 'None beyond the limits'}.",
    )


def upright(funnel: FunnelOfAll) -> Scale:
    """All rates, and the limits of all but the smallest groups, whose limits are very wide."""
    sizes = sorted(each.people for each in funnel.points)
    limits = funnel_limits(funnel.target, sizes[len(sizes) // 4], funnel.overdispersion).alarm
    rates = [each.rate for each in funnel.points]
    low, high = padded(min(limits.low, *rates), max(limits.high, *rates))
    return Scale(max(0.0, low), min(1.0, high))


def limits_of(
    funnel: FunnelOfAll, plane: Plane, ends: tuple[float, float]
) -> dict[str, tuple[Line, ...]]:
    """Curves, in pieces: closer together where the funnel is narrow and bends most."""
    first, last = ends
    sizes = [first * (last / first) ** (n / CURVE) for n in range(CURVE + 1)]
    found = [(n, funnel_limits(funnel.target, n, funnel.overdispersion)) for n in sizes]

    def curve(value: Callable[[FunnelLimits], float]) -> tuple[Line, ...]:
        """What lies beyond the drawing is left out."""
        return tuple(
            plane.line(m, value(a), n, value(b))
            for (m, a), (n, b) in pairwise(found)
            if plane.up.low < value(a) < plane.up.high
        )

    return {
        "target": (plane.line(first, funnel.target, last, funnel.target),),
        "warning": curve(lambda f: f.warning.low) + curve(lambda f: f.warning.high),
        "alarm": curve(lambda f: f.alarm.low) + curve(lambda f: f.alarm.high),
    }


def funnel_cells(point: FunnelPoint) -> tuple[str, ...]:
    warning, alarm = (
        f"{percent(each.low, 1)} to {percent(each.high, 1)}"
        for each in (point.limits.warning, point.limits.alarm)
    )
    beyond = f"the {point.signal} limits" if point.signal else "–"
    return count(point.people), percent(point.rate, 1), warning, alarm, beyond


def whole(value: float) -> str:
    return f"{round(value):,}"


# Gaps as a caterpillar


@dataclass(frozen=True)
class GroupGapRow:
    """One group's gap; `shrunken` where many groups allow it to be drawn toward their mean."""

    title: str
    counted: Difference
    shrunken: Difference | None = None

    @property
    def estimate(self) -> Difference:
        return self.shrunken or self.counted


def caterpillar_of(gaps: Sequence[GroupGapRow], reference: str) -> Figure:
    """From the lowest gap to the highest; zero, where the reference stands, is in the middle."""
    ordered = sorted(gaps, key=lambda each: each.estimate.difference)
    ends = [end for each in gaps for end in (each.estimate.low, each.estimate.high)]
    scale = around_zero([*ends, *(each.counted.difference for each in gaps)])
    has_names = len(gaps) <= MOST_NAMED
    return figure_of(
        [caterpillar_row(each, scale) for each in ordered],
        Table(
            ("Group", f"Points from {reference} (95% interval)", "Drawn toward the mean of all"),
            tuple(
                (each.title, points_interval(each.counted), points_interval(each.shrunken))
                for each in ordered
            ),
        ),
        step=ROW if has_names else THIN,
        head=24,
        foot=4,
        marks=(mark(scale, 0, reference),),
        has_names=has_names,
    )


def caterpillar_row(gap: GroupGapRow, scale: Scale) -> ChartRow:
    """The gap as counted stands beside, where the dot is drawn toward the mean."""
    estimate = gap.estimate
    values = (estimate.difference, estimate.low, estimate.high)
    row = dot_row(scale, values, gap.title, points_interval(estimate), "")
    return replace(row, beside_x=scale.at(gap.counted.difference) if gap.shrunken else "")


# Change against a score


@dataclass(frozen=True)
class ScoreChange:
    """One group: its score at first, 0 to 100, and how its gap moved, as a share."""

    title: str
    score: float
    change: float


def scatter_of(
    changes: Sequence[ScoreChange],
    middle: tuple[float, float] | None,
    slope: float | None,
    score: str,
) -> Chart:
    """`slope`: the change for each point of score, through the middle of all; None draws none."""
    scores = [each.score for each in changes]
    low, high = max(0.0, min(scores) - 4), min(100.0, max(scores) + 4)
    values = [each.change for each in changes]
    plane = Plane(Scale(low, high), Scale(*padded(min(0.0, *values), max(0.0, *values))))
    lines = {"target": (plane.line(low, 0, high, 0),)}
    if slope is not None and middle is not None:
        x, y = middle
        ends = (min(scores), max(scores))
        first, last = (y + slope * (end - x) for end in ends)
        lines["fitted"] = (plane.line(ends[0], first, ends[1], last),)
    dots = [
        PlotPoint(
            each.title,
            each.score,
            each.change,
            f"score {each.score:.1f}, {points(each.change)} points",
            (f"{each.score:.1f}", points(each.change)),
        )
        for each in sorted(changes, key=lambda each: (each.score, each.title))
    ]
    header = ("Group", score, "Change of the gap, in points")
    return chart_of(plane, dots, header, (whole, points), lines)
