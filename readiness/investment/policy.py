"""What a payer puts first, as weights that anybody can see and change.

Each component is told in hundredths of all that could be had of it in the portfolio, so that steps,
patients and people can be weighed against each other. No weight looks at race.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from readiness.investment.models import BenefitComponent, GroupOffer, InvestmentPurpose

WHOLE = 100
FINEST = 10_000  # benefits are rounded to this part of a point, so that they add up exactly


@dataclass(frozen=True)
class Policy:
    id: str
    name: str
    says: str
    weights: Mapping[BenefitComponent, int]  # of 100


READINESS_FIRST = Policy(
    "readiness",
    "Readiness first",
    "Raise what still keeps groups from their next tier, wherever the dollar raises most of it.",
    {BenefitComponent.READINESS: 80, BenefitComponent.NEED: 10, BenefitComponent.PEOPLE: 10},
)
NEED_FIRST = Policy(
    "need",
    "Need first",
    "Start where most patients live with social risk, and where readiness is lowest.",
    {BenefitComponent.READINESS: 10, BenefitComponent.NEED: 80, BenefitComponent.PEOPLE: 10},
)
MOST_PEOPLE = Policy(
    "people",
    "Most people in gaps",
    "Reach as many patients as can be who are behind in a gap that counts.",
    {BenefitComponent.READINESS: 10, BenefitComponent.NEED: 10, BenefitComponent.PEOPLE: 80},
)
NAMED = (READINESS_FIRST, NEED_FIRST, MOST_PEOPLE)
OWN_ID = "own"


def own_policy(weights: Mapping[BenefitComponent, int]) -> Policy:
    return Policy(OWN_ID, "Own weights", "The weights that you typed.", weights)


@dataclass(frozen=True)
class BenefitScale:
    """All that could be had in the portfolio of each component."""

    most: Mapping[BenefitComponent, float]

    def points(self, component: BenefitComponent, amount: float) -> float:
        """Hundredths of all there is; nothing of nothing."""
        most = self.most[component]
        return WHOLE * amount / most if most else 0.0

    def benefit(self, purpose: InvestmentPurpose, policy: Policy) -> Fraction:
        """
        >>> scale = BenefitScale({each: 10.0 for each in BenefitComponent})
        >>> purpose = InvestmentPurpose("elm", "lift:LEAD-1", "", readiness=1)
        >>> scale.benefit(purpose, READINESS_FIRST)
        Fraction(8, 1)
        """
        total = sum(
            Fraction(weight, WHOLE) * Fraction(self.points(component, purpose.amount(component)))
            for component, weight in policy.weights.items()
        )
        return Fraction(round(total * FINEST), FINEST)


def scale_of(offers: Iterable[GroupOffer]) -> BenefitScale:
    most = dict.fromkeys(BenefitComponent, 0.0)
    for offer in offers:
        for purpose in offer.purposes:
            for component in BenefitComponent:
                most[component] += purpose.amount(component)
    return BenefitScale(most)
