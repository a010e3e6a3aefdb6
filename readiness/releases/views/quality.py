"""What left a group of a period's quality measures, for the group beside its own counts."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.core.errors import NotFound
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.counts.views.quality import attached
from readiness.releases.presenters import quality as quality_released_view
from readiness.releases.service import quality, quality_export
from readiness.releases.views.social_risk import CSV, XLSX

pages = Blueprint("quality_released", __name__)


@pages.get("/groups/<group_id>/quality/<period>/released")
@needs(Can.READ_QUALITY)
def own(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = quality.group_view(session(), group_id, period)
    release = found.release
    return render_template(
        "disclosure/quality.html",
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
    found = quality.group_view(session(), group_id, period)
    release = found.release
    if release is None:
        raise NotFound(quality.NO_RELEASE)
    is_csv = ending == "csv"
    sheet = quality_export.csv_of if is_csv else quality_export.xlsx_of
    name = f"quality-{release.period}-release-{release.number}.{ending}"
    return attached(sheet(found.group, release), CSV if is_csv else XLSX, name)
