"""The domain profile: a bar per domain, how far don't-knows could move it, and last cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Mark, Scale, Table, mark
from readiness.core.formatting import Number, count, one_decimal

SCORES = Scale(0, 100)
HEAD, PROFILE_ROW = 24, 44  # px: the line of threshold labels, and one domain


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
    bars = tuple(
        profile_bar(domain, HEAD + PROFILE_ROW * row) for row, domain in enumerate(domains)
    )
    return Profile(
        height=HEAD + PROFILE_ROW * len(bars) + 4,
        bars=bars,
        marks=tuple(mark(SCORES, threshold.at, threshold.label) for threshold in thresholds),
        has_previous=any(bar.previous_x for bar in bars),
        has_open=any(bar.is_open for bar in bars),
        says="; ".join(f"{bar.title}: {bar.says}" for bar in bars) + ".",
        table=profile_table(domains),
    )


def profile_bar(domain: DomainScore, y: int) -> Bar:
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


def profile_table(domains: Sequence[DomainScore]) -> Table:
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


FUNNEL_ROW = 48  # px


@dataclass(frozen=True)
class FunnelStep:
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


def funnel_of(steps: Sequence[FunnelStep]) -> Funnel:
    """Bars share one scale, from nobody to the largest step shown."""
    widest = max((step.people for step in steps if step.people is not None), default=0)
    scale = Scale(0, max(widest, 1))
    bars = tuple(funnel_bar(step, scale, FUNNEL_ROW * row) for row, step in enumerate(steps))
    return Funnel(
        height=FUNNEL_ROW * len(bars),
        bars=bars,
        says="; ".join(f"{bar.title}: {bar.people} {bar.rate}".rstrip() for bar in bars) + ".",
        table=Table(
            ("Step", "People", "Rate"),
            tuple((bar.title, bar.people, bar.rate or "–") for bar in bars),
        ),
    )


def funnel_bar(step: FunnelStep, scale: Scale, y: int) -> FunnelBar:
    hidden = step.people is None
    return FunnelBar(
        y=y,
        title=step.title,
        people=count(step.people),
        rate="" if hidden else step.rate,
        width=scale.at(step.people or 0),
        hidden=hidden,
    )


AMOUNT_ROW = 48  # px


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
        AmountBar(AMOUNT_ROW * place, row.title, row.says, row.note, scale.at(row.value))
        for place, row in enumerate(rows)
    )
    return Amounts(
        height=AMOUNT_ROW * len(bars),
        bars=bars,
        says="; ".join(f"{bar.title}: {bar.says}" for bar in bars) + ".",
        table=Table(heading, tuple((bar.title, bar.says) for bar in bars)),
    )
