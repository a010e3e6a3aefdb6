"""What left a group: for the group beside its own counts, and of a quarter for its payers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.core import exports
from readiness.core.errors import NotFound
from readiness.core.formatting import percent
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.disclosure.social_risk_table import FEWEST_FOR_NEEDS_OF_PARTS, FEWEST_FOR_PARTS
from readiness.releases import presenter
from readiness.releases.presenter import screening_figures, sheet_of
from readiness.releases.service import publication
from readiness.releases.service.publication import (
    QUALITY,
    SOCIAL_RISK,
    GroupView,
    PayerView,
    ReleaseKind,
)

bp = Blueprint("released", __name__)
quality_bp = Blueprint("quality_released", __name__)
FEWEST = {"fewest": FEWEST_FOR_PARTS, "fewest_for_needs": FEWEST_FOR_NEEDS_OF_PARTS}


@bp.get("/groups/<group_id>/counts/<period>/released")
@needs(Can.READ_COUNTS)
def own(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = publication.group_view(session(), SOCIAL_RISK, group_id, period)
    grids = presenter.grids_of(presenter.social_risk_layouts(), found.release, found.known)
    return render_template(
        "releases/social_risk.html", own=found, grids=grids, percent=percent, **FEWEST
    )


@bp.get("/groups/<group_id>/counts/<period>/released.csv")
@needs(Can.READ_COUNTS)
def own_csv(group_id: str, period: str) -> ResponseReturnValue:
    found = publication.group_view(session(), SOCIAL_RISK, group_id, period)
    return download(SOCIAL_RISK, found, "csv")


@bp.get("/groups/<group_id>/counts/<period>/released.xlsx")
@needs(Can.READ_COUNTS)
def own_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    found = publication.group_view(session(), SOCIAL_RISK, group_id, period)
    return download(SOCIAL_RISK, found, "xlsx")


@bp.get("/payers/<payer_id>/groups/<group_id>/counts")
@needs(Can.READ_SUBMISSION)
def newest(payer_id: str, group_id: str) -> ResponseReturnValue:
    return for_payer(payer_id, group_id, None)


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>")
@needs(Can.READ_SUBMISSION)
def of_quarter(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    return for_payer(payer_id, group_id, period)


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/released.csv")
@needs(Can.READ_SUBMISSION)
def payer_csv(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    found = publication.payer_view(session(), SOCIAL_RISK, payer_id, group_id, period)
    return download(SOCIAL_RISK, found, "csv")


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/released.xlsx")
@needs(Can.READ_SUBMISSION)
def payer_xlsx(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    found = publication.payer_view(session(), SOCIAL_RISK, payer_id, group_id, period)
    return download(SOCIAL_RISK, found, "xlsx")


@quality_bp.get("/groups/<group_id>/quality/<period>/released", endpoint="own")
@needs(Can.READ_QUALITY)
def own_quality(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = publication.group_view(session(), QUALITY, group_id, period)
    layouts = presenter.quality_layouts(found.period)
    grids = presenter.grids_of(layouts, found.release, found.known)
    return render_template("releases/quality.html", own=found, grids=grids, percent=percent)


@quality_bp.get("/groups/<group_id>/quality/<period>/released.csv", endpoint="own_csv")
@needs(Can.READ_QUALITY)
def own_quality_csv(group_id: str, period: str) -> ResponseReturnValue:
    return download(QUALITY, publication.group_view(session(), QUALITY, group_id, period), "csv")


@quality_bp.get("/groups/<group_id>/quality/<period>/released.xlsx", endpoint="own_xlsx")
@needs(Can.READ_QUALITY)
def own_quality_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    return download(QUALITY, publication.group_view(session(), QUALITY, group_id, period), "xlsx")


def for_payer(payer_id: str, group_id: str, period: str | None) -> ResponseReturnValue:
    found = publication.payer_view(session(), SOCIAL_RISK, payer_id, group_id, period)
    return render_template(
        "releases/for_payer.html",
        read=found,
        screened=screening_figures((found.release,)) if found.release else None,
        grids=presenter.grids_of(presenter.social_risk_layouts(), found.release),
        **FEWEST,
    )


def download(
    kind: ReleaseKind[Any, Any], found: GroupView[Any] | PayerView[Any], ending: str
) -> Response:
    if found.release is None:
        raise NotFound(kind.no_release)
    sheet = sheet_of(found.group, found.release)
    made = exports.csv_of(sheet.header, sheet.rows) if ending == "csv" else exports.xlsx_of([sheet])
    about = f"{kind.entry.object_kind}-{found.release.period}-release-{found.release.number}"
    return send_export(made, f"{about}.{ending}")
