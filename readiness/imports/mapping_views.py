"""The mappings that a group has saved: the list, and each to take away, to rename, to delete."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.core.errors import BadInput, Problem
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.imports.service import mappings

bp = Blueprint("mappings", __name__)


@bp.get("/groups/<group_id>/counts/mappings")
@needs(Can.READ_COUNTS)
def show(group_id: str) -> ResponseReturnValue:
    return list_page(group_id)


def list_page(group_id: str, problems: tuple[Problem, ...] = ()) -> str:
    found = mappings.list_mappings(session(), group_id)
    return render_template(
        "imports/mapping/list.html",
        found=found,
        problems=[(problem.place, problem.says) for problem in problems],
        written=request.form.get("name", ""),
    )


@bp.get("/groups/<group_id>/counts/mappings/<mapping_id>.toml")
@needs(Can.READ_COUNTS)
def file(group_id: str, mapping_id: str) -> ResponseReturnValue:
    """For the command line."""
    saved = mappings.get(session(), group_id, mapping_id)
    return send_export(saved.text.encode(), "mapping.toml")


@bp.post("/groups/<group_id>/counts/mappings/<mapping_id>/name")
@needs(Can.ENTER_COUNTS)
def rename(group_id: str, mapping_id: str) -> ResponseReturnValue:
    try:
        name = mappings.rename(session(), group_id, mapping_id, request.form.get("name", ""))
    except BadInput as error:
        return list_page(group_id, error.problems), 422
    flash(f"Renamed. The mapping is called “{name}” now.")
    return redirect(url_for(".show", group_id=group_id), 303)


@bp.post("/groups/<group_id>/counts/mappings/<mapping_id>/delete")
@needs(Can.ENTER_COUNTS)
def delete(group_id: str, mapping_id: str) -> ResponseReturnValue:
    gone = mappings.delete(session(), group_id, mapping_id)
    flash(f"Deleted the mapping “{gone.name}”. Counts that were read by it stay.")
    return redirect(url_for(".show", group_id=group_id), 303)
