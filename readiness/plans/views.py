"""The result of an assessment, and the plan from it: to read, to change and to take along."""

import secrets
from dataclasses import replace
from decimal import Decimal
from functools import partial

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from readiness.assessments.service import result
from readiness.assessments.service.result import AssessmentResult
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.printing import send_pdf
from readiness.core.web.session import now, session, store
from readiness.equity.service import claims
from readiness.plans import schedule
from readiness.plans.forms import ActionForm, action_form
from readiness.plans.models import ActionStatus, PlanAction
from readiness.plans.presenters import action as line
from readiness.plans.presenters import plan as reading
from readiness.plans.presenters import spending
from readiness.plans.presenters.action import catalogue_says
from readiness.plans.presenters.change import change_says
from readiness.plans.presenters.outlook import outlook
from readiness.plans.presenters.own_days import own_days_says
from readiness.plans.presenters.way import way_of
from readiness.plans.schedule import half_year_of
from readiness.plans.service import document, money, plan
from readiness.plans.service.plan import EditedMeanwhile, PlanView, SavedChange

bp = Blueprint("plan", __name__)
result_bp = Blueprint("result", __name__)


@bp.get("/assessments/<assessment_id>/plan")
@needs(Can.READ_PLAN)
def show(assessment_id: str) -> ResponseReturnValue:
    opened = plan.load(session(), assessment_id)
    if opened.questions_left:
        return render_template("plans/unfinished.html", opened=opened, heading="Action plan")
    told = reading.content_of(opened)
    summary = reading.summary_of(opened, now().date())
    return render_template(
        "plans/show.html",
        opened=opened,
        told=told,
        summary=summary,
        paid=spending.spending_table(money.money_of(store(), opened, now())),
        whole=outlook(opened),
        own_days=own_days(opened) if request.args.get("days") else "",
        misfits=[each.says for each in schedule.conflicts(opened.plan)],
    )


def own_days(opened: PlanView) -> str:
    return own_days_says(opened.instrument, plan.own_days_alternatives(store(), opened))


@bp.get("/assessments/<assessment_id>/plan/actions/<action_id>")
@needs(Can.EDIT_PLAN)
def edit(assessment_id: str, action_id: str) -> ResponseReturnValue:
    opened = plan.load_editable(session(), assessment_id)
    form = action_form(opened, plan.action_of(opened, action_id), stored=True)
    return edit_page(opened, action_id, form)


@bp.post("/assessments/<assessment_id>/plan/actions/<action_id>")
@needs(Can.EDIT_PLAN)
def save(assessment_id: str, action_id: str) -> ResponseReturnValue:
    opened = plan.load_editable(session(), assessment_id)
    form = action_form(opened, plan.action_of(opened, action_id))
    if not form.validate():
        return edit_page(opened, action_id, form), 422
    try:
        saved = plan.edit(session(), assessment_id, action_id, form.base_revision, form.edit)
    except BadInput as error:
        return edit_page(opened, action_id, with_problems(form, error)), 422
    except EditedMeanwhile as error:
        return clash_page(assessment_id, action_id, form, error), 409
    return back_to_plan(saved)


def edit_page(
    opened: PlanView, action_id: str, form: ActionForm, meanwhile: EditedMeanwhile | None = None
) -> str:
    action = plan.action_of(opened, action_id)  # or there is none of that id
    told = reading.content_of(opened)
    return render_template(
        "plans/edit.html",
        opened=opened,
        line=told.line(action_id),
        action=action,
        form=form,
        usual=catalogue_says(action),
        is_timed=half_year_of(action, opened.plan.starts_on) != 0,
        meanwhile=meanwhile,
    )


def now_holding(assessment_id: str, action: PlanAction) -> ActionForm:
    opened = plan.load_editable(session(), assessment_id)
    return action_form(opened, action, stored=True)


def clash_page(
    assessment_id: str, action_id: str, form: ActionForm, meanwhile: EditedMeanwhile
) -> str:
    """What was typed stays in the form; saving once more goes over what is stored now."""
    opened = plan.load_editable(session(), assessment_id)
    form.base.data = str(meanwhile.current.revision)
    return edit_page(opened, action_id, form, meanwhile)


@bp.get("/assessments/<assessment_id>/plan/new-action")
@needs(Can.EDIT_PLAN)
def new(assessment_id: str) -> ResponseReturnValue:
    opened = plan.load_editable(session(), assessment_id)
    form = action_form(opened, None, stored=True)
    return render_template("plans/new.html", opened=opened, form=form)


@bp.post("/assessments/<assessment_id>/plan/new-action")
@needs(Can.EDIT_PLAN)
def add(assessment_id: str) -> ResponseReturnValue:
    opened = plan.load_editable(session(), assessment_id)
    form = action_form(opened, None)
    if form.validate():
        action_id = f"own:{secrets.token_urlsafe(6)}"
        try:
            added = plan.add_own(session(), assessment_id, action_id, form.edit)
        except BadInput as error:
            with_problems(form, error)
        else:
            return back_to_plan(added)
    return render_template("plans/new.html", opened=opened, form=form), 422


@bp.post("/assessments/<assessment_id>/plan/actions/<action_id>/drop")
@needs(Can.EDIT_PLAN)
def drop(assessment_id: str, action_id: str) -> ResponseReturnValue:
    base = ActionForm().base_revision
    try:
        dropped = plan.drop(session(), assessment_id, action_id, base)
    except EditedMeanwhile as error:
        form = now_holding(assessment_id, replace(error.current, status=ActionStatus.DROPPED))
        return clash_page(assessment_id, action_id, form, error), 409
    return back_to_plan(dropped)


@bp.post("/assessments/<assessment_id>/plan/actions/<action_id>/restore")
@needs(Can.EDIT_PLAN)
def restore(assessment_id: str, action_id: str) -> ResponseReturnValue:
    base = ActionForm().base_revision
    try:
        back = plan.restore(session(), assessment_id, action_id, base)
    except EditedMeanwhile as error:
        form = now_holding(assessment_id, error.current)
        return clash_page(assessment_id, action_id, form, error), 409
    return back_to_plan(back)


@bp.post("/assessments/<assessment_id>/plan/renew")
@needs(Can.EDIT_PLAN)
def renew(assessment_id: str) -> ResponseReturnValue:
    plan.renew(session(), assessment_id)
    flash("The plan rests on the newest result now. What you had decided was kept.")
    return redirect(url_for(".show", assessment_id=assessment_id), 303)


@bp.get("/assessments/<assessment_id>/plan.pdf")
@needs(Can.READ_PLAN)
def pdf(assessment_id: str) -> ResponseReturnValue:
    back = url_for(".show", assessment_id=assessment_id)
    prepare = partial(document.job_of, session(), assessment_id, paper())
    return send_pdf(prepare, "action-plan.pdf", back)


@bp.get("/assessments/<assessment_id>/plan.json")
@needs(Can.READ_PLAN)
def json(assessment_id: str) -> ResponseReturnValue:
    return jsonify(document.export(session(), assessment_id))


def back_to_plan(change: SavedChange) -> ResponseReturnValue:
    """To the top, where what the change did is said, with a link to the action."""
    here = url_for(".show", assessment_id=change.after.assessment.id)
    says = escape(change_says(change))
    if change.action.is_in_plan:
        address = f"{here}#{line.anchor_of(change.action.id)}"
        says += Markup(' <a href="{}">Go to the action</a>').format(address)
    flash(says)
    return redirect(f"{here}#main", 303)


# The result.


@result_bp.get("/assessments/<assessment_id>/result", endpoint="show")
@needs(Can.READ_ASSESSMENT)
def show_result(assessment_id: str) -> ResponseReturnValue:
    found = result.result(session(), assessment_id)
    opened = plan.load(session(), assessment_id)
    return render_template(
        "plans/result/result.html",
        found=found,
        view=found.view,
        profile=reading.profile_of(found.view.instrument, found.shown.run, found.previous),
        finding=profile_title(found),
        told=reading.content_of(opened),
        weighed_claims=claims.of_entered(
            store(), found.view.group.id, found.view.answers, now().date()
        ),
        way=way_of(opened, opened.newest),
        plan_address=url_for("plan.show", assessment_id=assessment_id),
    )


def profile_title(found: AssessmentResult) -> str:
    """What the chart shows, as its title."""
    scored = [
        (scores.low, domain)
        for domain in found.view.instrument.domains
        if (scores := found.shown.run.domains[domain.id]).mid is not None
    ]
    if not scored:
        return "No domain has a score yet"
    low, weakest = min(scored, key=lambda pair: low_of(pair[0]))
    high, strongest = max(scored, key=lambda pair: low_of(pair[0]))
    if low == high:
        return f"All domains stand at {low}"
    return f"{strongest.title} is strongest at {high}, {weakest.title} weakest at {low}"


def low_of(score: Decimal | None) -> Decimal:
    return score if score is not None else Decimal(0)
