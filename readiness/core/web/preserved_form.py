"""Nothing typed is lost when a session ends or the disk is full.

The form is carried through signing in, or shown again to be sent once more.

The fields travel inside the sign-in form, signed, so that nobody can plant others.
"""

from __future__ import annotations

from flask import current_app, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from readiness.accounts.service import account
from readiness.core.web.forms import SignInForm
from readiness.core.web.session import store

TWELVE_HOURS = 12 * 3600
LONGEST = 200_000  # characters of names and typed text carried along
Kept = tuple[str, list[tuple[str, str]]]  # where it was going, and its fields


def signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kept form")


def keep() -> str:
    """The form that was just sent, as a signed text; empty when there is none.

    Passwords are never carried, and what one person typed is shown to no other.
    """
    fields = typed()
    if not fields or sum(len(k + v) for k, v in fields) > LONGEST:
        return ""
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")
    whose = account.owner_of(store(), token) if token else ""
    return signer().dumps([whose, here(), fields])


def typed() -> list[tuple[str, str]]:
    """What the form that was just sent held, but for its passwords; nothing of an upload."""
    if request.method != "POST" or is_upload():
        return []
    return [(k, v) for k, v in request.form.items(multi=True) if is_carried(k)]


def here() -> str:
    return request.full_path.rstrip("?")


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
    if whose not in ("", person_id):
        return None
    return path, [(str(name), str(value)) for name, value in fields]


def sign_in_page(problem: str = "") -> str:
    form = SignInForm(formdata=None)
    is_page = request.method == "GET" or is_upload()
    form.next.data = here() if is_page else ""
    form.kept.data = keep()
    return render_template(
        "accounts/sign_in.html", form=form, problem=problem, has_ended=bool(form.kept.data)
    )
