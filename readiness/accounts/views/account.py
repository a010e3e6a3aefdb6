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
from readiness.accounts.service import account, notices, people, single_sign_on
from readiness.accounts.service import second_step as second_step_service
from readiness.accounts.service import signing_in as service
from readiness.accounts.service.people import NamedMembership
from readiness.accounts.service.signing_in import Credentials, SignedIn
from readiness.accounts.throttle import telling
from readiness.core import permissions
from readiness.core.errors import BadInput, Busy, Denied, NotSaved
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.forms import OnwardForm, PasswordAgainForm, SignInForm, with_problems
from readiness.core.web.guard import asks_again, needs, open_after_password, open_to_anyone
from readiness.core.web.session import (
    actor,
    draft_owner,
    now,
    session,
    session_after_password,
    settings,
    signed_in,
    store,
    take,
)

bp = Blueprint("account", __name__)
STATUS = {BadInput: 422, Denied: 429, Busy: 503}
A_YEAR = 365 * 24 * 3600  # seconds
LONGEST_NAME = 300  # characters of what a browser calls itself
NO_SESSION = (
    "Nobody can be signed in just now: the server cannot store it. "
    "Try again in a minute, or tell your administrator."
)
NOT_ENDED = (
    "You are signed out of this browser. The server could not store it, so the session itself ends "
    "within an hour. On a shared computer, close the browser too."
)


@bp.get("/sign-in")
@open_to_anyone
def sign_in() -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    return not_signed_in(form, "")


@bp.post("/sign-in")
@open_to_anyone
def signing_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return not_signed_in(form, ""), 422
    former, known = own_token(), request.cookies.get(current_app.config["BROWSER_COOKIE"], "")
    new_tokens = tokens_here()
    sent = Credentials(
        email=form.email.data or "",
        password=form.password.data or "",
        address=address(),
        browser=known,
        user_agent=user_agent(),
    )
    hasher, required = current_app.config["HASHER"], settings().second_step
    try:
        found = service.sign_in(store(), hasher, sent, new_tokens, required, now())
    except (BadInput, Denied, Busy) as error:
        return not_signed_in(form, str(error)), STATUS[type(error)]
    except NotSaved:
        return not_signed_in(form, NO_SESSION), 503
    return signed_in_here(found, form, former, new_tokens)


def signed_in_here(
    found: SignedIn, form: OnwardForm, former: str, new_tokens: tuple[str, str]
) -> Response:
    """On to the next page, in place of the session that this browser had before."""
    service.sign_out(store(), former, now())
    cookie.clear()  # a new form token for a new person
    cookie[preserved_form.WRITER] = draft_owner(found.actor.id)
    g.pop("csrf_token", None)  # also where this request has already written one
    take(found)
    response = go_on(form) if found.waits_for is None else second_step(form)
    return with_cookies(response, *new_tokens)


def tokens_here() -> tuple[str, str]:
    """Of a new session, and of the browser: that by which it is known, if it is."""
    known = request.cookies.get(current_app.config["BROWSER_COOKIE"], "")
    return secrets.token_urlsafe(32), known or secrets.token_urlsafe(32)


def user_agent() -> str:
    return request.user_agent.string[:LONGEST_NAME]


def address() -> str:
    is_forwarded = settings().proxies == 0 and "X-Forwarded-For" in request.headers
    return telling(request.remote_addr or "", is_forwarded=is_forwarded)


def second_step(form: OnwardForm) -> Response:
    return current_app.make_response(preserved_form.second_step_page(form))


def not_signed_in(form: SignInForm, problem: str) -> str:
    return render_template("accounts/sign_in.html", form=form, problem=problem, has_ended=False)


def own_token() -> str:
    return request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")


def go_on(form: OnwardForm) -> Response:
    """On to where they were going; a form that was cut off is shown again to be sent."""
    if typed := preserved_form.kept(form.kept.data or "", actor().id):
        path, fields = typed
        return current_app.make_response(
            render_template("core/resume.html", path=path, fields=fields)
        )
    return redirect(preserved_form.inside(form.next.data or ""), 303)


def with_cookies(response: Response, token: str, browser: str) -> Response:
    """The session's token, and the one by which this browser is known for a year."""
    set_cookie(response, "SIGN_IN_COOKIE", token)
    set_cookie(response, "BROWSER_COOKIE", browser, max_age=A_YEAR)
    return response


def renewed(response: Response) -> Response:
    """After the second step: a token known from before it opens nothing that it opened."""
    token = secrets.token_urlsafe(32)
    account.renew(session_after_password(), signed_in().session, token)
    set_cookie(response, "SIGN_IN_COOKIE", token)
    return response


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        current_app.config[name],
        value,
        max_age=max_age,
        secure=not settings().is_demo,
        httponly=True,
        samesite="Lax",
        path="/",
    )


@bp.post("/sign-out")
@open_after_password
def sign_out() -> ResponseReturnValue:
    try:
        service.sign_out(store(), own_token(), now())
        says = "You are signed out."
    except NotSaved:
        says = NOT_ENDED
    cookie.clear()
    flash(says)
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


@bp.post("/confirm")
@open_after_password
def confirm() -> ResponseReturnValue:
    """The password once more, and on to the page that asked for it."""
    form = PasswordAgainForm()
    if not form.validate():
        return preserved_form.password_again(form), 422
    here, token = signed_in().session, secrets.token_urlsafe(32)
    hasher, password = current_app.config["HASHER"], form.password.data or ""
    try:
        account.confirm(session_after_password(), hasher, here, password, token)
    except BadInput as error:
        return preserved_form.password_again(with_problems(form, error)), 422
    response = go_on(form) if g.actor else second_step(form)
    set_cookie(response, "SIGN_IN_COOKIE", token)
    return response


@bp.post("/session")
@needs(Can.SEE_HOME)
def stay() -> ResponseReturnValue:
    """Going on: the request itself has renewed the session."""
    if request.accept_mimetypes.best == "application/json":
        return {"ends_at": g.session_ends_at.isoformat(), "now": now().isoformat()}
    return redirect(preserved_form.inside(request.form.get("next", "")), 303)


@bp.get("/account")
@needs(Can.SEE_HOME)
def mine() -> ResponseReturnValue:
    return my_page(ChangePasswordForm(formdata=None))


PLACES = (  # what a part leads to
    (Can.MANAGE_TEAM, "People", "team.show"),
    (Can.READ_GROUP_HISTORY, "History", "history.of_group"),
    (Can.TAKE_OUT, "Records", "records.show"),
    (Can.MANAGE_PAYER_TEAM, "People", "payer_team.show"),
    (Can.READ_PAYER_HISTORY, "History", "history.of_payer"),
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
        browsers=account.own_sessions(session(), signed_in().session),
        second_step=second_step_service.standing(session(), settings().second_step),
        entries=notices.own_entries(session()),
        sign_on=single_sign_on.standing(session(), settings().identity_provider),
    )


@bp.post("/account/password")
@needs(Can.SEE_HOME)
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate():
        return my_page(form), 422
    hasher, old, new = current_app.config["HASHER"], form.password.data, form.new_password.data
    here, token = signed_in().session, secrets.token_urlsafe(32)
    try:
        account.change_password(session(), hasher, old, new, here, token)
    except BadInput as error:
        return my_page(with_problems(form, error)), 422
    flash("Your password is changed. You are signed out everywhere else.")
    response = redirect(url_for(".mine"), 303)
    set_cookie(response, "SIGN_IN_COOKIE", token)
    return response


@bp.post("/account/sessions/end")
@needs(Can.SEE_HOME)
@asks_again
def end_sessions() -> ResponseReturnValue:
    account.end_other_sessions(session(), signed_in().session)
    flash("You are signed out everywhere but here.")
    return redirect(url_for(".mine"), 303)


@bp.post("/account/sessions/<session_id>/end")
@needs(Can.SEE_HOME)
@asks_again
def end_session(session_id: str) -> ResponseReturnValue:
    account.end_session(session(), session_id)
    flash("You are signed out there.")
    return redirect(url_for(".mine"), 303)


@bp.post("/account/told")
@needs(Can.SEE_HOME)
def told() -> ResponseReturnValue:
    notices.told(session())
    return redirect(url_for("home.start"), 303)
