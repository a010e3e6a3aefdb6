"""Pages: each builds a form, calls the service and renders what comes back."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.equity.gates import FEWEST_FOR_CHARTS
from readiness.equity.presenters import race_data as race_data_view
from readiness.equity.presenters import results as equity_view
from readiness.equity.service import race_data as use_case
from readiness.equity.service import results as equity_results
from readiness.equity.service.results import ResultsFilters

pages = Blueprint("equity", __name__)


@pages.get("/groups/<group_id>/quality/results")
@needs(Can.READ_QUALITY)
def newest(group_id: str) -> ResponseReturnValue:
    """To the last period that can tell anything, else to where one is entered."""
    period = equity_results.readable_period(session(), group_id)
    if period is None:
        return redirect(url_for("quality.periods", group_id=group_id))
    return redirect(url_for(".results", group_id=group_id, period=str(period)))


@pages.get("/groups/<group_id>/quality/<period>/results")
@needs(Can.READ_QUALITY)
def results(group_id: str, period: str) -> ResponseReturnValue:
    found = equity_results.results(session(), group_id, period, wish())
    split = found.split
    return render_template(
        "equity/results.html",
        found=found,
        split=split,
        shown=equity_view.shown(found, split) if split else None,
        offers=equity_view.offers(found, split) if split else (),
        measures=[(each.id, each.title) for each in found.measures],
        fewest=FEWEST_FOR_CHARTS,
    )


@pages.get("/groups/<group_id>/quality/<period>/race-data")
@needs(Can.READ_QUALITY)
def race_data(group_id: str, period: str) -> ResponseReturnValue:
    found = use_case.race_data(session(), group_id, period)
    return render_template(
        "equity/race_data.html",
        found=found,
        fields=[race_data_view.field_view(each, found) for each in found.fields],
        sample=race_data_view.sample_view(found),
    )


def wish() -> ResultsFilters:
    asked = request.args
    return ResultsFilters(
        asked.get("measure", "")[:40],
        asked.get("by", "")[:40],
        pools_years=asked.get("pool") == "years",
        merges_small=asked.get("merge") == "small",
    )
