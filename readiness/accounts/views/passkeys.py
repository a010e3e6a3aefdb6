"""Passkeys as the second step: signing in with one, adding and removing them.

Both ways a page tells the browser what to ask its authenticator, a script asks, and the answer is
sent as any other form.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.passkeys import CHALLENGE_BYTES
from readiness.accounts.second_factor import CODE_BYTES, CODES
from readiness.accounts.service import passkeys as service
from readiness.accounts.views.account import go_on, renewed
from readiness.accounts.views.second_step import codes_page, key, removed
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.forms import (
    CodeForm,
    NewPasskeyForm,
    OnwardForm,
    PasskeyForm,
    with_problems,
)
from readiness.core.web.guard import asks_again, needs, open_after_password
from readiness.core.web.session import (
    session,
    session_after_password,
    settings,
    signed_in,
    site,
)

bp = Blueprint("passkeys", __name__)


@bp.post("/sign-in/passkey/begin")
@open_after_password
def ask() -> ResponseReturnValue:
    return asking(OnwardForm(), "")


def asking(sent: OnwardForm, problem: str) -> str:
    """The page on which the browser asks for a passkey, or the person types a code after all."""
    form = CodeForm(formdata=None)
    preserved_form.hand_on(sent, form)
    if problem:
        form.form_errors.append(problem)
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = service.request(session_after_password(), signed_in().session, site(), challenge)
    return preserved_form.code_page(form, options)


@bp.post("/sign-in/passkey")
@open_after_password
def give() -> ResponseReturnValue:
    form, found = PasskeyForm(), signed_in()
    try:
        service.sign_in(session_after_password(), found.session, site(), form.credential.data or "")
    except BadInput as error:
        return asking(form, str(error)), 422
    g.actor = found.actor
    return renewed(go_on(form))


@bp.post("/account/passkeys/begin")
@open_after_password
@asks_again
def begin() -> ResponseReturnValue:
    form = NewPasskeyForm(formdata=None)
    preserved_form.hand_on(OnwardForm(), form)
    return adding(form)


def adding(form: NewPasskeyForm) -> str:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options = service.offer(session_after_password(), signed_in().session, site(), challenge)
    return render_template(
        "accounts/second_step/new_passkey.html", form=form, options=options, site=site()
    )


@bp.post("/account/passkeys")
@open_after_password
@asks_again
def add() -> ResponseReturnValue:
    form, found = NewPasskeyForm(), signed_in()
    if not form.validate():
        return adding(form), 422
    named = secrets.token_urlsafe(9), form.name.data or ""
    answer, chance = form.credential.data or "", secrets.token_bytes(CODES * CODE_BYTES)
    try:
        codes = service.add(
            session_after_password(), key(), found.session, site(), named, answer, chance
        )
    except BadInput as error:
        return adding(with_problems(form, error)), 422
    g.actor = found.actor
    if codes:
        return codes_page(codes, form)
    flash(f"The passkey {named[1]} is added.")
    return redirect(url_for("second_step.show"), 303)


@bp.post("/account/passkeys/<passkey_id>/remove")
@needs(Can.SEE_HOME)
@asks_again
def remove(passkey_id: str) -> ResponseReturnValue:
    service.remove(session(), passkey_id, settings().second_step)
    return removed()
