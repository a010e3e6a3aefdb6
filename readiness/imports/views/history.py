"""A quarter's counts site by site, and everything that was ever saved of them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.imports.service import history

bp = Blueprint("screen_records", __name__)
MOST_LINES = 200  # of one saving; an upload with breakdowns has thousands


@bp.get("/groups/<group_id>/counts/<period>/sites")
@needs(Can.READ_COUNTS)
def by_site(group_id: str, period: str) -> ResponseReturnValue:
    found = history.by_site(session(), group_id, period)
    return render_template("imports/by_site.html", found=found)


@bp.get("/groups/<group_id>/counts/<period>/history")
@needs(Can.READ_COUNTS)
def record(group_id: str, period: str) -> ResponseReturnValue:
    found = history.record(session(), group_id, period)
    return render_template("imports/record.html", found=found, most_lines=MOST_LINES)
