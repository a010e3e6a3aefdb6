"""A drawing with two axes: across in percent of its width, down in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

from readiness.core.charts.scales import Scale, percentage

LEFT, RIGHT = 13.0, 96.0  # percent; room for the words of the upright axis, and for a whole dot
TOP, BOTTOM, HEIGHT = 16, 268, 300  # px
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Spot:
    x: str
    y: float


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
