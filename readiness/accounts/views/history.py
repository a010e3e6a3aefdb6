"""Who did what, when: of a group, of a payer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.service import history
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import actor, session, store

pages = Blueprint("history", __name__)


def before() -> int | None:
    """The line that the page before this one ended with; nothing for the newest page."""
    line = request.args.get("before", type=int)
    return line if line is not None and 0 < line < 2**62 else None


def shown(page: history.Page, template: str, **arguments: Any) -> str:
    endpoint = request.endpoint or ""
    older = url_for(endpoint, **arguments, before=page.older) if page.older else ""
    newest = url_for(endpoint, **arguments) if before() else ""
    return render_template(template, page=page, older_url=older, newest_url=newest)


@pages.get("/groups/<group_id>/history")
@needs(Can.READ_GROUP_HISTORY)
def of_group(group_id: str) -> ResponseReturnValue:
    page = history.of_group(session(), group_id, before())
    return shown(page, "accounts/history/history.html", group_id=group_id)


@pages.get("/payers/<payer_id>/history")
@needs(Can.REVIEW_PORTFOLIO)
def of_payer(payer_id: str) -> ResponseReturnValue:
    page = history.of_payer(store(), actor(), payer_id, before())
    return shown(page, "accounts/history/history.html", payer_id=payer_id)
