"""Portfolios as they might be: gaps, need and costs drawn from how uncertain each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import sqrt
from random import Random

from readiness.investment.answer import Span
from readiness.investment.candidates import Candidate, Offer, Purpose
from readiness.investment.curves import at
from readiness.investment.portfolio import Priced, priced
from readiness.investment.scenario import CostBasis

DRAWS = 1_000  # of a total's cost
SHARED = 0.5  # correlation of any two costs of one group: assumed, not measured


def drawn_offers(offers: Sequence[Offer], luck: Random) -> tuple[Offer, ...]:
    """Need moves with the group's social risk, patients with the error of their gaps."""
    return tuple(
        replace(
            offer,
            purposes=tuple(drawn_purpose(each, factor, luck) for each in offer.purposes),
        )
        for offer in offers
        for factor in (risk_factor(offer, luck),)
    )


def risk_factor(offer: Offer, luck: Random) -> float:
    spread = offer.risk.error / offer.risk.share if offer.risk.share else 0.0
    return max(0.0, luck.gauss(1.0, spread))


def drawn_purpose(purpose: Purpose, factor: float, luck: Random) -> Purpose:
    people = purpose.people
    if purpose.people_error:
        people = max(0.0, luck.gauss(people, purpose.people_error))
    return replace(purpose, need=purpose.need * factor, people=people)


def drawn_prices(offers: Sequence[Offer], luck: Random) -> Priced:
    """A dear first year means dear later ones: one draw serves both parts of a cost. Costs of one
    group rise together, for wages and vendors are the same."""
    usual = priced(offers, CostBasis.LIKELY)
    first, yearly = dict(usual.first_year), dict(usual.yearly)
    for offer in offers:
        together = luck.gauss(0.0, 1.0)
        for each in offer.candidates:
            z = moved(together, luck)
            first[each.key] = round(at(each.cost, z))
            yearly[each.key] = round(at(each.takes.yearly, z))
    return Priced(first, yearly, usual.days)


def moved(together: float, luck: Random) -> float:
    """How far one cost lies from the likely, given what all of its group share."""
    return sqrt(SHARED) * together + sqrt(1 - SHARED) * luck.gauss(0.0, 1.0)


def span_of(candidates: Iterable[tuple[Candidate, int]], budget: int, seed: int) -> Span:
    """The cost of all of them together, each with the later years that it runs."""
    listed = list(candidates)
    luck = Random(seed)  # noqa: S311
    totals = sorted(total_of(listed, luck) for _ in range(DRAWS))
    low, middle, high = (totals[round(share * (DRAWS - 1))] for share in (0.1, 0.5, 0.9))
    within = sum(total <= budget for total in totals) / DRAWS
    return Span(round(low), round(middle), round(high), within)


def total_of(candidates: Sequence[tuple[Candidate, int]], luck: Random) -> float:
    together: dict[str, float] = {}
    total = 0.0
    for each, later in candidates:
        if each.group_id not in together:
            together[each.group_id] = luck.gauss(0.0, 1.0)
        z = moved(together[each.group_id], luck)
        total += at(each.cost, z) + later * at(each.takes.yearly, z)
    return total
