"""How much the tiers of a payer's groups depend on their cut points."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from readiness.accounts.service import people
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_sheet
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session
from readiness.portfolio.presenters import cut_points as presenter
from readiness.portfolio.service import cut_points

bp = Blueprint("cut_points", __name__)


@bp.get("/payers/<payer_id>/cut-points")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str) -> ResponseReturnValue:
    found = cut_points.load(session(), payer_id, request.args)
    payers = people.payers_of(session())
    return render_template("portfolio/cut_points.html", payers=payers, **presenter.page_of(found))


@bp.get("/payers/<payer_id>/cut-points.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def file(payer_id: str, ending: str) -> ResponseReturnValue:
    sheet = cut_points.sheet_of(session(), payer_id, request.args)
    return send_sheet(sheet, f"cut-points-{now():%Y-%m-%d}", ending)
