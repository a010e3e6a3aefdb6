"""The first page, and the one that says the server is up."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.service import notices
from readiness.core.errors import NotFound
from readiness.core.permissions import Can
from readiness.core.web.guard import needs, open_to_anyone
from readiness.core.web.session import session, settings, store
from readiness.home import service as home
from readiness.home.security_contact import security_txt
from readiness.home.service import Destination

bp = Blueprint("home", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
ADDRESSES = {
    Destination.INVITATIONS: ("sharing.overview", "group_id"),
    Destination.ASSESSMENTS: ("assess.of_group", "group_id"),
    Destination.ASSESSMENT: ("assess.contents", "assessment_id"),
    Destination.CONTEXT: ("context.show", "assessment_id"),
    Destination.CHECK: ("submit.check", "assessment_id"),
    Destination.RESULT: ("result.show", "assessment_id"),
    Destination.PLAN: ("plan.show", "assessment_id"),
    Destination.MONEY: ("money.show", "assessment_id"),
    Destination.COUNTS: ("screen.quarters", "group_id"),
    Destination.QUALITY: ("quality.periods", "group_id"),
    Destination.EQUITY: ("equity.newest", "group_id"),
}


@bp.get("/")
@open_to_anyone
def front() -> ResponseReturnValue:
    if g.actor:
        return redirect(url_for("home.start"))
    return render_template("home/front.html")


@bp.get("/home")
@needs(Can.SEE_HOME)
def start() -> ResponseReturnValue:
    found = home.home(session())
    return render_template(
        "home/home.html", found=found, address=address, untold=notices.untold(session())
    )


def address(task: home.Task) -> str:
    endpoint, name = ADDRESSES[task.leads]
    return url_for(endpoint, **{name: task.subject_id})  # type: ignore[arg-type]


@bp.get("/health")
@open_to_anyone
def health() -> ResponseReturnValue:
    store().row("pragma schema_version")  # what stands in the file, not what SQLite remembers
    return "ok", PLAIN


@bp.get("/.well-known/security.txt")
@open_to_anyone
def security() -> ResponseReturnValue:
    contact = settings().security_contact
    if not contact:
        raise NotFound("This installation names nobody for reports. Tell its administrator.")
    here = url_for(".security", _external=True)
    return security_txt(contact, here, g.now), PLAIN
