"""What a group's own counts say of equity: its results by patient group, and its race data."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.counts.measures.models import Direction
from readiness.counts.quality.models import FIELD_LABELS
from readiness.equity import presenter
from readiness.equity.data_quality import MARK
from readiness.equity.gates import FEWEST_FOR_CHARTS
from readiness.equity.service import race_data as service_of_race_data
from readiness.equity.service import results as service
from readiness.equity.service.results import ResultsFilters
from readiness.equity.stratification import loader as stratification

bp = Blueprint("equity", __name__)


@bp.get("/groups/<group_id>/quality/results")
@needs(Can.READ_QUALITY)
def newest(group_id: str) -> ResponseReturnValue:
    """To the last period that can tell anything, else to where one is entered."""
    period = service.readable_period(session(), group_id)
    if period is None:
        return redirect(url_for("quality.periods", group_id=group_id))
    return redirect(url_for(".results", group_id=group_id, period=str(period)))


@bp.get("/groups/<group_id>/quality/<period>/results")
@needs(Can.READ_QUALITY)
def results(group_id: str, period: str) -> ResponseReturnValue:
    found = service.results(session(), group_id, period, filters())
    split = found.split
    return render_template(
        "equity/results.html",
        found=found,
        split=split,
        is_lower_better=split and split.measure.direction is Direction.LOWER,
        figures=presenter.figures_of(split) if split else None,
        uses=presenter.OWN_USES,
        measures=[(each.id, each.title) for each in found.measures],
        beside_rules=presenter.beside_rules(found.alignments),
        fewest=FEWEST_FOR_CHARTS,
    )


@bp.get("/stratification-rules")
@needs(Can.SEE_HOME)
def stratification_rules() -> ResponseReturnValue:
    return render_template("equity/stratification_rules.html", found=stratification.load())


@bp.get("/groups/<group_id>/quality/<period>/race-data")
@needs(Can.READ_QUALITY)
def race_data(group_id: str, period: str) -> ResponseReturnValue:
    found = service_of_race_data.race_data(session(), group_id, period)
    return render_template(
        "equity/race_data.html",
        found=found,
        labels=FIELD_LABELS,
        mark=MARK,
        figures={
            each.field: (presenter.known_title(each.whole), presenter.known_figure(each.whole))
            for each in found.fields
            if each.whole
        },
        categories=found.by_category,
    )


def filters() -> ResultsFilters:
    asked = request.args
    return ResultsFilters(
        asked.get("measure", "")[:40],
        asked.get("by", "")[:40],
        pools_years=asked.get("pool") == "years",
        merges_small=asked.get("merge") == "small",
    )
