"""What may be done with a rate or a gap, by how many patients it is of and how reliable it is."""

from __future__ import annotations

from enum import StrEnum

from readiness.core.small_cells import FEWEST, may_show
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
