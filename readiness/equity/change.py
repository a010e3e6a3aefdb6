"""Between two periods: did every group rise, and did the gap narrow for the right reason?"""

from __future__ import annotations

from dataclasses import dataclass

from readiness.counts.measures.models import Direction
from readiness.equity.gates import Use, gap_use, rate_use
from readiness.equity.tables import Pair, StratumTable
from readiness.statistics.between_groups import WeightedCount, change_in_gap
from readiness.statistics.comparisons import Difference, newcombe


@dataclass(frozen=True)
class StratumChange:
    """Later minus earlier, as shares. The gap is the stratum's rate minus the reference's."""

    stratum: str
    rate: Difference
    gap: Difference | None
    says: str


@dataclass(frozen=True)
class PeriodChange:
    since: str  # the earlier period
    strata: tuple[StratumChange, ...]
    every_group_improved: bool | None  # None when fewer than two can be seen in both
    says: tuple[str, ...]


def change_between(
    before: StratumTable, after: StratumTable, reference: str | None, direction: Direction
) -> PeriodChange:
    """Of the strata seen in both periods. Patients counted in both make intervals too wide."""
    seen = [
        stratum
        for stratum, pair in after.groups.items()
        if is_comparable(before.groups.get(stratum)) and is_comparable(pair)
    ]
    changes = tuple(
        stratum_change(stratum, before, after, reference, direction) for stratum in seen
    )
    improved = every_group_improved(changes, direction)
    return PeriodChange(
        before.place.period, changes, improved, tuple(words_for_all(changes, improved, direction))
    )


def is_comparable(pair: Pair | None) -> bool:
    return rate_use(pair and pair[1]) not in (Use.HIDDEN, Use.COUNT_ONLY)


def stratum_change(
    stratum: str,
    before: StratumTable,
    after: StratumTable,
    reference: str | None,
    direction: Direction,
) -> StratumChange:
    earlier, later = before.groups[stratum], after.groups[stratum]
    rate = newcombe(*later, *earlier)
    references = [table.groups.get(reference or "") for table in (before, after)]
    pairs = zip((earlier, later), references, strict=True)
    if stratum == reference or not all(may_compare(own, other) for own, other in pairs):
        return StratumChange(stratum, rate, None, "")
    first, second = (pair for pair in references if pair)
    gap = change_in_gap(
        (WeightedCount(1, *earlier), WeightedCount(1, *first)),
        (WeightedCount(1, *later), WeightedCount(1, *second)),
    )
    says = words(stratum, reference or "", (earlier, first), (later, second), gap, direction)
    return StratumChange(stratum, rate, gap, says)


def may_compare(own: Pair, other: Pair | None) -> bool:
    return gap_use(own[1], other and other[1], None) not in (Use.HIDDEN, Use.COUNT_ONLY)


def sign_of(direction: Direction) -> int:
    return -1 if direction is Direction.LOWER else 1


def every_group_improved(changes: tuple[StratumChange, ...], direction: Direction) -> bool | None:
    if len(changes) < 2:
        return None
    return all(sign_of(direction) * each.rate.difference > 0 for each in changes)


def words_for_all(
    changes: tuple[StratumChange, ...], improved: bool | None, direction: Direction
) -> list[str]:
    """Whether every group rose (fell, where less is better), by what was counted."""
    if improved is None:
        return ["Fewer than two groups of people can be seen in both periods."]
    verb = "fell" if direction is Direction.LOWER else "rose"
    if improved:
        return [f"Every group's rate {verb}."]
    behind = [each.stratum for each in changes if sign_of(direction) * each.rate.difference <= 0]
    return [f"Not every group's rate {verb}: not that of {', '.join(behind)}."]


def words(
    stratum: str,
    reference: str,
    before: tuple[Pair, Pair],
    after: tuple[Pair, Pair],
    change: Difference,
    direction: Direction,
) -> str:
    """How the gap moved, how sure that is, and through whom."""
    sign = sign_of(direction)
    old, new = (sign * (share(pair[0]) - share(pair[1])) for pair in (before, after))
    is_sure = change.low > 0 or change.high < 0
    sure = "" if is_sure else " This may be chance: the interval includes no change."
    if old == new:
        return f"The gap of {stratum} to {reference} did not change."
    if old * new < 0:
        return f"The gap of {stratum} to {reference} turned round.{sure}"
    if abs(new) >= abs(old):
        return f"The gap of {stratum} to {reference} widened.{sure}"
    own, other = (sign * (share(after[i]) - share(before[i])) for i in (0, 1))
    better, worse = (own, other) if old > 0 else (other, own)
    names = (stratum, reference) if old > 0 else (reference, stratum)
    return f"The gap of {stratum} to {reference} narrowed{because(better, worse, *names)}.{sure}"


def because(better: float, worse: float, better_name: str, worse_name: str) -> str:
    """`better` and `worse`: how much the better-off and the worse-off moved the good way."""
    if better >= 0:
        return f", and {worse_name} did better than before"
    if worse <= 0:
        return f" only because {better_name} did worse than before: nobody gained by it"
    return f" partly because {better_name} did worse than before"


def share(pair: Pair) -> float:
    return pair[0] / pair[1]
