"""What a payer puts first, as weights that anybody can see and change.

Each component is told in hundredths of all that could be had of it in the portfolio, so that
groups, steps and people can be weighed against each other. No weight looks at race.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from readiness.investment.models import (
    BenefitComponent,
    GroupOffer,
    InvestmentPurpose,
)

WHOLE = 100
FINEST = 10_000  # benefits are rounded to this part of a point, so that they add up exactly
GROUP_FIRST = 100  # points of each group in what a policy puts before everything else


@dataclass(frozen=True)
class Policy:
    """With something first, the weights only tell apart what is equal in that: together they stay
    below a third of one group, which is what it counts when it starts in the last of three years.
    """

    id: str
    name: str
    says: str
    weights: Mapping[BenefitComponent, int]  # of 100
    first: BenefitComponent | None = None  # a number of groups, before everything else


MOST_TO_NEXT_TIER = Policy(
    "next_tier",
    "Most groups to the next tier",
    "Pay for all of the way to a higher tier in as many groups as the money reaches. What is left "
    "goes to steps of other groups’ plans.",
    {BenefitComponent.READINESS: 15, BenefitComponent.NEED: 10, BenefitComponent.PEOPLE: 5},
    first=BenefitComponent.NEXT_TIER,
)
MOST_READY = Policy(
    "ready",
    "Most groups ready for incentives",
    "Pay for all of the way to Incentive-ready, tier 3, in as many groups as the money reaches.",
    {
        BenefitComponent.NEXT_TIER: 18,
        BenefitComponent.READINESS: 6,
        BenefitComponent.NEED: 3,
        BenefitComponent.PEOPLE: 3,
    },
    first=BenefitComponent.READY,
)
MOST_PEOPLE = Policy(
    "people",
    "Most people in reliable gaps",
    "Reach as many patients as can be who are behind in a gap that counts.",
    {BenefitComponent.NEXT_TIER: 10, BenefitComponent.NEED: 10, BenefitComponent.PEOPLE: 80},
)
NEED_FIRST = Policy(
    "need",
    "Need first",
    "Start where most patients live with social risk, and where readiness is lowest.",
    {BenefitComponent.NEXT_TIER: 10, BenefitComponent.NEED: 80, BenefitComponent.PEOPLE: 10},
)
NAMED = (MOST_TO_NEXT_TIER, MOST_READY, MOST_PEOPLE, NEED_FIRST)
FORMER = (  # no longer offered; scenarios that were asked for under it stay readable
    Policy(
        "readiness",
        "Readiness first",
        "Raise what still keeps groups from their next tier, wherever the dollar raises most.",
        {BenefitComponent.READINESS: 80, BenefitComponent.NEED: 10, BenefitComponent.PEOPLE: 10},
    ),
)
OWN_ID = "own"


def own_policy(weights: Mapping[BenefitComponent, int]) -> Policy:
    return Policy(OWN_ID, "Own weights", "The weights that you typed.", weights)


@dataclass(frozen=True)
class BenefitScale:
    """All that could be had in the portfolio of each component."""

    most: Mapping[BenefitComponent, float]

    def points(self, component: BenefitComponent, amount: float) -> float:
        """Hundredths of all there is; nothing of nothing."""
        most = self.most.get(component, 0.0)
        return WHOLE * amount / most if most else 0.0

    def benefit(self, purpose: InvestmentPurpose, policy: Policy) -> Fraction:
        """
        >>> scale = BenefitScale({each: 10.0 for each in BenefitComponent})
        >>> scale.benefit(InvestmentPurpose("elm", "lift:LEAD-1", "", readiness=1), NEED_FIRST)
        Fraction(0, 1)
        >>> scale.benefit(InvestmentPurpose("elm", "tier:next", "", next_tier=1), MOST_TO_NEXT_TIER)
        Fraction(100, 1)
        """
        total = sum(
            Fraction(weight, WHOLE) * Fraction(self.points(component, purpose.amount(component)))
            for component, weight in policy.weights.items()
        )
        if policy.first:
            total += GROUP_FIRST * Fraction(purpose.amount(policy.first))
        return Fraction(round(total * FINEST), FINEST)


def scale_of(offers: Iterable[GroupOffer]) -> BenefitScale:
    most = dict.fromkeys(BenefitComponent, 0.0)
    for offer in offers:
        for purpose in offer.purposes:
            for component in BenefitComponent:
                most[component] += purpose.amount(component)
    return BenefitScale(most)
