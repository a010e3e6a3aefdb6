"""Default deny: a page that declares nothing opens for nobody; what browsers are told of trust."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from readiness.core import permissions
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.session import settings, signed_in

View = TypeVar("View", bound=Callable[..., Any])
ANYONE = "anyone"
PASSWORD_GIVEN = "whoever has given their password"  # noqa: S105 - and no password
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"


class Origin(Enum):
    """Which site's page sent a request."""

    HERE = auto()
    ELSEWHERE = auto()
    UNSAID = auto()


def needs(can: Can) -> Callable[[View], View]:
    """Declare what a person must be able to do, somewhere, to open this page.

    Whether they may do it here is for the use case, which knows whose page it is.
    """

    def declare(view: View) -> View:
        view.needs = can  # type: ignore[attr-defined]
        return view

    return declare


def open_to_anyone(view: View) -> View:
    view.needs = ANYONE  # type: ignore[attr-defined]
    return view


def open_after_password(view: View) -> View:
    """Also while the second step is awaited."""
    view.needs = PASSWORD_GIVEN  # type: ignore[attr-defined]
    return view


def asks_again(view: View) -> View:
    """Declare that the password is asked for once more, where it was given some time ago."""
    view.asks_again = True  # type: ignore[attr-defined]
    return view


def needed_by(app: Flask, endpoint: str | None) -> Can | str | None:
    if endpoint == "static":
        return ANYONE
    return getattr(app.view_functions.get(endpoint or ""), "needs", None)


def attach(app: Flask) -> None:
    app.before_request(check_origin)
    app.before_request(check_ability)
    app.after_request(add_headers)


def check_origin() -> None:
    """Refuse a change that another site sent, whatever token it carries.

    A request that says nothing comes from no browser: its token decides.
    """
    if request.method not in SAFE and comes_from() is Origin.ELSEWHERE:
        abort(403)


def comes_from() -> Origin:
    """Browsers say where a request comes from in Sec-Fetch-Site; older ones send Origin."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        return Origin.UNSAID
    is_ours = (
        site in ("same-origin", "none")
        if site is not None
        else origin == request.host_url.rstrip("/")
    )
    return Origin.HERE if is_ours else Origin.ELSEWHERE


def check_ability() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the error page says so
    wanted = needed_by(current_app, request.endpoint)
    if wanted == ANYONE:
        return None
    if g.actor is None and not (wanted == PASSWORD_GIVEN and g.signed_in):
        return ask_to_sign_in()
    if wanted != PASSWORD_GIVEN and not (
        isinstance(wanted, Can) and permissions.holds(g.actor, wanted)
    ):
        abort(403)
    asks = getattr(current_app.view_functions[request.endpoint], "asks_again", False)
    return ask_again() if asks and not signed_in().session.is_sure(g.now) else None


def ask_to_sign_in() -> ResponseReturnValue:
    if wants_json():
        return jsonify(error="Your session has ended. Sign in again; what you typed is kept."), 401
    if g.signed_in:
        return preserved_form.second_step_page(), 401
    return preserved_form.sign_in_page(), 401


def ask_again() -> ResponseReturnValue:
    if wants_json():
        return jsonify(error="Give your password once more: open this page again and send it."), 401
    return preserved_form.confirm_page(), 401


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json" or request.is_json


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not settings().is_demo:
        response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
