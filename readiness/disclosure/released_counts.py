"""What left a group of one period: the numbers as everybody outside the group reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Generic

from readiness.core.periods import Period
from readiness.counts.measures.models import FEWEST_FOR_A_RATE
from readiness.counts.quality.models import QualityCell
from readiness.counts.social_risk.models import FIVE, FunnelCell, Need, Step
from readiness.counts.social_risk.rates import RateRule
from readiness.counts.strata import ALL, Stratum
from readiness.disclosure.social_risk_table import Term, included_terms
from readiness.disclosure.table import C

# A new one when the same counts would be released differently.
METHOD, METHOD_SHOWING_ALL_POSITIVE = "2", "2, all positive shown"


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
    def hides_all_positive(self) -> bool:
        """Not before the second method, and not where the installation says so."""
        return self.method == METHOD

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


# What a level that rests on counts gives away of the counts behind it.
#
# A payer reads which level of an item the counts support. With the released numbers beside it,
# "below 10 percent" of 100 patients says that fewer than 10 were screened. Whether a level may be
# told is decided from what readers know already, and for every level at once: a level that is kept
# back only when it is telling would be told by that.


Bound = Fraction | None  # None: as large as one likes


@dataclass(frozen=True)
class KnownRange:
    """Between which whole numbers a reader knows a count to lie."""

    low: int = 0
    high: int | None = None

    @property
    def is_known(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class ShareBounds:
    """A numerator within its denominator: one row of the sum that a share is made of."""

    above: KnownRange
    below: KnownRange

    @property
    def is_known(self) -> bool:
        return self.above.is_known and self.below.is_known


def share_bounds(release: SocialRiskRelease | None, rule: RateRule) -> Iterator[ShareBounds]:
    """What readers know of a quarter's part of a share; None: it never left."""
    if release is None:
        yield ShareBounds(KnownRange(), KnownRange())
        return
    for need in (None,) if rule.of_group else FIVE:
        above, below = (need, rule.numerator), (need, rule.denominator)
        if all(FunnelCell(step, need) in release.values for need, step in (above, below)):
            yield ShareBounds(known_range(release, above), known_range(release, below))


def known_range(release: SocialRiskRelease, term: Term) -> KnownRange:
    """Printed, or between what it holds and what holds it."""
    need, step = term
    if (people := release.values[FunnelCell(step, need)]) is not None:
        return KnownRange(people, people)
    outer = printed_values(
        release, (each for each in included_terms() if term in included_terms()[each])
    )
    inner = printed_values(release, included_terms()[term])
    return KnownRange(max([1, *inner]), min(outer, default=None))


def printed_values(release: SocialRiskRelease, terms: Iterable[Term]) -> list[int]:
    values = (release.values.get(FunnelCell(step, need)) for need, step in terms)
    return [value for value in values if value is not None]


def is_disclosable(pairs: Sequence[ShareBounds], marks: Sequence[Fraction], threshold: int) -> bool:
    """Whether no level, told beside the released numbers, shows a count below the threshold.

    `marks` are the least shares of the levels; the share of a level lies between two of them.
    """
    ends: list[Fraction | None] = [None, *sorted(marks), None]
    return not any(
        reveals_small_count(pairs, at, least, under, threshold)
        for least, under in pairwise(ends)
        for at, pair in enumerate(pairs)
        if not pair.is_known
    )


def year_is_disclosable(patients: int, marks: Sequence[Fraction], threshold: int) -> bool:
    """Whether no level of a share of a year's `patients` shows a count to be small.

    A level below a mark tells that fewer than mark times `patients` were screened in the year, and
    so in each quarter; one at or above it, that fewer than the rest were not. The attacker's own
    bound on `patients` is no lower than `patients`, so where the narrowest of these is above the
    threshold, each count may still be larger than a small one.
    """
    narrowest = min(min(marks), 1 - max(marks))
    return patients * narrowest > threshold


def reveals_small_count(
    pairs: Sequence[ShareBounds], at: int, least: Bound, under: Bound, threshold: int
) -> bool:
    """Whether a share from `least` to `under` would show the numerator at this place, or the rest
    of its denominator, to be small."""
    pair, others = pairs[at], [each for n, each in enumerate(pairs) if n != at]
    if under is not None and not pair.above.is_known:
        most = sum_bounds(
            [scale(pair.below.high, under), *(largest_shortfall(o, under) for o in others)]
        )
        if most is not None and pair.above.low < most <= threshold:  # the share is below `under`
            return True
    if least is not None:
        rest = sum_bounds(
            [scale(pair.below.high, 1 - least), *(largest_excess(o, least) for o in others)]
        )
        nobody = max(0, pair.below.low - (pair.above.high or pair.below.low))
        if rest is not None and nobody <= rest < threshold:
            return True
    return False


def largest_shortfall(pair: ShareBounds, under: Fraction) -> Bound:
    """How far the others can lie below a share, at most."""
    most = scale(pair.below.high, under)
    return None if most is None else most - pair.above.low


def largest_excess(pair: ShareBounds, least: Fraction) -> Bound:
    """How far the others can lie above a share, at most."""
    if pair.above.high is not None:
        return pair.above.high - least * max(pair.below.low, pair.above.high)
    return scale(pair.below.high, 1 - least)


def scale(people: int | None, share: Fraction) -> Bound:
    return None if people is None else share * people


def sum_bounds(bounds: Iterable[Bound]) -> Bound:
    listed = list(bounds)
    known = [each for each in listed if each is not None]
    return sum(known, Fraction(0)) if len(known) == len(listed) else None
