"""Rates, gaps and change of patient groups, in the words and drawings of their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import url_for

from readiness.core.charts.dots import GapRow, RateRow, gaps_of, rates_of
from readiness.core.charts.scales import Figure
from readiness.core.formatting import percent, points
from readiness.counts.measures.models import Direction
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.change import StratumChange
from readiness.equity.gaps import GapSpread, StratumGap, StratumRate
from readiness.equity.gates import USE_LABELS, Use
from readiness.equity.presenters.runs import Runs, runs_of
from readiness.equity.service.results import EquityResults, SplitResult
from readiness.equity.tables import NO_GROUP
from readiness.statistics.comparisons import Difference

CLEAR = 0.05  # a p-value below it, adjusted for how many gaps were looked at
CHANCE_OFF = "a spread that chance alone would make is taken off"
# The group's own people see their counts; what is hidden from others is only small to them.
OWN_USES = {
    **USE_LABELS,
    Use.HIDDEN: "Too few patients for a rate; nobody outside your group sees it",
}
NOT_GROUPS = {name: STRATA[StratumType.RACE].get(name, "Not asked") for name in NO_GROUP}


@dataclass(frozen=True)
class GapLine:
    label: str
    points: str
    to_close: str
    detectable: str
    reliability: str
    use: str
    flips: str


@dataclass(frozen=True)
class ChangeLine:
    label: str
    rate: str
    gap: str
    says: str


@dataclass(frozen=True)
class Shown:
    """Everything the template prints of one split."""

    period: str
    direction: str
    rates: Figure
    rates_title: str
    uses: tuple[tuple[str, str], ...]  # group of people, what may be done with its rate
    gaps: Figure | None
    gaps_title: str
    gap_lines: tuple[GapLine, ...]
    remarks: tuple[str, ...]
    spread: str
    missing: str
    changes: tuple[ChangeLine, ...]
    runs: Runs | None


def shown(found: EquityResults, split: SplitResult) -> Shown:
    finding = split.finding
    rates = in_order(finding.rates)
    return Shown(
        period=period_says(found, split),
        direction=direction_says(split),
        rates=rates_of([rate_row(each) for each in rates]),
        rates_title=rates_title(split, rates),
        uses=tuple(
            (each.stratum, OWN_USES[each.use]) for each in rates if each.stratum not in NO_GROUP
        ),
        gaps=gaps_figure(split),
        gaps_title=gaps_title(split),
        gap_lines=tuple(gap_line(each) for each in finding.gaps),
        remarks=finding.says,
        spread=spread_says(finding.spread),
        missing=missing_says(split.missing),
        changes=tuple(change_line(each) for each in split.change.strata) if split.change else (),
        runs=runs_of(split),
    )


@dataclass(frozen=True)
class Offer:
    """One click that makes numbers larger, or takes that back."""

    says: str
    href: str


def offers(found: EquityResults, split: SplitResult) -> tuple[Offer, ...]:
    """Only where a group of people is too small, or something was asked for already."""
    pools, merges = bool(split.pooled), bool(split.merged)
    listed = []
    if pools:
        listed.append(Offer("Show this period alone", address(found, split, merges=merges)))
    elif split.may_pool:
        says = f"Add up {len(split.may_pool)} years"
        listed.append(Offer(says, address(found, split, pools=True, merges=merges)))
    if merges:
        listed.append(Offer("Show every group apart", address(found, split, pools=pools)))
    elif split.may_merge:
        says = f"Put the {len(split.may_merge)} smallest groups together"
        listed.append(Offer(says, address(found, split, pools=pools, merges=True)))
    return tuple(listed)


def address(
    found: EquityResults, split: SplitResult, *, pools: bool = False, merges: bool = False
) -> str:
    """The same measure split the same way, pooled or merged."""
    return url_for(
        "equity.results",
        group_id=found.group.id,
        period=str(found.period),
        measure=split.measure.id,
        by=split.kind,
        pool="years" if pools else None,
        merge="small" if merges else None,
    )


def period_says(found: EquityResults, split: SplitResult) -> str:
    """Over which time; patients of several years are counted several times, and that is said."""
    if not split.pooled:
        return f"12 months to the end of {found.period.label}"
    listed = ", ".join(each.label for each in split.pooled)
    return (
        f"{len(split.pooled)} periods of 12 months added up, to the end of {listed}. Patients seen "
        "in several of them count several times, so the intervals are narrower than they should be"
    )


def direction_says(split: SplitResult) -> str:
    if split.measure.direction is Direction.LOWER:
        return (
            "For this measure a lower rate is better: “behind” means a higher rate than the "
            "reference’s."
        )
    return "A higher rate is better: “behind” means a lower rate than the reference’s."


# Rates


def in_order(rates: Sequence[StratumRate]) -> list[StratumRate]:
    """Groups of people first, then those whose group is not known."""
    return sorted(rates, key=lambda each: each.stratum in NO_GROUP)


def rate_row(rate: StratumRate) -> RateRow:
    title = NOT_GROUPS.get(rate.stratum, rate.stratum)
    of = f"{rate.count.numerator:,} of {rate.count.denominator:,} patients"
    if rate.rate is None:
        return RateRow(title, None, instead=f"{of}: too few for a rate")
    return RateRow(title, rate.rate, rate.low, rate.high, of)


def rates_title(split: SplitResult, rates: Sequence[StratumRate]) -> str:
    """The lowest and the highest of those that may be compared."""
    name = split.measure.title
    known = sorted(
        (each.rate, each.stratum)
        for each in rates
        if each.rate is not None
        and each.stratum not in NO_GROUP
        and each.use not in (Use.HIDDEN, Use.COUNT_ONLY)
    )
    if len(known) < 2:
        return f"{name}: too few patients to compare groups"
    (low, least), (high, most) = known[0], known[-1]
    if percent(low) == percent(high):
        return f"{name}: {percent(low)} in every group large enough to compare"
    return f"{name} runs from {percent(low)} ({least}) to {percent(high)} ({most})"


# Gaps


def behind(split: SplitResult, gap: StratumGap) -> float:
    """How far behind the reference, as a share; below 0 when ahead."""
    sign = 1 if split.measure.direction is Direction.LOWER else -1
    return sign * (gap.difference or 0)


def is_clear(gap: StratumGap) -> bool:
    return gap.p_adjusted is not None and gap.p_adjusted < CLEAR


def gaps_figure(split: SplitResult) -> Figure | None:
    if not any(gap.difference is not None for gap in split.finding.gaps):
        return None
    rows = [
        GapRow(gap.stratum, gap.difference, gap.low, gap.high, chance_says(gap), "too few patients")
        for gap in split.finding.gaps
    ]
    return gaps_of(rows, split.reference or "")


def gaps_title(split: SplitResult) -> str:
    """How many groups are behind beyond chance, and the furthest of them."""
    compared = [gap for gap in split.finding.gaps if gap.difference is not None]
    clear = [gap for gap in compared if is_clear(gap) and behind(split, gap) > 0]
    if not compared:
        return f"No group can be compared with {split.reference} yet"
    if not clear:
        return f"No group is behind {split.reference} by more than chance could explain"
    furthest = max(clear, key=lambda gap: behind(split, gap))
    number = f"{len(clear)} of {len(compared)} groups"
    verb = "is" if len(clear) == 1 else "are"
    far = points(behind(split, furthest)).removeprefix("+")
    return (
        f"{number} {verb} behind {split.reference} by more than chance would explain; furthest "
        f"{furthest.stratum}, by {far} points"
    )


def chance_says(gap: StratumGap) -> str:
    if gap.p_adjusted is None:
        return ""
    says = "more than chance would explain" if is_clear(gap) else "could be chance"
    return f"{says}, {p_says(gap.p_adjusted)}"


def p_says(p: float) -> str:
    """
    >>> p_says(0.0004), p_says(0.0312)
    ('p < 0.001', 'p = 0.031')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def gap_line(gap: StratumGap) -> GapLine:
    if gap.difference is None:
        none = "not compared"
        return GapLine(gap.stratum, none, none, none, none, OWN_USES[gap.use], none)
    return GapLine(
        label=gap.stratum,
        points=interval(Difference(gap.difference, gap.low or 0, gap.high or 0)),
        to_close=people(gap.to_close),
        detectable="even the largest could be missed"
        if gap.detectable is None
        else f"{points(gap.detectable).removeprefix('+')} points",
        reliability="cannot be told" if gap.reliability is None else f"{gap.reliability:.2f}",
        use=OWN_USES[gap.use],
        flips=flips_says(gap.could_flip),
    )


def people(number: float | None) -> str:
    """
    >>> people(12.3), people(0.0)
    ('13', 'none: not behind')
    """
    if number is None:
        return "–"
    return f"{ceil(round(number, 6)):,}" if number else "none: not behind"


def flips_says(could_flip: bool | None) -> str:
    if could_flip is None:
        return "cannot be told"
    return "yes, they could" if could_flip else "no: robust to missing data"


def interval(found: Difference) -> str:
    return f"{points(found.difference)} ({points(found.low)} to {points(found.high)})"


# Spread, the unknown, change


def spread_says(spread: GapSpread | None) -> str:
    if spread is None:
        return "How far the groups lie apart cannot be told: it takes two of 11 patients or more."
    test = f"chi-square {spread.test.statistic:.1f} on {spread.test.df}, {p_says(spread.test.p)}"
    over = f"over {len(spread.strata)} groups"
    if spread.deviation_points == 0:
        return f"The groups lie no further apart than chance would put them ({over}; {test})."
    return (
        f"The groups lie {spread.deviation_points:.1f} points apart ({over}; a standard deviation "
        f"weighted by patients, {CHANCE_OFF}; {test})."
    )


def missing_says(missing: Difference | None) -> str:
    if missing is None:
        return (
            "Whether patients whose group is not known differ from the others cannot be told: too "
            "few of them are counted."
        )
    apart = f"{interval(missing)} points from the others’"
    if missing.low <= 0 <= missing.high:
        return f"The rate of patients whose group is not known is {apart}: no clear difference."
    return (
        f"The rate of patients whose group is not known is {apart}: they are not like the others, "
        "so gaps among the known may mislead."
    )


def change_line(change: StratumChange) -> ChangeLine:
    gap = interval(change.gap) if change.gap else "–"
    return ChangeLine(change.stratum, interval(change.rate), gap, change.says)
