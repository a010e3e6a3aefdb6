"""Signing in and out, and one's own account."""

from __future__ import annotations

import secrets
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import (
    session as cookie,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from readiness.accounts.forms import ChangePasswordForm
from readiness.accounts.service import account, people
from readiness.accounts.service.people import NamedMembership
from readiness.core import permissions
from readiness.core.errors import BadInput, Denied
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.forms import SignInForm, with_problems
from readiness.core.web.guard import needs, open_to_anyone
from readiness.core.web.session import actor, draft_owner, now, session, settings, store

bp = Blueprint("account", __name__)


@bp.get("/sign-in")
@open_to_anyone
def sign_in() -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    return render_template("accounts/sign_in.html", form=form, problem="", has_ended=False)


@bp.post("/sign-in")
@open_to_anyone
def signing_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, problem="", has_ended=False), 422
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
            render_template(
                "accounts/sign_in.html", form=form, problem=str(error), has_ended=False
            ),
            status,
        )
    account.sign_out(store(), own_token(), now())  # the session this browser had before
    cookie.clear()  # a new form token for a new person
    cookie[preserved_form.WRITER] = draft_owner(g.actor.id)
    g.pop("csrf_token", None)  # also where this request has already written one
    return with_cookie(after_sign_in(form), token)


def own_token() -> str:
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")


def after_sign_in(form: SignInForm) -> Response:
    """On to where they were going; a form that was cut off is shown again to be sent."""
    if typed := preserved_form.kept(form.kept.data or "", g.actor.id):
        path, fields = typed
        return current_app.make_response(
            render_template("core/resume.html", path=path, fields=fields)
        )
    return redirect(inside(form.next.data or ""), 303)


def inside(address: str) -> str:
    """The address if it is one of ours, else the start page: no open redirect."""
    if not address.isprintable():  # browsers drop tabs and line ends: "/\t/evil" is "//evil"
        return "/"
    plain = address.replace("\\", "/")  # as browsers read it
    return address if plain.startswith("/") and not plain.startswith("//") else "/"


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


@bp.post("/sign-out")
@needs(Can.SEE_HOME)
def sign_out() -> ResponseReturnValue:
    account.sign_out(store(), own_token(), now())
    cookie.clear()
    flash("You are signed out.")
    response = redirect(url_for("account.sign_in"), 303)
    response.delete_cookie(
        current_app.config["SIGN_IN_COOKIE"],
        path="/",
        secure=not settings().is_demo,
        httponly=True,
        samesite="Lax",
    )
    response.headers["Clear-Site-Data"] = '"storage"'  # drafts, in every tab of this browser
    return response


@bp.post("/session")
@needs(Can.SEE_HOME)
def stay() -> ResponseReturnValue:
    """Going on: the request itself has renewed the session."""
    if request.accept_mimetypes.best == "application/json":
        return {"ends_at": g.session_ends_at.isoformat(), "now": now().isoformat()}
    return redirect(inside(request.form.get("next", "")), 303)


@bp.get("/account")
@needs(Can.SEE_HOME)
def mine() -> ResponseReturnValue:
    return my_page(ChangePasswordForm(formdata=None))


PLACES = (  # what a part leads to
    (Can.MANAGE_TEAM, "People", "team.show"),
    (Can.READ_GROUP_HISTORY, "History", "history.of_group"),
    (Can.TAKE_OUT, "Records", "records.show"),
    (Can.MANAGE_PAYER_TEAM, "People", "payer_team.show"),
    (Can.REVIEW_PORTFOLIO, "History", "history.of_payer"),
)


def links_of(part: NamedMembership) -> list[tuple[str, str]]:
    """(label, address) of what this part lets the person open."""
    membership = part.membership
    place = {"group_id": membership.group_id, "payer_id": membership.payer_id}
    mine: dict[str, Any] = {key: value for key, value in place.items() if value}
    return [
        (label, url_for(endpoint, **mine))
        for can, label, endpoint in PLACES
        if permissions.grants(membership, can)
    ]


def my_page(form: ChangePasswordForm) -> str:
    return render_template(
        "accounts/mine.html",
        form=form,
        person=account.person(store(), actor()),
        parts=[(part, links_of(part)) for part in people.parts_of(store(), actor().id)],
        sessions=account.own_sessions(session(), own_token()),
    )


@bp.post("/account/password")
@needs(Can.SEE_HOME)
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate():
        return my_page(form), 422
    hasher, old, new = current_app.config["HASHER"], form.password.data, form.new_password.data
    try:
        account.change_password(session(), hasher, old, new, own_token())
    except BadInput as error:
        return my_page(with_problems(form, error)), 422
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for(".mine"), 303)


@bp.post("/account/sessions/end")
@needs(Can.SEE_HOME)
def end_sessions() -> ResponseReturnValue:
    account.end_other_sessions(session(), own_token())
    flash("You are signed out everywhere but here.")
    return redirect(url_for(".mine"), 303)
