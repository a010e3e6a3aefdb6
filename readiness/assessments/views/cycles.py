"""The payer's cycles."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.service import organizations
from readiness.assessments.forms.cycles import (
    CycleForm,
    DueForm,
    cycle_form,
    draft_of,
    first_days,
    invite_form,
)
from readiness.assessments.service import cycles
from readiness.core.errors import BadInput, NotFound
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import actor, now, session, store

pages = Blueprint("cycles", __name__)


@pages.get("/cycles")
@needs(Can.OPEN_CYCLE)
def start() -> ResponseReturnValue:
    payer_ids = actor().payer_ids
    if not payer_ids:
        raise NotFound("You work for no payer here. Ask your administrator.")
    return redirect(url_for(".listing", payer_id=payer_ids[0]))


@pages.get("/payers/<payer_id>/cycles")
@needs(Can.OPEN_CYCLE)
def listing(payer_id: str) -> ResponseReturnValue:
    payer, rounds = cycles.opened_by(session(), payer_id)
    payers = organizations.payers_of(store(), actor())
    return render_template(
        "assessments/cycles/list.html", payer=payer, payers=payers, rounds=rounds
    )


@pages.get("/payers/<payer_id>/cycles/new")
@needs(Can.OPEN_CYCLE)
def new(payer_id: str) -> ResponseReturnValue:
    payer, offered = cycles.offered(store(), actor(), payer_id)
    form = cycle_form(offered, data=first_days(now().date()))
    return render_template("assessments/cycles/new.html", payer=payer, form=form)


@pages.post("/payers/<payer_id>/cycles/new")
@needs(Can.OPEN_CYCLE)
def opening(payer_id: str) -> ResponseReturnValue:
    payer, offered = cycles.offered(store(), actor(), payer_id)
    form: CycleForm = cycle_form(offered)
    if form.validate():
        cycle_id = secrets.token_urlsafe(9)
        try:
            cycle = cycles.open_cycle(session(), payer_id, draft_of(form, offered), cycle_id)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash(f"{cycle.name} is open. Now invite groups.")
            return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle.id), 303)
    return render_template("assessments/cycles/new.html", payer=payer, form=form), 422


@pages.get("/payers/<payer_id>/cycles/<cycle_id>")
@needs(Can.OPEN_CYCLE)
def board(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    return shown(payer_id, cycle_id, DueForm(formdata=None))


def shown(payer_id: str, cycle_id: str, due: DueForm, problem: str = "") -> ResponseReturnValue:
    """The cycle's page, with what a search for more groups finds."""
    found = cycles.board(session(), payer_id, cycle_id)
    text = request.args.get("text", "")[:100]
    groups = cycles.candidates(store(), actor(), payer_id, cycle_id, text)
    page = render_template(
        "assessments/cycles/board.html",
        board=found,
        due=due,
        text=text,
        invite=invite_form(groups, formdata=None),
        most=cycles.MOST_FOUND,
        has_more=len(groups) == cycles.MOST_FOUND,
        problem=problem,
    )
    return page, 422 if problem or due.errors else 200


@pages.post("/payers/<payer_id>/cycles/<cycle_id>/invitations")
@needs(Can.OPEN_CYCLE)
def invite(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    chosen = request.form.getlist("group")
    try:
        asked = cycles.invite(session(), payer_id, cycle_id, chosen)
    except BadInput as error:
        return shown(payer_id, cycle_id, DueForm(formdata=None), str(error.problems[0].says))
    flash("1 group invited." if asked == 1 else f"{asked} groups invited.")
    return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)


@pages.post("/payers/<payer_id>/cycles/<cycle_id>/due")
@needs(Can.OPEN_CYCLE)
def extend(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    form = DueForm()
    if form.validate():
        try:
            cycles.extend(session(), payer_id, cycle_id, form.due_on.data)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("The due date is moved.")
            return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)
    return shown(payer_id, cycle_id, form)


@pages.post("/payers/<payer_id>/cycles/<cycle_id>/close")
@needs(Can.OPEN_CYCLE)
def close(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    cycle = cycles.close(session(), payer_id, cycle_id)
    flash(f"{cycle.name} is closed. What was submitted stays readable.")
    return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)
