"""The true shares with a good result in both years, by what truly happens between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from readiness.incentives.arrays import Bools, Floats
from readiness.incentives.population import Ground, good_rates, seen
from readiness.incentives.scenario import Kind, Scenario


@dataclass(frozen=True, eq=False)
class Truth:
    """(G, M, S) shares with a good result; 0 where nothing is shown."""

    before: Floats
    after: Floats

    @property
    def changed(self) -> Bools:
        """(G, M) whether anything is different in the second year."""
        differs: Bools = (self.before != self.after).any(axis=2)
        return differs


def truth_of(ground: Ground, scenario: Scenario) -> Truth:
    before = np.where(seen(ground), good_rates(ground), 0.0)
    change = CHANGES.get(scenario.kind)
    by = scenario.points / 100
    return Truth(before, change(ground, before, by) if change else before)


def behind(ground: Ground) -> Floats:
    """(G, M, S) how far each is truly behind the reference; 0 where it is not, or not shown."""
    good, there = good_rates(ground), seen(ground)
    reference = good[:, :, [ground.reference]]
    is_shown = there & there[:, :, [ground.reference]]
    short: Floats = np.where(is_shown, np.maximum(reference - good, 0.0), 0.0)
    return short


def lower_ones_gain(ground: Ground, before: Floats, by: float) -> Floats:
    """Those less than `by` behind stop at the reference."""
    gained: Floats = before + np.minimum(behind(ground), by)
    return gained


def reference_falls(ground: Ground, before: Floats, by: float) -> Floats:
    is_ahead = behind(ground).any(axis=2)
    after = before.copy()
    own = after[:, :, ground.reference]
    after[:, :, ground.reference] = np.where(is_ahead, np.maximum(own - by, 0.0), own)
    return after


CHANGES = {
    Kind.TRUE_GAIN: lower_ones_gain,
    Kind.HIGHER_FALLS: reference_falls,
}
