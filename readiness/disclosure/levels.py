"""What a level that rests on counts gives away of the counts behind it.

A payer reads which level of an item the counts support. With the released numbers beside it, "below
10 percent" of 100 patients says that fewer than 10 were screened. Whether a level may be told is
decided from what readers know already, and for every level at once: a level that is kept back only
when it is telling would be told by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from readiness.counts.social_risk.models import FIVE, FunnelCell
from readiness.counts.social_risk.rates import RateRule
from readiness.disclosure.released_counts import SocialRiskRelease
from readiness.disclosure.social_risk_table import Term, included_terms

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
