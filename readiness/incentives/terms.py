"""What a design settles before any luck: who takes part, what counts, what each can earn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.incentives.design import ON_GAPS, Design, PoolSplit, rules_of
from readiness.incentives.models import Eligibility
from readiness.incentives.population import (
    UNKNOWN_TIER,
    Bools,
    Floats,
    Population,
    good_rates,
    shortfall,
    shown_cells,
)
from readiness.incentives.rules import binomial_variance
from readiness.statistics.between_groups import GapEstimate, gap_reliability, true_gaps


@dataclass(frozen=True, eq=False)
class Terms:
    """m: the design's measures, in its order."""

    design: Design
    places: tuple[int, ...]  # m, each measure's in the population
    used: Bools  # (G, m, S) groups of people that are counted
    counts: Bools  # (G, m) measures of groups that can be paid on
    eligibility: tuple[Eligibility, ...]  # G
    most: Floats  # (G,) shares of the pool, adding up to 1 over those taking part, 0 elsewhere

    @property
    def takes_part(self) -> Bools:
        found: Bools = np.array([each is Eligibility.TAKES_PART for each in self.eligibility])
        return found


def terms_of(population: Population, design: Design) -> Terms:
    """Raises ValueError when the population has not got one of the design's measures."""
    missing = [each for each in design.measure_ids if each not in population.measure_ids]
    if missing:
        raise ValueError(f"{design.name} pays on {missing[0]}, which is not in these numbers")
    places = tuple(population.measure_ids.index(each) for each in design.measure_ids)
    shown = shown_cells(population)[:, places, :]
    used = shown & (population.people[:, places, :] >= design.least_denominator)
    enough = can_count(population, design, used)
    reliable, is_untold = reliability_rule(population, design, places, used, enough)
    counts = enough & reliable
    reasons = {
        Eligibility.NOT_SHOWN: any_measure(can_count(population, design, shown)),
        Eligibility.TOO_FEW: any_measure(enough),
        Eligibility.UNTOLD: any_measure(counts) | ~any_measure(enough & is_untold),
        Eligibility.UNRELIABLE: any_measure(counts),
    }
    weights = pool_weights(population, design, places, used & counts[:, :, None])
    reasons[Eligibility.NOBODY_BEHIND] = np.asarray(weights > 0)
    eligibility = group_eligibility(population, design, reasons)
    return Terms(
        design, places, used, counts, eligibility, most_each_can_earn(eligibility, weights)
    )


def can_count(population: Population, design: Design, cells: Bools) -> Bools:
    """(G, m) A rule on gaps takes the reference and one more; any other rule anybody at all."""
    if rules_of(design) & ON_GAPS:
        return np.asarray(cells[:, :, population.reference] & (cells.sum(axis=2) >= 2))
    return np.asarray(cells.any(axis=2))


def any_measure(measures: Bools) -> Bools:
    """(G,) whether it holds for any measure of a group."""
    return np.asarray(measures.any(axis=1))


def group_eligibility(
    population: Population, design: Design, holds: dict[Eligibility, Bools]
) -> tuple[Eligibility, ...]:
    """The first thing that keeps a group out, in the order of `Standing`."""
    least = design.least_tier
    is_known = population.tiers != UNKNOWN_TIER
    everybody = np.ones(len(population.group_ids), dtype=bool)
    asked = {
        Eligibility.TIER: everybody if least is None else (population.tiers >= least) | ~is_known,
        Eligibility.TIER_UNKNOWN: everybody if least is None else is_known,
        **holds,
    }
    return tuple(
        next((why for why, fine in asked.items() if not fine[g]), Eligibility.TAKES_PART)
        for g in range(len(population.group_ids))
    )


# The pool


def most_each_can_earn(eligibility: tuple[Eligibility, ...], weights: Floats) -> Floats:
    """What one does not earn is not given to another: it stays unspent."""
    takes_part = np.array([each is Eligibility.TAKES_PART for each in eligibility])
    wanted = np.where(takes_part, weights, 0.0)
    total = wanted.sum()
    shares: Floats = wanted / total if total > 0 else wanted
    return shares


def pool_weights(
    population: Population, design: Design, places: tuple[int, ...], used: Bools
) -> Floats:
    """(G,) by what the pool is divided; above 0 unless there is nobody to divide it by."""
    if design.split is PoolSplit.EQUAL:
        return np.ones(len(population.group_ids))
    if design.split is PoolSplit.BY_PATIENTS:
        return np.maximum(population.patients, 1).astype(float)
    people = population.people[:, places, :] * (used & (shortfall(population)[:, places, :] > 0))
    people_behind: Floats = people.sum(axis=(1, 2)).astype(float)
    return people_behind


# Reliability


def reliability_rule(
    population: Population, design: Design, places: tuple[int, ...], used: Bools, enough: Bools
) -> tuple[Bools, Bools]:
    """(G, m) whether what the rule looks at is reliable enough, and where that cannot be told.

    Between-group variance is estimated from the population over the groups that could count, chance
    taken off, and only from as many groups as tell it. It is asked of one year's gap (or rate, for
    rules that do not look at gaps), as programs ask it; a change is less reliable still.
    """
    is_reliable, is_untold = np.ones_like(enough), np.zeros_like(enough)
    if design.least_reliability is None:
        return is_reliable, is_untold
    people = np.where(used, population.people[:, places, :], 0).astype(float)
    good = np.where(used, good_rates(population)[:, places, :], 0.0)
    for m in range(len(places)):
        among = enough[:, m]
        for values, variances in estimates(design, good[:, m], people[:, m], population.reference):
            found = reliability(values, variances, among)
            is_reliable[:, m] &= np.nan_to_num(found) >= design.least_reliability
            is_untold[:, m] |= np.isnan(found) & among
    return is_reliable, is_untold


Estimates = tuple[Floats, Floats]  # values and variances, (G,) each


def estimates(design: Design, good: Floats, people: Floats, reference: int) -> Iterator[Estimates]:
    """A composite of both kinds of rules has to be reliable in both."""
    rules = rules_of(design)
    if rules & ON_GAPS:
        yield gap_estimates(good, people, reference)
    if rules - ON_GAPS:
        yield rate_estimates(good, people)


def gap_estimates(good: Floats, people: Floats, reference: int) -> Estimates:
    """The people of all lower groups together, against the reference."""
    is_own = np.arange(people.shape[1]) == reference
    lower, lower_variance = rate_estimates(good, np.where(is_own, 0.0, people))
    own, own_variance = rate_estimates(good, np.where(is_own, people, 0.0))
    return lower - own, lower_variance + own_variance


def rate_estimates(good: Floats, people: Floats) -> Estimates:
    total = np.maximum(people.sum(axis=1), 1)
    noise = (people * binomial_variance(good, people)).sum(axis=1) / total**2
    return (good * people).sum(axis=1) / total, noise


def reliability(values: Floats, variances: Floats, among: Bools) -> Floats:
    """(G,) nan where it cannot be told."""
    found = np.full(len(values), np.nan)
    gaps = [
        GapEstimate(float(v), float(s))
        for v, s in zip(values[among], variances[among], strict=True)
    ]
    if len(gaps) < GROUPS_FOR_SPREAD:
        return found
    spread_of_all = true_gaps(gaps).spread
    found[among] = [gap_reliability(gap, spread_of_all) for gap in gaps]
    return found
