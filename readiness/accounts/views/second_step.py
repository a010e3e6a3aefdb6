"""The second step of signing in: its code, and setting it up."""

from __future__ import annotations

import secrets

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from readiness.accounts.second_factor import CODE_BYTES, CODES
from readiness.accounts.service import second_step as service
from readiness.accounts.service.signing_in import Waits
from readiness.accounts.views.account import go_on, renewed
from readiness.core.errors import BadInput, Denied
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.forms import CodeForm, OnwardForm, with_problems
from readiness.core.web.guard import asks_again, needs, open_after_password
from readiness.core.web.session import (
    session,
    session_after_password,
    settings,
    signed_in,
    site,
)

bp = Blueprint("second_step", __name__)
STATUS = {BadInput: 422, Denied: 429}


def key() -> str:
    return str(current_app.config["SECRET_KEY"])


def refused(form: CodeForm, error: BadInput | Denied) -> CodeForm:
    if isinstance(error, BadInput):
        return with_problems(form, error)
    form.form_errors.append(str(error))
    return form


@bp.post("/sign-in/code")
@open_after_password
def give() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return preserved_form.code_page(form, ""), 422
    found = signed_in()
    try:
        service.give(session_after_password(), key(), found.session, form.code.data or "")
    except (BadInput, Denied) as error:
        return preserved_form.code_page(refused(form, error), ""), STATUS[type(error)]
    g.actor = found.actor
    return renewed(go_on(form))


@bp.get("/account/second-step")
@open_after_password
def show() -> ResponseReturnValue:
    if signed_in().waits_for is Waits.CODE:
        return preserved_form.second_step_page(), 401
    return set_up_page(CodeForm(formdata=None))


def set_up_page(form: CodeForm) -> str:
    offered = service.set_up(session_after_password(), key())
    return render_template(
        "accounts/second_step/set_up.html",
        form=form,
        offered=offered,
        square=square(offered.address) if offered else "",
        standing=service.standing(session_after_password(), settings().second_step),
        site=site(),
    )


def square(text: str) -> Markup:
    """The text as a square of dots, which a phone's camera reads."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=5,
        border=4,
        light="#fff",
        omitsize=True,
        title="Square that your authenticator app reads",
    )
    return Markup(drawn)  # noqa: S704 - drawn here, from dots


@bp.post("/account/second-step/begin")
@open_after_password
@asks_again
def begin() -> ResponseReturnValue:
    service.begin(session_after_password(), signed_in().session, secrets.token_urlsafe(16))
    form = CodeForm(formdata=None)
    preserved_form.hand_on(OnwardForm(), form)
    return set_up_page(form)


@bp.post("/account/second-step/confirm")
@open_after_password
@asks_again
def confirm() -> ResponseReturnValue:
    form, found = CodeForm(), signed_in()
    if not form.validate():
        return set_up_page(form), 422
    chance = secrets.token_bytes(CODES * CODE_BYTES)
    try:
        codes = service.confirm(
            session_after_password(), key(), found.session, form.code.data or "", chance
        )
    except (BadInput, Denied) as error:
        return set_up_page(refused(form, error)), STATUS[type(error)]
    g.actor = found.actor
    return codes_page(codes, form)


def codes_page(codes: tuple[str, ...], form: OnwardForm) -> str:
    """The codes, and on to where the person was going; what was typed comes along."""
    typed = preserved_form.kept(form.kept.data or "", g.actor.id)
    path, fields = typed or (preserved_form.inside(form.next.data or ""), [])
    return render_template("accounts/second_step/codes.html", codes=codes, path=path, fields=fields)


@bp.post("/account/second-step/codes")
@needs(Can.SEE_HOME)
@asks_again
def new_codes() -> ResponseReturnValue:
    chance = secrets.token_bytes(CODES * CODE_BYTES)
    return codes_page(service.new_codes(session(), key(), chance), OnwardForm(formdata=None))


@bp.post("/account/second-step/off")
@needs(Can.SEE_HOME)
@asks_again
def remove_app() -> ResponseReturnValue:
    service.remove_app(session(), settings().second_step)
    return removed()


def removed() -> Response:
    """Back to what is left of the second step, or to the account."""
    if service.standing(session(), settings().second_step).is_on:
        flash("Removed. Signing in still asks for a second step.")
        return redirect(url_for("second_step.show"), 303)
    flash("Signing in asks for your password only from now on.")
    return redirect(url_for("account.mine"), 303)
