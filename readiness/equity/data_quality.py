"""How well race, ethnicity or language is known: the ground under every gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.counts.quality.models import (
    CATEGORIES,
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    SampleCell,
)
from readiness.equity.gates import Use, gap_use
from readiness.equity.tables import StratumTable, total_pair
from readiness.statistics.comparisons import Difference, newcombe
from readiness.statistics.data_quality import Completeness, Concordance, completeness, concordance
from readiness.statistics.rates import Rate, wilson_rate

MARK = 0.8  # of all patients, self-reported
KnownCounts = Mapping[DemographicCell, int | None]  # None: hidden to protect small counts


@dataclass(frozen=True)
class FieldQuality:
    """Of one field, for the whole group or one site. Estimates count as not known."""

    field: DemographicField
    site_id: str  # "": the whole group
    known: Completeness  # of all patients; declined is asked, and not known
    self_reported: Completeness  # of all patients, against the same mark
    self_reported_of_known: Rate | None  # None when nobody is known
    declined: Rate
    unknown: Rate
    not_asked: Rate


def field_quality(
    counts: KnownCounts, field: DemographicField, site_id: str = ""
) -> FieldQuality | None:
    """None when nothing was counted or a number is hidden: a share of the rest would mislead."""
    own = {
        cell: value
        for cell, value in counts.items()
        if cell.field is field
        and cell.site_id == site_id
        and cell.origin is not DemographicSource.ESTIMATED
    }
    seen = {cell: value for cell, value in own.items() if value is not None}
    total = sum(seen.values())
    if len(seen) < len(own) or not total:
        return None
    people = {state: people_in(seen, state) for state in DemographicStatus}
    said = sum(n for cell, n in seen.items() if cell.origin is DemographicSource.SELF_REPORT)
    known = people[DemographicStatus.KNOWN]
    return FieldQuality(
        field,
        site_id,
        completeness(known, total, MARK),
        completeness(said, total, MARK),
        wilson_rate(said, known) if known else None,
        *(
            wilson_rate(people[state], total)
            for state in DemographicStatus
            if state is not DemographicStatus.KNOWN
        ),
    )


def people_in(counts: Mapping[DemographicCell, int], state: DemographicStatus) -> int:
    return sum(people for cell, people in counts.items() if cell.known is state)


def sites_of(counts: KnownCounts, field: DemographicField) -> tuple[FieldQuality, ...]:
    """Each site that can be told, the one with most unknown first."""
    ids = {cell.site_id for cell in counts if cell.field is field and cell.site_id}
    found = [each for site_id in ids if (each := field_quality(counts, field, site_id))]
    return tuple(sorted(found, key=lambda each: (each.known.share, each.site_id)))


@dataclass(frozen=True)
class RecordQuality:
    """The record against what patients said when asked again; never the agreement alone."""

    categories: tuple[str, ...]
    concordance: Concordance


def record_quality(sample: Mapping[SampleCell, int]) -> RecordQuality | None:
    """Over the categories that occur; None when fewer than two do, or a number is missing."""
    occurring = {name for cell, n in sample.items() if n for name in (cell.asked, cell.recorded)}
    names = tuple(name for name in CATEGORIES if name in occurring)
    if len(names) < 2:
        return None
    table = [[sample.get(SampleCell(recorded, asked), 0) for recorded in names] for asked in names]
    try:
        return RecordQuality(names, concordance(table))
    except ValueError:  # both put everyone in one category
        return None


def missing_differs(table: StratumTable) -> Difference | None:
    """The rate of patients whose group is not known minus that of all others.

    Far from 0, the unknown are not like the others, and gaps among the known may mislead. None
    when one of the two may not be compared.
    """
    unknown, others = table.unknown, total_pair(table.groups.values())
    if unknown is None or gap_use(unknown[1], others[1], None) in (Use.HIDDEN, Use.COUNT_ONLY):
        return None
    return newcombe(*unknown, *others)
