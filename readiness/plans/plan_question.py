"""What the least-cost program is about, and what its tiers still need, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from readiness.assessments.minimums import level_worth, levels_wanted, units_wanted
from readiness.assessments.scoring import Scores
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Axis, Gate, Instrument, Tier
from readiness.plans.catalog import Offer
from readiness.plans.own_work import OwnWork


@dataclass(frozen=True)
class Pool:
    """Domains of one axis in which a level is worth the same: one whose minimum is still to be
    reached, or all that have theirs."""

    id: str
    axis_id: str
    worth: int  # of a level to the axis, in its whole units; 0: not scored
    wanted: int  # levels that the domain's minimum still needs; 0: none


@dataclass(frozen=True)
class PlanQuestion:
    """What the program is about."""

    instrument: Instrument
    book: CostBook
    scores: Scores
    climbed: tuple[Tier, ...]  # every tier above the present one, up to the target
    open_gates: tuple[Gate, ...]  # of those tiers, and not met at present
    offers: tuple[Offer, ...]
    own_work: tuple[OwnWork, ...]
    has_margin: bool

    @cached_property
    def gate_items(self) -> frozenset[str]:
        return frozenset(gate.item_id for tier in self.climbed for gate in tier.gates)

    @cached_property
    def delivered_by(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """For each item the ids of the offers that deliver it, and to which level."""
        found: dict[str, tuple[tuple[str, int], ...]] = {}
        for offer in self.offers:
            for item_id, level in offer.delivers.items():
                found[item_id] = (*found.get(item_id, ()), (offer.id, level))
        return found

    @cached_property
    def pool_by_domain(self) -> Mapping[str, Pool]:
        return {
            domain_id: self.pool_of(axis, domain_id)
            for axis in self.instrument.axes
            for domain_id in axis.domain_ids
        }

    def pool_of(self, axis: Axis, domain_id: str) -> Pool:
        worth = level_worth(self.scores, axis).get(domain_id)
        if worth is None:
            return Pool(f"{axis.id} unscored", axis.id, 0, 0)
        least = max(tier.domain_min for tier in self.climbed)
        wanted = levels_wanted(self.scores, domain_id, least)
        return Pool(domain_id if wanted else f"{axis.id} {worth}", axis.id, worth, wanted)

    def wanted(self, axis: Axis) -> int:
        """Units that the axis minimum still needs; 0: none."""
        least = max(tier.axis_min.get(axis.id, Fraction(0)) for tier in self.climbed)
        return units_wanted(self.scores, axis, least)
