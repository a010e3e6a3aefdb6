"""The page about the group itself."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.assessments.forms import context as context_form
from readiness.assessments.forms.context import Part
from readiness.assessments.service import assessment_view, context
from readiness.assessments.service.assessment_view import Sheet
from readiness.assessments.service.context import DescribedMeanwhile
from readiness.assessments.views.sheet_page import rendered
from readiness.core.errors import BadInput, WrongState
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session

pages = Blueprint("context", __name__)


@pages.get("/assessments/<assessment_id>/context")
@needs(Can.READ_ASSESSMENT)
def show(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.opened(session(), assessment_id, Can.READ_ASSESSMENT)
    return shown(found, context_form.parts_of(found))


@pages.post("/assessments/<assessment_id>/context")
@needs(Can.ANSWER)
def save(assessment_id: str) -> ResponseReturnValue:
    found = assessment_view.opened(session(), assessment_id, Can.ANSWER)
    typed = context_form.typed_in(found.instrument, request.form)
    try:
        if typed.problems:
            raise BadInput(typed.problems)
        context.save(session(), assessment_id, typed.facts)
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
    return rendered("assessments/context.html", found, parts=parts, problems=problems)
