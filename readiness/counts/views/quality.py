"""Quality measures by patient group: the list of periods, and the pages on which one is entered."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from readiness.assessments.views.questionnaire import FROM_HERE
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import SafeForm
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.counts.models import CountsClash, Grid, PostedCounts
from readiness.counts.presenters.entry import (
    STATE_WORDS,
    EntryScope,
    Layout,
    PageState,
    revisions_seen,
)
from readiness.counts.quality.models import (
    MEASURED_BY,
    DemographicCell,
    QualityCell,
    QualityCounts,
    SampleCell,
    demographic_grids,
    sample_grid,
)
from readiness.counts.service import entry
from readiness.counts.service import quality as service
from readiness.counts.service.entry import Sites
from readiness.counts.service.quality import SCHEMA, MeasurementPeriod, stratum_grids
from readiness.counts.strata import STRATUM_TYPE_LABELS, StratumType
from readiness.counts.views.entry import EntryPages, revisions_in
from readiness.releases.presenter import quality_layouts
from readiness.releases.service.publication import QUALITY

bp = Blueprint("quality", __name__)
MAIN = StratumType.TOTAL.value
NO_FILE = "Choose the file that you filled in."
MOST_OF_A_FILE = 5_000  # counts that a preview carries
RACE_DATA, ASKED_AGAIN = "race-data", "asked-again"
KEYS: tuple[str, ...] = (StratumType.TOTAL, *MEASURED_BY, RACE_DATA, ASKED_AGAIN)
TITLES: dict[str, str] = {
    **{str(kind): label for kind, label in STRATUM_TYPE_LABELS.items()},
    RACE_DATA: "How race, ethnicity and language are known",
    ASKED_AGAIN: "Patients asked again",
}


def scope_of(key: str, period: Period, sites: Sites) -> EntryScope[QualityCell]:
    if key not in KEYS:
        raise NotFound("There is no such breakdown. Choose one from the page of the period.")
    if key == RACE_DATA:
        grids: tuple[Grid[QualityCell], ...] = tuple(demographic_grids(sites))
    elif key == ASKED_AGAIN:
        grids = (sample_grid(),)
    else:
        grids = stratum_grids(StratumType(key), period, sites)
    return EntryScope(key, TITLES[key], grids)


def page_of(cell: QualityCell) -> str:
    """The page on which a count is entered."""
    if isinstance(cell, DemographicCell):
        return RACE_DATA
    return ASKED_AGAIN if isinstance(cell, SampleCell) else cell.stratum.type


def address(ending: MeasurementPeriod, key: str) -> str:
    group_id, period = ending.group.id, str(ending.period)
    if key == StratumType.TOTAL:
        return url_for("quality.period", group_id=group_id, period=period)
    return url_for("quality.breakdown", group_id=group_id, period=period, kind=key)


def cell_address(
    ending: MeasurementPeriod, scope: EntryScope[QualityCell], cell: QualityCell
) -> str:
    """On this page, or on the page of its own."""
    where = page_of(cell)
    return f"#{cell.key}" if where == scope.key else f"{address(ending, where)}#{cell.key}"


def breakdown_link(ending: MeasurementPeriod, key: str) -> tuple[str, str, str]:
    """Its address, its title and what is in it."""
    having = sum(1 for cell in ending.counts.known if page_of(cell) == key)
    says = f"{having:,} {'count' if having == 1 else 'counts'}" if having else "No counts yet"
    return address(ending, key), TITLES[key], says


LAYOUT: Layout[QualityCell, QualityCounts] = Layout(
    schema=SCHEMA,
    scope=scope_of,
    address=cell_address,
    earlier=str,
    clash_says=lambda clash: clash.says.capitalize(),
)


def more(ending: MeasurementPeriod, _scope: EntryScope[QualityCell]) -> dict[str, Any]:
    """Links to the other pages, and the form of the reference."""
    keys = [key for key in KEYS if key != MAIN]
    return {
        "breakdowns": [breakdown_link(ending, key) for key in keys],
        "reference": reference_form(ending),
    }


PAGES = EntryPages(
    LAYOUT,
    "counts/quality/period.html",
    "quality.periods",
    QUALITY,
    more,
    quality_layouts,
)


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
    return render_template("counts/quality/periods.html", found=found, states=STATE_WORDS)


@bp.get("/groups/<group_id>/quality/<period>")
@needs(Can.READ_QUALITY)
def period(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, MAIN, PageState())


@bp.get("/groups/<group_id>/quality/<period>/by/<kind>")
@needs(Can.READ_QUALITY)
def breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, kind, PageState())


@bp.post("/groups/<group_id>/quality/<period>")
@needs(Can.ENTER_QUALITY)
def send_period(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, MAIN)


@bp.post("/groups/<group_id>/quality/<period>/by/<kind>")
@needs(Can.ENTER_QUALITY)
def send_breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, kind)


# The declared reference


def reference_form(found: MeasurementPeriod) -> ReferenceForm:
    form = ReferenceForm(formdata=None)
    form.reference.choices = [("", "Not declared yet"), *service.references(found.counts).items()]
    form.reference.data = found.status.reference
    return form


@bp.post("/groups/<group_id>/quality/<period>/reference")
@needs(Can.ENTER_QUALITY)
def declare(group_id: str, period: str) -> ResponseReturnValue:
    wanted = request.form.get("reference", "")[:80]
    try:
        service.declare(session(), group_id, period, wanted)
    except BadInput as error:
        return PAGES.page(group_id, period, MAIN, PageState(problems=error.problems)), 422
    flash("The reference is saved.")
    return redirect(url_for(".period", group_id=group_id, period=period), 303)


# From a file


@bp.get("/groups/<group_id>/quality/<period>/counts.xlsx")
@needs(Can.READ_QUALITY)
def template_xlsx(group_id: str, period: str) -> ResponseReturnValue:
    made = service.workbook(session(), group_id, period)
    return send_export(made, f"quality-{period}.xlsx")


@bp.get("/groups/<group_id>/quality/<period>/counts.csv")
@needs(Can.READ_QUALITY)
def template_csv(group_id: str, period: str) -> ResponseReturnValue:
    made = service.measures_csv(session(), group_id, period)
    return send_export(made, f"quality-{period}.csv")


@bp.post("/groups/<group_id>/quality/<period>/file")
@needs(Can.ENTER_QUALITY)
def upload(group_id: str, period: str) -> ResponseReturnValue:
    """A file is looked at; only the page that shows what it would change can store it."""
    if "filled" in request.form:
        return apply_file(group_id, period)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise BadInput([Problem("file", NO_FILE)])
        found = service.preview(session(), group_id, period, sent.read())
    except BadInput as error:
        told = (each.says if each.place == "file" else str(each) for each in error.problems)
        problems = tuple(Problem("file", says) for says in told)
        return PAGES.page(group_id, period, MAIN, PageState(problems=problems)), 422
    cells = service.cells(found.ending.period, found.ending.sites)
    return render_template(
        "counts/quality/preview.html",
        preview=found,
        form=SafeForm(formdata=None),
        filled=json.dumps({each.key: each.wanted for each in found.changes}),
        base=revisions_seen(found.ending, {each.key: cells[each.key] for each in found.changes}),
    )


def apply_file(group_id: str, period: str) -> ResponseReturnValue:
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
        return PAGES.page(group_id, period, MAIN, PageState(problems=error.problems)), 422
    except CountsClash as clash:
        return PAGES.page(
            group_id, period, MAIN, PageState(problems=PAGES.clash_problems(clash))
        ), 409
    flash(f"Saved from the file: {len(typed):,} counts." if is_new else "Nothing was changed.")
    return redirect(url_for(".period", group_id=group_id, period=period), 303)


# History


@bp.get("/groups/<group_id>/quality/<period>/history")
@needs(Can.READ_QUALITY)
def history(group_id: str, period: str) -> ResponseReturnValue:
    found = service.change_log(session(), group_id, period)
    return render_template("counts/quality/history.html", found=found)
