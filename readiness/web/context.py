"""The page about the group itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.access import Can
from readiness.domain.errors import BadInput, WrongState
from readiness.usecases import describe, sheet
from readiness.usecases.describe import DescribedMeanwhile
from readiness.usecases.sheet import Sheet
from readiness.web import context_form
from readiness.web.context_form import Part
from readiness.web.guard import needs
from readiness.web.request_cycle import actor, now, store
from readiness.web.sheet_page import rendered

pages = Blueprint("context", __name__)


@pages.get("/assessments/<assessment_id>/context")
@needs(Can.READ_ASSESSMENT)
def show(assessment_id: str) -> ResponseReturnValue:
    found = sheet.opened(store(), actor(), assessment_id, Can.READ_ASSESSMENT, now())
    return shown(found, context_form.parts_of(found))


@pages.post("/assessments/<assessment_id>/context")
@needs(Can.ANSWER)
def save(assessment_id: str) -> ResponseReturnValue:
    found = sheet.opened(store(), actor(), assessment_id, Can.ANSWER, now())
    typed = context_form.typed_in(found.instrument, request.form)
    try:
        if typed.problems:
            raise BadInput(typed.problems)
        describe.save(store(), actor(), assessment_id, typed.facts, now())
    except BadInput as error:
        return shown(found, context_form.parts_of(found, typed.boxes, error.problems)), 422
    except DescribedMeanwhile as error:
        parts = context_form.parts_of(found, typed.boxes, clashes=error.clashes)
        return shown(found, parts), 409
    except WrongState as error:
        return shown(found, context_form.parts_of(found, typed.boxes), str(error)), 409
    flash("Saved.")
    return redirect(url_for("assess.contents", assessment_id=assessment_id), 303)


def shown(found: Sheet, parts: tuple[Part, ...], problem: str = "") -> str:
    problems = [*([("", problem)] if problem else []), *context_form.summary_of(parts)]
    return rendered("pages/assess/context.html", found, parts=parts, problems=problems)
