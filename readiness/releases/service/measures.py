"""The measures of a quarter, over what was released of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from readiness.core import exports
from readiness.core.db import Session
from readiness.core.errors import NotFound
from readiness.core.people import Group, Payer
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.measure_report import bundle_of
from readiness.counts.measures.models import (
    STATUS_WORDS,
    MeasureFigure,
    MeasureResult,
    ScreeningSet,
    results,
)
from readiness.counts.social_risk.models import NEED_LABELS
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS
from readiness.disclosure.released_counts import SocialRiskRelease
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK

HEADER = (
    "Group",
    "Quarter",
    "Release",
    "Measure",
    "Need",
    "Status",
    "Aligned with",
    "Window",
    "Breakdown",
    "Part",
    "Numerator",
    "Denominator",
    "Share",
)
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class ReleasedMeasures:
    """Every measure of one released quarter; `payer` reads it, or the group itself."""

    group: Group
    release: SocialRiskRelease
    measures: ScreeningSet
    results: tuple[MeasureResult, ...]
    payer: Payer | None = None


def group_measures(session: Session, group_id: str, written: str) -> ReleasedMeasures:
    found = publication.group_view(session, SOCIAL_RISK, group_id, written)
    return measure_release(found.group, found.release, session.now)


def payer_measures(
    session: Session, payer_id: str, group_id: str, written: str
) -> ReleasedMeasures:
    found = publication.payer_view(session, SOCIAL_RISK, payer_id, group_id, written)
    return measure_release(found.group, found.release, session.now, found.payer)


def measure_release(
    group: Group, release: SocialRiskRelease | None, now: datetime, payer: Payer | None = None
) -> ReleasedMeasures:
    if release is None:
        raise NotFound(SOCIAL_RISK.no_release)
    own = measure_files.load()
    found = results(own, release.values, release.period, now.date())
    return ReleasedMeasures(group, release, own, found, payer)


def fhir_of(found: ReleasedMeasures) -> bytes:
    bundle = bundle_of(
        found.measures,
        found.results,
        found.group.name,
        found.release.period,
        found.release.made_at,
    )
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def csv_of(found: ReleasedMeasures) -> bytes:
    return exports.csv_of(HEADER, rows(found))


def xlsx_of(found: ReleasedMeasures) -> bytes:
    sheet = exports.Sheet("Measures", HEADER, rows(found), (36, 10, 9, 40, 24, 14, 30, 40, 20, 24))
    return exports.xlsx_of([sheet])


def rows(found: ReleasedMeasures) -> Iterator[tuple[exports.Cell, ...]]:
    """A line for each measure, need and part; what is hidden says so, and a blank is not known."""
    for result in found.results:
        for figure in (result.whole, *result.strata):
            stratum = figure.stratum if figure else ALL
            yield (
                found.group.name,
                str(found.release.period),
                found.release.number,
                result.measure.title,
                NEED_LABELS[result.need],
                STATUS_WORDS[result.measure.status],
                result.measure.aligned_with,
                result.measure.window,
                STRATUM_TYPE_LABELS[stratum.type],
                stratum.label,
                *numbers(result, figure),
            )


def numbers(
    result: MeasureResult, figure: MeasureFigure | None
) -> tuple[exports.Cell, exports.Cell, exports.Cell]:
    if result.due_on:
        says = f"from {result.due_on.isoformat()}"
        return says, says, says
    if figure is None:
        return NOT_KNOWN, NOT_KNOWN, NOT_KNOWN
    above, below = (
        HIDDEN if each is None else each for each in (figure.numerator, figure.denominator)
    )
    if figure.is_hidden:
        return above, below, HIDDEN
    return above, below, None if figure.share is None else round(figure.share, 4)
