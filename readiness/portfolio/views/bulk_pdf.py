"""All plans of a portfolio as one ZIP: asking for it, watching it being made, fetching it."""

from __future__ import annotations

import secrets

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from readiness.core.permissions import Can
from readiness.core.web.forms import SafeForm
from readiness.core.web.guard import needs
from readiness.core.web.paper import PAPERS
from readiness.core.web.session import actor, now, session, store
from readiness.portfolio.models import query_parameters
from readiness.portfolio.presenters import bulk_pdf
from readiness.portfolio.service import bulk_pdf as service

bp = Blueprint("packs", __name__)
SORTING = {"sort", "order", "page", "size"}  # of a list, and nothing to a ZIP


class BulkPdfForm(SafeForm):
    paper = RadioField(
        "Paper",
        choices=[SelectChoice("letter", "US Letter"), SelectChoice("a4", "A4")],
        default="letter",
    )


@bp.get("/payers/<payer_id>/plans")
@needs(Can.REVIEW_PORTFOLIO)
def offer(payer_id: str) -> ResponseReturnValue:
    return offer_page(payer_id, BulkPdfForm(formdata=None))


def offer_page(payer_id: str, form: BulkPdfForm) -> str:
    found = service.offer(session(), payer_id, request.values)
    kept = {
        name: value for name, value in query_parameters(found.query).items() if name not in SORTING
    }
    return render_template(
        "portfolio/bulk_pdf/offer.html",
        form=form,
        offer=found,
        kept=kept,
        states=bulk_pdf.STATES,
    )


@bp.post("/payers/<payer_id>/plans")
@needs(Can.PRINT_PLANS)
def start(payer_id: str) -> ResponseReturnValue:
    form = BulkPdfForm()
    if not form.validate():
        return offer_page(payer_id, form), 422
    pack_id = service.start(
        store(),
        actor(),
        payer_id,
        request.form,
        PAPERS[form.paper.data],
        current_app.config["PACKER"],
        current_app.config["CLOCK"],
        lambda: secrets.token_urlsafe(9),
    )
    return redirect(url_for(".show", payer_id=payer_id, pack_id=pack_id), 303)


@bp.get("/payers/<payer_id>/plans/<pack_id>")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str, pack_id: str) -> ResponseReturnValue:
    found = service.progress(session(), payer_id, pack_id)
    return render_template(
        "portfolio/bulk_pdf/show.html", found=found, says=bulk_pdf.says(found), until=found.until
    )


@bp.get("/payers/<payer_id>/plans/<pack_id>/progress")
@needs(Can.REVIEW_PORTFOLIO)
def progress(payer_id: str, pack_id: str) -> ResponseReturnValue:
    """For the page that waits, a few times a second."""
    found = service.progress(session(), payer_id, pack_id)
    return jsonify(is_reading=found.is_live, says=bulk_pdf.says(found))


@bp.post("/payers/<payer_id>/plans/<pack_id>/stop")
@needs(Can.PRINT_PLANS)
def stop(payer_id: str, pack_id: str) -> ResponseReturnValue:
    if service.cancel(session(), payer_id, pack_id):
        flash("Stopped. Nothing was kept.")
        return redirect(url_for(".offer", payer_id=payer_id), 303)
    return redirect(url_for(".show", payer_id=payer_id, pack_id=pack_id), 303)


@bp.get("/payers/<payer_id>/plans/<pack_id>/plans.zip")
@needs(Can.REVIEW_PORTFOLIO)
def download(payer_id: str, pack_id: str) -> ResponseReturnValue:
    path = service.fetch(session(), payer_id, pack_id)
    reply = send_file(
        path.absolute(),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"plans-{now():%Y-%m-%d}.zip",
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply
