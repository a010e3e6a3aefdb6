"""True rates given the counts that were released: what they may be, and draws of them.

Formula: the rates of a group's people on a measure have the density of their prior (see `prior`)
times the binomial chance of the counts released. The reference's rate is laid out in cells of
equal width, and for each of them the rate of every other group of people that follows it; a draw
is the middle of a cell. Cells are about half a standard deviation wide, where sums over a bell
curve are exact to many digits.
Source: empirical Bayes, Morris, JASA 78 (1983) 47-55; midpoint rule for smooth densities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from readiness.incentives.alias_tables import AliasTables, alias_tables, draw_entries
from readiness.incentives.population import Floats, Ints, Population
from readiness.incentives.prior import FollowsReference, MeasurePriors, StratumCounts, counts_of
from readiness.statistics.beta_binomial import Prior

CELLS = 21
REACH = 5.0  # standard deviations to either side
PASSES = 3  # the reference's cells are laid out anew where the pass before finds its rate
STEPS = 8  # of Newton's method
EDGE = 1e-6  # no true rate is nearer to 0 or 1


@dataclass(frozen=True, eq=False)
class RateCells:
    """Lists of cells of equal width between 0 and 1; both in one shape, to which K is added."""

    low: Floats
    width: Floats

    @property
    def middles(self) -> Floats:
        place = np.arange(CELLS) + 0.5
        return np.asarray(self.low[..., None] + place * self.width[..., None])


def cells_about(center: Floats, deviation: Floats) -> RateCells:
    """Never empty."""
    inward = np.clip(center, EDGE, 1 - EDGE)
    low = np.maximum(inward - REACH * deviation, 0.0)
    high = np.minimum(inward + REACH * deviation, 1.0)
    return RateCells(low, (high - low) / CELLS)


@dataclass(frozen=True, eq=False)
class TrueRateTable:
    """Lists of cells, flat, one for each group, or for each of its cells of the reference."""

    cells: RateCells
    tables: AliasTables
    follows: bool  # the latter

    def draw(self, lists: Ints, luck: Generator) -> tuple[Floats, Ints]:
        """Rates, and the cells they are the middles of."""
        cell = draw_entries(self.tables, lists, luck)
        rates: Floats = self.cells.low[lists] + (cell + 0.5) * self.cells.width[lists]
        return rates, cell


@dataclass(frozen=True, eq=False)
class TrueRateSampler:
    """The joint posterior of one measure's true rates in G groups."""

    of_reference: TrueRateTable
    of_others: dict[int, TrueRateTable]  # by stratum; absent where no group shows it

    def draw(self, strata: int, luck: Generator, replicates: int) -> Floats:
        """(S, G, R) shares with a good result."""
        groups = len(self.of_reference.cells.low)
        by_group = np.broadcast_to(np.arange(groups)[:, None], (groups, replicates))
        own, cell = self.of_reference.draw(by_group, luck)
        by_cell = by_group * CELLS + cell
        found = np.repeat(own[None], strata, axis=0)
        for stratum, table in self.of_others.items():
            found[stratum], _ = table.draw(by_cell if table.follows else by_group, luck)
        return found


def sampler_of(population: Population, measure: int, priors: MeasurePriors) -> TrueRateSampler:
    """The stratum of the reference stands for those that no group shows."""
    counts = [counts_of(population, measure, s) for s in range(len(population.strata))]
    own, prior = counts[population.reference], priors[population.reference].differs
    if isinstance(prior, FollowsReference):
        raise TypeError("The reference cannot follow itself")
    others = {
        s: (each, priors[s].differs)
        for s, each in enumerate(counts)
        if s != population.reference and each.shown.any()
    }
    cells = cells_by_itself(own, prior)
    for _ in range(PASSES - 1):
        heights = joint_heights(own, prior, cells, list(others.values()))
        cells = move_cells(cells, chances(heights))
    heights = joint_heights(own, prior, cells, list(others.values()))
    return TrueRateSampler(
        TrueRateTable(cells, alias_tables(chances(heights)), follows=False),
        {s: table_of(each, differs, cells) for s, (each, differs) in others.items()},
    )


Others = list[tuple[StratumCounts, Prior | FollowsReference]]


def joint_heights(own: StratumCounts, prior: Prior, cells: RateCells, others: Others) -> Floats:
    """(G, K) logarithms of the density of the reference's rate given all counts of its group."""
    heights = beta_heights(own, prior, cells.middles)
    for counts, differs in others:
        if isinstance(differs, FollowsReference):
            inner, cell_heights = following_heights(counts, differs, cells.middles)
            evidence = np.logaddexp.reduce(cell_heights, axis=2) + np.log(inner.width)
            heights = heights + np.where(counts.shown[:, None], evidence, 0.0)
    return heights


def table_of(
    counts: StratumCounts, differs: Prior | FollowsReference, reference: RateCells
) -> TrueRateTable:
    if isinstance(differs, Prior):
        cells = cells_by_itself(counts, differs)
        found = chances(beta_heights(counts, differs, cells.middles))
        return TrueRateTable(cells, alias_tables(found), follows=False)
    inner, heights = following_heights(counts, differs, reference.middles)
    flat = RateCells(inner.low.ravel(), inner.width.ravel())
    return TrueRateTable(flat, alias_tables(chances(heights).reshape(-1, CELLS)), follows=True)


def chances(heights: Floats) -> Floats:
    """Of the last axis, adding up to 1."""
    found = np.exp(heights - heights.max(axis=-1, keepdims=True))
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def move_cells(cells: RateCells, chance: Floats) -> RateCells:
    """About the mean, as wide as the deviation; what is inside one cell is taken as even."""
    middles = cells.middles
    mean = (chance * middles).sum(axis=1)
    variance = (chance * (middles - mean[:, None]) ** 2).sum(axis=1) + cells.width**2 / 12
    return cells_about(mean, np.sqrt(variance))


def cells_by_itself(counts: StratumCounts, prior: Prior) -> RateCells:
    """(G,) about the Beta posterior."""
    a, b = prior.alpha + counts.good, prior.beta + counts.people - counts.good
    mean = a / (a + b)
    return cells_about(mean, np.sqrt(mean * (1 - mean) / (a + b + 1)))


def beta_heights(counts: StratumCounts, prior: Prior, rates: Floats) -> Floats:
    """(G, K)."""
    a, b = prior.alpha + counts.good, prior.beta + counts.people - counts.good
    return np.asarray((a[:, None] - 1) * np.log(rates) + (b[:, None] - 1) * np.log1p(-rates))


def following_heights(
    counts: StratumCounts, differs: FollowsReference, reference: Floats
) -> tuple[RateCells, Floats]:
    """(G, K) lists of cells, one for each rate of the reference, and their (G, K, K) heights."""
    expected = differs.start + differs.slope * reference
    x, rest = counts.good[:, None], (counts.people - counts.good)[:, None]
    mode, curve = likeliest_rates(expected, differs.spread, x, rest)
    cells = cells_about(mode, 1 / np.sqrt(curve))
    rates = cells.middles
    away = (rates - expected[..., None]) / differs.spread
    chance = x[..., None] * np.log(rates) + rest[..., None] * np.log1p(-rates)
    return cells, np.asarray(chance - away**2 / 2)


def likeliest_rates(
    expected: Floats, spread: float, x: Floats, rest: Floats
) -> tuple[Floats, Floats]:
    """The mode of normal prior times binomial chance, and minus the second derivative there."""
    rate = np.clip(expected, EDGE, 1 - EDGE)
    for _ in range(STEPS):
        slope = x / rate - rest / (1 - rate) - (rate - expected) / spread**2
        curve = x / rate**2 + rest / (1 - rate) ** 2 + 1 / spread**2
        rate = np.clip(rate + slope / curve, EDGE, 1 - EDGE)
    return rate, x / rate**2 + rest / (1 - rate) ** 2 + 1 / spread**2
