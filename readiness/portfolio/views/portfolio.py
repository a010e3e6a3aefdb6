"""The payer's list of groups, its export, groups side by side, one group, and the brief on it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.service import people
from readiness.core.charts.scales import heat_of
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export, send_sheet
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.printing import send_pdf
from readiness.core.web.session import first_payer_id, now, session
from readiness.plans.presenters import tier_cost
from readiness.portfolio.brief import documents as brief_paper
from readiness.portfolio.brief import spreadsheet as brief_spreadsheet
from readiness.portfolio.columns import score_columns
from readiness.portfolio.presenters import portfolio as portfolio_view
from readiness.portfolio.service import portfolio

bp = Blueprint("portfolio", __name__)
brief_bp = Blueprint("brief", __name__)
bp.add_app_template_filter(heat_of, "heat")
bp.add_app_template_filter(tier_cost.short, "tier_cost")
bp.add_app_template_filter(tier_cost.remark, "tier_cost_remark")


@bp.get("/portfolio")
@needs(Can.REVIEW_PORTFOLIO)
def start() -> ResponseReturnValue:
    return redirect(url_for(".listing", payer_id=first_payer_id()))


@bp.get("/payers/<payer_id>/portfolio")
@needs(Can.REVIEW_PORTFOLIO)
def listing(payer_id: str) -> ResponseReturnValue:
    found = portfolio.page(session(), payer_id, request.args)
    payers = people.payers_of(session())
    page = portfolio_view.page_of(found)
    return render_template("portfolio/list.html", payers=payers, **page)


@bp.get("/payers/<payer_id>/portfolio.csv")
@needs(Can.REVIEW_PORTFOLIO)
def as_csv(payer_id: str) -> ResponseReturnValue:
    return export(payer_id, "csv")


@bp.get("/payers/<payer_id>/portfolio.xlsx")
@needs(Can.REVIEW_PORTFOLIO)
def as_xlsx(payer_id: str) -> ResponseReturnValue:
    return export(payer_id, "xlsx")


def export(payer_id: str, ending: str) -> Response:
    sheet = portfolio.export(session(), payer_id, request.args)
    return send_sheet(sheet, f"portfolio-{now():%Y-%m-%d}", ending)


@bp.get("/payers/<payer_id>/portfolio/compare")
@needs(Can.REVIEW_PORTFOLIO)
def compare(payer_id: str) -> ResponseReturnValue:
    chosen = tuple(request.args.getlist("group"))
    found = portfolio.compare(session(), payer_id, chosen, request.args.get("cycle", ""))
    scores = score_columns(found.instrument)
    return render_template(
        "portfolio/compare.html", listing=found, scores=scores, chosen=len(set(chosen))
    )


@bp.get("/payers/<payer_id>/groups/<group_id>")
@needs(Can.READ_SUBMISSION)
def group(payer_id: str, group_id: str) -> ResponseReturnValue:
    wanted = request.args.get("assessment") or None
    found = portfolio.group_file(session(), payer_id, group_id, wanted)
    return render_template("portfolio/group.html", **portfolio_view.group_page(found))


# What a payer takes along to one group


@brief_bp.get("/payers/<payer_id>/groups/<group_id>/brief.pdf", endpoint="pdf")
@needs(Can.READ_SUBMISSION)
def brief_pdf(payer_id: str, group_id: str) -> ResponseReturnValue:
    prepare = partial(brief_paper.print_job, session(), payer_id, group_id, paper())
    back = url_for("portfolio.group", payer_id=payer_id, group_id=group_id)
    return send_pdf(prepare, "payer-brief.pdf", back)


@brief_bp.get("/payers/<payer_id>/groups/<group_id>/brief.xlsx", endpoint="xlsx")
@needs(Can.READ_SUBMISSION)
def brief_xlsx(payer_id: str, group_id: str) -> ResponseReturnValue:
    made = brief_spreadsheet.xlsx(session(), payer_id, group_id)
    return send_export(made, "payer-brief.xlsx")
