"""The result of an assessment."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.assessments.service import result
from readiness.assessments.service.result import AssessmentResult
from readiness.core.charts.bars import DomainScore, Threshold, profile_of
from readiness.core.charts.scales import Figure
from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.plans.presenters import plan as reading
from readiness.plans.service import plan

pages = Blueprint("result", __name__)


@pages.get("/assessments/<assessment_id>/result")
@needs(Can.READ_ASSESSMENT)
def show(assessment_id: str) -> ResponseReturnValue:
    found = result.result(session(), assessment_id)
    opened = plan.load(session(), assessment_id)
    return render_template(
        "plans/result/result.html",
        found=found,
        view=found.view,
        profile=profile(found),
        finding=finding(found),
        told=reading.content_of(opened.plan, opened.instrument, opened.context),
        plan_address=url_for("plan.show", assessment_id=assessment_id),
    )


def profile(found: AssessmentResult) -> Figure:
    before = found.previous.domains if found.previous else {}
    scores = [
        DomainScore(
            domain.title,
            found.shown.run.domains[domain.id].low,
            found.shown.run.domains[domain.id].high,
            before[domain.id].low if domain.id in before else None,
        )
        for domain in found.view.instrument.domains
    ]
    asks = found.next_tier
    least = [Threshold(f"{asks.id} asks for {asks.domain_min}", asks.domain_min)] if asks else []
    return profile_of(scores, [each for each in least if each.at])


def finding(found: AssessmentResult) -> str:
    """What the chart shows, as its title."""
    scored = [
        (scores.low, domain)
        for domain in found.view.instrument.domains
        if (scores := found.shown.run.domains[domain.id]).low is not None
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
