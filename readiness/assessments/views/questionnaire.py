"""The blank questionnaire to print, and the workbook to fill in and send back."""

from __future__ import annotations

import json
from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.assessments import workbook
from readiness.assessments.service import assessment_view, questionnaire
from readiness.assessments.views.answering import render
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import SafeForm
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.printing import send_pdf
from readiness.core.web.session import session

bp = Blueprint("questionnaire", __name__)
NO_FILE = "Choose the spreadsheet that you filled in."
FROM_HERE = "Choose the spreadsheet again: the page was sent without it."


@bp.get("/instruments/<instrument_id>/<version>/questionnaire.pdf")
@needs(Can.SEE_HOME)
def pdf(instrument_id: str, version: str) -> ResponseReturnValue:
    prepare = partial(questionnaire.blank_job, instrument_id, version, paper())
    return send_pdf(prepare, f"questionnaire-{version}.pdf", url_for("home.start"))


@bp.get("/assessments/<assessment_id>/questionnaire.xlsx")
@needs(Can.READ_ASSESSMENT)
def xlsx(assessment_id: str) -> ResponseReturnValue:
    made = questionnaire.download(session(), assessment_id)
    return send_export(made, "questionnaire.xlsx")


@bp.get("/assessments/<assessment_id>/questionnaire")
@needs(Can.READ_ASSESSMENT)
def show(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.load(session(), assessment_id, Can.READ_ASSESSMENT)
    return render("assessments/questionnaire/show.html", found, problems=())


@bp.post("/assessments/<assessment_id>/questionnaire")
@needs(Can.ANSWER)
def upload(assessment_id: str) -> ResponseReturnValue:
    """A file is looked at; only the page that shows what it would change can store it."""
    try:
        if "filled" in request.form:
            return take_over(assessment_id)
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise BadInput(NO_FILE)
        preview = questionnaire.upload(session(), assessment_id, sent.read())
    except BadInput as error:
        found = assessment_view.load(session(), assessment_id, Can.ANSWER)
        return render("assessments/questionnaire/show.html", found, problems=error.problems), 422
    return preview_page(preview)


def preview_page(preview: questionnaire.WorkbookPreview) -> str:
    return render(
        "assessments/questionnaire/preview.html",
        preview.view,
        preview=preview,
        form=SafeForm(formdata=None),
        filled=json.dumps(workbook.to_plain(preview.filled), ensure_ascii=False),
    )


def take_over(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.load(session(), assessment_id, Can.ANSWER)
    try:
        typed = json.loads(request.form["filled"])
    except (ValueError, RecursionError) as error:
        raise BadInput(FROM_HERE) from error
    filled = workbook.from_plain(typed, found.instrument)
    done = questionnaire.apply_upload(session(), assessment_id, filled)
    flash(f"Saved from the spreadsheet: {len(done.changes)} changed.")
    if names := ", ".join(line.id for line in done.conflicts):
        flash(f"Not overwritten, because somebody changed them meanwhile: {names}.")
    return redirect(url_for("assess.contents", assessment_id=assessment_id), 303)
