"""Nothing typed is lost when a session ends: the form is carried through signing in.

The fields travel inside the sign-in form, signed, so that nobody can plant others.
"""

from __future__ import annotations

from flask import current_app, render_template, request
from flask import session as cookie
from itsdangerous import BadSignature, URLSafeTimedSerializer

from readiness.accounts.service import account
from readiness.core.web.forms import SignInForm
from readiness.core.web.session import draft_owner, store

TWELVE_HOURS = 12 * 3600
LONGEST = 200_000  # characters of names and typed text carried along
WRITER = "writer"  # in the cookie of the form token: who signed in last
Kept = tuple[str, list[tuple[str, str]]]  # where it was going, and its fields


def signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kept form")


def keep() -> str:
    """The form that was just sent, as a signed text; empty when there is none.

    Passwords are never carried, and what one person typed is shown to no other: what nobody
    knows the writer of, as after a sign-out in another tab, is carried to nobody who signs in.
    """
    if is_upload():
        return ""
    fields = [(k, v) for k, v in request.form.items(multi=True) if is_carried(k)]
    if request.method != "POST" or not fields or sum(len(k + v) for k, v in fields) > LONGEST:
        return ""
    return signer().dumps([writer(), request.full_path.rstrip("?"), fields])


def writer() -> str:
    """The mark of whose session it is or was; where its cookie is gone, of who signed in last in
    this browser and did not sign out; "": nobody knows."""
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")
    person_id = account.owner_of(store(), token) if token else ""
    return draft_owner(person_id) if person_id else cookie.get(WRITER, "")


def is_upload() -> bool:
    """Files are not carried: who sent one goes back to the page it was sent from."""
    return request.mimetype == "multipart/form-data"


def is_carried(name: str) -> bool:
    return name != "csrf_token" and "password" not in name


def kept(text: str, person_id: str) -> Kept | None:
    """The form that was kept, for the person who typed it."""
    if not text:
        return None
    try:
        whose, path, fields = signer().loads(text, max_age=TWELVE_HOURS)
    except BadSignature:
        return None
    if whose != (draft_owner(person_id) if person_id else ""):
        return None
    return path, [(str(name), str(value)) for name, value in fields]


def sign_in_page(problem: str = "") -> str:
    form = SignInForm(formdata=None)
    is_page = request.method == "GET" or is_upload()
    form.next.data = request.full_path.rstrip("?") if is_page else ""
    typed = keep()  # refused in words where it is too large, whoever sent it
    form.kept.data = typed if writer() else ""
    return render_template(
        "accounts/sign_in.html", form=form, problem=problem, has_ended=bool(form.kept.data)
    )
