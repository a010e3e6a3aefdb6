"""Dots in a plane with two axes: across in percent of its width, down in pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from readiness.core.charts.scales import Scale, Spot, Table, percentage

LEFT, RIGHT = 13.0, 96.0  # percent; room for the words of the upright axis, and for a whole dot
TOP, BOTTOM, HEIGHT = 16, 268, 300  # px
STEPS = (1, 2, 2.5, 5, 10)
APART, LETTER = 16, 1.0  # px between two names; percent of the width that a letter takes, at most


@dataclass(frozen=True)
class Line:
    start: Spot
    end: Spot


@dataclass(frozen=True)
class Tick:
    at: Spot
    label: str


def round_values(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Evenly spaced round values between two ends, so many at most.

    >>> round_values(0, 100), round_values(0.62, 0.81)
    ((0.0, 25.0, 50.0, 75.0, 100.0), (0.65, 0.7, 0.75, 0.8))
    """
    rough = (high - low) / (most - 1)
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * each for each in STEPS if unit * each >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple(round(step * n, 10) for n in range(first, last + 1))


@dataclass(frozen=True)
class Plane:
    """What stands at the left and right edge, and at the bottom and top."""

    across: Scale
    up: Scale

    def spot(self, x: float, y: float) -> Spot:
        return Spot(self.x(x), self.y(y))

    def x(self, value: float) -> str:
        return percentage(LEFT + (RIGHT - LEFT) * self.across.place(value) / 100)

    def y(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * self.up.place(value) / 100, 1)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> Line:
        return Line(self.spot(x1, y1), self.spot(x2, y2))


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """A little beyond both ends, and never of no width."""
    room = (high - low) * share or 0.01
    return low - room, high + room


@dataclass(frozen=True)
class PlotPoint:
    """One dot: where its values stand, and its words in the drawing and in the table."""

    title: str
    x: float
    y: float
    says: str
    cells: tuple[str, ...]
    kind: str = "plain"  # "plain", "warning" or "alarm"

    @property
    def words(self) -> str:
        return f"{self.title}: {self.says}"


@dataclass(frozen=True)
class Dot:
    at: Spot
    title: str
    kind: str


@dataclass(frozen=True)
class DotName:
    at: Spot
    says: str
    anchor: str


@dataclass(frozen=True)
class Chart:
    height: int
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    lines: Mapping[str, tuple[Line, ...]]  # by what they are
    dots: tuple[Dot, ...]
    names: tuple[DotName, ...]
    says: str
    table: Table


Written = Callable[[float], str]


def chart_of(
    plane: Plane,
    plotted: Sequence[PlotPoint],
    header: tuple[str, ...],
    axes: tuple[Written, Written],
    lines: Mapping[str, tuple[Line, ...]],
    named: Sequence[PlotPoint] = (),
    says: str = "",
) -> Chart:
    """`axes`: how values across and upright are written; `named`: dots that have room for names."""
    across, up = axes
    return Chart(
        height=HEIGHT,
        across=tuple(
            Tick(Spot(plane.x(each), HEIGHT - 12), across(each))
            for each in round_values(plane.across.low, plane.across.high)
        ),
        up=tuple(
            Tick(Spot(percentage(LEFT - 1.5), plane.y(each)), up(each))
            for each in round_values(plane.up.low, plane.up.high)
        ),
        lines=lines,
        dots=tuple(Dot(plane.spot(each.x, each.y), each.words, each.kind) for each in plotted),
        names=names_of([(plane.spot(each.x, each.y), each.title) for each in named]),
        says=says or "; ".join(each.words for each in plotted) + ".",
        table=Table(header, tuple((each.title, *each.cells) for each in plotted)),
    )


def names_of(marked: Sequence[tuple[Spot, str]]) -> tuple[DotName, ...]:
    """A name beside its dot, on the side with more room; none where it would hide another."""
    found: list[DotName] = []
    taken: list[tuple[float, float, float]] = []  # from, to, height
    for spot, says in marked:
        x = float(spot.x.rstrip("%"))
        anchor, near = ("start", x + 2) if x < 50 else ("end", x - 2)
        far = near + LETTER * len(says) * (1 if anchor == "start" else -1)
        start, end = min(near, far), max(near, far)
        if any(abs(y - spot.y) < APART and start < b and a < end for a, b, y in taken):
            continue
        taken.append((start, end, spot.y))
        found.append(DotName(Spot(percentage(near), spot.y + 5), says, anchor))
    return tuple(found)
