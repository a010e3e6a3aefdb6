"""A group's newest released gaps, as everybody who reads its plan may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.core.db import Store
from readiness.core.periods import Period
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.db import quality as quality_releases
from readiness.disclosure.released_counts import QualityRelease
from readiness.equity import db as released_peers
from readiness.equity.across_groups import true_spreads
from readiness.equity.gaps import StratumGap, TableFinding, finding_of
from readiness.equity.gates import GROUPS_FOR_SPREAD, Use
from readiness.equity.tables import StratumTable, rows_of, tables_split_by

RELIABLE = frozenset({Use.PEER_COMPARISON, Use.RANKING})


@dataclass(frozen=True)
class ReleasedGaps:
    release: QualityRelease  # the newest
    reference: Stratum | None  # as declared; None: no gap can be told
    findings: tuple[tuple[QualityMeasure, TableFinding], ...]  # split as the reference is


def newest(store: Store, group_id: str, today: date) -> ReleasedGaps | None:
    """None when nothing was released. The caller has asked whether the reader may see the group."""
    found = quality_releases.readable(store, group_id, today)
    if not found:
        return None
    kind, _, name = found[0].reference.partition(".")
    reference = Stratum(StratumType(kind), name) if name else None
    return ReleasedGaps(
        found[0], reference, findings(store, found[0], reference) if reference else ()
    )


def findings(
    store: Store, release: QualityRelease, reference: Stratum
) -> tuple[tuple[QualityMeasure, TableFinding], ...]:
    rows = rows_of(release.group_id, release.period, release.values)
    by_id = {table.place.measure: table for table in tables_split_by(reference.type, rows)}
    return tuple(
        (measure, finding(store, by_id[measure.id], measure.direction, release.period, reference))
        for measure in measure_files.load_quality().measures
        if measure.id in by_id
    )


def finding(
    store: Store, table: StratumTable, direction: Direction, ending: Period, reference: Stratum
) -> TableFinding:
    spreads = spreads_among_peers(store, table.place.measure, ending, reference)
    return finding_of(table, reference.name, direction, spreads)


def spreads_among_peers(
    store: Store, measure_id: str, ending: Period, reference: Stratum
) -> Mapping[str, float]:
    """How far true gaps lie apart, by stratum, where enough groups released them."""
    peers = released_peers.tables(store, measure_id, ending, reference.type)
    if len(peers) < GROUPS_FOR_SPREAD:
        return {}
    return true_spreads(peers, reference.name)


def reliable_points(found: ReleasedGaps | None) -> dict[str, Fraction] | None:
    """By measure how far the group furthest behind is, in points: only gaps that may be compared
    with peers. None where there is none of those, which is not the same as no gap."""
    points: dict[str, Fraction] = {}
    for measure, each in found.findings if found else ():
        behind = [far_behind(gap, measure) for gap in each.gaps if gap.use in RELIABLE]
        if behind:
            points[measure.id] = max(Fraction(0), *behind)
    return points or None


def far_behind(gap: StratumGap, measure: QualityMeasure) -> Fraction:
    sign = -1 if measure.is_higher_better else 1
    return sign * Fraction(gap.difference or 0) * 100
