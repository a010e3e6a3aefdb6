"""The counts behind equity: measures by stratum, and how race and ethnicity are known.

Counts only, never people. A count that is absent is not known, which is not the same as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.periods import Period
from readiness.counts.measures.models import MeasureStatus, QualityMeasure, QualitySet
from readiness.counts.models import Grid, Heading
from readiness.counts.strata import (
    ALL,
    STRATA,
    STRATUM_TYPE_LABELS,
    UNKNOWN,
    Stratum,
    StratumType,
    strata_of,
)


class MeasurePart(StrEnum):
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


PART_LABELS = {MeasurePart.NUMERATOR: "Meet the measure", MeasurePart.DENOMINATOR: "Counted in it"}


class DemographicSource(StrEnum):
    """Where an answer about race, ethnicity or language comes from."""

    SELF_REPORT = "self_report"
    RECORD = "record"  # in the health record, of unknown source
    PAYER = "payer"
    ESTIMATED = "estimated"  # a payer's estimate: never mixed with the others


ORIGIN_LABELS = {
    DemographicSource.SELF_REPORT: "Said by the patient",
    DemographicSource.RECORD: "In the record, source unknown",
    DemographicSource.PAYER: "From a payer",
    DemographicSource.ESTIMATED: "Estimated by a payer",
}


class DemographicStatus(StrEnum):
    """What is recorded of one patient's race and ethnicity."""

    KNOWN = "known"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


KNOWN_LABELS = {
    DemographicStatus.KNOWN: "Known",
    DemographicStatus.DECLINED: "Declined to say",
    DemographicStatus.UNKNOWN: "Asked, not known",
    DemographicStatus.NOT_ASKED: "Not asked",
}


class DemographicField(StrEnum):
    """Which part of REaL: race and ethnicity, or language."""

    RACE = "race_ethnicity"
    LANGUAGE = "language"


FIELD_LABELS = {
    DemographicField.RACE: "Race and ethnicity",
    DemographicField.LANGUAGE: "Preferred language",
}

# Known answers have a source; the other states are states of the record itself.
STATES: tuple[tuple[DemographicStatus, DemographicSource | None], ...] = (
    *(
        (DemographicStatus.KNOWN, origin)
        for origin in DemographicSource
        if origin is not DemographicSource.ESTIMATED
    ),
    (DemographicStatus.DECLINED, None),
    (DemographicStatus.UNKNOWN, None),
    (DemographicStatus.NOT_ASKED, None),
)

MEASURED_BY = (  # which strata a measure can be split by
    StratumType.RACE,
    StratumType.RACE_1997,
    StratumType.ETHNICITY,
    StratumType.LANGUAGE,
    StratumType.PAYER,
    StratumType.AGE,
    StratumType.SITE,
)
CATEGORIES = tuple(
    name for name in STRATA[StratumType.RACE] if name not in ("declined", UNKNOWN)
)  # what a re-asked sample is compared in


@dataclass(frozen=True, order=True)
class MeasureCell:
    """A measure's numerator or denominator for one stratum; `origin` says whose race it is.

    Estimated race stands apart: only as a payer's labelled rows, never mixed with the others.
    """

    measure_id: str
    part: MeasurePart
    stratum: Stratum = ALL
    is_estimated: bool = False

    @property
    def key(self) -> str:
        """
        >>> MeasureCell("COL", MeasurePart.NUMERATOR).key
        'COL.total.total.numerator'
        """
        estimated = ("estimated",) if self.is_estimated else ()
        return ".".join(
            (self.measure_id, self.stratum.type, self.stratum.name, self.part, *estimated)
        )


@dataclass(frozen=True, order=True)
class DemographicCell:
    """Patients whose race and ethnicity (or language) stand so in the record, at one site."""

    field: DemographicField
    known: DemographicStatus
    origin: DemographicSource | None = None
    site_id: str = ""  # "": the whole group

    @property
    def key(self) -> str:
        return ".".join(("known", self.field, self.known, self.origin or "", self.site_id))


@dataclass(frozen=True, order=True)
class SampleCell:
    """Patients asked again: what the record said, and what they said."""

    recorded: str
    asked: str

    @property
    def key(self) -> str:
        return f"sample.{self.recorded}.{self.asked}"


QualityCell = MeasureCell | DemographicCell | SampleCell


@dataclass(frozen=True)
class QualityCounts:
    """What is known of the 12 months that end with `period`."""

    period: Period
    known: Mapping[QualityCell, int] = field(default_factory=dict)

    def pair(
        self, measure_id: str, stratum: Stratum = ALL, *, is_estimated: bool = False
    ) -> tuple[int, int] | None:
        """Numerator and denominator, or None where one is not known."""
        above, below = (
            self.known.get(MeasureCell(measure_id, part, stratum, is_estimated))
            for part in MeasurePart
        )
        return None if above is None or below is None else (above, below)

    def measures(self) -> tuple[str, ...]:
        return tuple(
            sorted({cell.measure_id for cell in self.known if isinstance(cell, MeasureCell)})
        )

    def strata(self, measure_id: str, kind: StratumType) -> tuple[Stratum, ...]:
        """Those with both numbers, in the order of the list; sites by their ids."""
        found = {
            cell.stratum
            for cell in self.known
            if isinstance(cell, MeasureCell)
            and cell.measure_id == measure_id
            and cell.stratum.type is kind
            and self.pair(measure_id, cell.stratum) is not None
        }
        order = {name: place for place, name in enumerate(STRATA.get(kind, {}))}
        return tuple(sorted(found, key=lambda each: (order.get(each.name, 0), each.name)))

    @property
    def paired_measures(self) -> tuple[str, ...]:
        """Those with both numbers for all patients."""
        return tuple(each for each in self.measures() if self.pair(each))

    @property
    def has_demographics(self) -> bool:
        """Whether anybody entered how race, ethnicity or language are known."""
        return any(isinstance(cell, DemographicCell) for cell in self.known)


# The tables in which they are entered.


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
