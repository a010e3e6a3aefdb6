"""What a payer puts first, as weights that anybody can see and change.

Each component is told in hundredths of all that could be had of it in the portfolio, so that steps,
patients and people can be weighed against each other. No weight looks at race.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from readiness.investment.candidates import Component, Offer, Purpose

WHOLE = 100
FINEST = 10_000  # benefits are rounded to this part of a point, so that they add up exactly


@dataclass(frozen=True)
class Policy:
    id: str
    name: str
    says: str
    weights: Mapping[Component, int]  # of 100


READINESS_FIRST = Policy(
    "readiness",
    "Readiness first",
    "Raise what still keeps groups from their next tier, wherever the dollar raises most of it.",
    {Component.READINESS: 80, Component.NEED: 10, Component.PEOPLE: 10},
)
NEED_FIRST = Policy(
    "need",
    "Need first",
    "Start where most patients live with social risk, and where readiness is lowest.",
    {Component.READINESS: 10, Component.NEED: 80, Component.PEOPLE: 10},
)
MOST_PEOPLE = Policy(
    "people",
    "Most people in gaps",
    "Reach as many patients as can be who are behind in a gap that counts.",
    {Component.READINESS: 10, Component.NEED: 10, Component.PEOPLE: 80},
)
NAMED = (READINESS_FIRST, NEED_FIRST, MOST_PEOPLE)
OWN_ID = "own"


def own(weights: Mapping[Component, int]) -> Policy:
    return Policy(OWN_ID, "Own weights", "The weights that you typed.", weights)


@dataclass(frozen=True)
class Scale:
    """All that could be had in the portfolio of each component."""

    most: Mapping[Component, float]

    def points(self, component: Component, amount: float) -> float:
        """Hundredths of all there is; nothing of nothing."""
        most = self.most[component]
        return WHOLE * amount / most if most else 0.0

    def benefit(self, purpose: Purpose, policy: Policy) -> Fraction:
        """
        >>> scale = Scale({each: 10.0 for each in Component})
        >>> purpose = Purpose("elm", "lift:LEAD-1", "", readiness=1)
        >>> scale.benefit(purpose, READINESS_FIRST)
        Fraction(8, 1)
        """
        total = sum(
            Fraction(weight, WHOLE) * Fraction(self.points(component, purpose.amount(component)))
            for component, weight in policy.weights.items()
        )
        return Fraction(round(total * FINEST), FINEST)


def scale_of(offers: Iterable[Offer]) -> Scale:
    most = dict.fromkeys(Component, 0.0)
    for offer in offers:
        for purpose in offer.purposes:
            for component in Component:
                most[component] += purpose.amount(component)
    return Scale(most)
