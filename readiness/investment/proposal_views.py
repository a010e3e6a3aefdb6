"""The investment proposal: an answered scenario on paper, for whoever decides."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.session import session
from readiness.investment.service import proposal

bp = Blueprint("proposal", __name__)


@bp.get("/payers/<payer_id>/investment/<allocation_id>/proposal.pdf")
@needs(Can.PLAN_INVESTMENT)
def pdf(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    printer = current_app.config["PRINTER"]
    printed = proposal.print_pdf(session(), printer, payer_id, allocation_id, paper())
    return printed, {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="investment-proposal.pdf"',
    }
