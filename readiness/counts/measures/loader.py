"""Sets of measures: `<id>/<version>.yaml` beside this file, sealed like the instruments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from readiness.core.periods import period
from readiness.core.typed_file import Finding, Id, Name, Version
from readiness.counts.measures.models import (
    Direction,
    MeasureSet,
    MeasureSource,
    MeasureStatus,
    MeasureTerm,
    QualityMeasure,
    QualitySet,
    ScreeningMeasure,
    ScreeningSet,
)
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import StratumType
from readiness.instruments import sealed_files
from readiness.instruments.sealed_files import load_bytes
from readiness.instruments.seals import seal_of

FOLDER = Path(__file__).parent
SOCIAL_RISK = "social-risk"
QUALITY = "quality"

Quarter = Annotated[
    str, Meta(pattern=r"^20[0-9]{2}-Q[1-4]$", description="a quarter such as 2025-Q4")
]


class MeasureSourcePart(Struct, frozen=True):
    says: str
    origin: str = field(name="from")
    on: date


class ScreeningMeasurePart(Struct, frozen=True, kw_only=True):
    id: Name
    title: str
    needs: Annotated[tuple[Need, ...], Meta(min_length=1)]
    numerator: MeasureTerm
    denominator: MeasureTerm
    direction: Direction
    status: MeasureStatus
    window: str
    lag_quarters: Annotated[int, Meta(ge=0, le=8)] = 0
    strata: tuple[StratumType, ...] = ()
    until: Quarter | None = None
    aligned_with: str = ""
    note: str = ""
    sources: tuple[MeasureSourcePart, ...] = ()


class QualityMeasurePart(Struct, frozen=True, kw_only=True):
    id: Id
    title: str
    steward: str
    specification: str
    direction: Literal["higher", "lower"]
    ages: Literal["adult", "pediatric"]
    status: MeasureStatus
    numerator: str
    denominator: str
    until: Quarter | None = None
    note: str = ""


class SetFile(Struct, frozen=True, kw_only=True):
    id: Name
    version: Version
    title: str
    status: Literal["draft", "published"]
    published_on: date


class MeasureFile(SetFile, frozen=True, kw_only=True):
    measures: Annotated[tuple[ScreeningMeasurePart, ...], Meta(min_length=1)]


class QualityFile(SetFile, frozen=True, kw_only=True):
    measures: Annotated[tuple[QualityMeasurePart, ...], Meta(min_length=1)]


@cache
def load(set_id: str = SOCIAL_RISK, version: str | None = None) -> ScreeningSet:
    """One version of a set of measures; without a version, the latest."""
    return read(load_bytes(FOLDER, set_id, version, f"There is no set of measures {set_id!r}"))


@cache
def load_quality(version: str | None = None) -> QualitySet:
    """One version of the quality measures; without a version, the latest."""
    absent = f"There is no set of measures {QUALITY!r}"
    return read_quality(load_bytes(FOLDER, QUALITY, version, absent))


def read(raw: bytes) -> ScreeningSet:
    """A set of measures, or BadInput with everything that is wrong with the file."""
    written = sealed_files.read(raw, MeasureFile, repeated_ids)
    measures = tuple(map(measure_of, written.measures))
    return MeasureSet(
        written.id, written.version, written.title, written.published_on, measures, seal_of(raw)
    )


def read_quality(raw: bytes) -> QualitySet:
    """The quality measures of a file of ours or of one's own."""
    written = sealed_files.read(raw, QualityFile, repeated_ids)
    measures = tuple(QualityMeasure(**field_values(each)) for each in written.measures)
    return QualitySet(
        written.id, written.version, written.title, written.published_on, measures, seal_of(raw)
    )


def repeated_ids(written: MeasureFile | QualityFile) -> Iterator[Finding]:
    ids = [each.id for each in written.measures]
    for own in {own for own in ids if ids.count(own) > 1}:
        yield ("measures", own, "id"), "this id is used twice: give each measure its own"


def measure_of(part: ScreeningMeasurePart) -> ScreeningMeasure:
    sources = tuple(MeasureSource(each.says, each.origin, each.on) for each in part.sources)
    return ScreeningMeasure(**(field_values(part) | {"sources": sources}))


def field_values(part: ScreeningMeasurePart | QualityMeasurePart) -> dict[str, Any]:
    until = period(part.until) if part.until else None
    return asdict(part) | {"direction": Direction(part.direction), "until": until}
