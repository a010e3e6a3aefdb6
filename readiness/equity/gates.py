"""What may be done with a rate or a gap, by how many patients it is of and how reliable it is.

A payer may choose a reference for what it looks at. Unless it does, it is the one that most groups
declared: never one picked by looking at the numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from readiness.core.small_cells import FEWEST, HIDDEN, may_show
from readiness.equity.tables import StratumCount, StratumTable
from readiness.statistics.programs import disparity_eligibility

FEWEST_FOR_CHARTS = 30  # patients a point, for a run chart or p-chart
PEER_COMPARISON_FROM = 0.4  # reliability of the gap
RANKING_FROM = 0.7
GROUPS_FOR_SPREAD = 30  # fewer do not tell how much true gaps differ
PEERS_FOR_THIRDS = 5
PEERS_FOR_PERCENTILES = 30


class Use(StrEnum):
    """Each allows what those before it allow."""

    HIDDEN = "hidden"
    COUNT_ONLY = "count only"
    DIRECTIONAL = "directional"
    PEER_COMPARISON = "peer comparison"
    RANKING = "ranking"


USE_LABELS = {
    Use.HIDDEN: "Hidden to protect small counts",
    Use.COUNT_ONLY: "Count and interval only: too few patients to compare",
    Use.DIRECTIONAL: "A direction, not a verdict",
    Use.PEER_COMPARISON: "May be compared with peers",
    Use.RANKING: "May be ranked, tiered or paid on",
}


def rate_use(people: int | None) -> Use:
    """Of one stratum's rate; None where its number is hidden.

    Nobody at all points at no one, and has no rate.

    >>> [str(rate_use(n)) for n in (None, 10, 11, 12, 0)]
    ['hidden', 'hidden', 'count only', 'directional', 'count only']
    """
    if people is None or not may_show(people):
        return Use.HIDDEN
    return Use.COUNT_ONLY if people <= FEWEST else Use.DIRECTIONAL


def gap_use(people: int | None, reference_people: int | None, reliability: float | None) -> Use:
    """Of the gap between two strata. An unknown reliability never opens a gate.

    >>> [str(gap_use(12, n, None)) for n in (12, 13)]
    ['count only', 'directional']
    >>> [str(gap_use(100, 500, r)) for r in (0.39, 0.4, 0.7)]
    ['directional', 'peer comparison', 'ranking']
    """
    if Use.HIDDEN in (rate_use(people), rate_use(reference_people)):
        return Use.HIDDEN
    if not disparity_eligibility(people or 0, reference_people or 0).within:
        return Use.COUNT_ONLY
    if reliability is None or reliability < PEER_COMPARISON_FROM:
        return Use.DIRECTIONAL
    return Use.RANKING if reliability >= RANKING_FROM else Use.PEER_COMPARISON


class Comparability(StrEnum):
    """Whether a group's number can be looked at, and if not, why."""

    SEEN = "seen"
    FEW = "too few patients to compare"
    HIDDEN = HIDDEN
    NOBODY = "no patients counted"
    NOT_COUNTED = "not counted by this group"
    NOT_RELEASED = "nothing released of this measure for this period"
    NOT_SUBMITTED = "nothing submitted yet"


def rate_comparability(table: StratumTable | None, stratum: str) -> Comparability:
    return comparability(table, (stratum,))


def gap_comparability(table: StratumTable | None, stratum: str, reference: str) -> Comparability:
    """A gap takes both numbers, and enough patients on both sides."""
    found = comparability(table, (stratum, reference))
    if table is None or found is not Comparability.SEEN:
        return found
    own, other = (table.groups[name][1] for name in (stratum, reference))
    is_few = gap_use(own, other, None) in (Use.HIDDEN, Use.COUNT_ONLY)
    return Comparability.FEW if is_few else Comparability.SEEN


def comparability(table: StratumTable | None, strata: Sequence[str]) -> Comparability:
    if table is None:
        return Comparability.NOT_RELEASED
    counts = [table.counts.get(stratum) for stratum in strata]
    known = [count for count in counts if count]
    if len(known) < len(counts):
        return Comparability.NOT_COUNTED
    if any(is_hidden(count) for count in known):
        return Comparability.HIDDEN
    return Comparability.SEEN if all(count.pair for count in known) else Comparability.NOBODY


def is_hidden(count: StratumCount) -> bool:
    if count.numerator is None or count.denominator is None:
        return True
    return rate_use(count.denominator) is Use.HIDDEN


@dataclass(frozen=True)
class ReferenceVote:
    """The reference that most groups declared."""

    reference: str  # a stratum; "" when nobody declared one
    groups: int  # that declared it
    asked: int  # groups that released this split
    is_tied: bool = False  # another was declared as often: the first in the list's order stands


def reference_vote(declared: Mapping[str, str], order: Sequence[str]) -> ReferenceVote:
    """`declared`: stratum by group id, "" for none; `order`: the strata as they are listed."""
    counted = Counter(reference for reference in declared.values() if reference in order)
    if not counted:
        return ReferenceVote("", 0, len(declared))
    most = max(counted.values())
    first, *others = [stratum for stratum in order if counted[stratum] == most]
    return ReferenceVote(first, most, len(declared), bool(others))
