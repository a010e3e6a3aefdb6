"""The domain profile: a bar per domain, how far don't-knows could move it, and last cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Mark, Scale, Table, mark
from readiness.core.formatting import Number, one_decimal

SCORES = Scale(0, 100)
HEAD, ROW = 24, 44  # px: the line of threshold labels, and one domain


@dataclass(frozen=True)
class DomainScore:
    """`low` counts don't-knows as 0, `high` as 4. `low` is None where too much does not apply."""

    title: str
    low: Number | None
    high: Number | None = None
    previous: Number | None = None  # the last cycle's low score


@dataclass(frozen=True)
class Threshold:
    label: str  # "T3 asks for 50"
    at: Number


@dataclass(frozen=True)
class Bar:
    y: int
    title: str
    score: str
    says: str  # with what don't-knows leave open
    scored: bool
    width: str  # of the solid part
    range_x: str  # of the part that don't-knows leave open
    range_width: str
    end: str  # of the open part
    is_open: bool
    previous_x: str  # empty: no last cycle


@dataclass(frozen=True)
class Profile:
    height: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    has_previous: bool
    has_open: bool
    says: str
    table: Table


def profile_of(domains: Sequence[DomainScore], thresholds: Sequence[Threshold] = ()) -> Profile:
    bars = tuple(bar_of(domain, HEAD + ROW * row) for row, domain in enumerate(domains))
    return Profile(
        height=HEAD + ROW * len(bars) + 4,
        bars=bars,
        marks=tuple(mark(SCORES, threshold.at, threshold.label) for threshold in thresholds),
        has_previous=any(bar.previous_x for bar in bars),
        has_open=any(bar.is_open for bar in bars),
        says="; ".join(f"{bar.title}: {bar.says}" for bar in bars) + ".",
        table=table_of(domains),
    )


def bar_of(domain: DomainScore, y: int) -> Bar:
    low = domain.low or 0
    high = low if domain.high is None or domain.low is None else domain.high
    score = "not scored" if domain.low is None else one_decimal(domain.low)
    return Bar(
        y=y,
        title=domain.title,
        score=score,
        says=f"{score} (up to {one_decimal(high)})" if high > low else score,
        scored=domain.low is not None,
        width=SCORES.at(low),
        range_x=SCORES.at(low),
        range_width=SCORES.span(low, high),
        end=SCORES.at(high),
        is_open=high > low,
        previous_x="" if domain.previous is None else SCORES.at(domain.previous),
    )


def table_of(domains: Sequence[DomainScore]) -> Table:
    return Table(
        ("Domain", "Score", "If every don’t-know were the top level", "Last cycle"),
        tuple(
            (
                domain.title,
                "not scored" if domain.low is None else one_decimal(domain.low),
                one_decimal(domain.low if domain.high is None else domain.high),
                one_decimal(domain.previous),
            )
            for domain in domains
        ),
    )
