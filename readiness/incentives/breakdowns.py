"""Groups put together by tier or by social risk, so that it can be seen who gets the money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from readiness.incentives.arrays import Bools, Floats
from readiness.incentives.outcome import HIGHEST_THIRD
from readiness.incentives.population import UNKNOWN_TIER, Ground
from readiness.statistics.inequality import concentration_index, fractional_ranks

NOT_KNOWN = "not known"
THIRDS = ("lowest third", "middle third", HIGHEST_THIRD)


@dataclass(frozen=True, eq=False)
class Cut:
    name: str
    groups: Bools  # (G,)


def by_tier(ground: Ground) -> tuple[Cut, ...]:
    """The tiers there are, lowest first; last those without a known one."""
    known = sorted({int(tier) for tier in ground.tiers} - {UNKNOWN_TIER})
    cuts = [Cut(f"tier {tier}", ground.tiers == tier) for tier in known]
    return there((*cuts, Cut(NOT_KNOWN, ground.tiers == UNKNOWN_TIER)))


def by_social_risk(ground: Ground) -> tuple[Cut, ...]:
    """Thirds of the groups with a known social risk; equal risks are in the same third."""
    known = ~np.isnan(ground.social_risk)
    third = np.full(len(known), -1)
    if known.any():
        risks = ground.social_risk[known].tolist()
        ranks = fractional_ranks(risks, [1] * len(risks))
        third[known] = [min(2, int(3 * rank)) for rank in ranks]
    return there(
        (*(Cut(name, third == place) for place, name in enumerate(THIRDS)), Cut(NOT_KNOWN, ~known))
    )


def there(cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    return tuple(cut for cut in cuts if cut.groups.any())


def ranked(ground: Ground) -> Bools:
    """(G,) whose social risk and patients are known."""
    found: Bools = ~np.isnan(ground.social_risk) & (ground.patients > 0)
    return found


def leanings(ground: Ground) -> Floats:
    """(G,) twice the distance of a group from the middle of the ranking; 0 where not ranked.

    The concentration index of dollars is their mean, weighted by the dollars.
    """
    among = ranked(ground)
    found = np.zeros(len(among))
    if among.any():
        risks, people = ground.social_risk[among].tolist(), ground.patients[among].tolist()
        found[among] = [2 * rank - 1 for rank in fractional_ranks(risks, people)]
    return found


def present_index(ground: Ground) -> float | None:
    """Of what is paid today. In proportion to patients everybody gets the same: 0."""
    among = ranked(ground)
    if ground.present_dollars is None:
        return 0.0 if among.any() else None
    given = ground.present_dollars[among].tolist()
    if sum(given) <= 0:
        return None
    risks, people = ground.social_risk[among].tolist(), ground.patients[among].tolist()
    return concentration_index(given, risks, people)
