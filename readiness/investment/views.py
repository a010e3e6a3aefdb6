"""A payer's investment: scenarios, their answers, and what can be changed in them."""

from __future__ import annotations

import json
import secrets
from functools import partial

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug import Response

from readiness.accounts.service import people
from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import SafeForm, with_problems
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.printing import send_pdf
from readiness.core.web.session import first_payer_id, now, session, store
from readiness.investment.forms import ScenarioForm, scenario_of, typed_of
from readiness.investment.lifecycle import ScenarioState
from readiness.investment.presenters.policies import COMPARED
from readiness.investment.problem import Key
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service import funding, lifecycle, scenarios, stored
from readiness.investment.service import results as files
from readiness.investment.service.scenarios import (
    ActionChange,
    JobStarter,
    ScenarioJob,
    ScenarioProgress,
)

bp = Blueprint("investment", __name__)
SEEDS = 2**31
DOING = {
    ScenarioJob.SOLVE: "Solving: {done} of about {total} questions answered.",
    ScenarioJob.SHAKE: "Solved {done} of {total} draws.",
    ScenarioJob.REPLAY: "Solving the stored problem once more.",
}


def runs() -> JobStarter:
    return JobStarter(current_app.config["RUNNER"], current_app.config["CLOCK"], new_id)


def new_id() -> str:
    return secrets.token_urlsafe(9)


@bp.get("/investment")
@needs(Can.READ_INVESTMENT)
def start() -> ResponseReturnValue:
    return redirect(url_for(".listing", payer_id=first_payer_id()))


@bp.get("/payers/<payer_id>/investment")
@needs(Can.READ_INVESTMENT)
def listing(payer_id: str) -> ResponseReturnValue:
    found = files.listing(session(), payer_id)
    payers = people.payers_of(session())
    return render_template("investment/list.html", listing=found, payers=payers)


@bp.get("/payers/<payer_id>/investment/new")
@needs(Can.PLAN_INVESTMENT)
def new(payer_id: str) -> ResponseReturnValue:
    """Empty, or with what another scenario was asked with."""
    parent_id = request.args.get("from", "")
    parent = parent_of(payer_id, parent_id)
    typed = {**typed_of(parent), "parent": parent_id} if parent else {}
    return form_page(payer_id, ScenarioForm(formdata=None, data=typed), parent)


def parent_of(payer_id: str, parent_id: str) -> BudgetScenario | None:
    if not parent_id:
        return None
    return scenarios.load_request(session(), payer_id, parent_id).scenario


def form_page(payer_id: str, form: ScenarioForm, parent: BudgetScenario | None) -> str:
    found = files.listing(session(), payer_id)
    return render_template("investment/new.html", listing=found, form=form, parent=parent)


@bp.post("/payers/<payer_id>/investment/new")
@needs(Can.PLAN_INVESTMENT)
def ask(payer_id: str) -> ResponseReturnValue:
    form = ScenarioForm()
    parent_id = form.parent.data or None
    parent = parent_of(payer_id, parent_id or "")
    if form.validate():
        try:
            scenario = scenario_of(form, parent)
            made = scenarios.ask(session(), payer_id, scenario, seed(), runs(), parent_id=parent_id)
        except BadInput as error:
            with_problems(form, error)
        else:
            return redirect(url_for(".show", payer_id=payer_id, allocation_id=made), 303)
    return form_page(payer_id, form, parent), 422


def seed() -> int:
    return secrets.randbelow(SEEDS)


@bp.get("/payers/<payer_id>/investment/<allocation_id>")
@needs(Can.READ_INVESTMENT)
def show(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    """The answer, and above it what is under way; the waiting page as long as there is none."""
    far = scenarios.progress(session(), payer_id, allocation_id)
    page = {"payer_id": payer_id, "progress": far, "says": progress_says(far)}
    if not stored.is_answered(store(), allocation_id):
        return render_template("investment/solving.html", **page)
    found = files.result(session(), payer_id, allocation_id)
    return render_template("investment/result.html", result=found, form=SafeForm(), **page)


def progress_says(far: ScenarioProgress) -> str:
    if far.stage is None:
        return far.says
    return DOING[far.stage].format(done=min(far.done, far.total), total=far.total)


@bp.get("/payers/<payer_id>/investment/<allocation_id>/progress")
@needs(Can.READ_INVESTMENT)
def progress(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    """For the page that waits, a few times a second."""
    far = scenarios.progress(session(), payer_id, allocation_id)
    return jsonify(is_reading=far.is_live, says=progress_says(far), done=far.done, total=far.total)


@bp.get("/payers/<payer_id>/investment/<allocation_id>/compare")
@needs(Can.READ_INVESTMENT)
def compare(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    found = files.result(session(), payer_id, allocation_id)
    return render_template("investment/compare.html", result=found, rows=COMPARED)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/stop")
@needs(Can.PLAN_INVESTMENT)
def stop(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    if scenarios.stop(session(), payer_id, allocation_id):
        flash("Stopped. Nothing of it was kept.")
    return shown(payer_id, allocation_id)


def shown(payer_id: str, allocation_id: str) -> Response:
    return redirect(url_for(".show", payer_id=payer_id, allocation_id=allocation_id), 303)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/solve")
@needs(Can.PLAN_INVESTMENT)
def solve(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    scenarios.solve_again(session(), payer_id, allocation_id, runs())
    return shown(payer_id, allocation_id)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/shake")
@needs(Can.PLAN_INVESTMENT)
def shake(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    scenarios.check_sensitivity(session(), payer_id, allocation_id, runs())
    return shown(payer_id, allocation_id)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/replay")
@needs(Can.PLAN_INVESTMENT)
def replay(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    scenarios.replay(session(), payer_id, allocation_id, runs())
    return shown(payer_id, allocation_id)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/change")
@needs(Can.PLAN_INVESTMENT)
def change(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    """Actions pinned, banned or freed; the answer to that is a scenario of its own.

    The button says what is done and to which action, "ban:elm:SDOH", in every group where it names
    none, "ban::SDOH"; or to those that are marked, "ban".
    """
    wanted, _, named = request.form.get("change", "").partition(":")
    if wanted not in set(ActionChange):
        scenarios.load_request(session(), payer_id, allocation_id)
        raise BadInput("Choose what to change: pin, ban or free an action.")
    keys = [named] if named else request.form.getlist("marked")
    made = scenarios.change(
        session(), payer_id, allocation_id, frozenset(map(key_of, keys)), ActionChange(wanted),
        seed(), runs(),
    )  # fmt: skip
    return shown(payer_id, made)


def key_of(typed: str) -> Key:
    group_id, _, action_id = typed.partition(":")
    return group_id, action_id


@bp.post("/payers/<payer_id>/investment/<allocation_id>/state")
@needs(Can.PLAN_INVESTMENT)
def move(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    wanted = request.form.get("state", "")
    if wanted not in set(ScenarioState):
        scenarios.load_request(session(), payer_id, allocation_id)
        raise BadInput("Choose what becomes of the scenario: draft, proposed, approved, deleted.")
    lifecycle.move(session(), payer_id, allocation_id, ScenarioState(wanted))
    if wanted == ScenarioState.DELETED:
        flash("The scenario was deleted.")
        return redirect(url_for(".listing", payer_id=payer_id), 303)
    return shown(payer_id, allocation_id)


@bp.get("/payers/<payer_id>/investment/<allocation_id>/awards")
@needs(Can.PLAN_INVESTMENT)
def awards(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    """Of an approved scenario what funding it writes, to be confirmed; of a funded one what it
    wrote."""
    found = funding.load(session(), payer_id, allocation_id)
    return render_template("investment/awards.html", found=found)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/awards")
@needs(Can.PLAN_INVESTMENT)
def fund(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    try:
        funding.fund(session(), payer_id, allocation_id, seen, new_id)
    except ChangedMeanwhile as error:
        found = funding.load(session(), payer_id, allocation_id)
        return render_template("investment/awards.html", found=found, meanwhile=str(error)), 409
    flash("Funded. The groups see their awards from now on.")
    return redirect(url_for(".awards", payer_id=payer_id, allocation_id=allocation_id), 303)


@bp.get("/payers/<payer_id>/investment/<allocation_id>/awards/take-back")
@needs(Can.PLAN_INVESTMENT)
def funding_back(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    found = funding.load_funded(session(), payer_id, allocation_id)
    return render_template("investment/take_back.html", found=found)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/awards/take-back")
@needs(Can.PLAN_INVESTMENT)
def take_back(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    funding.take_back(session(), payer_id, allocation_id, new_id)
    flash("The funding is taken back. The scenario is approved as before.")
    return shown(payer_id, allocation_id)


@bp.post("/payers/<payer_id>/investment/<allocation_id>/rename")
@needs(Can.PLAN_INVESTMENT)
def rename(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    lifecycle.rename(session(), payer_id, allocation_id, request.form.get("name", ""))
    return shown(payer_id, allocation_id)


@bp.get("/payers/<payer_id>/investment/<allocation_id>.<ending>")
@needs(Can.READ_INVESTMENT)
def file(payer_id: str, allocation_id: str, ending: str) -> ResponseReturnValue:
    """The answer as a spreadsheet, or with the problem as JSON that anybody can solve again."""
    name = f"investment-{now():%Y-%m-%d}"
    if ending == "xlsx":
        body = files.xlsx(session(), payer_id, allocation_id)
        return send_export(body, f"{name}.xlsx")
    if ending == "json":
        found = files.as_json(session(), payer_id, allocation_id)
        return send_export(json.dumps(found, indent=2).encode(), f"{name}.json")
    raise NotFound("A scenario can be had as xlsx or json. Choose one of them.")


@bp.get("/payers/<payer_id>/investment/<allocation_id>/proposal.pdf")
@needs(Can.READ_INVESTMENT)
def pdf(payer_id: str, allocation_id: str) -> ResponseReturnValue:
    prepare = partial(files.print_job, session(), payer_id, allocation_id, paper())
    back = url_for(".show", payer_id=payer_id, allocation_id=allocation_id)
    return send_pdf(prepare, "investment-proposal.pdf", back)
