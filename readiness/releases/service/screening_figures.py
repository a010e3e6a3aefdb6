"""Released social-risk counts as pictures and rates, the same on pages and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.charts import bars, dots
from readiness.core.charts.scales import Figure
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures.results import FEWEST_FOR_A_RATE
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS, Need, Step
from readiness.disclosure import released_counts
from readiness.disclosure.released_counts import ReleasedShare, ShownCount, SocialRiskRelease
from readiness.statistics.rates import wilson_rate

NEED_RATES = (  # heading, numerator, denominator
    ("Want help", Step.WANTS_HELP, Step.POSITIVE),
    ("Referred in 30 days", Step.REFERRED_30D, Step.WANTS_HELP),
    ("Outcome known", Step.OUTCOME_KNOWN, Step.WANTS_HELP),
    ("Connected", Step.CONNECTED, Step.OUTCOME_KNOWN),
)
FUNNEL = (Step.ELIGIBLE, Step.SCREENING_OFFERED, Step.SCREENED, Step.ANY_POSITIVE)
GROUP_RATES = {  # step -> (its denominator, in words)
    Step.SCREENING_OFFERED: (Step.ELIGIBLE, "of eligible"),
    Step.SCREENED: (Step.ELIGIBLE, "of eligible"),
    Step.ANY_POSITIVE: (Step.SCREENED, "of screened"),
}
NOT_KNOWN = "not counted yet"
NOBODY = "nobody yet"
TOO_FEW = f"fewer than {FEWEST_FOR_A_RATE}, no rate"


@dataclass(frozen=True)
class ScreeningFigures:
    """Social-risk counts as they were released."""

    quarters: str
    funnel: Figure
    funnel_title: str
    found: Figure
    found_title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def screening_figures(quarters: Sequence[SocialRiskRelease]) -> ScreeningFigures:
    """Released counts alone: the paper may end up anywhere."""
    needs = [
        need
        for need in Need
        if released_counts.total_over(quarters, Step.SCREENED, need) != ShownCount()
    ]
    found = [
        dots.RateRow(
            NEED_LABELS[need],
            *rate_of(released_counts.share_over(quarters, Step.POSITIVE, Step.SCREENED, need)),
        )
        for need in needs
    ]
    reach = released_counts.share_over(quarters, Step.SCREENED, Step.ELIGIBLE)
    return ScreeningFigures(
        quarters=quarters_says(quarters),
        funnel=bars.funnel_of(tuple(funnel_steps(quarters))),
        funnel_title=funnel_title(reach),
        found=dots.rates_of(found),
        found_title=found_title(found),
        header=("Need", *(heading for heading, _, _ in NEED_RATES)),
        rows=tuple(need_row(quarters, need) for need in needs),
    )


def need_row(quarters: Sequence[SocialRiskRelease], need: Need) -> tuple[str, ...]:
    shares = (
        released_counts.share_over(quarters, above, below, need) for _, above, below in NEED_RATES
    )
    return NEED_LABELS[need], *(rate_says(share) for share in shares)


def quarters_says(quarters: Sequence[SocialRiskRelease]) -> str:
    first, last = quarters[0].period, quarters[-1].period
    return first.label if first == last else f"{first.label} to {last.label}"


def funnel_steps(quarters: Sequence[SocialRiskRelease]) -> Iterator[bars.FunnelStep]:
    for step in FUNNEL:
        shown = released_counts.total_over(quarters, step)
        if shown == ShownCount():
            continue
        says = ""
        if step in GROUP_RATES:
            below, words = GROUP_RATES[step]
            share = released_counts.share_over(quarters, step, below)
            says = f"{rate_says(share)} {words}" if share.for_a_rate else ""
        yield bars.FunnelStep(STEP_LABELS[step], shown.people, says)


def funnel_title(reach: ReleasedShare) -> str:
    if reach.for_a_rate is None:
        return "How many patients were reached cannot be shown"
    return f"{rate_says(reach)} of eligible patients were screened"


def found_title(rows: Sequence[dots.RateRow]) -> str:
    known = [(row.rate, row.title) for row in rows if row.rate is not None]
    if not known:
        return "Which needs were found most often cannot be shown"
    return f"{max(known)[1]} was the need found most often"


def rate_of(share: ReleasedShare) -> tuple[float | None, float | None, float | None, str, str]:
    """Rate, its interval, what it is based on, and what is written instead of it."""
    if share.for_a_rate is None:
        return None, None, None, "", why_none(share)
    rate = wilson_rate(*share.for_a_rate)
    return float(rate.share), rate.low, rate.high, f"n = {rate.denominator:,}", ""


def why_none(share: ReleasedShare) -> str:
    if share.is_hidden:
        return HIDDEN
    if share.below.people == 0:
        return NOBODY
    return TOO_FEW if share.is_too_few else NOT_KNOWN


def rate_says(share: ReleasedShare) -> str:
    return dots.rate_says(dots.RateRow("", *rate_of(share)))
