"""Counts behind equity as a group might have entered them: write only what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.models import PeriodState, Revision
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
)
from readiness.counts.strata import Stratum, StratumType
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY

RACE = StratumType.RACE
Pairs = Mapping[str, tuple[int, int]]  # numerator and denominator by stratum


def counts(pairs: Pairs, measure: str = "COL", kind: StratumType = RACE) -> dict[QualityCell, int]:
    return {
        MeasureCell(measure, part, Stratum(kind, name)): number
        for name, pair in pairs.items()
        for part, number in zip((MeasurePart.NUMERATOR, MeasurePart.DENOMINATOR), pair, strict=True)
    }


STATES = {
    "said": (DemographicStatus.KNOWN, DemographicSource.SELF_REPORT),
    "recorded": (DemographicStatus.KNOWN, DemographicSource.RECORD),
    "declined": (DemographicStatus.DECLINED, None),
    "unknown": (DemographicStatus.UNKNOWN, None),
    "not_asked": (DemographicStatus.NOT_ASKED, None),
}


def known(site_id: str = "", **numbers: int) -> dict[QualityCell, int]:
    """How race and ethnicity are known: `known(said=80, declined=5)`."""
    return {
        DemographicCell(DemographicField.RACE, *STATES[name], site_id): number
        for name, number in numbers.items()
    }


def enter(
    store: Store, ending: Period, cells: Mapping[QualityCell, int], now: datetime, group_id="elm"
) -> None:
    revisions = [Revision(cell, 1, value, "cara", now) for cell, value in cells.items()]
    quality.save(store, group_id, ending, revisions, None)


def release(store: Store, ending: Period, now: datetime, group_id: str = "elm") -> None:
    """Let out what is entered, as marking the period complete does."""
    found = quality.of_group(store, group_id)[ending]
    reference = quality.status(store, group_id, ending).reference
    ready = publication.prepare(store, QUALITY, group_id, found, 11, now, reference)
    publication.save(store, QUALITY, ready, "cara", now)


def declare(
    store: Store,
    ending: Period,
    reference: str,
    now: datetime,
    group_id: str = "elm",
    state: PeriodState = PeriodState.COMPLETE,
) -> None:
    read = quality.status(store, group_id, ending)
    event = Event(now, "cara", "declared a reference", "quality", str(ending), group_id=group_id)
    quality.set_state(store, group_id, ending, state, read.revision, event, reference)
