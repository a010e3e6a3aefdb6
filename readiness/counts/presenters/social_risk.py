"""The pages of a quarter's social-risk counts: all patients, a breakdown, or one part of it."""

from __future__ import annotations

from flask import url_for

from readiness.core.errors import NotFound
from readiness.core.periods import Period
from readiness.counts.models import Heading
from readiness.counts.presenters.entry import EntryScope, Layout
from readiness.counts.service.entry import Sites
from readiness.counts.service.social_risk import SCHEMA, Quarter
from readiness.counts.social_risk.models import (
    STRATUM_TYPES,
    FunnelCell,
    FunnelCounts,
    grids_of_part,
    grids_of_type,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType, strata_of


def scope_of(key: str, _period: Period, _sites: Sites) -> EntryScope[FunnelCell]:
    """`key`: empty for all patients, "language" for a breakdown, "language/spanish" for a part."""
    if not key:
        return EntryScope(key, "All patients", grids_of_part())
    kind, _, part = key.partition("/")
    if kind not in STRATUM_TYPES:
        raise NotFound("There is no such breakdown. Choose one from the quarter's page.")
    breakdown = StratumType(kind)
    title = STRATUM_TYPE_LABELS[breakdown]
    if not part:
        return EntryScope(key, title, grids_of_type(breakdown), kind=breakdown)
    stratum = Stratum(breakdown, part)
    if stratum not in strata_of(breakdown):
        raise NotFound("There is no such part. Choose one from the breakdown's page.")
    return EntryScope(
        key, f"{title}: {stratum.label}", grids_of_part(stratum), kind=breakdown, part=stratum
    )


def address(quarter: Quarter, key: str = "") -> str:
    group_id, period = quarter.group.id, str(quarter.period)
    if not key:
        return url_for("screen.quarter", group_id=group_id, period=period)
    kind, _, part = key.partition("/")
    if not part:
        return url_for("screen.breakdown", group_id=group_id, period=period, kind=kind)
    return url_for("screen.part", group_id=group_id, period=period, kind=kind, part=part)


def cell_address(quarter: Quarter, scope: EntryScope[FunnelCell], cell: FunnelCell) -> str:
    """On this page, or on the page of its own."""
    if cell.key in scope.cells:
        return f"#{cell.key}"
    kind, part = cell.stratum.type, cell.stratum.name
    key = "" if cell.stratum == ALL else kind if cell.need is None else f"{kind}/{part}"
    return f"{address(quarter, key)}#{cell.key}"


def row_address(quarter: Quarter, scope: EntryScope[FunnelCell], row: Heading) -> str:
    """A row of a breakdown leads to all that can be entered for that part."""
    return address(quarter, f"{scope.key}/{row.key}") if scope.is_breakdown else ""


def breakdown(quarter: Quarter, kind: StratumType) -> tuple[str, str, str]:
    """Its address, its title and what is in it."""
    having = sum(1 for part in quarter.counts.strata if part.type is kind)
    says = f"{having} of {len(strata_of(kind))} parts have counts" if having else "No counts yet"
    return address(quarter, kind), STRATUM_TYPE_LABELS[kind], says


LAYOUT: Layout[FunnelCell, FunnelCounts] = Layout(
    schema=SCHEMA,
    scope=scope_of,
    labels=lambda grid: {cell.key: cell.label for cell in grid.cells.values()},
    address=cell_address,
    earlier=lambda period: f"Q{period.quarter}",
    clash_says=lambda clash: f"{clash.cell.label}: {clash.says}",
)
