"""What left a group of one period: the numbers as everybody outside the group reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

from readiness.core.periods import Period
from readiness.counts.measures.results import FEWEST_FOR_A_RATE
from readiness.counts.quality.models import QualityCell
from readiness.counts.social_risk.models import FIVE, FunnelCell, Need, Step
from readiness.counts.social_risk.rates import RateRule
from readiness.counts.strata import ALL, Stratum
from readiness.disclosure.table import C


@dataclass(frozen=True)
class Release(Generic[C]):
    group_id: str
    period: Period  # a closed quarter, or the one that 12 months end with
    number: int  # 1 for the period's first
    made_at: datetime
    threshold: int
    method: str
    rounds: int  # of hiding one more and looking again, until no small count could be worked out
    values: Mapping[C, int | None]  # None: hidden to protect small counts; absent: not known
    reference: str = ""  # as declared now, such as "race_omb2024.white"; "" when it is not

    @property
    def hidden(self) -> int:
        return sum(value is None for value in self.values.values())

    @property
    def hidden_share(self) -> float:
        return self.hidden / len(self.values) if self.values else 0.0


SocialRiskRelease = Release[FunnelCell]
QualityRelease = Release[QualityCell]


QUARTERS = 4  # closed ones with a release, added up


@dataclass(frozen=True)
class ShownCount:
    """A number as a reader outside sees it: printed, hidden, or not known at all."""

    people: int | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class ReleasedShare:
    """Two numbers of which a share may be made, or why there is none."""

    above: ShownCount
    below: ShownCount

    @property
    def is_hidden(self) -> bool:
        """Both are known to the group, and one of them is not shown."""
        known = all(each.people is not None or each.is_hidden for each in (self.above, self.below))
        return known and (self.above.is_hidden or self.below.is_hidden)

    @property
    def pair(self) -> tuple[int, int] | None:
        above, below = self.above.people, self.below.people
        if above is None or not below or above > below:
            return None
        return above, below

    @property
    def is_too_few(self) -> bool:
        """A share of so few patients says too little."""
        return self.pair is not None and self.pair[1] < FEWEST_FOR_A_RATE

    @property
    def for_a_rate(self) -> tuple[int, int] | None:
        return None if self.is_too_few else self.pair


def shown_count(
    quarter: SocialRiskRelease, step: Step, need: Need | None = None, part: Stratum = ALL
) -> ShownCount:
    cell = FunnelCell(step, need, part)
    value = quarter.values.get(cell)
    return ShownCount(value, is_hidden=cell in quarter.values and value is None)


def latest_quarters(
    releases: Iterable[SocialRiskRelease], today: date
) -> tuple[SocialRiskRelease, ...]:
    """The newest release of each of the last closed quarters that have one, oldest first."""
    newest: dict[Period, SocialRiskRelease] = {}
    for each in sorted(releases, key=lambda each: each.number):
        if each.period.is_closed_on(today):
            newest[each.period] = each
    return tuple(newest[period] for period in sorted(newest)[-QUARTERS:])


def total_over(
    quarters: Sequence[SocialRiskRelease], step: Step, need: Need | None = None, part: Stratum = ALL
) -> ShownCount:
    """The sum of what was printed. With one number hidden the sum is hidden, and with one not
    known it is not known."""
    return sum_shown(shown_count(each, step, need, part) for each in quarters)


def sum_shown(numbers: Iterable[ShownCount]) -> ShownCount:
    listed = list(numbers)
    if not listed or any(each.people is None and not each.is_hidden for each in listed):
        return ShownCount()
    if any(each.is_hidden for each in listed):
        return ShownCount(is_hidden=True)
    return ShownCount(sum(each.people or 0 for each in listed))


def share_of(quarters: Sequence[SocialRiskRelease], rule: RateRule) -> ReleasedShare:
    """The rate of the group's row, or of the five needs together: a need or quarter that lacks one
    of the two numbers is left out, and one hidden number hides the share."""
    rows = (None,) if rule.of_group else FIVE
    pairs = [
        (shown_count(quarter, rule.numerator, row), shown_count(quarter, rule.denominator, row))
        for quarter in quarters
        for row in rows
    ]
    known = [(above, below) for above, below in pairs if ShownCount() not in (above, below)]
    return ReleasedShare(
        sum_shown(above for above, _ in known), sum_shown(below for _, below in known)
    )


def share_over(
    quarters: Sequence[SocialRiskRelease],
    above: Step,
    below: Step,
    need: Need | None = None,
    part: Stratum = ALL,
) -> ReleasedShare:
    return ReleasedShare(
        total_over(quarters, above, need, part), total_over(quarters, below, need, part)
    )
