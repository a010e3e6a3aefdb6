"""What a payer takes along to one group: two pages, and the same as a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.session import session
from readiness.portfolio.brief import documents as brief_paper
from readiness.portfolio.views.portfolio import XLSX

bp = Blueprint("brief", __name__)


@bp.get("/payers/<payer_id>/groups/<group_id>/brief.pdf")
@needs(Can.READ_SUBMISSION)
def pdf(payer_id: str, group_id: str) -> ResponseReturnValue:
    printer = current_app.config["PRINTER"]
    printed = brief_paper.print_pdf(session(), printer, payer_id, group_id, paper())
    return printed, {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="payer-brief.pdf"',
    }


@bp.get("/payers/<payer_id>/groups/<group_id>/brief.xlsx")
@needs(Can.READ_SUBMISSION)
def xlsx(payer_id: str, group_id: str) -> ResponseReturnValue:
    made = brief_paper.xlsx(session(), payer_id, group_id)
    return made, {
        "Content-Type": XLSX,
        "Content-Disposition": 'attachment; filename="payer-brief.xlsx"',
    }
