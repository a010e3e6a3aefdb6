"""Every error is a page with a sentence that ends in what to do, or the same as JSON."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from readiness.core import errors
from readiness.core.web import guard, preserved_form, upload_limit

STATUS: dict[type[errors.ReadinessError], int] = {
    errors.NotFound: 404,
    errors.Denied: 403,
    errors.WrongState: 409,
    errors.ChangedMeanwhile: 409,
    errors.BadInput: 422,
    errors.NotSaved: 503,
    errors.Busy: 503,
    errors.NotReadable: 503,
    errors.NotPrinted: 503,
}
SAYS = {
    400: ("We could not read that", "Go back, check what you sent and try again."),
    403: ("Not open to you", "Ask a colleague who may, or your administrator."),
    404: ("Not found", "Check the address, or start from the home page."),
    405: ("Not done that way", "Go back and use the button on the page."),
    409: ("That changed meanwhile", "Go back and reload the page."),
    413: ("Too large", "Send less at once: {limit} at the most."),
    422: ("Please correct the form", "Go back and correct it."),
    429: ("Too many tries", "Wait five minutes and try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was changed. Try again; if it happens again, tell your administrator.",
    ),
    503: ("Not possible just now", "Nothing was changed. Try again in a minute."),
}
TOO_LONG = "This page was open too long. Reload it and try again."
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


class Application(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Where a fault of ours arose: an address may hold a one-time token, a trace what was
        typed."""
        self.logger.error("%s: %s", request.endpoint, errors.without_content(exc_info[1]))


def attach(app: Flask) -> None:
    app.register_error_handler(errors.ReadinessError, of_ours)
    app.register_error_handler(CSRFError, unsigned)
    app.register_error_handler(HTTPException, of_the_web)
    app.register_error_handler(500, of_the_web)


def of_ours(error: errors.ReadinessError) -> ResponseReturnValue:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if isinstance(error, (errors.NotSaved, errors.NotReadable)) and is_own_form():
        fields = preserved_form.typed()
        return once_more(preserved_form.here(), fields, str(error)), status
    return page(status, str(error))


def is_own_form() -> bool:
    """Whether a signed-in person has just sent a page of ours, with something typed into it."""
    if not g.get("actor") or guard.wants_json() or guard.comes_from() is not guard.Origin.HERE:
        return False
    return bool(preserved_form.typed())


def of_the_web(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a host name that is not ours: no address can be built
        return "This address is not one of ours. Use the one you were given.\n", 400, PLAIN
    response = current_app.make_response(page(error.code or 500, ""))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def unsigned(_: CSRFError) -> ResponseReturnValue:
    """The form's token is too old: show what was typed once more, to be sent again."""
    if guard.wants_json() or guard.comes_from() is not guard.Origin.HERE:
        return page(400, TOO_LONG)
    whose = g.actor.id if g.get("actor") else ""
    typed = preserved_form.kept(preserved_form.keep(), whose) if request.endpoint else None
    if typed is None:
        return page(400, TOO_LONG)
    return once_more(*typed, ""), 400


def once_more(path: str, fields: list[tuple[str, str]], sentence: str) -> str:
    """What was typed, to be sent again."""
    return render_template("core/resume.html", path=path, fields=fields, sentence=sentence)


def page(status: int, sentence: str) -> ResponseReturnValue:
    title, advice = SAYS.get(status) or SAYS[400 if status < 500 else 500]
    advice = advice.format(limit=upload_limit.limit_in_words())
    if guard.wants_json():
        return jsonify(error=sentence or f"{title}. {advice}"), status
    return (
        render_template("core/error.html", title=title, sentence=sentence, advice=advice),
        status,
    )
