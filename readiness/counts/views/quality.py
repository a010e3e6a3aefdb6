"""Quality measures by patient group: the list of periods, and the pages on which one is entered."""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from readiness.assessments.views.questionnaire import FROM_HERE, XLSX
from readiness.core.errors import BadInput, Problem, WrongState
from readiness.core.permissions import Can
from readiness.core.web.forms import SafeForm
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, settings
from readiness.core.web.template_filters import moment
from readiness.counts.forms.social_risk import CountsForm, revisions_in, sent_by
from readiness.counts.models import CountsClash, PostedCounts, cells_in
from readiness.counts.presenters import quality as quality_view
from readiness.counts.presenters.quality import Entry, Scope, scope_of
from readiness.counts.service import entry, quality
from readiness.counts.service.quality import SCHEMA, MeasurementPeriod
from readiness.counts.strata import StratumType
from readiness.counts.views.social_risk import COMPLETED
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY

bp = Blueprint("quality", __name__)
MAIN = StratumType.TOTAL.value
NO_FILE = "Choose the file that you filled in."
MOST_OF_A_FILE = 5_000  # counts that a preview carries


class ReferenceForm(SafeForm):
    reference = SelectField(
        "Compare the others with",
        description="The rate that gaps are measured from. It is declared by you, and never picked "
        "by the program: the best-off group of a small practice is often the luckiest one.",
    )


@bp.get("/groups/<group_id>/quality")
@needs(Can.READ_QUALITY)
def periods(group_id: str) -> ResponseReturnValue:
    found = entry.overview(session(), SCHEMA, group_id)
    return render_template(
        "counts/quality/periods.html", found=found, states=quality_view.STATE_WORDS
    )


@bp.get("/groups/<group_id>/quality/<period>")
@needs(Can.READ_QUALITY)
def period(group_id: str, period: str) -> ResponseReturnValue:
    return page(group_id, period, MAIN, Entry())


@bp.get("/groups/<group_id>/quality/<period>/by/<kind>")
@needs(Can.READ_QUALITY)
def breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return page(group_id, period, kind, Entry())


@bp.post("/groups/<group_id>/quality/<period>")
@needs(Can.ENTER_QUALITY)
def send_period(group_id: str, period: str) -> ResponseReturnValue:
    return send(group_id, period, MAIN)


@bp.post("/groups/<group_id>/quality/<period>/by/<kind>")
@needs(Can.ENTER_QUALITY)
def send_breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return send(group_id, period, kind)


def send(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    scope = scope_of(entry.get(session(), SCHEMA, group_id, period), kind)
    form = CountsForm()
    sent = sent_by(form, request.form, tuple(cells_in(scope.grids)))
    wanted = request.form.get("do", "save")
    if wanted == "preview":
        return pasted(group_id, period, scope, sent, form.block.data or "")
    try:
        is_new = entry.save(session(), SCHEMA, group_id, period, sent)
    except BadInput as error:
        return page(group_id, period, kind, Entry(sent, error.problems)), 422
    except CountsClash as clash:
        return page(group_id, period, kind, Entry(sent, told(clash), clash)), 409
    if wanted == "complete":
        return complete(group_id, period, kind)
    flash(f"Saved, {moment(now())}." if is_new else "Nothing was changed.")
    return redirect(request.path, 303)


def told(clash: CountsClash) -> tuple[Problem, ...]:
    """The sentence once, then both values of each count."""
    values = (Problem(each.cell.key, each.says.capitalize()) for each in clash.merge.clashes)
    return Problem("", str(clash)), *values


def pasted(
    group_id: str, period: str, scope: Scope, sent: PostedCounts, block: str
) -> ResponseReturnValue:
    """The block in the table, beside what was typed. Nothing is saved yet."""
    found = entry.paste(session(), SCHEMA, group_id, block, scope.grids)
    state = Entry(
        sent,
        tuple(Problem("block", str(problem)) for problem in found.problems),
        filled=found.values,
        block=block if found.problems else "",
    )
    return page(group_id, period, scope.key, state), 422 if found.problems else 200


def complete(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    try:
        verdict = publication.complete(
            session(), QUALITY, group_id, period, settings().smallest_shown
        )
    except (BadInput, WrongState) as error:
        problems = error.problems if isinstance(error, BadInput) else (Problem("", str(error)),)
        state = Entry(problems=problems, is_unfinished=True)
        return page(group_id, period, kind, state), 422 if isinstance(error, BadInput) else 409
    flash(COMPLETED[verdict])
    return redirect(url_for(".periods", group_id=group_id), 303)


def page(group_id: str, period: str, kind: str, state: Entry) -> str:
    found = entry.get(session(), SCHEMA, group_id, period)
    scope = scope_of(found, kind)
    form = CountsForm(formdata=None)
    form.block.data = state.block
    return render_template(
        "counts/quality/period.html",
        form=form,
        reference=reference_form(found),
        ending=found,
        scope=scope,
        entry=state,
        shown=quality_view.shown(found, scope, state),
    )


# The declared reference


def reference_form(found: MeasurementPeriod) -> ReferenceForm:
    form = ReferenceForm(formdata=None)
    form.reference.choices = [("", "Not declared yet"), *quality.references(found.counts).items()]
    form.reference.data = found.status.reference
    return form


@bp.post("/groups/<group_id>/quality/<period>/reference")
@needs(Can.ENTER_QUALITY)
def declare(group_id: str, period: str) -> ResponseReturnValue:
    wanted = request.form.get("reference", "")[:80]
    try:
        quality.declare(session(), group_id, period, wanted)
    except BadInput as error:
        state = Entry(problems=error.problems)
        return page(group_id, period, MAIN, state), 422
    flash("The reference is saved.")
    return redirect(url_for(".period", group_id=group_id, period=period), 303)


# From a file


@bp.get("/groups/<group_id>/quality/<period>/counts.xlsx")
@needs(Can.READ_QUALITY)
def template_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    made = quality.workbook(session(), group_id, period)
    return attached(made, XLSX, f"quality-{period}.xlsx")


@bp.get("/groups/<group_id>/quality/<period>/counts.csv")
@needs(Can.READ_QUALITY)
def template_csv(group_id: str, period: str) -> ResponseReturnValue:
    made = quality.measures_csv(session(), group_id, period)
    return attached(made, "text/csv; charset=utf-8", f"quality-{period}.csv")


def attached(made: bytes, kind: str, name: str) -> Response:
    response = Response(made, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/groups/<group_id>/quality/<period>/file")
@needs(Can.ENTER_QUALITY)
def upload(group_id: str, period: str) -> ResponseReturnValue:
    """A file is looked at; only the page that shows what it would change can store it."""
    if "filled" in request.form:
        return take_over(group_id, period)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise BadInput([Problem("file", NO_FILE)])
        found = quality.preview(session(), group_id, period, sent.read())
    except BadInput as error:
        return page(group_id, period, MAIN, Entry(problems=error.problems)), 422
    cells = quality.cells(found.ending.period, found.ending.sites)
    return render_template(
        "counts/quality/preview.html",
        preview=found,
        form=SafeForm(formdata=None),
        filled=json.dumps({each.key: each.wanted for each in found.changes}),
        base=quality_view.seen(found.ending, {each.key: cells[each.key] for each in found.changes}),
    )


def take_over(group_id: str, period: str) -> ResponseReturnValue:
    try:
        filled = json.loads(request.form["filled"])
    except (ValueError, RecursionError) as error:
        raise BadInput(FROM_HERE) from error
    if not isinstance(filled, dict) or len(filled) > MOST_OF_A_FILE:
        raise BadInput(FROM_HERE)
    typed = {key: str(value)[:60] for key, value in filled.items()}
    sent = PostedCounts(typed, revisions_in(request.form.get("base", "")))
    try:
        is_new = entry.save(session(), SCHEMA, group_id, period, sent)
    except BadInput as error:
        return page(group_id, period, MAIN, Entry(problems=error.problems)), 422
    except CountsClash as clash:
        return page(group_id, period, MAIN, Entry(problems=told(clash))), 409
    flash(f"Saved from the file: {len(typed):,} counts." if is_new else "Nothing was changed.")
    return redirect(url_for(".period", group_id=group_id, period=period), 303)


# History


@bp.get("/groups/<group_id>/quality/<period>/history")
@needs(Can.READ_QUALITY)
def history(group_id: str, period: str) -> ResponseReturnValue:
    found = quality.change_log(session(), group_id, period)
    return render_template("counts/quality/history.html", found=found)
