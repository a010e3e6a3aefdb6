"""Reach of screening and rates of need as a brief says them: released counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.counts.social_risk.models import FIVE, NEED_LABELS, Need, Step
from readiness.counts.social_risk.rates import BY_ID
from readiness.disclosure import social_risk_release
from readiness.disclosure.social_risk_release import Release, ReleasedShare, ShownCount
from readiness.releases.service.screening_figures import NEED_RATES, quarters_says, rate_says

NOTHING = (
    "No social-risk counts of a closed quarter have been released, so reach and needs are not "
    "known, and what the group claims about screening cannot be held against counts."
)
RATES = (("Found", Step.POSITIVE, Step.SCREENED), *NEED_RATES)
ROWS = (*FIVE, *(need for need in Need if need not in FIVE))


@dataclass(frozen=True)
class NeedLine:
    need: Need
    shares: tuple[ReleasedShare, ...]  # in the order of RATES

    @property
    def title(self) -> str:
        return NEED_LABELS[self.need]

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(rate_says(share) for share in self.shares)


@dataclass(frozen=True)
class Needs:
    quarters: str  # empty: nothing was released
    reach: ReleasedShare | None
    known: ReleasedShare | None  # outcomes known among those who want help, the five needs together
    lines: tuple[NeedLine, ...]

    @property
    def says(self) -> str:
        if self.reach is None:
            return NOTHING
        pair = self.reach.for_a_rate
        counted = f": {pair[0]:,} of {pair[1]:,} eligible patients" if pair else ""
        return f"Screened, {self.quarters}: {rate_says(self.reach)}{counted}."


def needs_of(quarters: Sequence[Release]) -> Needs:
    if not quarters:
        return Needs("", None, None, ())
    return Needs(
        quarters=quarters_says(quarters),
        reach=social_risk_release.share_over(quarters, Step.SCREENED, Step.ELIGIBLE),
        known=social_risk_release.share_of(quarters, BY_ID["loop_known"]),
        lines=tuple(need_lines(quarters)),
    )


def need_lines(quarters: Sequence[Release]) -> Iterator[NeedLine]:
    for need in ROWS:
        if social_risk_release.total_over(quarters, Step.SCREENED, need) != ShownCount():
            shares = tuple(
                social_risk_release.share_over(quarters, above, below, need)
                for _, above, below in RATES
            )
            yield NeedLine(need, shares)
