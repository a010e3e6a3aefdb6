"""One table: each stratum's rate, its gap to the declared reference, and the spread of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.counts.measures.models import Direction
from readiness.equity.gates import GROUPS_FOR_SPREAD, Use, gap_use, rate_use
from readiness.equity.shrinkage import StratumShrinkage
from readiness.equity.tables import NO_GROUP, TOTAL, Pair, StratumCount, StratumTable
from readiness.statistics.between_groups import gap_of, gap_reliability
from readiness.statistics.comparisons import newcombe
from readiness.statistics.data_quality import could_flip
from readiness.statistics.hypothesis_tests import (
    ChiSquare,
    detectable_rate_above,
    detectable_rate_below,
    equality,
    homogeneity,
)
from readiness.statistics.inequality import corrected_variance
from readiness.statistics.rates import wilson


@dataclass(frozen=True)
class StratumRate:
    """Shares; no rate where a number is hidden or there are fewer than 11 patients."""

    stratum: str
    count: StratumCount
    use: Use
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    shrunken: StratumShrinkage | None = None  # None where no prior was declared


@dataclass(frozen=True)
class StratumGap:
    """The stratum's rate minus the reference's, as a share; nothing where it may not be compared.

    `to_close` are the patients of this stratum who would have to meet the measure (or no longer
    count against it) for its rate to reach the reference's; `detectable` is the smallest gap that
    80 of 100 such tables would show, `None` when even the largest would be missed.
    """

    stratum: str
    use: Use
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    to_close: float | None = None
    detectable: float | None = None
    reliability: float | None = None  # None: cannot be told
    p: float | None = None
    p_adjusted: float | None = None  # by Holm over the family it was adjusted with: for claims
    p_bh: float | None = None  # by Benjamini and Hochberg over the same: for screening
    is_primary: bool | None = None  # declared before anybody saw the numbers; None: not tested
    could_flip: bool | None = None  # people of unknown group might turn the order round


@dataclass(frozen=True)
class GapSpread:
    """How far the strata lie apart, chance taken off, and whether chance alone could do it."""

    strata: tuple[str, ...]
    variance_points: float  # squared percentage points; below 0 when there is less than by chance
    deviation_points: float
    test: ChiSquare


@dataclass(frozen=True)
class TableFinding:
    table: StratumTable
    rates: tuple[StratumRate, ...]
    reference: str | None
    gaps: tuple[StratumGap, ...]
    spread: GapSpread | None
    says: tuple[str, ...]


def finding_of(
    table: StratumTable,
    reference: str | None,
    direction: Direction,
    true_spreads: Mapping[str, float],
) -> TableFinding:
    """`true_spreads`: the standard deviation of true gaps by stratum, where it can be told."""
    gaps = gaps_of(table, reference, direction, true_spreads) if reference else ()
    spread = spread_of(table)
    return TableFinding(
        table,
        tuple(rate_of(stratum, count) for stratum, count in table.counts.items()),
        reference,
        gaps,
        spread,
        (*remarks_on_gaps(table, reference, gaps), *remarks_on_spread(table, spread)),
    )


def rate_of(stratum: str, count: StratumCount) -> StratumRate:
    use = rate_use(count.denominator if count.numerator is not None else None)
    if use is Use.HIDDEN or not count.pair:
        return StratumRate(stratum, count, use)
    limits = wilson(*count.pair)
    return StratumRate(stratum, count, use, count.pair[0] / count.pair[1], limits.low, limits.high)


def gaps_of(
    table: StratumTable, reference: str, direction: Direction, true_spreads: Mapping[str, float]
) -> tuple[StratumGap, ...]:
    """One for each other group of people."""
    own = table.groups.get(reference)
    return tuple(
        gap_between(stratum, table.groups.get(stratum), own, table, direction, true_spreads)
        for stratum in table.counts
        if stratum != reference and stratum not in NO_GROUP
    )


def gap_between(
    stratum: str,
    pair: Pair | None,
    reference: Pair | None,
    table: StratumTable,
    direction: Direction,
    true_spreads: Mapping[str, float],
) -> StratumGap:
    use = gap_use(pair and pair[1], reference and reference[1], None)
    if pair is None or reference is None or use in (Use.HIDDEN, Use.COUNT_ONLY):
        return StratumGap(stratum, use)
    found = newcombe(*pair, *reference)
    true_spread = true_spreads.get(stratum)
    reliability = (
        None if true_spread is None else gap_reliability(gap_of(*pair, *reference), true_spread)
    )
    return StratumGap(
        stratum,
        gap_use(pair[1], reference[1], reliability),
        found.difference,
        found.low,
        found.high,
        to_close(pair, reference, direction),
        detectable(pair[1], reference, direction),
        reliability,
        equality(*pair, *reference),
        could_flip=unknown_could_flip(pair, reference, table),
    )


def unknown_could_flip(pair: Pair, reference: Pair, table: StratumTable) -> bool | None:
    """Told where the fewest who are not known could, or even the most could not."""
    fewest, most = table.unknown_range
    if fewest and could_flip(pair, reference, fewest):
        return True
    return False if most and could_flip(pair, reference, most) is False else None


def to_close(pair: Pair, reference: Pair, direction: Direction) -> float | None:
    """n × how far the rate is behind the reference's; None when neither way is better."""
    if direction is Direction.NONE:
        return None
    sign = 1 if direction is Direction.HIGHER else -1
    return pair[1] * max(0.0, sign * (reference[0] / reference[1] - pair[0] / pair[1]))


def detectable(people: int, reference: Pair, direction: Direction) -> float | None:
    """On the worse side of the reference."""
    rate, size = reference[0] / reference[1], reference[1]
    search = detectable_rate_above if direction is Direction.LOWER else detectable_rate_below
    found = search(rate, people, size)
    return None if found is None else abs(found - rate)


def spread_of(table: StratumTable) -> GapSpread | None:
    """Over the groups of people whose numbers may be seen; at least two of 11 patients or more."""
    pairs = {
        stratum: pair
        for stratum, pair in table.groups.items()
        if rate_use(pair[1]) is not Use.HIDDEN
    }
    if len(pairs) < 2:
        return None
    found = corrected_variance(list(pairs.values()))
    test = homogeneity(list(pairs.values()))
    return GapSpread(tuple(pairs), found.corrected, found.deviation_points, test)


def remarks_on_gaps(
    table: StratumTable, reference: str | None, gaps: tuple[StratumGap, ...]
) -> tuple[str, ...]:
    """What a reader has to know beside the numbers."""
    if table.place.stratum_type == TOTAL:
        return ()
    if reference is None:
        return ("No reference was declared for these strata, so no gap is shown.",)
    if reference not in table.counts:
        return (f"The reference {reference} is not among these strata, so no gap is shown.",)
    if rate_of(reference, table.counts[reference]).rate is None:
        return (f"The reference {reference} is hidden or too small, so no gap is shown.",)
    untold = [gap.stratum for gap in gaps if gap.p is not None and gap.reliability is None]
    if not untold:
        return ()
    says = f"How reliable the gap of {', '.join(untold)} is cannot be told"
    return (f"{says}: it takes {GROUPS_FOR_SPREAD} groups with the same measure.",)


def remarks_on_spread(table: StratumTable, spread: GapSpread | None) -> tuple[str, ...]:
    there = [stratum for stratum in table.counts if stratum not in NO_GROUP]
    if spread is None or len(spread.strata) == len(there):
        return ()
    return (
        f"The spread is over {', '.join(spread.strata)} only: the others are hidden or too small.",
    )
