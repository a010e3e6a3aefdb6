"""For a payer: change between two assessments beside the money spent in between."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from readiness.accounts.service import people
from readiness.core.errors import NotFound
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.portfolio.presenters import returns as returns_view
from readiness.portfolio.service import returns

bp = Blueprint("returns", __name__)
FILES = {
    "csv": (returns.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        returns.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
NO_FILE = "There is no such file. Choose CSV or a spreadsheet on the page."


@bp.get("/payers/<payer_id>/returns")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str) -> ResponseReturnValue:
    found = returns.load(session(), payer_id)
    payers = people.payers_of(session())
    page = returns_view.page_of(found, request.args)
    return render_template("portfolio/returns/show.html", payers=payers, **page)


@bp.get("/payers/<payer_id>/returns.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def file(payer_id: str, ending: str) -> ResponseReturnValue:
    found = returns.load(session(), payer_id)
    if ending not in FILES:
        raise NotFound(NO_FILE)
    made, kind = FILES[ending]
    disposition = f'attachment; filename="change-and-money.{ending}"'
    return Response(made(found), content_type=kind, headers={"Content-Disposition": disposition})
