"""A plan over time: when each action is prepared, runs and can show an effect, and the tier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from readiness.core.charts.scales import Mark, Scale, Table, percentage
from readiness.core.periods import months_after

LAST = 6  # px: the foot
MONTHS_BETWEEN = (6, 12, 24)  # ticks; the first that leaves few enough
MOST_TICKS = 5
MOST_LETTERS = 42  # of a title, on a phone
LEAST_LABEL = 6.0  # percent of the width that a tier's name needs


@dataclass(frozen=True)
class Spacing:
    """Heights in px."""

    months: int
    tier: int  # one path of tiers
    action: int


TITLES_ABOVE = Spacing(34, 46, 46)  # their bars: fits a phone
TITLES_BESIDE = Spacing(22, 24, 21)  # them: for a page that is wide enough


@dataclass(frozen=True)
class Course:
    """One action as the drawing needs it."""

    title: str
    short: str  # where there is no room for the title
    starts_on: date
    launches_on: date
    earliest: date
    latest: date
    says: str  # "launch Mar 2027, effect Sep 2027 to Jun 2028"


@dataclass(frozen=True)
class TierStep:
    """From this day on, in this tier."""

    on: date
    tier: str  # "T2"


@dataclass(frozen=True)
class Span:
    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    title: str
    prepares: Span
    runs: Span  # launched, no effect to be seen yet
    shows: Span  # an effect, from the earliest month to the latest
    y: int = 0  # px


@dataclass(frozen=True)
class Block:
    x: str
    middle: str
    width: str
    tier: str
    label: str  # the tier, or nothing where there is no room
    is_first: bool


@dataclass(frozen=True)
class Path:
    title: str
    blocks: tuple[Block, ...]
    y: int = 0  # px


@dataclass(frozen=True)
class Timeline:
    height: int
    marks: tuple[Mark, ...]
    paths: tuple[Path, ...]
    bars: tuple[Bar, ...]
    says: str
    table: Table


def timeline_of(
    starts_on: date,
    courses: Sequence[Course],
    earliest: Sequence[TierStep],
    latest: Sequence[TierStep],
) -> Timeline:
    scale = Scale(0, span_of(starts_on, courses))
    figure = Timeline(
        height=0,
        marks=tuple(ticks(starts_on, scale)),
        paths=(
            path_of("Tier at the earliest", earliest, starts_on, scale),
            path_of("Tier at the latest", latest, starts_on, scale),
        ),
        bars=tuple(bar_of(each, starts_on, scale) for each in courses),
        says=". ".join(
            [*(path_says(each) for each in (earliest, latest)), *map(course_says, courses)]
        ),
        table=Table(
            ("Action", "Starts", "Launched", "Effect, earliest", "Effect, latest"),
            tuple(
                (c.title, *map(month, (c.starts_on, c.launches_on, c.earliest, c.latest)))
                for c in courses
            ),
        ),
    )
    return spaced(figure, TITLES_ABOVE)


def spaced(figure: Timeline, spacing: Spacing) -> Timeline:
    """The same, with each line in its place below the one before."""
    first = spacing.months + spacing.tier * len(figure.paths)
    return replace(
        figure,
        height=first + spacing.action * len(figure.bars) + LAST,
        paths=tuple(
            replace(path, y=spacing.months + spacing.tier * n)
            for n, path in enumerate(figure.paths)
        ),
        bars=tuple(replace(bar, y=first + spacing.action * n) for n, bar in enumerate(figure.bars)),
    )


def months_between(start: date, end: date) -> float:
    """
    >>> months_between(date(2027, 1, 15), date(2027, 3, 15))
    2.0
    """
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day - start.day) / 31


def span_of(starts_on: date, courses: Sequence[Course]) -> int:
    """Whole half-years, with room behind the last effect; never less than one year."""
    last = max((months_between(starts_on, c.latest) for c in courses), default=0)
    return max(12, 6 * (int(last) // 6 + 1))


def ticks(starts_on: date, scale: Scale) -> Iterator[Mark]:
    length = int(scale.high)
    step = next((m for m in MONTHS_BETWEEN if length // m < MOST_TICKS), 48)
    for months in range(0, length + 1, step):
        place = scale.place(months)
        anchor = "start" if place < 10 else "end" if place > 90 else "middle"
        yield Mark(percentage(place), month(months_after(starts_on, months)), anchor)


def bar_of(course: Course, starts_on: date, scale: Scale) -> Bar:
    days = (course.starts_on, course.launches_on, course.earliest, course.latest)
    at = [months_between(starts_on, day) for day in days]
    spans = [Span(scale.at(a), scale.span(a, b)) for a, b in pairwise(at)]
    return Bar(cut(course.short), spans[0], spans[1], spans[2])


def cut(title: str) -> str:
    """
    >>> cut("Hire a greeter for the front desk of every site")
    'Hire a greeter for the front desk of ever…'
    """
    return title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1].rstrip()}…"


def path_of(title: str, steps: Sequence[TierStep], starts_on: date, scale: Scale) -> Path:
    """Neighbours of one tier are one block."""
    kept = [s for n, s in enumerate(steps) if n == 0 or s.tier != steps[n - 1].tier]
    at = [months_between(starts_on, step.on) for step in kept] + [scale.high]
    blocks = tuple(
        block_of(a, b, step.tier, scale, is_first=n == 0)
        for n, (step, (a, b)) in enumerate(zip(kept, pairwise(at), strict=True))
    )
    return Path(title, blocks)


def block_of(start: float, end: float, tier: str, scale: Scale, *, is_first: bool) -> Block:
    left, right = scale.place(start), scale.place(end)
    return Block(
        x=percentage(left),
        middle=percentage((left + right) / 2),
        width=percentage(right - left),
        tier=tier,
        label=tier if right - left >= LEAST_LABEL else "",
        is_first=is_first,
    )


def month(on: date) -> str:
    """
    >>> month(date(2027, 3, 1))
    'Mar 2027'
    """
    return f"{on:%b %Y}"


def course_says(course: Course) -> str:
    return f"{course.title}: starts {month(course.starts_on)}, {course.says}"


def path_says(steps: Sequence[TierStep]) -> str:
    return ", then ".join(f"{step.tier} from {month(step.on)}" for step in steps)
