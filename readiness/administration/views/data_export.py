"""A group takes out all that is held of it, and may have it removed."""

from __future__ import annotations

from io import BytesIO

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from readiness.accounts.forms import RemoveGroupForm
from readiness.administration.service import data_export, organizations
from readiness.core import permissions
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import actor, now, session

pages = Blueprint("records", __name__, url_prefix="/groups/<group_id>/records")


@pages.get("")
@needs(Can.TAKE_OUT)
def show(group_id: str) -> ResponseReturnValue:
    return render_template(
        "administration/records.html",
        group=data_export.exportable(session(), group_id),
        may_remove=permissions.holds(actor(), Can.REMOVE_GROUP),
    )


@pages.post("/export")
@needs(Can.TAKE_OUT)
def export(group_id: str) -> ResponseReturnValue:
    archive = data_export.of_group(session(), group_id)
    name = f"readiness-records-{now():%Y-%m-%d}.zip"
    return send_file(BytesIO(archive), "application/zip", as_attachment=True, download_name=name)


@pages.get("/remove")
@needs(Can.REMOVE_GROUP)
def ask_to_remove(group_id: str) -> ResponseReturnValue:
    return remove_page(group_id, RemoveGroupForm(formdata=None))


def remove_page(group_id: str, form: RemoveGroupForm) -> str:
    group = organizations.removable(session(), group_id)
    return render_template("administration/remove.html", group=group, form=form)


@pages.post("/remove")
@needs(Can.REMOVE_GROUP)
def remove(group_id: str) -> ResponseReturnValue:
    organizations.removable(session(), group_id)
    form, hasher = RemoveGroupForm(), current_app.config["HASHER"]
    if not form.validate():
        return remove_page(group_id, form), 422
    typed, password = form.name.data, form.password.data
    try:
        organizations.remove_group(session(), hasher, group_id, typed, password)
    except BadInput as error:
        return remove_page(group_id, with_problems(form, error)), 422
    flash("All records of the group are removed.")
    return redirect(url_for("home.front"), 303)
