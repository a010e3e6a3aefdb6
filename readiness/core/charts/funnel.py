"""The funnel: how many people are left after each step, and of which step each share is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Scale, Table
from readiness.core.formatting import count

ROW = 48  # px


@dataclass(frozen=True)
class Step:
    """`people` is None where the number is hidden; `rate` is ready to read ("34% of screened")."""

    title: str
    people: int | None
    rate: str = ""


@dataclass(frozen=True)
class FunnelBar:
    y: int
    title: str
    people: str
    rate: str
    width: str
    hidden: bool


@dataclass(frozen=True)
class Funnel:
    height: int
    bars: tuple[FunnelBar, ...]
    says: str
    table: Table


def funnel_of(steps: Sequence[Step]) -> Funnel:
    """Bars share one scale, from nobody to the largest step shown."""
    widest = max((step.people for step in steps if step.people is not None), default=0)
    scale = Scale(0, max(widest, 1))
    bars = tuple(bar_of(step, scale, ROW * row) for row, step in enumerate(steps))
    return Funnel(
        height=ROW * len(bars),
        bars=bars,
        says="; ".join(f"{bar.title}: {bar.people} {bar.rate}".rstrip() for bar in bars) + ".",
        table=Table(
            ("Step", "People", "Rate"),
            tuple((bar.title, bar.people, bar.rate or "–") for bar in bars),
        ),
    )


def bar_of(step: Step, scale: Scale, y: int) -> FunnelBar:
    hidden = step.people is None
    return FunnelBar(
        y=y,
        title=step.title,
        people=count(step.people),
        rate="" if hidden else step.rate,
        width=scale.at(step.people or 0),
        hidden=hidden,
    )
