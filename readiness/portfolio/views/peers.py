"""For a payer: groups side by side, one group's measures, change against readiness and money."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from readiness.accounts.service import people
from readiness.core.errors import NotFound
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_sheet
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.portfolio.presenters import peer_models as models_view
from readiness.portfolio.presenters import peers as peers_view
from readiness.portfolio.presenters import prediction as prediction_view
from readiness.portfolio.presenters import returns as returns_view
from readiness.portfolio.service import peer_models, peers, prediction, returns
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY

bp = Blueprint("peers", __name__)
returns_bp = Blueprint("returns", __name__)
NOTHING = "There is nothing to write into a file yet. Look at the page to see why."


@bp.get("/payers/<payer_id>/equity")
@needs(Can.REVIEW_PORTFOLIO)
def beside(payer_id: str) -> ResponseReturnValue:
    asked = peer_filters()
    found = peers.compare(session(), payer_id, asked)
    payers = people.payers_of(session())
    page = peers_view.page_of(found, asked)
    if found.found:
        typed, series = typed_prior(), peer_models.over_years(session(), payer_id, found.found)
        drawn = peer_models.shrink_rates(found.found, typed)
        page |= models_view.models_of(found.found, series, drawn, typed)
        page["kept"] = page["kept"] | typed.given
    return render_template("portfolio/peers/beside.html", payers=payers, **page)


@bp.get("/payers/<payer_id>/equity.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def beside_file(payer_id: str, ending: str) -> ResponseReturnValue:
    found = peers.compare(session(), payer_id, peer_filters()).found
    if found is None:
        raise NotFound(NOTHING)
    name = f"equity-{found.choices.measure.id}-{found.choices.period}"
    drawn = peer_models.shrink_rates(found, typed_prior())
    return send_sheet(peer_models.sheet_with_prior(found, drawn), name, ending)


@bp.get("/payers/<payer_id>/readiness-and-change")
@needs(Can.REVIEW_PORTFOLIO)
def change(payer_id: str) -> ResponseReturnValue:
    asked = prediction.analyze(session(), payer_id, prediction_filters())
    payers = people.payers_of(session())
    page = prediction_view.page_of(asked)
    return render_template("portfolio/peers/change.html", payers=payers, **page)


@bp.get("/payers/<payer_id>/readiness-and-change.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def change_file(payer_id: str, ending: str) -> ResponseReturnValue:
    asked = prediction.analyze(session(), payer_id, prediction_filters())
    if asked.found is None:
        raise NotFound(NOTHING)
    name = f"readiness-and-change-{asked.found.spans.measure.id}-{asked.found.spans.after}"
    return send_sheet(prediction.analysis_sheet(asked, asked.found), name, ending)


@bp.get("/payers/<payer_id>/groups/<group_id>/quality")
@needs(Can.READ_SUBMISSION)
def group(payer_id: str, group_id: str) -> ResponseReturnValue:
    wanted = request.args.get("period") or None
    read = publication.payer_view(session(), QUALITY, payer_id, group_id, wanted)
    return render_template("portfolio/peers/group.html", **peers_view.group_page(read))


@returns_bp.get("/payers/<payer_id>/returns")
@needs(Can.REVIEW_PORTFOLIO)
def show(payer_id: str) -> ResponseReturnValue:
    found = returns.load(session(), payer_id)
    payers = people.payers_of(session())
    page = returns_view.page_of(found, request.args)
    return render_template("portfolio/returns/show.html", payers=payers, **page)


@returns_bp.get("/payers/<payer_id>/returns.<ending>")
@needs(Can.REVIEW_PORTFOLIO)
def file(payer_id: str, ending: str) -> ResponseReturnValue:
    found = returns.load(session(), payer_id)
    return send_sheet(returns.sheet_of(found), "change-and-money", ending)


def peer_filters() -> peers.PeerFilters:
    asked = request.args
    names = ("measure", "period", "by", "of", "reference")
    return peers.PeerFilters(*(asked.get(name, "")[:40] for name in names))


def typed_prior() -> peer_models.TypedPrior:
    asked = request.args
    names = ("prior_name", "prior_source", "prior_made_on", "alpha", "beta")
    return peer_models.TypedPrior(*(asked.get(name, "")[:200] for name in names))


def prediction_filters() -> prediction.PredictionFilters:
    asked = request.args
    names = ("measure", "by", "of", "reference", "before", "after", "score")
    return prediction.PredictionFilters(*(asked.get(name, "")[:40] for name in names))
