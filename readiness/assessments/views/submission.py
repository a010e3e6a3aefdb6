"""Checking, signing and sending in an assessment, and the receipt."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from readiness.assessments.attestation import CODE_LENGTH, CODE_LETTERS, STATEMENT
from readiness.assessments.service import submission
from readiness.assessments.service.submission import Ids, Signature
from readiness.assessments.views.answering import render
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import SafeForm, with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, store
from readiness.equity.service import claims

bp = Blueprint("submit", __name__)


class Required:
    """Marks a field as one to fill in, and leaves it to the use case to say so."""

    field_flags = {"required": True}  # noqa: RUF012 (as WTForms asks for it)

    def __call__(self, _form: object, _field: object) -> None:
        return


class SignatureForm(SafeForm):
    """Whose name it is and whether the box is ticked are told together, by the use case."""

    name = StringField("Your name", [Required(), Length(max=200)])
    agrees = BooleanField("I agree with this statement", [Required()])


@bp.get("/assessments/<assessment_id>/check")
@needs(Can.READ_ASSESSMENT)
def check(assessment_id: str) -> ResponseReturnValue:
    found = submission.check(session(), assessment_id)
    beside = claims.of_entered(store(), found.view.group.id, found.view.answers, now().date())
    return render("assessments/check.html", found.view, found=found, weighed_claims=beside)


@bp.get("/assessments/<assessment_id>/submit")
@needs(Can.ATTEST)
def sign(assessment_id: str) -> ResponseReturnValue:
    return signing_page(assessment_id, SignatureForm(formdata=None))


@bp.post("/assessments/<assessment_id>/submit")
@needs(Can.ATTEST)
def send(assessment_id: str) -> ResponseReturnValue:
    form = SignatureForm()
    if not form.validate():
        return signing_page(assessment_id, form), 422
    signature = Signature(form.name.data or "", bool(form.agrees.data))
    try:
        submission.submit(session(), assessment_id, signature, ids())
    except BadInput as error:
        return signing_page(assessment_id, with_problems(form, error)), 422
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


@bp.get("/assessments/<assessment_id>/receipt")
@needs(Can.READ_ASSESSMENT)
def receipt(assessment_id: str) -> ResponseReturnValue:
    view, sent, readers = submission.receipt(session(), assessment_id)
    return render_template("assessments/receipt.html", view=view, sent=sent, readers=readers)
