"""Nothing typed is lost when a session ends: the form is carried through signing in.

The fields travel inside the sign-in form, signed, so that nobody can plant others.
"""

from __future__ import annotations

from flask import current_app, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from readiness.web.forms import SignInForm

TWELVE_HOURS = 12 * 3600
LONGEST = 200_000  # characters of typed text carried along
Kept = tuple[str, list[tuple[str, str]]]  # where it was going, and its fields


def signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kept form")


def keep() -> str:
    """The form that was just sent, as a signed text; empty when there is none."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if k != "csrf_token"]
    if request.method != "POST" or not fields or sum(len(v) for _, v in fields) > LONGEST:
        return ""
    return signer().dumps([request.full_path.rstrip("?"), fields])


def kept(text: str) -> Kept | None:
    if not text:
        return None
    try:
        path, fields = signer().loads(text, max_age=TWELVE_HOURS)
    except BadSignature:
        return None
    return path, [(str(name), str(value)) for name, value in fields]


def sign_in_page(problem: str = "") -> str:
    form = SignInForm(formdata=None)
    form.next.data = request.full_path.rstrip("?") if request.method == "GET" else ""
    form.kept.data = keep()
    return render_template(
        "pages/sign_in.html", form=form, problem=problem, has_ended=bool(form.kept.data)
    )
