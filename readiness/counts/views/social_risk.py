"""Social-risk counts: the list of quarters, and the pages on which one is entered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session
from readiness.counts.presenters import rates, social_risk
from readiness.counts.presenters.entry import EntryScope, PageState
from readiness.counts.service import entry
from readiness.counts.service.social_risk import SCHEMA, Quarter
from readiness.counts.social_risk.models import STRATUM_TYPES, FunnelCell
from readiness.counts.views.entry import EntryPages
from readiness.releases.service.publication import SOCIAL_RISK

bp = Blueprint("screen", __name__)


def more(quarter: Quarter, scope: EntryScope[FunnelCell]) -> dict[str, Any]:
    """Links to the other pages, and the rates."""
    links = {
        "row_address": social_risk.row_address,
        "breakdowns": [social_risk.breakdown(quarter, kind) for kind in STRATUM_TYPES],
    }
    if scope.is_main:
        title, figure = rates.group_title(quarter), rates.group_figure(quarter)
        return {**links, "title": title, "rates": figure, "needs": rates.need_table(quarter)}
    if not scope.is_breakdown:
        return links
    figure_by_part = rates.reach_figure(quarter, scope.kind)
    return {**links, "title": rates.reach_title(quarter, scope.kind), "parts": figure_by_part}


PAGES = EntryPages(
    social_risk.LAYOUT,
    "counts/social_risk/quarter.html",
    "screen.quarters",
    SOCIAL_RISK,
    more,
)


@bp.get("/groups/<group_id>/counts")
@needs(Can.READ_COUNTS)
def quarters(group_id: str) -> ResponseReturnValue:
    found = entry.overview(session(), SCHEMA, group_id)
    return render_template(
        "counts/social_risk/quarters.html",
        group=found.group,
        lines=found.lines,
        rates=rates,
        reach=rates.trend(found.lines, "Screening reach", "reach"),
        positive=rates.trend(found.lines, "The share with one or more needs", "positive_rate"),
        claims=rates.claim_lines(found.lines, now().date()),
    )


@bp.get("/groups/<group_id>/counts/<period>")
@needs(Can.READ_COUNTS)
def quarter(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, "", PageState())


@bp.get("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.READ_COUNTS)
def breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, kind, PageState())


@bp.get("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.READ_COUNTS)
def part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, f"{kind}/{part}", PageState())


@bp.post("/groups/<group_id>/counts/<period>")
@needs(Can.ENTER_COUNTS)
def send_quarter(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, "")


@bp.post("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.ENTER_COUNTS)
def send_breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, kind)


@bp.post("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.ENTER_COUNTS)
def send_part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, f"{kind}/{part}")
