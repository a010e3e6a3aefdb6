"""The pages of the counts behind equity: measures by patient group, and how race is known."""

from __future__ import annotations

from flask import url_for

from readiness.core.errors import NotFound
from readiness.core.periods import Period
from readiness.counts.models import Grid
from readiness.counts.presenters.entry import EntryScope, Layout
from readiness.counts.quality.models import (
    MEASURED_BY,
    DemographicCell,
    QualityCell,
    QualityCounts,
    SampleCell,
    demographic_grids,
    sample_grid,
)
from readiness.counts.service.entry import Sites
from readiness.counts.service.quality import SCHEMA, MeasurementPeriod, stratum_grids
from readiness.counts.strata import STRATUM_TYPE_LABELS, StratumType

RACE_DATA, ASKED_AGAIN = "race-data", "asked-again"
INTRODUCTIONS: dict[str, str] = {
    StratumType.TOTAL: "Patients counted in each measure, and of them those who meet it, over the "
    "12 months.",
    StratumType.RACE: "As patients have said it themselves, or as the record holds it. A payer’s "
    "estimates do not belong here.",
    StratumType.SITE: "Each patient counts at one site: the one that they see most.",
    RACE_DATA: "Active patients by what is recorded of their race and ethnicity, and of their "
    "language. “Known” is split by where the answer comes from.",
    ASKED_AGAIN: "A sample of patients whose record was compared with what they say when asked "
    "again. Each row is what the record said, each column what the patient said. About 140 "
    "patients of a category tell its accuracy to within 5 points.",
}
PAGES: tuple[str, ...] = (StratumType.TOTAL, *MEASURED_BY, RACE_DATA, ASKED_AGAIN)
TITLES: dict[str, str] = {
    **{str(kind): label for kind, label in STRATUM_TYPE_LABELS.items()},
    RACE_DATA: "How race, ethnicity and language are known",
    ASKED_AGAIN: "Patients asked again",
}


def scope_of(key: str, period: Period, sites: Sites) -> EntryScope[QualityCell]:
    if key not in PAGES:
        raise NotFound("There is no such breakdown. Choose one from the page of the period.")
    if key == RACE_DATA:
        grids: tuple[Grid[QualityCell], ...] = tuple(demographic_grids(sites))
    elif key == ASKED_AGAIN:
        grids = (sample_grid(),)
    else:
        grids = stratum_grids(StratumType(key), period, sites)
    return EntryScope(key, TITLES[key], grids, INTRODUCTIONS.get(key, ""))


def page_of(cell: QualityCell) -> str:
    """The page on which a count is entered."""
    if isinstance(cell, DemographicCell):
        return RACE_DATA
    return ASKED_AGAIN if isinstance(cell, SampleCell) else cell.stratum.type


def address(ending: MeasurementPeriod, key: str) -> str:
    group_id, period = ending.group.id, str(ending.period)
    if key == StratumType.TOTAL:
        return url_for("quality.period", group_id=group_id, period=period)
    return url_for("quality.breakdown", group_id=group_id, period=period, kind=key)


def cell_address(
    ending: MeasurementPeriod, scope: EntryScope[QualityCell], cell: QualityCell
) -> str:
    """On this page, or on the page of its own."""
    where = page_of(cell)
    return f"#{cell.key}" if where == scope.key else f"{address(ending, where)}#{cell.key}"


def breakdown(ending: MeasurementPeriod, key: str) -> tuple[str, str, str]:
    """Its address, its title and what is in it."""
    having = sum(1 for cell in ending.counts.known if page_of(cell) == key)
    says = f"{having:,} {'count' if having == 1 else 'counts'}" if having else "No counts yet"
    return address(ending, key), TITLES[key], says


LAYOUT: Layout[QualityCell, QualityCounts] = Layout(
    schema=SCHEMA,
    scope=scope_of,
    labels=lambda grid: grid.labels,
    address=cell_address,
    earlier=str,
    clash_says=lambda clash: clash.says.capitalize(),
)
