"""The administrator's pages, and those on which a group takes out or removes its records."""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from readiness.accounts.forms import GroupForm, PayerForm, RemoveGroupForm
from readiness.accounts.history_filter import HistoryFilter
from readiness.accounts.service import history, one_time_links, people, second_step
from readiness.accounts.service.history import HistoryPage
from readiness.accounts.views.history import history_file as file_of
from readiness.accounts.views.history import history_page
from readiness.accounts.views.team import link_page
from readiness.administration import service as administration
from readiness.administration.service import PAGE
from readiness.core import permissions
from readiness.core.errors import BadInput
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import asks_again, needs
from readiness.core.web.session import actor, now, session

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
@needs(Can.ADMINISTER)
def overview() -> ResponseReturnValue:
    return render_template("administration/overview.html")


def words() -> str:
    return request.args.get("q", "")[:200]


def page_number() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), 100_000)


def paging(total: int, noun: str) -> dict[str, str]:
    """What the pager says, and where it leads."""
    page, endpoint, q = page_number(), request.endpoint or "", words()
    first, last = PAGE * (page - 1) + 1, min(PAGE * page, total)
    return {
        "says": f"{noun} {first:,} to {last:,} of {total:,}" if last >= first else "",
        "previous_url": url_for(endpoint, q=q, page=page - 1) if page > 1 else "",
        "next_url": url_for(endpoint, q=q, page=page + 1) if last < total else "",
    }


@bp.get("/groups")
@needs(Can.ADMINISTER)
def groups() -> ResponseReturnValue:
    return groups_page(GroupForm(formdata=None))


def groups_page(form: GroupForm) -> str:
    found, total = administration.find_groups(session(), words(), page_number())
    return render_template(
        "administration/groups.html",
        groups=found,
        pager=paging(total, "Groups"),
        q=words(),
        form=form,
    )


@bp.post("/groups")
@needs(Can.ADMINISTER)
def add_group() -> ResponseReturnValue:
    form = GroupForm()
    if not form.validate():
        return groups_page(form), 422
    group = Group(secrets.token_urlsafe(9), " ".join(form.name.data.split()))
    sites = (form.sites.data or "").splitlines()
    try:
        administration.add_group(session(), group, sites)
    except BadInput as error:
        return groups_page(with_problems(form, error)), 422
    flash(f"{group.name} is added. Invite its first practice manager.")
    return redirect(url_for("group_people.show", group_id=group.id), 303)


@bp.get("/payers")
@needs(Can.ADMINISTER)
def payers() -> ResponseReturnValue:
    return payers_page(PayerForm(formdata=None))


def payers_page(form: PayerForm) -> str:
    found = administration.all_payers(session())
    return render_template("administration/payers.html", payers=found, form=form)


@bp.post("/payers")
@needs(Can.ADMINISTER)
def add_payer() -> ResponseReturnValue:
    form = PayerForm()
    if not form.validate():
        return payers_page(form), 422
    payer = Payer(secrets.token_urlsafe(9), " ".join(form.name.data.split()))
    try:
        administration.add_payer(session(), payer)
    except BadInput as error:
        return payers_page(with_problems(form, error)), 422
    flash(f"{payer.name} is added. Invite its first relationship manager.")
    return redirect(url_for("payer_people.show", payer_id=payer.id), 303)


@bp.get("/people")
@needs(Can.ADMINISTER)
def everyone() -> ResponseReturnValue:
    found, total = administration.find_people(session(), words(), page_number())
    pager = paging(total, "People")
    return render_template("administration/people.html", people=found, pager=pager, q=words())


@bp.get("/people/<person_id>")
@needs(Can.ADMINISTER)
def person(person_id: str) -> ResponseReturnValue:
    found, parts = administration.person(session(), person_id)
    return render_template("administration/person.html", person=found, parts=parts)


@bp.post("/people/<person_id>/disable")
@needs(Can.ADMINISTER)
@asks_again
def disable(person_id: str) -> ResponseReturnValue:
    found = people.set_active(session(), person_id, False)
    flash(f"{found.name} can no longer sign in.")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/people/<person_id>/enable")
@needs(Can.ADMINISTER)
@asks_again
def enable(person_id: str) -> ResponseReturnValue:
    found = people.set_active(session(), person_id, True)
    flash(f"{found.name} can sign in again.")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.post("/people/<person_id>/new-password")
@needs(Can.ADMINISTER)
@asks_again
def new_password(person_id: str) -> ResponseReturnValue:
    token = secrets.token_urlsafe(32)
    found = one_time_links.offer_new_password(session(), person_id, token)
    return link_page(token, found.name, "one hour", url_for(".person", person_id=person_id))


@bp.post("/people/<person_id>/remove-second-step")
@needs(Can.ADMINISTER)
@asks_again
def remove_second_step(person_id: str) -> ResponseReturnValue:
    found = second_step.remove_of(session(), person_id)
    flash(f"{found.name} signs in without a code, or sets an app up anew.")
    return redirect(url_for(".person", person_id=person_id), 303)


@bp.get("/history")
@needs(Can.READ_HISTORY)
def latest() -> ResponseReturnValue:
    return history_page(find_latest, "administration/history.html", ".history_file")


def find_latest(wanted: HistoryFilter, before: int | None, limit: int) -> HistoryPage:
    return history.latest(session(), wanted, before, limit)


@bp.get("/history.<ending>")
@needs(Can.READ_HISTORY)
def history_file(ending: str) -> ResponseReturnValue:
    return file_of(find_latest, ending)


@bp.post("/history/check")
@needs(Can.READ_HISTORY)
def check_history() -> ResponseReturnValue:
    found = history.problems(session())
    for problem in found:
        flash(f"{problem} Compare with your last backup.")
    if not found:
        flash("The history is whole, and no row with a mark was changed or is missing.")
    return redirect(url_for(".latest"), 303)


records_bp = Blueprint("records", __name__, url_prefix="/groups/<group_id>/records")


@records_bp.get("")
@needs(Can.TAKE_OUT)
def show(group_id: str) -> ResponseReturnValue:
    return render_template(
        "administration/records.html",
        group=administration.exportable(session(), group_id),
        may_remove=permissions.holds(actor(), Can.REMOVE_GROUP),
    )


@records_bp.post("/export")
@needs(Can.TAKE_OUT)
@asks_again
def export(group_id: str) -> ResponseReturnValue:
    archive = administration.export_group(session(), group_id)
    name = f"readiness-records-{now():%Y-%m-%d}.zip"
    return send_file(BytesIO(archive), "application/zip", as_attachment=True, download_name=name)


@records_bp.get("/remove")
@needs(Can.REMOVE_GROUP)
def ask_to_remove(group_id: str) -> ResponseReturnValue:
    return remove_page(group_id, RemoveGroupForm(formdata=None))


def remove_page(group_id: str, form: RemoveGroupForm) -> str:
    group = administration.removable(session(), group_id)
    return render_template("administration/remove.html", group=group, form=form)


@records_bp.post("/remove")
@needs(Can.REMOVE_GROUP)
def remove(group_id: str) -> ResponseReturnValue:
    administration.removable(session(), group_id)
    form, hasher = RemoveGroupForm(), current_app.config["HASHER"]
    if not form.validate():
        return remove_page(group_id, form), 422
    typed, password = form.name.data, form.password.data
    try:
        administration.remove_group(session(), hasher, group_id, typed, password)
    except BadInput as error:
        return remove_page(group_id, with_problems(form, error)), 422
    flash("All records of the group are removed.")
    return redirect(url_for("home.front"), 303)
