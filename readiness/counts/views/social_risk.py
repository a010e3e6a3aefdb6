"""Social-risk counts: the list of quarters, and the pages on which one is entered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.core.errors import BadInput, ChangedMeanwhile, Problem, WrongState
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, settings
from readiness.core.web.template_filters import moment
from readiness.counts.forms.social_risk import CountsForm, sent_by
from readiness.counts.models import CountsClash, PostedCounts
from readiness.counts.presenters import social_risk as screen_view
from readiness.counts.presenters import social_risk_rates
from readiness.counts.presenters.social_risk import Entry, Scope, scope_of
from readiness.counts.service import entry
from readiness.counts.service.social_risk import SCHEMA
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.service import publication
from readiness.releases.service.publication import SOCIAL_RISK

bp = Blueprint("screen", __name__)
COMPLETED = {
    ReleaseOutcome.FIRST: "Saved, and marked complete. Payers you share with can now read its "
    "counts, with small counts hidden.",
    ReleaseOutcome.RENEWED: "Saved, and marked complete. Payers you share with now read the new "
    "counts, with small counts hidden.",
    ReleaseOutcome.KEPT: "Saved, and marked complete. Payers go on reading the former release: a "
    "number that they know would move by so few patients that the change could point at somebody.",
    ReleaseOutcome.UNCHANGED: "Saved, and marked complete.",
}


@bp.get("/groups/<group_id>/counts")
@needs(Can.READ_COUNTS)
def quarters(group_id: str) -> ResponseReturnValue:
    found = entry.overview(session(), SCHEMA, group_id)
    return render_template(
        "counts/social_risk/quarters.html",
        group=found.group,
        lines=found.lines,
        rates=social_risk_rates,
        reach=social_risk_rates.trend(found.lines, "Screening reach", "reach"),
        positive=social_risk_rates.trend(
            found.lines, "The share with one or more needs", "positive_rate"
        ),
        claims=social_risk_rates.claim_lines(found.lines, now().date()),
    )


@bp.get("/groups/<group_id>/counts/<period>")
@needs(Can.READ_COUNTS)
def quarter(group_id: str, period: str) -> ResponseReturnValue:
    return page(group_id, period, scope_of(None, None), Entry())


@bp.get("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.READ_COUNTS)
def breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return page(group_id, period, scope_of(kind, None), Entry())


@bp.get("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.READ_COUNTS)
def part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return page(group_id, period, scope_of(kind, part), Entry())


@bp.post("/groups/<group_id>/counts/<period>")
@needs(Can.ENTER_COUNTS)
def send_quarter(group_id: str, period: str) -> ResponseReturnValue:
    return send(group_id, period, scope_of(None, None))


@bp.post("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.ENTER_COUNTS)
def send_breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return send(group_id, period, scope_of(kind, None))


@bp.post("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.ENTER_COUNTS)
def send_part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return send(group_id, period, scope_of(kind, part))


def send(group_id: str, period: str, scope: Scope) -> ResponseReturnValue:
    form = CountsForm()
    sent = sent_by(form, request.form, scope.keys)
    wanted = request.form.get("do", "save")
    if wanted == "preview":
        return preview(group_id, period, scope, sent, form.block.data or "")
    try:
        is_new = entry.save(session(), SCHEMA, group_id, period, sent)
    except BadInput as error:
        return page(group_id, period, scope, Entry(sent, error.problems)), 422
    except CountsClash as clash:
        return page(group_id, period, scope, Entry(sent, told(clash), clash)), 409
    if wanted == "complete":
        return complete(group_id, period, scope)
    flash(f"Saved, {moment(now())}." if is_new else "Nothing was changed.")
    return redirect(request.path, 303)


def told(clash: CountsClash) -> tuple[Problem, ...]:
    """The sentence once, then both values of each count."""
    values = (
        Problem(each.cell.key, f"{each.cell.label}: {each.says}") for each in clash.merge.clashes
    )
    return Problem("", str(clash)), *values


def preview(
    group_id: str, period: str, scope: Scope, sent: PostedCounts, block: str
) -> ResponseReturnValue:
    """The block in the table, beside what was typed. Nothing is saved yet."""
    pasted = entry.paste(session(), SCHEMA, group_id, block, scope.grids)
    state = Entry(
        sent,
        tuple(Problem("block", str(problem)) for problem in pasted.problems),
        filled=pasted.values,
        block=block[: screen_view.MOST_OF_A_BLOCK] if pasted.problems else "",
    )
    return page(group_id, period, scope, state), 422 if pasted.problems else 200


def complete(group_id: str, period: str, scope: Scope) -> ResponseReturnValue:
    try:
        verdict = publication.complete(
            session(), SOCIAL_RISK, group_id, period, settings().smallest_shown
        )
    except (BadInput, ChangedMeanwhile, WrongState) as error:
        problems = error.problems if isinstance(error, BadInput) else (Problem("", str(error)),)
        state = Entry(problems=problems, is_unfinished=True)
        return page(group_id, period, scope, state), 422 if isinstance(error, BadInput) else 409
    flash(COMPLETED[verdict])
    return redirect(url_for(".quarters", group_id=group_id), 303)


def page(group_id: str, period: str, scope: Scope, state: Entry) -> str:
    found = entry.get(session(), SCHEMA, group_id, period)
    form = CountsForm(formdata=None)
    form.block.data = state.block
    return render_template(
        "counts/social_risk/quarter.html",
        form=form,
        quarter=found,
        scope=scope,
        entry=state,
        shown=screen_view.shown(found, scope, state),
        title=(
            social_risk_rates.group_title(found)
            if scope.is_main
            else social_risk_rates.reach_title(found, scope.kind)
        ),
        rates=social_risk_rates.group_figure(found) if scope.is_main else None,
        needs=social_risk_rates.need_table(found) if scope.is_main else None,
        parts=social_risk_rates.reach_figure(found, scope.kind if scope.is_breakdown else None),
    )
