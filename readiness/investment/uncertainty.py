"""What actions cost, as expected and as drawn from how uncertain it is, with gaps and need.

A cost lies between its ends as two halves of lognormal curves that meet at the likely cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, exp, log, sqrt
from random import Random
from statistics import NormalDist

from readiness.investment.answers import (
    CostSpan,
)
from readiness.investment.models import (
    Candidate,
    GroupOffer,
    InvestmentPurpose,
)
from readiness.investment.problem import (
    Key,
)
from readiness.investment.scenario import CostBasis
from readiness.plans.costs import CostRange

Z_90 = 1.2815515655446004  # nine of ten draws lie below


def cost_at(cost: CostRange, z: float) -> float:
    """A tenth of all draws lies below the low end, and a tenth above the high one.

    >>> from decimal import Decimal
    >>> around = CostRange(Decimal(10), Decimal(20), Decimal(80))
    >>> [round(cost_at(around, z)) for z in (-Z_90, 0, Z_90)]
    [10, 20, 80]
    """
    low, middle, high = float(cost.low), float(cost.likely), float(cost.high)
    if not (low > 0 and middle > 0):
        return middle
    reach = log(high / middle) if z > 0 else log(middle / low)
    return middle * exp(z / Z_90 * reach)


def mean_cost(cost: CostRange) -> float:
    """What the draws of a cost come to on average: more than the likely, as costs run over more
    easily than under."""
    low, middle, high = float(cost.low), float(cost.likely), float(cost.high)
    if not (low > 0 and middle > 0):
        return middle
    above, below = log(high / middle) / Z_90, log(middle / low) / Z_90
    normal = NormalDist().cdf
    return middle * (exp(above**2 / 2) * normal(above) + exp(below**2 / 2) * normal(-below))


@dataclass(frozen=True)
class PriceList:
    """An offer's dollars and days as one run takes them: the likely ones, or drawn ones."""

    first_year: Mapping[Key, int]
    yearly: Mapping[Key, int]
    days: Mapping[Key, int]


DOLLARS: Mapping[CostBasis, Callable[[CostRange], float]] = {
    CostBasis.LIKELY: lambda cost: float(cost.likely),
    CostBasis.EXPECTED: mean_cost,
    CostBasis.HIGH: lambda cost: float(cost.high),
}


def price_list(offers: Sequence[GroupOffer], basis: CostBasis) -> PriceList:
    found = {each.key: each for offer in offers for each in offer.candidates}
    dollars = DOLLARS[basis]
    return PriceList(
        {key: round(dollars(each.cost)) for key, each in found.items()},
        {key: round(dollars(each.takes.yearly)) for key, each in found.items()},
        {key: ceil(each.takes.people_days.likely) for key, each in found.items()},
    )


DRAWS = 1_000  # of a total's cost
SHARED = 0.5  # correlation of any two costs of one group: assumed, not measured


def draw_offers(offers: Sequence[GroupOffer], luck: Random) -> tuple[GroupOffer, ...]:
    """Need moves with the group's social risk, patients with the error of their gaps."""
    return tuple(
        replace(
            offer,
            purposes=tuple(draw_purpose(each, factor, luck) for each in offer.purposes),
        )
        for offer in offers
        for factor in (draw_risk_factor(offer, luck),)
    )


def draw_risk_factor(offer: GroupOffer, luck: Random) -> float:
    spread = offer.risk.error / offer.risk.share if offer.risk.share else 0.0
    return max(0.0, luck.gauss(1.0, spread))


def draw_purpose(purpose: InvestmentPurpose, factor: float, luck: Random) -> InvestmentPurpose:
    people = purpose.people
    if purpose.people_error:
        people = max(0.0, luck.gauss(people, purpose.people_error))
    return replace(purpose, need=purpose.need * factor, people=people)


def draw_prices(offers: Sequence[GroupOffer], luck: Random) -> PriceList:
    """A dear first year means dear later ones: one draw serves both parts of a cost. Costs of one
    group rise together, for wages and vendors are the same."""
    usual = price_list(offers, CostBasis.LIKELY)
    first, yearly = dict(usual.first_year), dict(usual.yearly)
    for offer in offers:
        together = luck.gauss(0.0, 1.0)
        for each in offer.candidates:
            z = draw_position(together, luck)
            first[each.key] = round(cost_at(each.cost, z))
            yearly[each.key] = round(cost_at(each.takes.yearly, z))
    return PriceList(first, yearly, usual.days)


def draw_position(together: float, luck: Random) -> float:
    """How far one cost lies from the likely, given what all of its group share."""
    return sqrt(SHARED) * together + sqrt(1 - SHARED) * luck.gauss(0.0, 1.0)


def cost_span(candidates: Iterable[tuple[Candidate, int]], budget: int, seed: int) -> CostSpan:
    """The cost of all of them together, each with the later years that it runs."""
    listed = list(candidates)
    luck = Random(seed)  # noqa: S311
    totals = sorted(draw_total(listed, luck) for _ in range(DRAWS))
    low, middle, high = (totals[round(share * (DRAWS - 1))] for share in (0.1, 0.5, 0.9))
    within = sum(total <= budget for total in totals) / DRAWS
    return CostSpan(round(low), round(middle), round(high), within)


def draw_total(candidates: Sequence[tuple[Candidate, int]], luck: Random) -> float:
    together: dict[str, float] = {}
    total = 0.0
    for each, later in candidates:
        if each.group_id not in together:
            together[each.group_id] = luck.gauss(0.0, 1.0)
        z = draw_position(together[each.group_id], luck)
        total += cost_at(each.cost, z) + later * cost_at(each.takes.yearly, z)
    return total
