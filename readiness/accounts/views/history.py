"""The history of a group and of a payer, page by page, as somebody wants it, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts import history_filter
from readiness.accounts.history_filter import HistoryFilter, Matter
from readiness.accounts.service import history
from readiness.accounts.service.history import HistoryPage
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_sheet
from readiness.core.web.guard import needs
from readiness.core.web.session import session

bp = Blueprint("history", __name__)
Find = Callable[[HistoryFilter, int | None, int], HistoryPage]
MATTERS = {
    Matter.EVERYTHING: "Everything",
    Matter.CHANGES: "What was changed",
    Matter.READING: "Who looked, and what was downloaded",
    Matter.PEOPLE: "People, accounts and signing in",
}


def before_line() -> int | None:
    """The line that the page before this one ended with; nothing for the newest page."""
    line = request.args.get("before", type=int)
    return line if line is not None and 0 < line < history.EVERY else None


def history_page(find: Find, template: str, file: str, **place: Any) -> str:
    """`file`: the endpoint that hands out the same lines, all of them."""
    page = find(history_filter.parse(request.args), before_line(), history.PAGE)
    sent: dict[str, Any] = dict(page.wanted.as_sent())
    endpoint = request.endpoint or ""
    older = url_for(endpoint, **place, **sent, before=page.older) if page.older else ""
    return render_template(
        template,
        page=page,
        matters=MATTERS,
        all_url=url_for(endpoint, **place),
        older_url=older,
        newest_url=url_for(endpoint, **place, **sent) if before_line() else "",
        files={each: url_for(file, **place, **sent, ending=each) for each in ("csv", "xlsx")},
    )


def history_file(find: Find, ending: str) -> Response:
    found = find(history_filter.parse(request.args), None, history.EVERY)
    return send_sheet(history.as_sheet(found), "history", ending)


def finds_group(group_id: str) -> Find:
    return lambda wanted, before, limit: history.of_group(
        session(), group_id, wanted, before, limit
    )


def finds_payer(payer_id: str) -> Find:
    return lambda wanted, before, limit: history.of_payer(
        session(), payer_id, wanted, before, limit
    )


PAGE = "accounts/history/history.html"


@bp.get("/groups/<group_id>/history")
@needs(Can.READ_GROUP_HISTORY)
def of_group(group_id: str) -> ResponseReturnValue:
    return history_page(finds_group(group_id), PAGE, ".file_of_group", group_id=group_id)


@bp.get("/groups/<group_id>/history.<ending>")
@needs(Can.READ_GROUP_HISTORY)
def file_of_group(group_id: str, ending: str) -> ResponseReturnValue:
    return history_file(finds_group(group_id), ending)


@bp.get("/payers/<payer_id>/history")
@needs(Can.READ_PAYER_HISTORY)
def of_payer(payer_id: str) -> ResponseReturnValue:
    return history_page(finds_payer(payer_id), PAGE, ".file_of_payer", payer_id=payer_id)


@bp.get("/payers/<payer_id>/history.<ending>")
@needs(Can.READ_PAYER_HISTORY)
def file_of_payer(payer_id: str, ending: str) -> ResponseReturnValue:
    return history_file(finds_payer(payer_id), ending)
