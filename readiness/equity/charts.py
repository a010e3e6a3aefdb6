"""Many groups in one drawing: rates in a funnel, gaps as a caterpillar, change against a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from readiness.core.charts.dots import GapRow, gap_says
from readiness.core.charts.plane import HEIGHT, LEFT, Line, Plane, Spot, Tick, padded, round_values
from readiness.core.charts.scales import Mark, Scale, Table, mark, percentage
from readiness.core.formatting import count, percent, points
from readiness.equity.across_groups import FunnelOfAll, FunnelPoint
from readiness.statistics.comparisons import Difference
from readiness.statistics.control_charts import FunnelLimits, funnel_limits

CURVE = 48  # pieces of a curved line
APART, LETTER = 16, 1.0  # px between two names; percent of the width that a letter takes, at most
ROW, THIN, HEAD = 44, 8, 24  # px; a row with its words, without, and what stands above them
MOST_NAMED = 40  # groups; more are drawn without their names, which the table gives


@dataclass(frozen=True)
class Dot:
    at: Spot
    title: str
    kind: str  # "plain", "warning" or "alarm"


@dataclass(frozen=True)
class Name:
    at: Spot
    says: str
    anchor: str


@dataclass(frozen=True)
class Chart:
    """Dots in a plane."""

    height: int
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    lines: Mapping[str, tuple[Line, ...]]  # by what they are
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    says: str
    table: Table


# Rates in a funnel


def funnel_chart(funnel: FunnelOfAll, names: Mapping[str, str]) -> Chart:
    """Rates against how many patients they are of, with both limits about the common rate."""
    sizes = [each.people for each in funnel.points]
    least, most = 0.85 * min(sizes), 1.05 * max(sizes)
    plane = Plane(Scale(least, most), upright(funnel))
    rows = sorted(funnel.points, key=lambda each: each.rate)
    marked = sorted((each for each in rows if each.signal), key=lambda each: each.signal)
    return Chart(
        height=HEIGHT,
        across=ticks_across(plane, [v for v in round_values(least, most) if v > 0], whole),
        up=ticks_up(plane, percent),
        lines=limits_of(funnel, plane, (least, most)),
        dots=tuple(
            Dot(
                plane.spot(each.people, each.rate),
                f"{names[each.group_id]}: {percent(each.rate, 1)} of {each.people:,}",
                each.signal or "plain",
            )
            for each in rows
        ),
        names=named([(plane.spot(e.people, e.rate), names[e.group_id]) for e in marked]),
        says=f"{len(rows)} groups about {percent(funnel.target, 1)}. "
        + ("; ".join(signal_says(each, names) for each in marked) or "None beyond the limits")
        + ".",
        table=Table(
            ("Group", "Patients", "Rate", "Warning limits", "Alarm limits", "Beyond"),
            tuple(funnel_row(each, names) for each in rows),
        ),
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


def signal_says(point: FunnelPoint, names: Mapping[str, str]) -> str:
    return f"{names[point.group_id]}: {percent(point.rate, 1)}, beyond the {point.signal} limits"


def funnel_row(point: FunnelPoint, names: Mapping[str, str]) -> tuple[str, ...]:
    warning, alarm = (
        f"{percent(each.low, 1)} to {percent(each.high, 1)}"
        for each in (point.limits.warning, point.limits.alarm)
    )
    return (
        names[point.group_id],
        count(point.people),
        percent(point.rate, 1),
        warning,
        alarm,
        f"the {point.signal} limits" if point.signal else "–",
    )


def ticks_across(
    plane: Plane, values: Sequence[float], written: Callable[[float], str]
) -> tuple[Tick, ...]:
    return tuple(Tick(Spot(plane.x(each), HEIGHT - 12), written(each)) for each in values)


def ticks_up(plane: Plane, written: Callable[[float], str]) -> tuple[Tick, ...]:
    values = round_values(plane.up.low, plane.up.high)
    return tuple(
        Tick(Spot(percentage(LEFT - 1.5), plane.y(each)), written(each)) for each in values
    )


def whole(value: float) -> str:
    return f"{round(value):,}"


def named(marked: Sequence[tuple[Spot, str]]) -> tuple[Name, ...]:
    """A name beside its dot, on the side with more room; none where it would hide another."""
    found: list[Name] = []
    taken: list[tuple[float, float, float]] = []  # from, to, height
    for spot, says in marked:
        x = float(spot.x.rstrip("%"))
        anchor, near = ("start", x + 2) if x < 50 else ("end", x - 2)
        far = near + LETTER * len(says) * (1 if anchor == "start" else -1)
        start, end = min(near, far), max(near, far)
        if any(abs(y - spot.y) < APART and start < b and a < end for a, b, y in taken):
            continue
        taken.append((start, end, spot.y))
        found.append(Name(Spot(percentage(near), spot.y + 5), says, anchor))
    return tuple(found)


# Gaps as a caterpillar


@dataclass(frozen=True)
class Leg:
    y: int
    title: str
    says: str
    x: str
    low_x: str
    high_x: str
    counted_x: str  # where the gap as counted stands, when the dot is drawn toward the mean


@dataclass(frozen=True)
class Caterpillar:
    height: int
    has_names: bool
    legs: tuple[Leg, ...]
    marks: tuple[Mark, ...]
    says: str
    table: Table


@dataclass(frozen=True)
class GapOf:
    """One group's gap; `shrunken` where many groups allow it to be drawn toward their mean."""

    title: str
    counted: Difference
    shrunken: Difference | None = None

    @property
    def shown(self) -> Difference:
        return self.shrunken or self.counted


def caterpillar_of(rows: Sequence[GapOf], reference: str) -> Caterpillar:
    """From the lowest gap to the highest; zero, where the reference stands, is in the middle."""
    ordered = sorted(rows, key=lambda each: each.shown.difference)
    ends = [abs(end) for each in rows for end in (each.shown.low, each.shown.high)]
    ends += [abs(each.counted.difference) for each in rows]
    reach = max(0.05, ceil(20 * max(ends, default=0)) / 20)
    scale, has_names = Scale(-reach, reach), len(rows) <= MOST_NAMED
    row = ROW if has_names else THIN
    legs = tuple(leg_of(each, scale, HEAD + row * n) for n, each in enumerate(ordered))
    return Caterpillar(
        height=HEAD + row * len(legs) + 4,
        has_names=has_names,
        legs=legs,
        marks=(mark(scale, 0, reference),),
        says="; ".join(f"{leg.title}: {leg.says}" for leg in legs) + ".",
        table=Table(
            ("Group", f"Points from {reference} (95% interval)", "Drawn toward the mean of all"),
            tuple((each.title, written(each.counted), written(each.shrunken)) for each in ordered),
        ),
    )


def leg_of(row: GapOf, scale: Scale, y: int) -> Leg:
    shown = row.shown
    return Leg(
        y=y,
        title=row.title,
        says=written(shown),
        x=scale.at(shown.difference),
        low_x=scale.at(shown.low),
        high_x=scale.at(shown.high),
        counted_x=scale.at(row.counted.difference) if row.shrunken else "",
    )


def written(gap: Difference | None) -> str:
    if gap is None:
        return "–"
    return gap_says(GapRow("", gap.difference, gap.low, gap.high))


# Change against a score


@dataclass(frozen=True)
class Change:
    """One group: its score at first, 0 to 100, and how its gap moved, as a share."""

    title: str
    score: float
    change: float


def scatter_of(
    changes: Sequence[Change], middle: tuple[float, float] | None, slope: float | None, score: str
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
    ordered = sorted(changes, key=lambda each: (each.score, each.title))
    return Chart(
        height=HEIGHT,
        across=ticks_across(plane, round_values(low, high), whole),
        up=ticks_up(plane, points),
        lines=lines,
        dots=tuple(
            Dot(
                plane.spot(each.score, each.change),
                f"{each.title}: score {each.score:.1f}, {points(each.change)} points",
                "plain",
            )
            for each in ordered
        ),
        names=(),
        says="; ".join(
            f"{each.title}: score {each.score:.1f}, {points(each.change)} points"
            for each in ordered
        )
        + ".",
        table=Table(
            ("Group", score, "Change of the gap, in points"),
            tuple((each.title, f"{each.score:.1f}", points(each.change)) for each in ordered),
        ),
    )
