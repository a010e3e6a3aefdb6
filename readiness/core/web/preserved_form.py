"""Nothing typed is lost when a session ends or the disk is full.

The form is carried through signing in, or shown again to be sent once more.

The fields travel inside the sign-in form, signed, so that nobody can plant others.
"""

from __future__ import annotations

from flask import current_app, render_template, request
from flask import session as cookie
from itsdangerous import BadSignature, URLSafeTimedSerializer

from readiness.accounts.service import passkeys, second_step, signing_in, single_sign_on
from readiness.accounts.service.signing_in import Waits
from readiness.accounts.sessions import Method
from readiness.core.web.forms import CodeForm, OnwardForm, PasswordAgainForm, SignInForm
from readiness.core.web.session import (
    draft_owner,
    session_after_password,
    settings,
    signed_in,
    site,
    store,
)

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
    fields = typed()
    if not fields or sum(len(k + v) for k, v in fields) > LONGEST:
        return ""
    return signer().dumps([writer(), here(), fields])


def writer() -> str:
    """The mark of whose session it is or was; where its cookie is gone, of who signed in last in
    this browser and did not sign out; "": nobody knows."""
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE"], "")
    person_id = signing_in.owner_of(store(), token) if token else ""
    return draft_owner(person_id) if person_id else cookie.get(WRITER, "")


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
    if whose != (draft_owner(person_id) if person_id else ""):
        return None
    return path, [(str(name), str(value)) for name, value in fields]


def inside(address: str) -> str:
    """The address if it is one of ours, else the start page: no open redirect."""
    if not address.isprintable():  # browsers drop tabs and line ends: "/\t/evil" is "//evil"
        return "/"
    plain = address.replace("\\", "/")  # as browsers read it
    return address if plain.startswith("/") and not plain.startswith("//") else "/"


def carry_on(form: OnwardForm) -> None:
    """Where this request was going, and what it sent, into a form that stands in its way."""
    is_page = request.method == "GET" or is_upload()
    form.next.data = here() if is_page else ""
    kept_text = keep()  # refused in words where it is too large, whoever sent it
    form.kept.data = kept_text if writer() else ""


def hand_on(sent: OnwardForm, form: OnwardForm) -> None:
    """What one form that stood in the way carried, to the next."""
    form.next.data, form.kept.data = sent.next.data, sent.kept.data


def sign_in_page() -> str:
    form = SignInForm(formdata=None)
    carry_on(form)
    return render_template(
        "accounts/sign_in.html", form=form, problem="", has_ended=bool(form.kept.data)
    )


def confirm_page() -> str:
    form = PasswordAgainForm(formdata=None)
    carry_on(form)
    return password_again(form)


def password_again(form: PasswordAgainForm) -> str:
    """For a person without a password: the identity provider in its place."""
    sign_on = single_sign_on.standing(session_after_password(), settings().identity_provider)
    return render_template("accounts/confirm.html", form=form, sign_on=sign_on)


def genuine(text: str) -> str:
    """A kept form that we signed; nothing else is stored for somebody who has not signed in."""
    try:
        signer().loads(text, max_age=TWELVE_HOURS)
    except BadSignature:
        return ""
    return text


def second_step_page(sent: OnwardForm | None = None) -> str:
    """What a session that waits is asked; `sent` is the form that opened it."""
    form = CodeForm(formdata=None)
    if sent is None:
        carry_on(form)
    else:
        hand_on(sent, form)
    if signed_in().waits_for is Waits.SET_UP:
        return render_template("accounts/second_step/needed.html", form=form, site=site())
    return code_page(form, "")


def code_page(form: CodeForm, options: str) -> str:
    """`options`: what the browser is told to use a passkey, once the person has asked to."""
    standing = second_step.standing(session_after_password(), settings().second_step)
    if not standing.has_app:
        form.code.description = "One of the codes you keep on paper."
    return render_template(
        "accounts/second_step/code.html",
        form=form,
        options=options,
        standing=standing,
        is_by_password=signed_in().session.method is Method.PASSWORD,
        has_passkey_here=bool(passkeys.usable(session_after_password(), site())),
    )
