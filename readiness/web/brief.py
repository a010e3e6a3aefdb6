"""What a payer takes along to one group: two pages, and the same as a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from readiness.access import Can
from readiness.usecases.brief import paper as brief_paper
from readiness.usecases.brief import sheet
from readiness.web.guard import needs
from readiness.web.plan import paper
from readiness.web.portfolio import XLSX
from readiness.web.request_cycle import actor, now, store

pages = Blueprint("brief", __name__)


@pages.get("/payers/<payer_id>/groups/<group_id>/brief.pdf")
@needs(Can.READ_SUBMISSION)
def pdf(payer_id: str, group_id: str) -> ResponseReturnValue:
    printer = current_app.config["PRINTER"]
    printed = brief_paper.printed(store(), printer, actor(), payer_id, group_id, paper(), now())
    return printed, {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="payer-brief.pdf"',
    }


@pages.get("/payers/<payer_id>/groups/<group_id>/brief.xlsx")
@needs(Can.READ_SUBMISSION)
def xlsx(payer_id: str, group_id: str) -> ResponseReturnValue:
    made = sheet.xlsx(store(), actor(), payer_id, group_id, now())
    return made, {
        "Content-Type": XLSX,
        "Content-Disposition": 'attachment; filename="payer-brief.xlsx"',
    }
