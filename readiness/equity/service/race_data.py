"""How well a group knows race, ethnicity and language: the ground under every gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import quality
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualityMeasure
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    QualityCounts,
    SampleCell,
)
from readiness.counts.service.entry import enterable_period
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.data_quality import (
    FieldQuality,
    RecordQuality,
    field_quality,
    missing_differs,
    record_quality,
    sites_of,
)
from readiness.equity.service.results import entered_rows
from readiness.equity.tables import tables_split_by
from readiness.statistics.comparisons import Difference
from readiness.statistics.data_quality import Diagnostic

SAID_BY = {  # the first way of splitting there is, whose unknown a field's are
    DemographicField.RACE: (StratumType.RACE, StratumType.RACE_1997, StratumType.ETHNICITY),
    DemographicField.LANGUAGE: (StratumType.LANGUAGE,),
}


@dataclass(frozen=True)
class MissingDifference:
    """Whether patients of unknown group fare like the others in one measure."""

    measure: QualityMeasure
    difference: Difference | None  # None: too few to compare


@dataclass(frozen=True)
class FieldReport:
    field: DemographicField
    whole: FieldQuality | None  # None: nothing was counted
    sites: tuple[FieldQuality, ...]  # the one with most unknown first
    missing: tuple[MissingDifference, ...]


@dataclass(frozen=True)
class RaceData:
    group: Group
    period: Period
    fields: tuple[FieldReport, ...]
    site_names: Mapping[str, str]
    sample: RecordQuality | None
    sampled: Mapping[SampleCell, int]

    @property
    def by_category(self) -> tuple[tuple[str, int, Diagnostic], ...]:
        """Of the sample: what a category is called, who said it, and how the record knows them."""
        if self.sample is None:
            return ()
        pairs = zip(self.sample.categories, self.sample.concordance.categories, strict=True)
        return tuple(
            (
                STRATA[StratumType.RACE][name],
                sum(n for cell, n in self.sampled.items() if cell.asked == name),
                accuracy,
            )
            for name, accuracy in pairs
        )


def race_data(session: Session, group_id: str, written: str) -> RaceData:
    permissions.require(
        session.actor, Can.READ_QUALITY, scope.of_group(session.store, group_id, session.now)
    )
    ending = enterable_period(written, session.now.date())
    counts = quality.of_group(session.store, group_id).get(ending) or QualityCounts(ending)
    sampled = {cell: n for cell, n in counts.known.items() if isinstance(cell, SampleCell)}
    return RaceData(
        groups.get(session.store, group_id),
        ending,
        tuple(report(field, group_id, counts) for field in DemographicField),
        {site.id: site.name for site in groups.sites(session.store, group_id)},
        record_quality(sampled),
        sampled,
    )


def report(field: DemographicField, group_id: str, counts: QualityCounts) -> FieldReport:
    known = {cell: n for cell, n in counts.known.items() if isinstance(cell, DemographicCell)}
    return FieldReport(
        field,
        field_quality(known, field),
        sites_of(known, field),
        missing_of(field, group_id, counts),
    )


def missing_of(
    field: DemographicField, group_id: str, counts: QualityCounts
) -> tuple[MissingDifference, ...]:
    """Over the measures split by this field."""
    rows = entered_rows(group_id, counts)
    there = {row.place.stratum_type for row in rows}
    kind = next((each for each in SAID_BY[field] if each in there), None)
    listed = measure_files.load_quality().by_id
    return tuple(
        MissingDifference(listed[table.place.measure], missing_differs(table))
        for table in (tables_split_by(kind, rows) if kind else ())
        if table.place.measure in listed
    )
