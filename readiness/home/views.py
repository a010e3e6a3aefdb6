"""The first page, and the one that says the server is up."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs, open_to_anyone
from readiness.core.web.session import session, store
from readiness.home import service as home
from readiness.home.service import Leads

pages = Blueprint("home", __name__)
ADDRESSES = {
    Leads.INVITATIONS: ("sharing.overview", "group_id"),
    Leads.ASSESSMENTS: ("assess.of_group", "group_id"),
    Leads.ASSESSMENT: ("assess.contents", "assessment_id"),
    Leads.CONTEXT: ("context.show", "assessment_id"),
    Leads.CHECK: ("submit.check", "assessment_id"),
    Leads.RESULT: ("result.show", "assessment_id"),
    Leads.PLAN: ("plan.show", "assessment_id"),
    Leads.MONEY: ("money.show", "assessment_id"),
    Leads.COUNTS: ("screen.quarters", "group_id"),
    Leads.QUALITY: ("quality.periods", "group_id"),
    Leads.EQUITY: ("equity.newest", "group_id"),
}


@pages.get("/")
@open_to_anyone
def front() -> ResponseReturnValue:
    if g.actor:
        return redirect(url_for("home.start"))
    return render_template("home/front.html")


@pages.get("/home")
@needs(Can.SEE_HOME)
def start() -> ResponseReturnValue:
    found = home.home(session())
    return render_template("home/home.html", found=found, address=address)


def address(task: home.Task) -> str:
    endpoint, name = ADDRESSES[task.leads]
    return url_for(endpoint, **{name: task.subject_id})  # type: ignore[arg-type]


@pages.get("/health")
@open_to_anyone
def health() -> ResponseReturnValue:
    store().row("select 1")
    return "ok", {"Content-Type": "text/plain"}
