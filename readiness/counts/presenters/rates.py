"""What a quarter's counts say, ready to print: rates with intervals, trends, the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from readiness.core.charts.dots import Moment, RateRow, Trend, rates_of, trend_of
from readiness.core.charts.scales import Figure, Scale
from readiness.core.formatting import percent
from readiness.counts.presenters.entry import STATE_WORDS
from readiness.counts.service.entry import PeriodLine
from readiness.counts.service.social_risk import Quarter
from readiness.counts.social_risk.models import FunnelCounts
from readiness.counts.social_risk.rates import (
    BY_ID,
    CLAIMS,
    CONTEXT_CLAIMS,
    ClaimShare,
    claims_shares,
    group_rates,
    need_rates,
    rate_at,
    rules,
)
from readiness.counts.social_risk.year import YearReach
from readiness.counts.strata import ALL, Stratum, StratumType, strata_of
from readiness.statistics.rates import Rate

NO_RATE = "not known"
CLAIM_TITLES = {
    "SOCR-2": "Screening reach (SOCR-2, checked against your answer)",
    "SOCR-3": "Referred within 30 days (SOCR-3, shown only)",
    "SOCR-5": "Outcome known (SOCR-5, checked against your answer)",
}


@dataclass(frozen=True)
class RateTable:
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]


def basis(rate: Rate, quarter: Quarter) -> str:
    return f"{rate.numerator:,} of {rate.denominator:,} patients, {quarter.period.label}"


def rate_says(rate: Rate | None) -> str:
    """
    >>> from readiness.statistics.rates import wilson_rate
    >>> rate_says(wilson_rate(81, 263)), rate_says(None)
    ('31% (26–37%), 81 of 263', 'not known')
    """
    if rate is None:
        return NO_RATE
    interval = f"{percent(rate.low)[:-1]}–{percent(rate.high)}"
    return f"{percent(rate.share)} ({interval}), {rate.numerator:,} of {rate.denominator:,}"


def group_figure(quarter: Quarter) -> Figure:
    pairs = group_rates(quarter.counts)
    return rates_of([rate_row(rule.title, rate, quarter) for rule, rate in pairs])


def group_title(quarter: Quarter) -> str:
    reach = reach_of(quarter.counts, ALL)
    if reach is None:
        return f"Screening reach in {quarter.period.label} is not known yet"
    return f"{percent(reach.share)} of eligible patients were screened in {quarter.period.label}"


def reach_title(quarter: Quarter, kind: StratumType | None) -> str:
    """The parts with the lowest and the highest reach."""
    listed = [(reach_of(quarter.counts, part), part) for part in (strata_of(kind) if kind else ())]
    known = sorted((rate.share, part.label) for rate, part in listed if rate)
    if len(known) < 2:
        return "Screening reach needs counts of two parts to be compared"
    (low, least), (high, most) = known[0], known[-1]
    return f"Screening reach runs from {percent(low)} ({least}) to {percent(high)} ({most})"


def reach_figure(quarter: Quarter, kind: StratumType | None) -> Figure | None:
    """Reach in each part with counts, beside that of all patients."""
    listed = strata_of(kind) if kind else ()
    parts = [part for part in (ALL, *listed) if part in quarter.counts.strata]
    if len(parts) < 2:
        return None
    rows = ((part.label, reach_of(quarter.counts, part)) for part in parts)
    return rates_of([rate_row(label, rate, quarter) for label, rate in rows])


def reach_of(counts: FunnelCounts, part: Stratum) -> Rate | None:
    return rate_at(counts, BY_ID["reach"], None, part)


def rate_row(title: str, rate: Rate | None, quarter: Quarter) -> RateRow:
    if rate is None:
        return RateRow(title, None, instead=NO_RATE)
    return RateRow(title, rate.share, rate.low, rate.high, basis(rate, quarter))


def need_table(quarter: Quarter) -> RateTable:
    used = rules(of_group=False)
    return RateTable(
        header=tuple(rule.title for rule in used),
        rows=tuple(
            (row.title, tuple(rate_says(rate) for rate in row.rates))
            for row in need_rates(quarter.counts)
        ),
        notes=(
            *(f"{rule.title}: {rule.made_of}." for rule in used),
            *dict.fromkeys(f"{rule.title}: {rule.note}" for rule in used if rule.note),
        ),
    )


Line = PeriodLine[FunnelCounts]


def of_line(line: Line, rate_id: str) -> Rate | None:
    return rate_at(line.counts, BY_ID[rate_id])


def list_state(line: Line) -> str:
    if not line.is_closed:
        return "Running, started" if line.state else "Running"
    return "Missing" if line.state is None else STATE_WORDS[line.state]


@dataclass(frozen=True)
class TrendView:
    figure: Trend
    title: str


def trend(lines: Sequence[Line], name: str, rate_id: str) -> TrendView:
    """Oldest first; the title says what happened between the first and the last that is known."""
    pairs = [(line.period.label, of_line(line, rate_id)) for line in reversed(lines)]
    known = [(label, rate) for label, rate in pairs if rate]
    places = [place for place, (_, rate) in enumerate(pairs) if rate]
    between = pairs[places[0] : places[-1] + 1] if places else []
    figure = trend_of(
        [Moment(label, rate.share if rate else None) for label, rate in between],
        percent,
        Scale(0, max((ceil(10 * rate.share) / 10 for _, rate in known), default=1) or 1),
    )
    return TrendView(figure, trend_title(name, known))


def trend_title(name: str, known: Sequence[tuple[str, Rate]]) -> str:
    if not known:
        return f"{name}: no quarter has counts yet"
    (first, then), (last, now) = known[0], known[-1]
    if len(known) == 1:
        return f"{name}: {percent(now.share)} in {last}"
    if percent(then.share) == percent(now.share):
        return f"{name} stayed at {percent(now.share)} from {first} to {last}"
    return f"{name} went from {percent(then.share)} in {first} to {percent(now.share)} in {last}"


def basis_says(share: ClaimShare) -> str:
    if share.is_once_a_year:
        return f"12 months to the end of {share.periods[0].label}; unit: {share.unit}"
    periods = ", ".join(each.label for each in share.periods)
    caution = f". Not counted once a year: {share.caution}" if share.caution else ""
    return f"{periods}; unit: {share.unit}{caution}"


def claim_lines(
    lines: Sequence[Line], today: date, year: YearReach | None = None
) -> tuple[tuple[str, str, str], ...]:
    """What the counts say of items of the assessment, in one sentence each."""
    known = [line.counts for line in lines]
    return tuple(
        (
            CLAIM_TITLES[item_id],
            rate_says(share.rate),
            basis_says(share),
        )
        for item_id, share in sorted(
            claims_shares(known, today, (*CLAIMS, *CONTEXT_CLAIMS), year).items()
        )
    )
