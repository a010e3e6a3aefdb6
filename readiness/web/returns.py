"""For a payer: change between two assessments beside the money spent in between."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from readiness.access import Can
from readiness.domain.errors import NotFound
from readiness.usecases import portfolio, returns, returns_sheet
from readiness.web import returns_view
from readiness.web.guard import needs
from readiness.web.request_cycle import actor, now, store

pages = Blueprint("returns", __name__)
FILES = {
    "csv": (returns_sheet.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        returns_sheet.as_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
NO_FILE = "There is no such file. Choose CSV or a spreadsheet on the page."


@pages.get("/payers/<payer_id>/returns")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str) -> ResponseReturnValue:
    found = returns.read(store(), actor(), payer_id, now())
    payers = portfolio.payers_of(store(), actor())
    page = returns_view.page_of(found, request.args)
    return render_template("pages/returns/show.html", payers=payers, **page)


@pages.get("/payers/<payer_id>/returns.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def file(payer_id: str, ending: str) -> ResponseReturnValue:
    found = returns.read(store(), actor(), payer_id, now())
    if ending not in FILES:
        raise NotFound(NO_FILE)
    made, kind = FILES[ending]
    disposition = f'attachment; filename="change-and-money.{ending}"'
    return Response(made(found), content_type=kind, headers={"Content-Disposition": disposition})
