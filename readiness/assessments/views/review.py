"""The payer's review of a submission, one page a domain."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.assessments.forms.review import (
    ReviewForm,
    choices_of,
    name,
    review_form,
    show_problems,
    shown_choice,
)
from readiness.assessments.service import review
from readiness.assessments.service.review import DomainReview, Review
from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound
from readiness.core.permissions import Can
from readiness.core.web.forms import whole_number
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, store
from readiness.equity.service import claims

bp = Blueprint("review", __name__)


@bp.get("/assessments/<assessment_id>/review")
@needs(Can.REVIEW)
def overview(assessment_id: str) -> ResponseReturnValue:
    found = review.open_review(session(), assessment_id)
    beside = claims.of_released(store(), found.group.id, found.submitted.given, now().date())
    return render_template("assessments/review/overview.html", review=found, weighed_claims=beside)


@bp.get("/assessments/<assessment_id>/review/<domain_id>")
@needs(Can.REVIEW)
def domain(assessment_id: str, domain_id: str) -> ResponseReturnValue:
    found, part = load(assessment_id, domain_id)
    form = review_form(found.submitted.instrument, part.lines, formdata=None)
    return domain_page(found, part, form)


@bp.post("/assessments/<assessment_id>/review/<domain_id>")
@needs(Can.REVIEW)
def deciding(assessment_id: str, domain_id: str) -> ResponseReturnValue:
    """What was typed is shown again with whatever is wrong, or with what a colleague saved."""
    found, part = load(assessment_id, domain_id)
    form = review_form(found.submitted.instrument, part.lines)
    if not form.validate():
        return domain_page(found, part, form, [("", "Choose one of the decisions offered.")], 422)
    choices, problems = choices_of(form, part.lines, request.form)
    try:
        if problems:
            raise BadInput(problems)
        if choices:
            review.decide(session(), assessment_id, number_sent(), choices)
    except BadInput as error:
        return domain_page(found, part, form, show_problems(form, error.problems), 422)
    except ChangedMeanwhile as error:
        return domain_page(*load(assessment_id, domain_id), form, [("", str(error))], 409)
    flash(f"Saved: {len(choices)} {'decision' if len(choices) == 1 else 'decisions'}.")
    return redirect(after(found, part), 303)


def load(assessment_id: str, domain_id: str) -> tuple[Review, DomainReview]:
    found = review.open_review(session(), assessment_id)
    part = found.part(domain_id)
    if part is None:
        raise NotFound("This assessment has no such page. Start from its overview.")
    return found, part


def domain_page(
    found: Review,
    part: DomainReview,
    form: ReviewForm,
    problems: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "assessments/review/domain.html",
        review=found,
        part=part,
        form=form,
        problems=problems or [],
        name=name,
        was=shown_choice,
    )
    return page, status


def after(found: Review, part: DomainReview) -> str:
    """On to the next domain, and from the last one back to the overview."""
    domains = [each.domain.id for each in found.parts]
    place = domains.index(part.domain.id) + 1
    assessment_id = found.submitted.assessment.id
    if place == len(domains):
        return url_for(".overview", assessment_id=assessment_id)
    return url_for(".domain", assessment_id=assessment_id, domain_id=domains[place])


def number_sent() -> int:
    """The submission that was on the page; none of ours has the number 0."""
    return whole_number(request.form.get("number"))


@bp.post("/assessments/<assessment_id>/review/agree-with-low")
@needs(Can.REVIEW)
def agree_with_low(assessment_id: str) -> ResponseReturnValue:
    agreed = review.agree_with_low(session(), assessment_id, number_sent())
    flash(f"Agreed with {agreed} {'claim' if agreed == 1 else 'claims'}.")
    return redirect(url_for(".overview", assessment_id=assessment_id), 303)


@bp.post("/assessments/<assessment_id>/review/request-changes")
@needs(Can.REVIEW)
def request_changes(assessment_id: str) -> ResponseReturnValue:
    review.request_changes(session(), assessment_id, number_sent())
    flash("The group has your requests and can change its answers.")
    return redirect(url_for(".overview", assessment_id=assessment_id), 303)


@bp.post("/assessments/<assessment_id>/review/accept")
@needs(Can.REVIEW)
def accept(assessment_id: str) -> ResponseReturnValue:
    run_id = secrets.token_urlsafe(9)
    review.accept(session(), assessment_id, number_sent(), run_id)
    flash("Accepted. The validated tier stands in the portfolio from now on.")
    return redirect(url_for(".overview", assessment_id=assessment_id), 303)
