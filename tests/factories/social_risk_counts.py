"""Screening counts for tests: one good quarter by default, and quarters of simulated patients."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

from readiness.core.periods import Period, period
from readiness.counts.social_risk.models import FIVE, FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import ALL, STRATA, Stratum

GROUP = {
    Step.ELIGIBLE: 400,
    Step.SCREENING_OFFERED: 300,
    Step.DECLINED: 40,
    Step.SCREENED: 250,
    Step.ANY_POSITIVE: 90,
}
NEED = {
    Step.SCREENED: 240,
    Step.POSITIVE: 40,
    Step.WANTS_HELP: 30,
    Step.REFERRED: 25,
    Step.REFERRED_30D: 20,
    Step.OUTCOME_KNOWN: 18,
    Step.CONNECTED: 12,
    Step.RESOLVED: 6,
}
GOOD: dict[FunnelCell, int] = {FunnelCell(step): value for step, value in GROUP.items()} | {
    FunnelCell(step, need): value for need in FIVE for step, value in NEED.items()
}


def counts(
    changes: Mapping[FunnelCell, int | None] | None = None, quarter: str = "2026-Q3"
) -> FunnelCounts:
    """A good quarter with some cells changed; None takes one out."""
    known = {**GOOD, **(changes or {})}
    return FunnelCounts(period(quarter), {c: v for c, v in known.items() if v is not None})


def typed(known: Mapping[FunnelCell, int]) -> dict[str, str]:
    return {cell.key: str(value) for cell, value in known.items()}


def simulated(seed: int, patients: int, quarter: Period) -> FunnelCounts:
    """Counts of invented patients, each walking the steps as far as luck takes them."""
    rng = random.Random(seed)
    cells: Counter[FunnelCell] = Counter()
    chance = {step: rng.random() for step in Step}
    for _ in range(patients):
        parts = [
            ALL,
            *(Stratum(kind, rng.choice(list(names))) for kind, names in STRATA.items() if names),
        ]
        for step, need in walked(rng, chance):
            cells.update(FunnelCell(step, need, part) for part in parts)
    everything = {FunnelCell(step): 0 for step in GROUP} | {
        FunnelCell(step, need): 0 for need in Need for step in NEED
    }
    return FunnelCounts(quarter, {**everything, **cells})


def walked(rng: random.Random, chance: Mapping[Step, float]) -> set[tuple[Step, Need | None]]:
    """The steps that one patient counts in."""
    steps: set[tuple[Step, Need | None]] = {(Step.ELIGIBLE, None)}

    def passes(step: Step) -> bool:
        return rng.random() < chance[step]

    if not passes(Step.SCREENING_OFFERED):
        return steps
    steps.add((Step.SCREENING_OFFERED, None))
    if not passes(Step.SCREENED):
        return steps | ({(Step.DECLINED, None)} if passes(Step.DECLINED) else set())
    steps.add((Step.SCREENED, None))
    for need in Need:
        for step in (Step.SCREENED, Step.POSITIVE, Step.WANTS_HELP, Step.REFERRED):
            if not passes(step):
                break
            steps.add((step, need))
        if (Step.REFERRED, need) in steps:
            if passes(Step.REFERRED_30D):
                steps.add((Step.REFERRED_30D, need))
            for step in (Step.OUTCOME_KNOWN, Step.CONNECTED, Step.RESOLVED):
                if not passes(step):
                    break
                steps.add((step, need))
    if any((Step.POSITIVE, need) in steps for need in FIVE):
        steps.add((Step.ANY_POSITIVE, None))
    return steps
