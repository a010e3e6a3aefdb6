"""The drawings of a group's results by patient group, and the titles that state what they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from readiness.core.charts.dots import (
    GapRow,
    Moment,
    RateRow,
    Trend,
    gaps_of,
    rates_of,
    trend_of,
)
from readiness.core.charts.scales import Figure, Scale
from readiness.core.formatting import Number, p_value, percent, points
from readiness.core.periods import period
from readiness.counts.measures.models import Direction
from readiness.counts.quality.models import DemographicField
from readiness.equity.alignment import Alignment, AlignmentVerdict
from readiness.equity.change import is_comparable
from readiness.equity.data_quality import MARK, FieldQuality
from readiness.equity.gaps import StratumGap, StratumRate
from readiness.equity.gates import USE_LABELS, Use, rate_use
from readiness.equity.service.results import FEWEST_FOR_RUN, SplitResult
from readiness.equity.tables import NO_GROUP, NO_GROUP_LABELS, StratumTable
from readiness.statistics.rates import Rate, wilson_rate

CLEAR = 0.05  # a p-value below it, adjusted for how many gaps were looked at
# The group's own people see their counts; what is hidden from others is only small to them.
OWN_USES = {
    **USE_LABELS,
    Use.HIDDEN: "Too few patients for a rate; nobody outside your group sees it",
}
FIELD_NAMES = {DemographicField.RACE: "Race and ethnicity", DemographicField.LANGUAGE: "Language"}


def figures_of(split: SplitResult) -> dict[str, Any]:
    """What the page draws of one split."""
    # Groups of people first, then those whose group is not known.
    rates = sorted(split.finding.rates, key=lambda each: each.stratum in NO_GROUP)
    return {
        "rates": rates_of([rate_row(each) for each in rates]),
        "rates_title": rates_title(split, rates),
        "gaps": gaps_figure(split),
        "gaps_title": gaps_title(split),
        "runs": runs_of(split),
    }


def rate_row(rate: StratumRate) -> RateRow:
    title = NO_GROUP_LABELS.get(rate.stratum, rate.stratum)
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
    return f"p {'' if p < 0.001 else '= '}{p_value(p)}"


# Over the years, each group as a small line beside its numbers

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
        run_line(f"{name}-{place}", stratum, own, years, written, scale)
        for place, (stratum, own) in enumerate(values.items())
        if sum(each is not None for each in own) >= FEWEST_FOR_RUN
    )


def scale_of(known: Sequence[float]) -> Scale:
    """From 0, or on both sides of it where something lies below."""
    reach = max(0.1, ceil(10 * max(map(abs, known), default=0)) / 10)
    return Scale(-reach if min(known, default=0) < 0 else 0, reach)


def run_line(
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
        run_title(stratum, moments, written),
    )


def run_title(stratum: str, moments: Sequence[Moment], written: Written) -> str:
    """What happened between the first year and the last that are known."""
    known = [each for each in moments if each.value is not None]
    first, last = known[0], known[-1]
    then, now = written(first.value), written(last.value)
    if then == now:
        return f"{stratum} stayed at {now} from {first.label} to {last.label}"
    return f"{stratum} went from {then} in {first.label} to {now} in {last.label}"


# How well race, ethnicity and language are known


def known_title(whole: FieldQuality) -> str:
    name = FIELD_NAMES[whole.field]
    return f"{name}: {percent(whole.self_reported.share)} of patients have said it themselves"


def known_figure(whole: FieldQuality) -> Figure:
    """Declined, unknown and not asked are three values, never one."""
    others = (whole.declined, whole.unknown, whole.not_asked)
    total = whole.declined.denominator
    own = whole.self_reported_of_known
    rows = [
        share_row(
            "Known, from any source", wilson_rate(total - sum(o.numerator for o in others), total)
        ),
        share_row("Said by the patient", wilson_rate(own.numerator if own else 0, total)),
        *([share_row("Said by the patient, of those known", own)] if own else []),
        share_row("Declined to say", whole.declined),
        share_row("Asked, not known", whole.unknown),
        share_row("Not asked", whole.not_asked),
    ]
    return rates_of(rows, (f"mark {percent(MARK)}", MARK))


def share_row(label: str, found: Rate) -> RateRow:
    basis = f"{found.numerator:,} of {found.denominator:,} patients"
    return RateRow(label, found.share, found.low, found.high, basis)


def beside_rules(found: Sequence[Alignment]) -> str:
    """How a split stands beside accreditors' rules, in one sentence; empty where none is about it.

    >>> beside_rules(())
    ''
    """
    if not found:
        return ""
    tally = Counter(each.verdict for each in found)
    told = len(found) - tally[AlignmentVerdict.CANNOT_BE_TOLD]
    could_not = f"for {tally[AlignmentVerdict.CANNOT_BE_TOLD]} of {len(found)} it cannot be told"
    if not told:
        return f"Of the {len(found)} rules about such a split, none could be held against it."
    aligned = f"The split is aligned with {tally[AlignmentVerdict.ALIGNED]} of {told}"
    return f"{aligned} rules that could be held against it; {could_not}."
