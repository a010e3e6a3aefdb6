"""Social-risk counts: the list of quarters, and the pages on which one is entered."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from readiness.core.errors import BadInput, NotFound
from readiness.core.periods import Period, latest_closed
from readiness.core.permissions import Can
from readiness.core.web.fields import WholeNumberField
from readiness.core.web.forms import SafeForm, with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session
from readiness.counts.models import Heading
from readiness.counts.presenters import rates
from readiness.counts.presenters.entry import EntryScope, Layout, PageState
from readiness.counts.service import entry, social_risk
from readiness.counts.service.entry import Sites
from readiness.counts.service.social_risk import SCHEMA, Quarter
from readiness.counts.social_risk.models import (
    LARGEST,
    STRATUM_TYPES,
    FunnelCell,
    FunnelCounts,
    grids_of_part,
    grids_of_type,
)
from readiness.counts.social_risk.year import YearReach
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType, strata_of
from readiness.counts.views.entry import EntryPages
from readiness.releases.presenter import social_risk_layouts
from readiness.releases.service.publication import SOCIAL_RISK

bp = Blueprint("screen", __name__)

YEAR = "Enter a whole number of patients, such as 4,200."
REVISION = re.compile(r"[0-9]{1,6}")


def scope_of(key: str, _period: Period, _sites: Sites) -> EntryScope[FunnelCell]:
    """`key`: empty for all patients, "language" for a breakdown, "language/spanish" for a part."""
    if not key:
        return EntryScope(key, "All patients", grids_of_part())
    kind, _, part = key.partition("/")
    if kind not in STRATUM_TYPES:
        raise NotFound("There is no such breakdown. Choose one from the quarter's page.")
    breakdown = StratumType(kind)
    title = STRATUM_TYPE_LABELS[breakdown]
    if not part:
        return EntryScope(key, title, grids_of_type(breakdown), kind=breakdown)
    stratum = Stratum(breakdown, part)
    if stratum not in strata_of(breakdown):
        raise NotFound("There is no such part. Choose one from the breakdown's page.")
    return EntryScope(
        key, f"{title}: {stratum.label}", grids_of_part(stratum), kind=breakdown, part=stratum
    )


def address(quarter: Quarter, key: str = "") -> str:
    group_id, period = quarter.group.id, str(quarter.period)
    if not key:
        return url_for("screen.quarter", group_id=group_id, period=period)
    kind, _, part = key.partition("/")
    if not part:
        return url_for("screen.breakdown", group_id=group_id, period=period, kind=kind)
    return url_for("screen.part", group_id=group_id, period=period, kind=kind, part=part)


def cell_address(quarter: Quarter, scope: EntryScope[FunnelCell], cell: FunnelCell) -> str:
    """On this page, or on the page of its own."""
    if cell.key in scope.cells:
        return f"#{cell.key}"
    kind, part = cell.stratum.type, cell.stratum.name
    key = "" if cell.stratum == ALL else kind if cell.need is None else f"{kind}/{part}"
    return f"{address(quarter, key)}#{cell.key}"


def row_address(quarter: Quarter, scope: EntryScope[FunnelCell], row: Heading) -> str:
    """A row of a breakdown leads to all that can be entered for that part."""
    return address(quarter, f"{scope.key}/{row.key}") if scope.is_breakdown else ""


def breakdown_link(quarter: Quarter, kind: StratumType) -> tuple[str, str, str]:
    """Its address, its title and what is in it."""
    having = sum(1 for part in quarter.counts.strata if part.type is kind)
    says = f"{having} of {len(strata_of(kind))} parts have counts" if having else "No counts yet"
    return address(quarter, kind), STRATUM_TYPE_LABELS[kind], says


LAYOUT: Layout[FunnelCell, FunnelCounts] = Layout(
    schema=SCHEMA,
    scope=scope_of,
    address=cell_address,
    earlier=lambda period: f"Q{period.quarter}",
    clash_says=lambda clash: f"{clash.cell.label}: {clash.says}",
)


def more(quarter: Quarter, scope: EntryScope[FunnelCell]) -> dict[str, Any]:
    """Links to the other pages, and the rates."""
    links = {
        "row_address": row_address,
        "breakdowns": [breakdown_link(quarter, kind) for kind in STRATUM_TYPES],
    }
    if scope.is_main:
        title, figure = rates.group_title(quarter), rates.group_figure(quarter)
        return {**links, "title": title, "rates": figure, "needs": rates.need_table(quarter)}
    if not scope.is_breakdown:
        return links
    figure_by_part = rates.reach_figure(quarter, scope.kind)
    return {**links, "title": rates.reach_title(quarter, scope.kind), "parts": figure_by_part}


PAGES = EntryPages(
    LAYOUT,
    "counts/social_risk/quarter.html",
    "screen.quarters",
    SOCIAL_RISK,
    more,
    lambda _: social_risk_layouts(),
)


def patients(label: str) -> WholeNumberField:
    return WholeNumberField(label, low=0, high=LARGEST, is_required=True, says=YEAR)


class YearForm(SafeForm):
    seen = WholeNumberField(
        "Patients seen at least once", high=LARGEST, is_required=True, says=YEAR
    )
    screened = WholeNumberField(
        "Of them, screened at least once", high=LARGEST, is_required=True, says=YEAR
    )
    revision = HiddenField()


@bp.get("/groups/<group_id>/counts")
@needs(Can.READ_COUNTS)
def quarters(group_id: str) -> ResponseReturnValue:
    saved = social_risk.year_to_enter(session(), group_id)
    form = YearForm(formdata=None, revision=str(saved.revision if saved else 0))
    if saved:
        form.seen.data, form.screened.data = f"{saved.seen:,}", f"{saved.screened:,}"
    return quarters_page(group_id, form)


@bp.post("/groups/<group_id>/counts/year")
@needs(Can.ENTER_COUNTS)
def send_year(group_id: str) -> ResponseReturnValue:
    """Patients counted once in the twelve months to the end of the latest closed quarter."""
    form = YearForm()
    if form.validate():
        base = int(form.revision.data) if REVISION.fullmatch(form.revision.data or "") else 0
        ending = latest_closed(now().date())
        year = YearReach(ending, form.seen.whole or 0, form.screened.whole or 0, base + 1)
        try:
            social_risk.save_year(session(), group_id, year)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("The year's patients are saved. Claims of reach are held against them.")
            return redirect(url_for(".quarters", group_id=group_id), 303)
    return quarters_page(group_id, form), 422


def quarters_page(group_id: str, form: YearForm) -> str:
    found, today = entry.overview(session(), SCHEMA, group_id), now().date()
    year = social_risk.year_of(session(), group_id)
    return render_template(
        "counts/social_risk/quarters.html",
        group=found.group,
        lines=found.lines,
        rates=rates,
        reach=rates.trend(found.lines, "Screening reach", "reach"),
        positive=rates.trend(found.lines, "The share with one or more needs", "positive_rate"),
        claims=rates.claim_lines(found.lines, today, year),
        form=form,
        ending=latest_closed(today),
    )


@bp.get("/groups/<group_id>/counts/<period>")
@needs(Can.READ_COUNTS)
def quarter(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, "", PageState())


@bp.get("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.READ_COUNTS)
def breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, kind, PageState())


@bp.get("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.READ_COUNTS)
def part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return PAGES.page(group_id, period, f"{kind}/{part}", PageState())


@bp.post("/groups/<group_id>/counts/<period>")
@needs(Can.ENTER_COUNTS)
def send_quarter(group_id: str, period: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, "")


@bp.post("/groups/<group_id>/counts/<period>/<kind>")
@needs(Can.ENTER_COUNTS)
def send_breakdown(group_id: str, period: str, kind: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, kind)


@bp.post("/groups/<group_id>/counts/<period>/<kind>/<part>")
@needs(Can.ENTER_COUNTS)
def send_part(group_id: str, period: str, kind: str, part: str) -> ResponseReturnValue:
    return PAGES.send(group_id, period, f"{kind}/{part}")
