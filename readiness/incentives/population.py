"""What is simulated over: how many people of which groups, and the rates taken for the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readiness.incentives.arrays import Bools, Floats, Ints

UNKNOWN_TIER = -1


@dataclass(frozen=True, eq=False)
class Ground:
    """G physician groups, M measures, S groups of people ("strata"), one of them the reference.

    The rates are observed ones, so they lie further apart than true ones would: what a simulation
    takes for the truth is already somewhat scattered by chance. People are those of one year; the
    year that follows is taken to have as many.
    """

    group_ids: tuple[str, ...]  # G
    tiers: Ints  # (G,) 1 to 4, 0 for below the first; -1 where not known
    patients: Ints  # (G,) all patients of the group
    social_risk: Floats  # (G,) share of patients with a social risk, 0 to 1; nan where not known
    measure_ids: tuple[str, ...]  # M
    strata: tuple[str, ...]  # S
    reference: int  # place of the reference in `strata`
    people: Ints  # (G, M, S) denominators; 0 where absent
    rates: Floats  # (G, M, S) shares, 0 to 1, in the measure's own direction; nan where not shown
    higher_is_better: Bools  # (M,)
    present_dollars: Floats | None = None  # (G,) paid today; None: in proportion to patients

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.group_ids), len(self.measure_ids), len(self.strata)


def good_rates(ground: Ground) -> Floats:
    """(G, M, S) shares with a good result: the rate, or what it leaves where lower is better."""
    import numpy as np

    upward = ground.higher_is_better[None, :, None]
    turned: Floats = np.where(upward, ground.rates, 1 - ground.rates)
    return turned


def seen(ground: Ground) -> Bools:
    """(G, M, S) whether there is anybody, and the rate is shown."""
    import numpy as np

    there: Bools = (ground.people > 0) & ~np.isnan(ground.rates)
    return there
