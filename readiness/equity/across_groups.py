"""Many groups together: how much their true gaps differ, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from readiness.equity.gates import (
    GROUPS_FOR_SPREAD,
    PEERS_FOR_PERCENTILES,
    PEERS_FOR_THIRDS,
    Use,
    gap_use,
    rate_use,
)
from readiness.equity.tables import NO_GROUP, Pair, StratumTable
from readiness.statistics.between_groups import (
    GapEstimate,
    TrueGaps,
    gap_of,
    shrunken_gap,
    true_gaps,
)
from readiness.statistics.comparisons import Difference, newcombe
from readiness.statistics.control_charts import (
    FunnelLimits,
    funnel_limits,
    funnel_score,
    overdispersion,
)
from readiness.statistics.hypothesis_tests import benjamini_hochberg, equality, holm
from readiness.statistics.percentiles import mid_rank_percentile

THIRDS = ("lowest third", "middle third", "highest third")


@dataclass(frozen=True)
class Position:
    """Among peers, from the lowest value; a third or a percentile, or neither below 5 peers."""

    third: str | None = None
    percentile: float | None = None


@dataclass(frozen=True)
class GroupGap:
    group_id: str
    gap: Difference
    shrunken: Difference | None  # drawn toward the mean of all; None below 30 groups
    p: float
    p_holm: float  # for claims: the chance of even one false claim is kept
    p_bh: float  # for screening: the share of false among the found is kept
    position: Position  # by the shrunken gap where there is one


@dataclass(frozen=True)
class GapsOfAll:
    """One stratum's gap to the reference, over the groups where it may be compared."""

    stratum: str
    groups: tuple[GroupGap, ...]
    true: TrueGaps | None  # None below 30 groups
    says: str


@dataclass(frozen=True)
class FunnelPoint:
    group_id: str
    people: int
    rate: float
    limits: FunnelLimits
    signal: str  # "", "warning" or "alarm"


@dataclass(frozen=True)
class FunnelOfAll:
    """One stratum's rate over groups, about the rate of all their patients together."""

    stratum: str
    target: float
    overdispersion: float
    points: tuple[FunnelPoint, ...]


@dataclass(frozen=True)
class GroupComparison:
    """The tables of one measure and period, split one way."""

    measure: str
    period: str
    stratum_type: str
    reference: str | None
    gaps: tuple[GapsOfAll, ...]
    funnels: tuple[FunnelOfAll, ...]


def comparison_of(tables: Sequence[StratumTable], reference: str | None) -> GroupComparison:
    """Of one table for each group, all of one measure, period and way of splitting."""
    place = tables[0].place
    strata = list(dict.fromkeys(stratum for table in tables for stratum in table.counts))
    compared = [each for each in strata if each not in NO_GROUP and each != reference]
    gaps = (gaps_of_all(stratum, tables, reference) for stratum in compared if reference)
    funnels = (funnel_of(stratum, tables) for stratum in strata if stratum not in NO_GROUP)
    return GroupComparison(
        place.measure,
        place.period,
        place.stratum_type,
        reference,
        tuple(each for each in gaps if each.groups),
        tuple(each for each in funnels if each),
    )


def true_spreads(tables: Sequence[StratumTable], reference: str | None) -> dict[str, float]:
    """The standard deviation of true gaps by stratum, where 30 groups or more tell it."""
    if reference is None:
        return {}
    strata = {stratum for table in tables for stratum in table.counts}
    found = {
        each: [gap for _, _, gap in comparable_gaps(each, tables, reference)] for each in strata
    }
    return {
        stratum: true_gaps(gaps).spread
        for stratum, gaps in found.items()
        if len(gaps) >= GROUPS_FOR_SPREAD
    }


def comparable_gaps(
    stratum: str, tables: Sequence[StratumTable], reference: str
) -> list[tuple[str, tuple[Pair, Pair], GapEstimate]]:
    """Groups whose numbers may be compared: id, counts of the stratum and the reference, gap."""
    found = []
    for table in tables:
        own, other = table.groups.get(stratum), table.groups.get(reference)
        if own is None or other is None or stratum in NO_GROUP | {reference}:
            continue
        if gap_use(own[1], other[1], None) not in (Use.HIDDEN, Use.COUNT_ONLY):
            found.append((table.place.group_id, (own, other), gap_of(*own, *other)))
    return found


def gaps_of_all(stratum: str, tables: Sequence[StratumTable], reference: str | None) -> GapsOfAll:
    rows = comparable_gaps(stratum, tables, reference or "")
    gaps = [gap for _, _, gap in rows]
    of_all = true_gaps(gaps) if len(gaps) >= GROUPS_FOR_SPREAD else None
    drawn_in = [shrunken_gap(gap, of_all) if of_all else None for gap in gaps]
    ps = [equality(*own, *other) for _, (own, other), _ in rows]
    places = [
        shrunk.difference if shrunk else gap.difference
        for shrunk, gap in zip(drawn_in, gaps, strict=True)
    ]
    groups = zip(rows, drawn_in, ps, holm(ps), benjamini_hochberg(ps), places, strict=True)
    return GapsOfAll(
        stratum,
        tuple(
            GroupGap(
                group_id, newcombe(*own, *other), shrunk, p, strict, mild, position(place, places)
            )
            for (group_id, (own, other), _), shrunk, p, strict, mild, place in groups
        ),
        of_all,
        words(len(gaps), of_all),
    )


def words(groups: int, of_all: TrueGaps | None) -> str:
    adjusted = (
        f"{groups} comparisons were made of this stratum: p-values are adjusted over them by Holm "
        "for claims and by Benjamini and Hochberg for screening."
        if groups > 1
        else "One comparison was made."
    )
    noun = "group" if groups == 1 else "groups"
    if of_all is None:
        return (
            f"How much true gaps differ cannot be told from {groups} {noun}: it takes "
            f"{GROUPS_FOR_SPREAD}. {adjusted}"
        )
    if of_all.spread == 0:
        return f"The gaps of {groups} groups differ no more than by chance. {adjusted}"
    return (
        f"True gaps of {groups} groups have a standard deviation of "
        f"{100 * of_all.spread:.1f} points. {adjusted}"
    )


def position(value: float, among: Sequence[float]) -> Position:
    """Percentiles from 30 peers, thirds from 5, and nothing below: a rank would be mostly chance.

    >>> position(3, [1, 2, 3, 4]).third
    >>> position(1, [1, 2, 3, 4, 5, 6]).third
    'lowest third'
    """
    if len(among) < PEERS_FOR_THIRDS:
        return Position()
    percentile = mid_rank_percentile(among, value)
    if len(among) >= PEERS_FOR_PERCENTILES:
        return Position(percentile=percentile)
    return Position(third=THIRDS[max(0, ceil(percentile * 3 / 100) - 1)])


def funnel_of(stratum: str, tables: Sequence[StratumTable]) -> FunnelOfAll | None:
    """None below five groups."""
    pairs = [
        (table.place.group_id, pair)
        for table in tables
        if (pair := table.groups.get(stratum)) and rate_use(pair[1]) is not Use.HIDDEN
    ]
    if len(pairs) < PEERS_FOR_THIRDS:
        return None
    target = sum(x for _, (x, _) in pairs) / sum(n for _, (_, n) in pairs)
    more = overdispersion([funnel_score(x, n, target) for _, (x, n) in pairs])
    points = (point(group_id, x, n, target, more) for group_id, (x, n) in pairs)
    return FunnelOfAll(stratum, target, more, tuple(points))


def point(group_id: str, x: int, n: int, target: float, more: float) -> FunnelPoint:
    rate, limits = x / n, funnel_limits(target, n, more)
    if not limits.alarm.holds(rate):
        return FunnelPoint(group_id, n, rate, limits, "alarm")
    return FunnelPoint(group_id, n, rate, limits, "" if limits.warning.holds(rate) else "warning")
