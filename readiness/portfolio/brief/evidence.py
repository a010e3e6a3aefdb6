"""Released counts that a brief may speak of: gaps that are clear, reach and rates of need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.formatting import day, points
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.counts.social_risk.models import FIVE, NEED_LABELS, Need, Step
from readiness.counts.social_risk.rates import BY_ID, unit_over
from readiness.disclosure import released_counts
from readiness.disclosure.released_counts import ReleasedShare, ShownCount, SocialRiskRelease
from readiness.equity.gaps import StratumGap
from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.equity.service.released_gaps import RELIABLE, ReleasedGaps
from readiness.plans.service.document import stratum_label
from readiness.releases.presenter import NEED_RATES, quarters_says, rate_says, unit_says

NO_MEASURES = (
    "No quality measure by race, ethnicity or language has been released, so nothing here says "
    "that a gap is present, or that none is."
)
NO_REFERENCE = (
    "Quality measures of the {period} were released without a declared reference, so no gap can be "
    "told. Which patients the others are compared with is the group’s to say."
)
NONE_COMPARED = (
    "Quality measures of the {period} were released, and none has enough patients beside "
    "{reference}, the declared reference, to compare."
)
NONE_CLEAR = "No interval of the {period} lies wholly on the worse side of {reference}."
BASIS = (
    "Rates of the {period} beside {reference}, the reference the group declared; 95 percent "
    "intervals (Newcombe)."
)


@dataclass(frozen=True)
class BriefGap:
    """One group of people beside the reference, as a share; never more than was released."""

    measure: str
    is_lower_better: bool
    people: str
    difference: float
    low: float
    high: float
    n: int
    reference_n: int
    reliability: float | None  # None: cannot be told
    is_reliable: bool

    @property
    def is_worse(self) -> bool:
        return self.difference > 0 if self.is_lower_better else self.difference < 0

    @property
    def is_clear(self) -> bool:
        """The whole interval lies on the worse side."""
        return self.low > 0 if self.is_lower_better else self.high < 0

    @property
    def may_be_chance(self) -> bool:
        """The interval holds 0."""
        return self.low <= 0 <= self.high

    @property
    def span(self) -> str:
        return f"{points(self.difference)} ({points(self.low)} to {points(self.high)})"

    @property
    def reading(self) -> str:
        if self.reliability is None:
            return "clear"
        told = f"reliability {self.reliability:.2f}"
        return f"{'clear, reliable' if self.is_reliable else 'clear, not reliable'} ({told})"


@dataclass(frozen=True)
class BriefGaps:
    """Those that are clear, the surest first, and what the others come to."""

    says: str  # what they rest on, or why there is none
    clear: tuple[BriefGap, ...]
    compared: tuple[BriefGap, ...]

    @property
    def may_be_chance(self) -> int:
        return sum(line.may_be_chance for line in self.compared)

    @property
    def clearly_better(self) -> int:
        """The whole interval lies on the better side."""
        return len(self.compared) - len(self.clear) - self.may_be_chance

    @property
    def is_untold(self) -> bool:
        """Gaps are shown and no reliability stands beside any of them."""
        return bool(self.clear) and all(line.reliability is None for line in self.clear)


RELIABILITY = (
    f"Reliability cannot be told below {GROUPS_FOR_SPREAD} groups with the same measure: a clear "
    "gap is a direction, not a verdict."
)


def gaps_of(found: ReleasedGaps | None) -> BriefGaps:
    if found is None:
        return BriefGaps(NO_MEASURES, (), ())
    words = {
        "period": f"12 months to {found.release.period.label}",
        "reference": found.reference.label if found.reference else "",
    }
    compared = tuple(gap_rows(found))
    clear = tuple(sorted((line for line in compared if line.is_clear), key=surest_first))
    says = BASIS
    if not found.reference:
        says = NO_REFERENCE
    elif not compared:
        says = NONE_COMPARED
    elif not clear:
        says = f"{BASIS} {NONE_CLEAR}"
    return BriefGaps(with_release(says, words, found), clear, compared)


def surest_first(line: BriefGap) -> tuple[bool, float]:
    """Reliable ones, then by the near end of the interval: a wide one may rest on few patients."""
    return not line.is_reliable, -min(abs(line.low), abs(line.high))


def with_release(says: str, words: dict[str, str], found: ReleasedGaps) -> str:
    release = f"Release {found.release.number} of {day(found.release.made_at)}."
    return f"{says.format(**words)} {release}"


def gap_rows(found: ReleasedGaps) -> Iterator[BriefGap]:
    for measure, finding in found.findings:
        counts = finding.table.counts
        reference = counts.get(finding.reference or "")
        for gap in finding.gaps:
            if gap.difference is not None and measure.direction is not Direction.NONE:
                reference_n = (reference.denominator if reference else 0) or 0
                n = counts[gap.stratum].denominator or 0
                yield gap_row(found, measure, gap, n, reference_n)


def gap_row(
    found: ReleasedGaps, measure: QualityMeasure, gap: StratumGap, n: int, reference_n: int
) -> BriefGap:
    return BriefGap(
        measure=measure.title,
        is_lower_better=measure.direction is Direction.LOWER,
        people=stratum_label(found, gap.stratum),
        difference=gap.difference or 0.0,
        low=gap.low or 0.0,
        high=gap.high or 0.0,
        n=n,
        reference_n=reference_n,
        reliability=gap.reliability,
        is_reliable=gap.use in RELIABLE,
    )


NO_SOCIAL_RISK_COUNTS = (
    "No social-risk counts of a closed quarter have been released, so reach and needs are not "
    "known, and what the group claims about screening cannot be held against counts."
)


RATES = (("Found", Step.POSITIVE, Step.SCREENED), *NEED_RATES)


NEEDS_IN_ORDER = (*FIVE, *(need for need in Need if need not in FIVE))


@dataclass(frozen=True)
class BriefNeed:
    need: Need
    shares: tuple[ReleasedShare, ...]  # in the order of RATES

    @property
    def title(self) -> str:
        return NEED_LABELS[self.need]

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(rate_says(share) for share in self.shares)


@dataclass(frozen=True)
class BriefNeeds:
    quarters: str  # empty: nothing was released
    unit: str  # of the counts: of several quarters added up no longer patients
    unit_says: str
    reach: ReleasedShare | None
    known: ReleasedShare | None  # outcomes known among those who want help, the five needs together
    lines: tuple[BriefNeed, ...]

    @property
    def says(self) -> str:
        if self.reach is None:
            return NO_SOCIAL_RISK_COUNTS
        pair = self.reach.for_a_rate
        counted = f": {pair[0]:,} of {pair[1]:,} eligible {self.unit}" if pair else ""
        return f"Screened, {self.quarters}: {rate_says(self.reach)}{counted}. {self.unit_says}"


def needs_of(quarters: Sequence[SocialRiskRelease]) -> BriefNeeds:
    if not quarters:
        return BriefNeeds("", "", "", None, None, ())
    return BriefNeeds(
        quarters=quarters_says(quarters),
        unit=unit_over(len(quarters)),
        unit_says=unit_says(len(quarters)),
        reach=released_counts.share_over(quarters, Step.SCREENED, Step.ELIGIBLE),
        known=released_counts.share_of(quarters, BY_ID["loop_known"]),
        lines=tuple(need_rows(quarters)),
    )


def need_rows(quarters: Sequence[SocialRiskRelease]) -> Iterator[BriefNeed]:
    for need in NEEDS_IN_ORDER:
        if released_counts.total_over(quarters, Step.SCREENED, need) != ShownCount():
            shares = tuple(
                released_counts.share_over(quarters, above, below, need)
                for _, above, below in RATES
            )
            yield BriefNeed(need, shares)
