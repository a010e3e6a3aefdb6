"""What left a group of a period's quality measures, for the group beside its own counts."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.access import Can
from readiness.domain.errors import NotFound
from readiness.usecases import quality_released_sheet, quality_releases
from readiness.web import quality_released_view
from readiness.web.guard import needs
from readiness.web.quality import attached
from readiness.web.released import CSV, XLSX
from readiness.web.request_cycle import actor, now, store

pages = Blueprint("quality_released", __name__)


@pages.get("/groups/<group_id>/quality/<period>/released")
@needs(Can.READ_QUALITY)
def own(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = quality_releases.own(store(), actor(), group_id, period, now())
    release = found.release
    return render_template(
        "pages/quality/released.html",
        own=found,
        state=quality_released_view.state_says(found),
        says=quality_released_view.released_says(release) if release else "",
        rule=quality_released_view.rule_says(release) if release else "",
        audit=quality_released_view.audit_says(release) if release else "",
        grids=quality_released_view.grids_of(found),
    )


@pages.get("/groups/<group_id>/quality/<period>/released.csv")
@needs(Can.READ_QUALITY)
def own_csv(group_id: str, period: str) -> ResponseReturnValue:
    return download(group_id, period, "csv")


@pages.get("/groups/<group_id>/quality/<period>/released.xlsx")
@needs(Can.READ_QUALITY)
def own_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    return download(group_id, period, "xlsx")


def download(group_id: str, period: str, ending: str) -> Response:
    found = quality_releases.own(store(), actor(), group_id, period, now())
    release = found.release
    if release is None:
        raise NotFound(quality_releases.NO_RELEASE)
    is_csv = ending == "csv"
    sheet = quality_released_sheet.csv_of if is_csv else quality_released_sheet.xlsx_of
    name = f"quality-{release.period}-release-{release.number}.{ending}"
    return attached(sheet(found.group, release), CSV if is_csv else XLSX, name)
