"""One group's offer, at a risk that is known."""

from __future__ import annotations

from readiness.investment.models import GroupBaseline, GroupOffer, SocialRisk
from readiness.investment.offering import offer_of
from readiness.investment.scenario import TIER_GATE
from tests.factories.plans import BOOK

RISK = SocialRisk(0.3, 0.02, "300 of 1,000 screened had a need.")


def offer_to(baseline: GroupBaseline, tier_gate: int = TIER_GATE) -> GroupOffer:
    return offer_of(baseline, BOOK, RISK, (), tier_gate)


def why_not(offer: GroupOffer, action_id: str) -> str:
    return next(each.why for each in offer.unavailable if each.id == action_id)
