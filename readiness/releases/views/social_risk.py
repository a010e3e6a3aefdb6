"""What left a group of a quarter: for the group beside its own counts, and for its payers."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.core.errors import NotFound
from readiness.core.people import Group
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.disclosure.release import SocialRiskRelease
from readiness.releases.presenters import social_risk as released_view
from readiness.releases.service import social_risk, social_risk_export
from readiness.releases.service.screening_figures import screening_figures

pages = Blueprint("released", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@pages.get("/groups/<group_id>/counts/<period>/released")
@needs(Can.READ_COUNTS)
def own(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = social_risk.group_view(session(), group_id, period)
    return render_template(
        "disclosure/own.html",
        own=found,
        state=released_view.state_says(found),
        says=released_view.released_says(found.release) if found.release else "",
        audit=released_view.audit_says(found),
        rule=released_view.rule_says(found.release) if found.release else "",
        grids=released_view.grids_of(found.release, found.known),
    )


@pages.get("/groups/<group_id>/counts/<period>/released.csv")
@needs(Can.READ_COUNTS)
def own_csv(group_id: str, period: str) -> ResponseReturnValue:
    found = social_risk.group_view(session(), group_id, period)
    return download(found.group, found.release, "csv")


@pages.get("/groups/<group_id>/counts/<period>/released.xlsx")
@needs(Can.READ_COUNTS)
def own_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    found = social_risk.group_view(session(), group_id, period)
    return download(found.group, found.release, "xlsx")


@pages.get("/payers/<payer_id>/groups/<group_id>/counts")
@needs(Can.READ_SUBMISSION)
def newest(payer_id: str, group_id: str) -> ResponseReturnValue:
    return for_payer(payer_id, group_id, None)


@pages.get("/payers/<payer_id>/groups/<group_id>/counts/<period>")
@needs(Can.READ_SUBMISSION)
def of_quarter(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    return for_payer(payer_id, group_id, period)


@pages.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/released.csv")
@needs(Can.READ_SUBMISSION)
def payer_csv(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    found = social_risk.payer_view(session(), payer_id, group_id, period)
    return download(found.group, found.release, "csv")


@pages.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/released.xlsx")
@needs(Can.READ_SUBMISSION)
def payer_xlsx(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    found = social_risk.payer_view(session(), payer_id, group_id, period)
    return download(found.group, found.release, "xlsx")


def for_payer(payer_id: str, group_id: str, period: str | None) -> ResponseReturnValue:
    found = social_risk.payer_view(session(), payer_id, group_id, period)
    release = found.release
    return render_template(
        "disclosure/for_payer.html",
        read=found,
        says=released_view.released_says(release) if release else "",
        rule=released_view.rule_says(release) if release else "",
        screened=screening_figures((release,)) if release else None,
        grids=released_view.grids_of(release),
    )


def download(group: Group, release: SocialRiskRelease | None, ending: str) -> Response:
    if release is None:
        raise NotFound(social_risk.NO_RELEASE)
    is_csv = ending == "csv"
    made = (
        social_risk_export.csv_of(group, release)
        if is_csv
        else social_risk_export.xlsx_of(group, release)
    )
    name = f"counts-{release.period}-release-{release.number}.{ending}"
    disposition = f'attachment; filename="{name}"'
    kind = CSV if is_csv else XLSX
    return Response(made, content_type=kind, headers={"Content-Disposition": disposition})
