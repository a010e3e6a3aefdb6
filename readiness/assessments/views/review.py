"""Checking, signing and sending in an assessment, and the payer's review of what was sent in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from readiness.assessments.attestation import CODE_LENGTH, CODE_LETTERS, STATEMENT
from readiness.assessments.models import Decision
from readiness.assessments.review import LONGEST_REASON, ReviewChoice, answer_in_words
from readiness.assessments.service import review, submission
from readiness.assessments.service.review import DomainReview, Review, ReviewLine
from readiness.assessments.service.submission import Ids, Signature
from readiness.assessments.views.answering import render
from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound, Problem
from readiness.core.permissions import Can
from readiness.core.web.forms import SafeForm, whole_number, with_problems
from readiness.core.web.guard import asks_again, needs
from readiness.core.web.session import now, session, store
from readiness.equity.service import claims
from readiness.instruments.models import Instrument
from readiness.plans.service import tier_costs

submit_bp = Blueprint("submit", __name__)


class Required:
    """Marks a field as one to fill in, and leaves it to the use case to say so."""

    field_flags = {"required": True}  # noqa: RUF012 (as WTForms asks for it)

    def __call__(self, _form: object, _field: object) -> None:
        return


class SignatureForm(SafeForm):
    """Whose name it is and whether the box is ticked are told together, by the use case."""

    name = StringField("Your name", [Required(), Length(max=200)])
    agrees = BooleanField("I agree with this statement", [Required()])


@submit_bp.get("/assessments/<assessment_id>/check")
@needs(Can.READ_ASSESSMENT)
def check(assessment_id: str) -> ResponseReturnValue:
    found = submission.check(session(), assessment_id)
    beside = claims.of_entered(store(), found.view.group.id, found.view.answers, now().date())
    return render("assessments/check.html", found.view, found=found, weighed_claims=beside)


@submit_bp.get("/assessments/<assessment_id>/submit")
@needs(Can.ATTEST)
def sign(assessment_id: str) -> ResponseReturnValue:
    return signing_page(assessment_id, SignatureForm(formdata=None))


@submit_bp.post("/assessments/<assessment_id>/submit")
@needs(Can.ATTEST)
@asks_again
def send(assessment_id: str) -> ResponseReturnValue:
    form = SignatureForm()
    if not form.validate():
        return signing_page(assessment_id, form), 422
    signature = Signature(form.name.data or "", bool(form.agrees.data))
    try:
        submission.submit(session(), assessment_id, signature, ids())
    except BadInput as error:
        return signing_page(assessment_id, with_problems(form, error)), 422
    tier_costs.refresh(store(), [assessment_id], now())
    return redirect(url_for(".receipt", assessment_id=assessment_id), 303)


def signing_page(assessment_id: str, form: SignatureForm) -> str:
    found = submission.check_before_signing(session(), assessment_id)
    return render(
        "assessments/submit.html", found.view, found=found, form=form, statement=STATEMENT
    )


def ids() -> Ids:
    return Ids(secrets.token_urlsafe(9), secrets.token_urlsafe(9), code)


def code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


@submit_bp.get("/assessments/<assessment_id>/receipt")
@needs(Can.READ_ASSESSMENT)
def receipt(assessment_id: str) -> ResponseReturnValue:
    view, sent, readers = submission.receipt(session(), assessment_id)
    return render_template("assessments/receipt.html", view=view, sent=sent, readers=readers)


# The review, one page a domain.

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


# The form of one domain: for each item a verdict, a level and a reason.

AGREE, LOWER, CHANGE = "agree", "lower", "change"
VERDICT, LEVEL, REASON = "verdict", "level", "reason"
TypedChoice = tuple[str, str, str]  # verdict, level, reason


class ReviewForm(SafeForm):
    """Fields come from the items."""


def review_form(instrument: Instrument, lines: Iterable[ReviewLine], **more: Any) -> ReviewForm:
    """Filled with what was decided, unless something was sent."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for line in lines:
        fields |= fields_of(instrument, line)
        shown = zip((VERDICT, LEVEL, REASON), current_choice(line), strict=True)
        data |= {name(line, what): value for what, value in shown}
    form: ReviewForm = type("ReviewFormOfDomain", (ReviewForm,), fields)(data=data, **more)
    return form


def name(line: ReviewLine, what: str) -> str:
    return f"{line.item.id}-{what}"


def fields_of(instrument: Instrument, line: ReviewLine) -> dict[str, Any]:
    verdicts = [SelectChoice(AGREE, f"Agree: {answer_in_words(line.answer)}")]
    fields: dict[str, Any] = {}
    if line.answer.level:
        verdicts.append(SelectChoice(LOWER, "Take a lower level as shown, and say why"))
        lower = [SelectChoice(str(n.level), f"{n.level} {n.label}") for n in instrument.scale]
        fields[name(line, LEVEL)] = SelectField(
            "Lower level",
            [Optional()],
            choices=[SelectChoice("", "Choose a level"), *lower[: line.answer.level]],
        )
    verdicts.append(SelectChoice(CHANGE, "Ask for a change, and say what"))
    verdict = RadioField(f"Your decision on {line.item.id}", [Optional()], choices=verdicts)
    reason = TextAreaField(
        "Reason",
        description="The group reads it. Leave out whatever could point at a patient.",
        render_kw={"maxlength": LONGEST_REASON},
    )
    return {name(line, VERDICT): verdict, **fields, name(line, REASON): reason}


def current_choice(line: ReviewLine) -> TypedChoice:
    """What stands now, in the words of the form."""
    review = line.decision
    if review is None:
        return "", "", ""
    if review.decision is Decision.CHANGE_REQUESTED:
        return CHANGE, "", review.reason
    if review.validated_level is not None and review.validated_level != line.answer.level:
        return LOWER, str(review.validated_level), review.reason
    return AGREE, "", review.reason


def shown_choice(line: ReviewLine) -> str:
    """What the page showed, so that what nobody touched is not sent as a decision."""
    return serialized(current_choice(line))


def serialized(shown: TypedChoice) -> str:
    verdict, level, reason = shown
    return "|".join((verdict, level if verdict == LOWER else "", " ".join(reason.split())))


def typed_choice(form: ReviewForm, line: ReviewLine) -> TypedChoice:
    level = form[name(line, LEVEL)].data or "" if name(line, LEVEL) in form else ""
    return form[name(line, VERDICT)].data or "", level, form[name(line, REASON)].data or ""


def choices_of(
    form: ReviewForm, lines: Iterable[ReviewLine], typed: Any
) -> tuple[tuple[ReviewChoice, ...], tuple[Problem, ...]]:
    """Decisions on the items that somebody touched, and what is wrong before they are weighed."""
    touched = [
        (line, given)
        for line in lines
        if serialized(given := typed_choice(form, line)) != typed.get(f"{line.item.id}-was", "")
    ]
    problems = tuple(unclear_choices(touched))
    if problems:
        return (), problems
    return tuple(choice_of(line, given, typed) for line, given in touched), ()


def unclear_choices(touched: Iterable[tuple[ReviewLine, TypedChoice]]) -> Iterator[Problem]:
    for line, (verdict, level, _) in touched:
        if not verdict:
            yield Problem(line.item.id, "Choose a decision to go with the reason.")
        elif verdict == LOWER and not level:
            yield Problem(line.item.id, "Choose the lower level that you take as shown.")


def choice_of(line: ReviewLine, given: TypedChoice, typed: Any) -> ReviewChoice:
    verdict, level, reason = given
    return ReviewChoice(
        item_id=line.item.id,
        decision=Decision.CHANGE_REQUESTED if verdict == CHANGE else Decision.AGREED,
        validated_level=int(level) if verdict == LOWER else None,
        reason=reason,
        seen=whole_number(typed.get(f"{line.item.id}-seen")),
    )


def show_problems(form: ReviewForm, problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Beside the item's decision, and as pairs for the top of the page."""
    on_top = []
    for problem in problems:
        place = f"{problem.place}-{VERDICT}"
        if place in form:
            form[place].errors = [*form[place].errors, problem.says]
            on_top.append((place, f"{problem.place}: {problem.says}"))
        else:
            on_top.append(("", problem.says))
    return on_top
