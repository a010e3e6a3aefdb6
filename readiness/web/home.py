"""The first page, and the one that says the server is up."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.access import Can
from readiness.web.guard import needs, open_to_anyone
from readiness.web.request_cycle import store

pages = Blueprint("home", __name__)


@pages.get("/")
@open_to_anyone
def front() -> ResponseReturnValue:
    if g.actor:
        return redirect(url_for("home.start"))
    return render_template("pages/front.html")


@pages.get("/home")
@needs(Can.SEE_HOME)
def start() -> ResponseReturnValue:
    return render_template("pages/home.html")


@pages.get("/health")
@open_to_anyone
def health() -> ResponseReturnValue:
    store().row("select 1")
    return "ok", {"Content-Type": "text/plain"}
