"""Amounts as bars on one scale, each with its words: dollars by group, points by policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Scale, Table
from readiness.core.formatting import Number

ROW = 48  # px


@dataclass(frozen=True)
class Amount:
    title: str
    value: Number
    says: str  # "$120,000"
    note: str = ""


@dataclass(frozen=True)
class AmountBar:
    y: int
    title: str
    says: str
    note: str
    width: str


@dataclass(frozen=True)
class Amounts:
    height: int
    bars: tuple[AmountBar, ...]
    says: str
    table: Table


def amounts_of(
    rows: Sequence[Amount], heading: tuple[str, str], most: Number | None = None
) -> Amounts:
    """From nothing to the largest, or to the most there could be.

    >>> amounts_of([Amount("Elm", 5, "$5"), Amount("Oak", 10, "$10")], ("Group", "Dollars")).says
    'Elm: $5; Oak: $10.'
    """
    scale = Scale(0, max(float(most or 0), *(float(row.value) for row in rows), 1e-9))
    bars = tuple(
        AmountBar(ROW * place, row.title, row.says, row.note, scale.at(row.value))
        for place, row in enumerate(rows)
    )
    return Amounts(
        height=ROW * len(bars),
        bars=bars,
        says="; ".join(f"{bar.title}: {bar.says}" for bar in bars) + ".",
        table=Table(heading, tuple((bar.title, bar.says) for bar in bars)),
    )
