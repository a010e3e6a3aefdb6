"""Bars from the left edge: domain scores, how many people are left after each step, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readiness.core.charts.scales import ChartRow, Figure, Scale, Table, figure_of, mark
from readiness.core.formatting import Number, count, one_decimal

SCORES = Scale(0, 100)


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


def profile_of(domains: Sequence[DomainScore], thresholds: Sequence[Threshold] = ()) -> Figure:
    """A bar for each domain, how far don't-knows could move it, and last cycle's score."""
    return figure_of(
        [profile_row(domain) for domain in domains],
        Table(
            ("Domain", "Score", "If every don’t-know were the top level", "Last cycle"),
            tuple(
                (
                    domain.title,
                    score_says(domain),
                    one_decimal(domain.low if domain.high is None else domain.high),
                    one_decimal(domain.previous),
                )
                for domain in domains
            ),
        ),
        step=44,
        head=24,
        foot=4,
        marks=tuple(mark(SCORES, threshold.at, threshold.label) for threshold in thresholds),
    )


def profile_row(domain: DomainScore) -> ChartRow:
    low = domain.low or 0
    high = low if domain.high is None or domain.low is None else domain.high
    score, is_open = score_says(domain), high > low
    return ChartRow(
        domain.title,
        f"{score} (up to {one_decimal(high)})" if is_open else score,
        shown=domain.low is not None,
        width=SCORES.at(low),
        open_width=SCORES.span(low, high) if is_open else "",
        high_x=SCORES.at(high),
        beside_x="" if domain.previous is None else SCORES.at(domain.previous),
        brief=score,
    )


def score_says(domain: DomainScore) -> str:
    return "not scored" if domain.low is None else one_decimal(domain.low)


@dataclass(frozen=True)
class FunnelStep:
    """`people` is a count of the funnel's unit, None where the number is hidden; `rate` is ready to
    read ("34% of screened")."""

    title: str
    people: int | None
    rate: str = ""


def funnel_of(steps: Sequence[FunnelStep], unit: str = "patients") -> Figure:
    """Bars share one scale, from nobody to the largest step shown; `unit` is what is counted."""
    scale = Scale(0, max((step.people or 0 for step in steps), default=0) or 1)
    rows = [
        ChartRow(
            step.title,
            count(step.people),
            note="" if step.people is None else step.rate,
            shown=step.people is not None,
            width=scale.at(step.people or 0),
        )
        for step in steps
    ]
    table = tuple((row.title, row.says, row.note or "–") for row in rows)
    figure = figure_of(rows, Table(("Step", unit.capitalize(), "Rate"), table), step=48)
    words = "; ".join(f"{row.title}: {row.says} {row.note}".rstrip() for row in rows)
    return replace(figure, says=f"{words}.")


@dataclass(frozen=True)
class Amount:
    title: str
    value: Number
    says: str  # "$120,000"


def amounts_of(
    amounts: Sequence[Amount], heading: tuple[str, str], most: Number | None = None
) -> Figure:
    """From nothing to the largest, or to the most there could be.

    >>> amounts_of([Amount("Elm", 5, "$5"), Amount("Oak", 10, "$10")], ("Group", "Dollars")).says
    'Elm: $5; Oak: $10.'
    """
    scale = Scale(0, max(float(most or 0), *(float(each.value) for each in amounts), 1e-9))
    rows = [ChartRow(each.title, each.says, width=scale.at(each.value)) for each in amounts]
    table = Table(heading, tuple((row.title, row.says) for row in rows))
    return figure_of(rows, table, step=48)
