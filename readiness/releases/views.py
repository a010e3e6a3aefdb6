"""What left a group and what it comes to: for the group itself, and for a payer it shares with."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.core import exports
from readiness.core.errors import NotFound
from readiness.core.formatting import percent
from readiness.core.permissions import Can
from readiness.core.small_cells import ALL_POSITIVE_UNDER, HIDDEN
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.counts.measures.models import (
    FEWEST_FOR_A_RATE,
    STATUS_WORDS,
)
from readiness.counts.social_risk.models import NEED_LABELS
from readiness.disclosure.social_risk_table import FEWEST_FOR_NEEDS_OF_PARTS, FEWEST_FOR_PARTS
from readiness.releases import presenter
from readiness.releases.service import measures, publication
from readiness.releases.service.measures import ReleasedMeasures
from readiness.releases.service.publication import (
    QUALITY,
    SOCIAL_RISK,
    GroupView,
    PayerView,
    ReleaseKind,
)

bp = Blueprint("released", __name__)
quality_bp = Blueprint("quality_released", __name__)
measures_bp = Blueprint("measures", __name__)
FEWEST = {
    "fewest": FEWEST_FOR_PARTS,
    "fewest_for_needs": FEWEST_FOR_NEEDS_OF_PARTS,
    "all_positive_under": ALL_POSITIVE_UNDER,
}
FORMATS = {"csv": measures.csv_of, "xlsx": measures.xlsx_of, "json": measures.fhir_of}
FHIR = "application/fhir+json"


# Released counts: for the group beside its own, and for a payer.


@bp.get("/groups/<group_id>/counts/<period>/released")
@needs(Can.READ_COUNTS)
def own(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = publication.group_view(session(), SOCIAL_RISK, group_id, period)
    grids = presenter.grids_of(presenter.social_risk_layouts(), found.release, found.known)
    return render_template(
        "releases/social_risk.html", own=found, grids=grids, percent=percent, **FEWEST
    )


@bp.get("/groups/<group_id>/counts/<period>/released.<ending>")
@needs(Can.READ_COUNTS)
def own_file(group_id: str, period: str, ending: str) -> ResponseReturnValue:
    found = publication.group_view(session(), SOCIAL_RISK, group_id, period)
    return download(SOCIAL_RISK, found, ending)


@quality_bp.get("/groups/<group_id>/quality/<period>/released", endpoint="own")
@needs(Can.READ_QUALITY)
def own_quality(group_id: str, period: str) -> ResponseReturnValue:
    """What payers see, beside what the group counted."""
    found = publication.group_view(session(), QUALITY, group_id, period)
    layouts = presenter.quality_layouts(found.period)
    grids = presenter.grids_of(layouts, found.release, found.known)
    return render_template("releases/quality.html", own=found, grids=grids, percent=percent)


@quality_bp.get("/groups/<group_id>/quality/<period>/released.<ending>", endpoint="own_file")
@needs(Can.READ_QUALITY)
def own_quality_file(group_id: str, period: str, ending: str) -> ResponseReturnValue:
    return download(QUALITY, publication.group_view(session(), QUALITY, group_id, period), ending)


@bp.get("/payers/<payer_id>/groups/<group_id>/counts", endpoint="newest")
@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>")
@needs(Can.READ_SUBMISSION)
def for_payer(payer_id: str, group_id: str, period: str | None = None) -> ResponseReturnValue:
    """The quarter asked for, or the newest."""
    found = publication.payer_view(session(), SOCIAL_RISK, payer_id, group_id, period)
    return render_template(
        "releases/for_payer.html",
        read=found,
        screened=presenter.screening_figures((found.release,)) if found.release else None,
        grids=presenter.grids_of(presenter.social_risk_layouts(), found.release),
        **FEWEST,
    )


@bp.get("/payers/<payer_id>/groups/<group_id>/counts/<period>/released.<ending>")
@needs(Can.READ_SUBMISSION)
def payer_file(payer_id: str, group_id: str, period: str, ending: str) -> ResponseReturnValue:
    found = publication.payer_view(session(), SOCIAL_RISK, payer_id, group_id, period)
    return download(SOCIAL_RISK, found, ending)


def download(
    kind: ReleaseKind[Any, Any], found: GroupView[Any] | PayerView[Any], ending: str
) -> Response:
    if found.release is None:
        raise NotFound(kind.no_release)
    if ending not in ("csv", "xlsx"):
        raise NotFound("There is no such file. Choose CSV or Excel on the page of the counts.")
    sheet = presenter.sheet_of(found.group, found.release)
    made = exports.csv_of(sheet.header, sheet.rows) if ending == "csv" else exports.xlsx_of([sheet])
    about = f"{kind.entry.object_kind}-{found.release.period}-release-{found.release.number}"
    return send_export(made, f"{about}.{ending}")


# The measures of a released quarter.


@measures_bp.get("/groups/<group_id>/counts/<period>/measures", endpoint="own")
@needs(Can.READ_COUNTS)
def own_measures(group_id: str, period: str) -> ResponseReturnValue:
    return measures_page(measures.group_measures(session(), group_id, period))


@measures_bp.get("/groups/<group_id>/counts/<period>/measures.<ending>", endpoint="own_file")
@needs(Can.READ_COUNTS)
def own_measures_file(group_id: str, period: str, ending: str) -> ResponseReturnValue:
    return measures_file(measures.group_measures(session(), group_id, period), ending)


@measures_bp.get(
    "/payers/<payer_id>/groups/<group_id>/counts/<period>/measures", endpoint="for_payer"
)
@needs(Can.READ_SUBMISSION)
def payer_measures(payer_id: str, group_id: str, period: str) -> ResponseReturnValue:
    return measures_page(measures.payer_measures(session(), payer_id, group_id, period))


@measures_bp.get(
    "/payers/<payer_id>/groups/<group_id>/counts/<period>/measures.<ending>", endpoint="payer_file"
)
@needs(Can.READ_SUBMISSION)
def payer_measures_file(
    payer_id: str, group_id: str, period: str, ending: str
) -> ResponseReturnValue:
    return measures_file(measures.payer_measures(session(), payer_id, group_id, period), ending)


def measures_page(found: ReleasedMeasures) -> str:
    by_measure = groupby(found.results, key=lambda result: result.measure)
    return render_template(
        "releases/measures.html",
        found=found,
        blocks=[(measure, list(results)) for measure, results in by_measure],
        status_words=STATUS_WORDS,
        need_labels=NEED_LABELS,
        fewest=FEWEST_FOR_A_RATE,
        hidden=HIDDEN,
    )


def measures_file(found: ReleasedMeasures, ending: str) -> Response:
    if ending not in FORMATS:
        raise NotFound("There is no such file. Choose CSV, Excel or FHIR on the page of measures.")
    name = f"measures-{found.release.period}-release-{found.release.number}.{ending}"
    return send_export(FORMATS[ending](found), name, FHIR if ending == "json" else "")
