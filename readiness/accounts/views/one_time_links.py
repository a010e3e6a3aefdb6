"""Following a one-time link: joining a team, or choosing a new password."""

from __future__ import annotations

import secrets

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.forms import JoinByProviderForm, JoinForm, NewPasswordForm
from readiness.accounts.service import one_time_links
from readiness.accounts.service.one_time_links import LinkContents
from readiness.accounts.team import LinkPurpose
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs, open_to_anyone
from readiness.core.web.session import now, session, store

bp = Blueprint("letters", __name__, url_prefix="/letters/<token>")


@bp.get("")
@open_to_anyone
def read(token: str) -> ResponseReturnValue:
    opened = one_time_links.open_link(store(), token, now())
    if opened.link.purpose is LinkPurpose.NEW_PASSWORD:
        return reset_page(token, opened, NewPasswordForm(formdata=None))
    return invitation_page(token, opened, JoinForm(formdata=None, name=opened.link.name))


def invitation_page(token: str, opened: LinkContents, form: JoinForm) -> str:
    return render_template(
        "accounts/invitation.html",
        token=token,
        opened=opened,
        form=form,
        provider_form=JoinByProviderForm(formdata=None, name=form.name.data),
    )


def reset_page(token: str, opened: LinkContents, form: NewPasswordForm) -> str:
    return render_template("accounts/new_password.html", token=token, opened=opened, form=form)


@bp.post("/accept")
@open_to_anyone
def accept(token: str) -> ResponseReturnValue:
    opened = one_time_links.open_link(store(), token, now(), LinkPurpose.INVITATION)
    form = JoinForm()
    if not form.validate():
        return invitation_page(token, opened, form), 422
    hasher, ids = current_app.config["HASHER"], (secrets.token_urlsafe(9), secrets.token_urlsafe(9))
    name, password = form.name.data, form.new_password.data
    try:
        one_time_links.accept_invitation(store(), hasher, token, name, password, ids, now())
    except BadInput as error:
        return invitation_page(token, opened, with_problems(form, error)), 422
    flash("Your account is ready. Sign in with your e-mail address and your new password.")
    return redirect(url_for("account.sign_in"), 303)


@bp.post("/join")
@needs(Can.SEE_HOME)
def join(token: str) -> ResponseReturnValue:
    one_time_links.accept_signed_in(session(), token, secrets.token_urlsafe(9))
    flash("You have joined.")
    return redirect(url_for("home.start"), 303)


@bp.post("/password")
@open_to_anyone
def choose_password(token: str) -> ResponseReturnValue:
    opened = one_time_links.open_link(store(), token, now(), LinkPurpose.NEW_PASSWORD)
    form = NewPasswordForm()
    if not form.validate():
        return reset_page(token, opened, form), 422
    hasher, password = current_app.config["HASHER"], form.new_password.data
    try:
        one_time_links.choose_password(store(), hasher, token, password, now())
    except BadInput as error:
        return reset_page(token, opened, with_problems(form, error)), 422
    flash("Your password is changed. Sign in with the new one.")
    return redirect(url_for("account.sign_in"), 303)
