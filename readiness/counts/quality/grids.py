"""The tables in which counts behind equity are entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from readiness.core.periods import Period
from readiness.counts.measures.models import MeasureStatus, QualityMeasure, QualitySet
from readiness.counts.models import Grid, Heading
from readiness.counts.quality.models import (
    CATEGORIES,
    FIELD_LABELS,
    KNOWN_LABELS,
    ORIGIN_LABELS,
    PART_LABELS,
    STATES,
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    SampleCell,
)
from readiness.counts.strata import (
    ALL,
    STRATA,
    STRATUM_TYPE_LABELS,
    Stratum,
    StratumType,
    strata_of,
)

AGES = {"adult": "Adults", "pediatric": "Children and adolescents"}
PARTS = (MeasurePart.DENOMINATOR, MeasurePart.NUMERATOR)  # the larger first, as people count
WHOLE = "ALL"  # how a file calls the group as a whole


def measures_in_force(measures: QualitySet, ending: Period) -> tuple[QualityMeasure, ...]:
    return tuple(
        measure
        for measure in measures.measures
        if measure.status is MeasureStatus.ACTIVE or (measure.until and ending <= measure.until)
    )


def measure_grids(
    measures: QualitySet,
    ending: Period,
    kind: StratumType = StratumType.TOTAL,
    sites: Mapping[str, str] | None = None,
) -> tuple[Grid[MeasureCell], ...]:
    """A table for the measures of each age: a row for each stratum, two columns a measure."""
    strata = rows_of(kind, sites or {})
    return tuple(
        measure_grid(f"{ages}-{kind}", title, own, strata)
        for ages, title in AGES.items()
        if (own := [each for each in measures_in_force(measures, ending) if each.ages == ages])
    )


def rows_of(kind: StratumType, sites: Mapping[str, str]) -> tuple[tuple[Stratum, str], ...]:
    """Each with its name on the page; `sites` by id."""
    if kind is StratumType.TOTAL:
        return ((ALL, STRATUM_TYPE_LABELS[kind]),)
    if kind is StratumType.SITE:
        return tuple((Stratum(kind, site_id), name) for site_id, name in sites.items())
    return tuple((stratum, stratum.label) for stratum in strata_of(kind))


def measure_grid(
    grid_id: str,
    title: str,
    measures: Iterable[QualityMeasure],
    strata: Iterable[tuple[Stratum, str]],
) -> Grid[MeasureCell]:
    listed, rows = tuple(measures), tuple(strata)
    columns = tuple(column(measure, part) for measure in listed for part in PARTS)
    return Grid(
        id=grid_id,
        title=title,
        rows=tuple(Heading(stratum.name, label) for stratum, label in rows),
        columns=columns,
        cells={
            (stratum.name, f"{measure.id}.{part}"): MeasureCell(measure.id, part, stratum)
            for stratum, _ in rows
            for measure in listed
            for part in PARTS
        },
    )


def column(measure: QualityMeasure, part: MeasurePart) -> Heading:
    says = measure.numerator if part is MeasurePart.NUMERATOR else measure.denominator
    return Heading(
        key=f"{measure.id}.{part}",
        label=f"{measure.title}: {part_label(measure, part)}",
        also=(f"{measure.id} {part}",),
        meaning=f"{says[0].upper()}{says[1:]}",
    )


def part_label(measure: QualityMeasure, part: MeasurePart) -> str:
    """Of a measure where lower is better, the numerator is nobody's success."""
    if part is MeasurePart.NUMERATOR and not measure.is_higher_better:
        return "count against it"
    return PART_LABELS[part].lower()


def demographic_grids(sites: Mapping[str, str]) -> tuple[Grid[DemographicCell], ...]:
    """For each field a row for what is recorded; the whole group, then its sites."""
    columns = (Heading("", "Whole group", (WHOLE,)), *(Heading(own, sites[own]) for own in sites))
    return tuple(
        Grid(
            id=field,
            title=FIELD_LABELS[field],
            rows=tuple(Heading(state_key(*state), state_label(*state)) for state in STATES),
            columns=columns,
            cells={
                (state_key(*state), each.key): DemographicCell(field, *state, each.key)
                for state in STATES
                for each in columns
            },
        )
        for field in DemographicField
    )


def state_key(known: DemographicStatus, origin: DemographicSource | None) -> str:
    return origin or known


def state_label(known: DemographicStatus, origin: DemographicSource | None) -> str:
    """
    >>> known, said = DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
    >>> state_label(known, said), state_label(DemographicStatus.DECLINED, None)
    ('Known: said by the patient', 'Declined to say')
    """
    if origin is None:
        return KNOWN_LABELS[known]
    label = ORIGIN_LABELS[origin]
    return f"{KNOWN_LABELS[known]}: {label[0].lower()}{label[1:]}"


def sample_grid() -> Grid[SampleCell]:
    """What the record said (rows) against what patients said when asked again (columns)."""
    headings = tuple(Heading(name, STRATA[StratumType.RACE][name]) for name in CATEGORIES)
    return Grid(
        id="sample",
        title="Patients asked again",
        rows=headings,
        columns=headings,
        cells={(a.key, b.key): SampleCell(a.key, b.key) for a in headings for b in headings},
    )
