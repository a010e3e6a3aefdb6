"""Money for the actions of a plan: to read, to enter, to correct and to take along."""

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.core.errors import BadInput, ChangedMeanwhile, NotFound
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, store
from readiness.plans.forms import NeededForm, PostingForm, needed_form, posting_form
from readiness.plans.postings import dollars
from readiness.plans.presenters import spending
from readiness.plans.service import money, progress

bp = Blueprint("money", __name__)
bp.add_app_template_filter(dollars, "from_cents")
FILES = {"csv": spending.as_csv, "xlsx": spending.as_xlsx}
NO_FILE = "There is no such file. Choose CSV or a spreadsheet on the page."
HERE = "/assessments/<assessment_id>/plan/money"


@bp.get(HERE)
@needs(Can.READ_PLAN)
def show(assessment_id: str) -> ResponseReturnValue:
    found = money.load(session(), assessment_id)
    return render_template(
        "plans/money/show.html",
        opened=found.opened,
        told=spending.spending_table(found),
        came=progress.outcome_of_this(store(), found.opened),
        last=progress.outcome_of_last(store(), found.opened),
    )


@bp.get(f"{HERE}.<ending>")
@needs(Can.READ_PLAN)
def file(assessment_id: str, ending: str) -> ResponseReturnValue:
    found = money.load(session(), assessment_id)
    if ending not in FILES:
        raise NotFound(NO_FILE)
    return send_export(FILES[ending](found), f"plan-money.{ending}")


@bp.get(f"{HERE}/actions/<action_id>")
@needs(Can.READ_PLAN)
def action(assessment_id: str, action_id: str) -> ResponseReturnValue:
    return action_page(money.load(session(), assessment_id), action_id)


def action_page(
    found: money.PlanMoney,
    action_id: str,
    form: PostingForm | None = None,
    needed: NeededForm | None = None,
) -> str:
    """One of the forms may come back as it was typed."""
    line = found.line(action_id)
    return render_template(
        "plans/money/action.html",
        opened=found.opened,
        line=line,
        row=spending.row_of(line),
        form=form or PostingForm(formdata=None, data={"on": now().date()}),
        needed=needed or needed_form(line.actual.needed),
        problem_in=form or needed,
    )


@bp.post(f"{HERE}/actions/<action_id>/entries")
@needs(Can.EDIT_PLAN)
def post(assessment_id: str, action_id: str) -> ResponseReturnValue:
    found, form = opened(assessment_id, action_id), PostingForm()
    if form.validate():
        id_ = secrets.token_urlsafe(9)
        try:
            money.post(session(), assessment_id, action_id, form.wanted, id_)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("Entered.")
            return back_to(assessment_id, action_id)
    return action_page(found, action_id, form=form), 422


@bp.post(f"{HERE}/actions/<action_id>/needed")
@needs(Can.EDIT_PLAN)
def say_needed(assessment_id: str, action_id: str) -> ResponseReturnValue:
    found, form = opened(assessment_id, action_id), NeededForm()
    if form.validate():
        id_, why = secrets.token_urlsafe(9), form.why.data or ""
        try:
            money.save_estimate(session(), assessment_id, action_id, form.amounts, why, id_)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("Kept what is still needed.")
            return back_to(assessment_id, action_id)
    return action_page(found, action_id, needed=form), 422


@bp.get(f"{HERE}/actions/<action_id>/entries/<posting_id>")
@needs(Can.EDIT_PLAN)
def correction(assessment_id: str, action_id: str, posting_id: str) -> ResponseReturnValue:
    entry = opened(assessment_id, action_id).line(action_id).entry(posting_id)
    return correction_page(assessment_id, action_id, posting_id, posting_form(entry.posting))


@bp.post(f"{HERE}/actions/<action_id>/entries/<posting_id>")
@needs(Can.EDIT_PLAN)
def correct(assessment_id: str, action_id: str, posting_id: str) -> ResponseReturnValue:
    opened(assessment_id, action_id).line(action_id).entry(posting_id)
    form = PostingForm()
    if not form.validate():
        return correction_page(assessment_id, action_id, posting_id, form), 422
    id_ = secrets.token_urlsafe(9)
    try:
        money.correct(session(), assessment_id, action_id, posting_id, form.wanted, id_)
    except BadInput as error:
        with_problems(form, error)
        return correction_page(assessment_id, action_id, posting_id, form), 422
    except ChangedMeanwhile as error:
        return correction_page(assessment_id, action_id, posting_id, form, str(error)), 409
    flash("Corrected. The entry before stays in the history.")
    return back_to(assessment_id, action_id)


def correction_page(
    assessment_id: str, action_id: str, posting_id: str, form: PostingForm, meanwhile: str = ""
) -> str:
    """Of an entry that somebody corrected, the page shows what stands now and offers that."""
    found = opened(assessment_id, action_id)
    line = found.line(action_id)
    return render_template(
        "plans/money/correct.html",
        opened=found.opened,
        line=line,
        entry=line.entry(posting_id),
        form=form,
        meanwhile=meanwhile,
    )


def opened(assessment_id: str, action_id: str) -> money.PlanMoney:
    """For a form: only where its answer could be kept."""
    return money.load_enterable(session(), assessment_id, action_id)


def back_to(assessment_id: str, action_id: str) -> ResponseReturnValue:
    return redirect(url_for(".action", assessment_id=assessment_id, action_id=action_id), 303)
