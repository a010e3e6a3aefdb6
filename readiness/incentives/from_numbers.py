"""Stored numbers laid out in arrays, as a simulation wants them."""

from __future__ import annotations

import numpy as np

from readiness.incentives.numbers import GroupNumbers, Numbers
from readiness.incentives.population import UNKNOWN_TIER, Ground


def ground_of(numbers: Numbers) -> Ground:
    """What is hidden or was not counted has no people and no rate."""
    shape = len(numbers.groups), len(numbers.measure_ids), len(numbers.strata)
    people, rates = np.zeros(shape, dtype=np.int64), np.full(shape, np.nan)
    for g, group in enumerate(numbers.groups):
        for m, measure_id in enumerate(numbers.measure_ids):
            for stratum, (met, counted) in group.counts.get(measure_id, {}).items():
                place = g, m, numbers.strata.index(stratum)
                people[place], rates[place] = counted, met / counted
    return Ground(
        group_ids=tuple(each.group_id for each in numbers.groups),
        tiers=np.array([tier_of(each) for each in numbers.groups], dtype=np.int64),
        patients=np.array([each.patients for each in numbers.groups], dtype=np.int64),
        social_risk=np.array([risk_of(each) for each in numbers.groups], dtype=np.float64),
        measure_ids=numbers.measure_ids,
        strata=numbers.strata,
        reference=numbers.strata.index(numbers.reference),
        people=people,
        rates=rates,
        higher_is_better=np.array(
            [each not in numbers.lower_is_better for each in numbers.measure_ids]
        ),
    )


def tier_of(group: GroupNumbers) -> int:
    return UNKNOWN_TIER if group.tier is None else group.tier


def risk_of(group: GroupNumbers) -> float:
    """Positive for any need, of those screened."""
    if group.screened is None:
        return float("nan")
    positive, screened = group.screened
    return positive / screened
