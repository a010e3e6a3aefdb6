"""The counts behind equity: measures by stratum, and how race and ethnicity are known.

Counts only, never people. A count that is absent is not known, which is not the same as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.periods import Period
from readiness.counts.strata import ALL, STRATA, UNKNOWN, Stratum, StratumType


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
