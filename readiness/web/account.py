"""Signing in and out."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from readiness.access import Can
from readiness.domain.errors import BadInput, Denied
from readiness.usecases import account
from readiness.web import resuming
from readiness.web.forms import SignInForm
from readiness.web.guard import needs, open_to_anyone
from readiness.web.request_cycle import now, settings, store

pages = Blueprint("account", __name__)


@pages.get("/sign-in")
@open_to_anyone
def sign_in() -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    return render_template("pages/sign_in.html", form=form, problem="", has_ended=False)


@pages.post("/sign-in")
@open_to_anyone
def signing_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return render_template("pages/sign_in.html", form=form, problem="", has_ended=False), 422
    token = secrets.token_urlsafe(32)
    try:
        g.actor = account.sign_in(
            store(),
            current_app.config["HASHER"],
            form.email.data or "",
            form.password.data or "",
            request.remote_addr or "",
            token,
            now(),
        )
    except (BadInput, Denied) as error:
        status = 422 if isinstance(error, BadInput) else 429
        return (
            render_template("pages/sign_in.html", form=form, problem=str(error), has_ended=False),
            status,
        )
    session.clear()  # a new form token for a new person
    return with_cookie(after_sign_in(form), token)


def after_sign_in(form: SignInForm) -> Response:
    """On to where they were going; a form that was cut off is shown again to be sent."""
    if typed := resuming.kept(form.kept.data or ""):
        path, fields = typed
        return current_app.make_response(
            render_template("pages/resume.html", path=path, fields=fields)
        )
    return redirect(inside(form.next.data or ""), 303)


def inside(address: str) -> str:
    """The address if it is one of ours, else the start page: no open redirect."""
    parts = urlsplit(address.replace("\\", "/"))
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return address if is_ours and not parts.path.startswith("//") else "/"


def with_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        token,
        secure=not settings().is_demo,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@pages.post("/sign-out")
@needs(Can.SEE_HOME)
def sign_out() -> ResponseReturnValue:
    name = current_app.config["SIGN_IN_COOKIE"]
    account.sign_out(store(), request.cookies[name], now())
    session.clear()
    flash("You are signed out.")
    response = redirect("/sign-in", 303)
    response.delete_cookie(name, path="/", secure=not settings().is_demo, httponly=True)
    return response


@pages.post("/session")
@needs(Can.SEE_HOME)
def stay() -> ResponseReturnValue:
    """Going on: the request itself has renewed the session."""
    if request.accept_mimetypes.best == "application/json":
        return {"ends_at": g.session_ends_at.isoformat()}
    return redirect(inside(request.form.get("next", "")), 303)
