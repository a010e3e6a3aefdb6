"""Coverage of what many groups tell of one: lines over years, and gaps at one case mix.

Seeded. Binomial counts of invented groups of 80 to 300 patients, the reference three times as many;
intervals of 95 percent, so 0.95 is expected for groups. A spread is in points; in brackets the true
one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from readiness.statistics.adjusted_gaps import adjusted_gaps
from readiness.statistics.between_groups import GapEstimate
from readiness.statistics.random_lines import TimedValue, random_lines

PORTFOLIOS, SEED = 100, 20261130
LEVELS, TRENDS, YEARS = 0.04, 0.015, 4
SLOPE, SPREAD = 0.3, 0.03


def run() -> Iterator[str]:
    for groups in (30, 60, 200):
        yield lines_told(groups)
        yield case_mix_told(groups)


def observed_gap(rng: Generator, rate: float, gap: float, people: int) -> tuple[float, float]:
    """With its variance by chance at the true rates."""
    own, other = min(0.98, max(0.02, rate - gap)), rate
    found = rng.binomial(3 * people, other) / (3 * people) - rng.binomial(people, own) / people
    return found, other * (1 - other) / (3 * people) + own * (1 - own) / people


def lines_told(groups: int) -> str:
    rng = np.random.default_rng(SEED)
    held, spreads = [], []
    for _ in range(PORTFOLIOS):
        truth = rng.normal((0.08, -0.01), (LEVELS, TRENDS), (groups, 2))
        values = {}
        for g, (level, trend) in enumerate(truth):
            rate, people = rng.normal(0.7, 0.05), int(rng.integers(80, 300))
            seen = [
                (at, observed_gap(rng, rate, level + trend * (at - 1.5), people))
                for at in range(YEARS)
            ]
            values[f"g{g}"] = [TimedValue(at, *each) for at, each in seen]
        found = random_lines(values)
        spreads.append((found.level_spread, found.trend_spread))
        held += [
            (
                own.level.low <= level <= own.level.high,
                own.trend.low <= trend <= own.trend.high,
            )
            for own, (level, trend) in zip(found.groups.values(), truth, strict=True)
        ]
    level, trend = np.mean(held, axis=0)
    of_levels, of_trends = 100 * np.mean(spreads, axis=0)
    return (
        f"{groups} groups, {YEARS} years: levels {level:.3f}, trends {trend:.3f}; spreads "
        f"{of_levels:.1f} [{100 * LEVELS:.1f}] and {of_trends:.2f} a year [{100 * TRENDS:.2f}]; "
        f"{PORTFOLIOS} portfolios"
    )


def case_mix_told(groups: int) -> str:
    rng = np.random.default_rng(SEED)
    held, slopes, spreads = [], [], []
    for _ in range(PORTFOLIOS):
        share = rng.uniform(0.1, 0.6, groups)
        truth = 0.08 + SPREAD * rng.normal(size=groups)
        gaps = [
            GapEstimate(*observed_gap(rng, rng.normal(0.7, 0.05), gap, int(rng.integers(80, 300))))
            for gap in truth + SLOPE * (share - share.mean())
        ]
        found = adjusted_gaps(gaps, [[float(each)] for each in share])
        (slope,) = found.coefficients
        slopes.append(slope.low <= SLOPE <= slope.high)
        spreads.append(found.spread)
        held += [own.low <= true <= own.high for own, true in zip(found.groups, truth, strict=True)]
    return (
        f"{groups} groups, case mix: adjusted gaps {np.mean(held):.3f}, coefficient "
        f"{np.mean(slopes):.2f}; spread {100 * np.mean(spreads):.1f} [{100 * SPREAD:.1f}]; "
        f"{PORTFOLIOS} portfolios"
    )
