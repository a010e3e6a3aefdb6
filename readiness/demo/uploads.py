"""Uploads of the invented care team: one taken over with its sites, one that waits for a yes."""

from __future__ import annotations

import hashlib
from fractions import Fraction

from readiness.accounts.db import groups
from readiness.core.people import Site
from readiness.core.periods import Period
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.demo import world
from readiness.demo.actions import Stage
from readiness.demo.world import Character
from readiness.imports import db as uploads
from readiness.imports.mapping_models import (
    ColumnRole,
    MappedField,
    MappingShape,
    RedcapMapping,
)
from readiness.imports.mapping_text import text_of
from readiness.imports.models import (
    WHOLE_GROUP,
    BySite,
    SavedMapping,
    Upload,
    UploadReport,
    UploadState,
)
from readiness.imports.screens.models import NeedResult

AUTHOR = "team"
MAPPING = RedcapMapping(
    shape=MappingShape.REDCAP,
    columns={ColumnRole.PATIENT: "Patient ID", ColumnRole.DATE: "Screening Date"},
    ignore=("Patient Name", "Provider"),
    fields={
        "Food Insecurity": MappedField(need=Need.FOOD),
        "Housing Instability": MappedField(need=Need.HOUSING),
    },
    results={"yes": NeedResult.POSITIVE, "no": NeedResult.NEGATIVE},
)
SHARE = Fraction(3, 5)


def hand_over(stage: Stage, who: Character, period: Period, index: int) -> None:
    """Read, and waiting for somebody's yes or no."""
    found = {period: by_site(stage, who, index)}
    saved = SavedMapping(
        f"mapping-{who.id}", who.id, "Screening report", text_of(MAPPING), AUTHOR, stage.now
    )
    uploads.save_mapping(stage.store, saved)
    fields = (f"upload-{period}", who.id, fingerprint(period), AUTHOR, stage.now)
    upload = Upload(*fields, mapping_id=saved.id)
    uploads.add(stage.store, upload)
    account = UploadReport(rows=sum(map(len, found[period].values())))
    uploads.keep_found(stage.store, upload.id, UploadState.READ, account, found, {})


def take_over(stage: Stage, who: Character, period: Period, index: int) -> None:
    """The same numbers that were entered at that moment, now site by site as well."""
    hand_over(stage, who, period, index)
    for site_id, known in by_site(stage, who, index).items():
        if site_id != WHOLE_GROUP:
            lines = [Revision(cell, 1, n, AUTHOR, stage.now) for cell, n in known.items()]
            social_risk.save(stage.store, who.id, period, lines, site_id=site_id)
    uploads.decide(
        stage.store, f"upload-{period}", UploadState.CONFIRMED, (period,), AUTHOR, stage.now
    )


def fingerprint(period: Period) -> str:
    return hashlib.sha256(f"an invented file of {period}".encode()).hexdigest()


def by_site(stage: Stage, who: Character, index: int) -> BySite:
    found = world.quarter(who, index)
    whole: dict[FunnelCell, int] = {FunnelCell(Step(step)): n for step, n in found.group.items()}
    for need, row in found.needs.items():
        whole |= {FunnelCell(Step(step), Need(need)): n for step, n in row.items()}
    return {WHOLE_GROUP: whole, **divided(whole, groups.sites(stage.store, who.id))}


def divided(
    whole: dict[FunnelCell, int], sites: tuple[Site, ...]
) -> dict[str, dict[FunnelCell, int]]:
    """Each site has its share of what the sites before it leave, the last one the rest."""
    found: dict[str, dict[FunnelCell, int]] = {}
    left = whole
    for site in sites[:-1]:
        found[site.id] = {cell: int(n * SHARE) for cell, n in left.items()}
        left = {cell: n - found[site.id][cell] for cell, n in left.items()}
    return {**found, sites[-1].id: left}
