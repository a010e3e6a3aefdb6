"""Rates and gaps of patient groups over years, each as a small line beside its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from readiness.core.charts.dots import Moment, Trend, trend_of
from readiness.core.charts.scales import Scale
from readiness.core.formatting import Number, percent, points
from readiness.core.periods import period
from readiness.equity.change import is_comparable
from readiness.equity.gates import Use, rate_use
from readiness.equity.service.results import FEWEST_FOR_RUN, SplitResult
from readiness.equity.tables import NO_GROUP, StratumTable

Written = Callable[[Number | None], str]
Values = Mapping[str, Sequence[float | None]]  # by group of people, oldest first


@dataclass(frozen=True)
class RunLine:
    id: str
    label: str
    values: tuple[str, ...]
    figure: Trend
    title: str


@dataclass(frozen=True)
class Runs:
    """The gap stands under both rates, over the same years."""

    years: tuple[str, ...]
    rates: tuple[RunLine, ...]
    gaps: tuple[RunLine, ...]


def runs_of(split: SplitResult) -> Runs | None:
    """None with fewer than three years, or where no group can be seen in three of them."""
    if not split.run:
        return None
    years = tuple(period(table.place.period).label for table in split.run)
    own = [name for name in split.finding.table.counts if name not in NO_GROUP]
    rates = {name: [rate_at(table, name) for table in split.run] for name in own}
    gaps = {
        name: [gap_at(table, name, split.reference) for table in split.run]
        for name in own
        if split.reference and name != split.reference
    }
    lines = lines_of("rate", rates, years, percent)
    return Runs(years, lines, lines_of("gap", gaps, years, points)) if lines else None


def rate_at(table: StratumTable, stratum: str) -> float | None:
    pair = table.groups.get(stratum)
    return None if pair is None or rate_use(pair[1]) is Use.HIDDEN else pair[0] / pair[1]


def gap_at(table: StratumTable, stratum: str, reference: str | None) -> float | None:
    own, other = table.groups.get(stratum), table.groups.get(reference or "")
    if own is None or other is None or not (is_comparable(own) and is_comparable(other)):
        return None
    return own[0] / own[1] - other[0] / other[1]


def lines_of(
    name: str, values: Values, years: Sequence[str], written: Written
) -> tuple[RunLine, ...]:
    """One for each group with enough years, all on one scale."""
    scale = scale_of([each for own in values.values() for each in own if each is not None])
    return tuple(
        line(f"{name}-{place}", stratum, own, years, written, scale)
        for place, (stratum, own) in enumerate(values.items())
        if sum(each is not None for each in own) >= FEWEST_FOR_RUN
    )


def scale_of(known: Sequence[float]) -> Scale:
    """From 0, or on both sides of it where something lies below."""
    reach = max(0.1, ceil(10 * max(map(abs, known), default=0)) / 10)
    return Scale(-reach if min(known, default=0) < 0 else 0, reach)


def line(
    line_id: str,
    stratum: str,
    values: Sequence[float | None],
    years: Sequence[str],
    written: Written,
    scale: Scale,
) -> RunLine:
    moments = [Moment(year, value) for year, value in zip(years, values, strict=True)]
    return RunLine(
        line_id,
        stratum,
        tuple("–" if value is None else written(value) for value in values),
        trend_of(moments, written, scale),
        title(stratum, moments, written),
    )


def title(stratum: str, moments: Sequence[Moment], written: Written) -> str:
    """What happened between the first year and the last that are known."""
    known = [each for each in moments if each.value is not None]
    first, last = known[0], known[-1]
    then, now = written(first.value), written(last.value)
    if then == now:
        return f"{stratum} stayed at {now} from {first.label} to {last.label}"
    return f"{stratum} went from {then} in {first.label} to {now} in {last.label}"
