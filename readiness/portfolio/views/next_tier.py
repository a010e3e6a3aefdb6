"""What the next tier costs each group of a payer."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from readiness.accounts.service import people
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_sheet
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session
from readiness.portfolio.presenters import next_tier as presenter
from readiness.portfolio.service import next_tier

bp = Blueprint("next_tier", __name__)


@bp.get("/payers/<payer_id>/next-tier")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str) -> ResponseReturnValue:
    found = next_tier.load(session(), payer_id, request.args)
    payers = people.payers_of(session())
    return render_template("portfolio/next_tier.html", payers=payers, **presenter.page_of(found))


@bp.get("/payers/<payer_id>/next-tier.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def file(payer_id: str, ending: str) -> ResponseReturnValue:
    sheet = next_tier.sheet_of(session(), payer_id, request.args)
    return send_sheet(sheet, f"next-tier-{now():%Y-%m-%d}", ending)
