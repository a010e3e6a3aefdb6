"""What a design settles before any luck: who takes part, what counts, what each can earn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.incentives.arrays import Bools, Floats
from readiness.incentives.design import ON_GAPS, Design, Split, which_rules
from readiness.incentives.outcome import Standing
from readiness.incentives.population import UNKNOWN_TIER, Ground, good_rates, seen
from readiness.incentives.rules import spread
from readiness.incentives.true_rates import behind
from readiness.statistics.gaps import GapEstimate, gap_reliability, true_gaps


@dataclass(frozen=True, eq=False)
class Terms:
    """m: the design's measures, in its order."""

    design: Design
    places: tuple[int, ...]  # m, each measure's in the ground
    used: Bools  # (G, m, S) groups of people that are counted
    counts: Bools  # (G, m) measures of groups that can be paid on
    standings: tuple[Standing, ...]  # G
    most: Floats  # (G,) shares of the pool, adding up to 1 over those taking part, 0 elsewhere

    @property
    def takes_part(self) -> Bools:
        found: Bools = np.array([each is Standing.TAKES_PART for each in self.standings])
        return found


def terms_of(ground: Ground, design: Design) -> Terms:
    """Raises ValueError when the ground has not got one of the design's measures."""
    missing = [each for each in design.measure_ids if each not in ground.measure_ids]
    if missing:
        raise ValueError(f"{design.name} pays on {missing[0]}, which is not in these numbers")
    places = tuple(ground.measure_ids.index(each) for each in design.measure_ids)
    shown = seen(ground)[:, places, :]
    used = shown & (ground.people[:, places, :] >= design.least_denominator)
    enough = can_count(ground, design, used)
    reliable, is_untold = reliability_rule(ground, design, places, used, enough)
    counts = enough & reliable
    reasons = {
        Standing.NOT_SHOWN: of_any(can_count(ground, design, shown)),
        Standing.TOO_FEW: of_any(enough),
        Standing.UNTOLD: of_any(counts) | ~of_any(enough & is_untold),
        Standing.UNRELIABLE: of_any(counts),
    }
    weights = weights_of(ground, design, places, used & counts[:, :, None])
    reasons[Standing.NOBODY_BEHIND] = np.asarray(weights > 0)
    standings = standings_of(ground, design, reasons)
    return Terms(design, places, used, counts, standings, most_of(standings, weights))


def can_count(ground: Ground, design: Design, cells: Bools) -> Bools:
    """(G, m) A rule on gaps takes the reference and one more; any other rule anybody at all."""
    if which_rules(design) & ON_GAPS:
        return np.asarray(cells[:, :, ground.reference] & (cells.sum(axis=2) >= 2))
    return np.asarray(cells.any(axis=2))


def of_any(measures: Bools) -> Bools:
    """(G,) whether it holds for any measure of a group."""
    return np.asarray(measures.any(axis=1))


def standings_of(
    ground: Ground, design: Design, holds: dict[Standing, Bools]
) -> tuple[Standing, ...]:
    """The first thing that keeps a group out, in the order of `Standing`."""
    least = design.least_tier
    is_known = ground.tiers != UNKNOWN_TIER
    everybody = np.ones(len(ground.group_ids), dtype=bool)
    asked = {
        Standing.TIER: everybody if least is None else (ground.tiers >= least) | ~is_known,
        Standing.TIER_UNKNOWN: everybody if least is None else is_known,
        **holds,
    }
    return tuple(
        next((why for why, fine in asked.items() if not fine[g]), Standing.TAKES_PART)
        for g in range(len(ground.group_ids))
    )


# The pool


def most_of(standings: tuple[Standing, ...], weights: Floats) -> Floats:
    """What one does not earn is not given to another: it stays unspent."""
    takes_part = np.array([each is Standing.TAKES_PART for each in standings])
    wanted = np.where(takes_part, weights, 0.0)
    total = wanted.sum()
    shares: Floats = wanted / total if total > 0 else wanted
    return shares


def weights_of(ground: Ground, design: Design, places: tuple[int, ...], used: Bools) -> Floats:
    """(G,) by what the pool is divided; above 0 unless there is nobody to divide it by."""
    if design.split is Split.EQUAL:
        return np.ones(len(ground.group_ids))
    if design.split is Split.BY_PATIENTS:
        return np.maximum(ground.patients, 1).astype(float)
    people = ground.people[:, places, :] * (used & (behind(ground)[:, places, :] > 0))
    people_behind: Floats = people.sum(axis=(1, 2)).astype(float)
    return people_behind


# Reliability


def reliability_rule(
    ground: Ground, design: Design, places: tuple[int, ...], used: Bools, enough: Bools
) -> tuple[Bools, Bools]:
    """(G, m) whether what the rule looks at is reliable enough, and where that cannot be told.

    Between-group variance is estimated from the ground over the groups that could count, chance
    taken off, and only from as many groups as tell it. It is asked of one year's gap (or rate, for
    rules that do not look at gaps), as programs ask it; a change is less reliable still.
    """
    is_reliable, is_untold = np.ones_like(enough), np.zeros_like(enough)
    if design.least_reliability is None:
        return is_reliable, is_untold
    people = np.where(used, ground.people[:, places, :], 0).astype(float)
    good = np.where(used, good_rates(ground)[:, places, :], 0.0)
    for m in range(len(places)):
        among = enough[:, m]
        for values, variances in looked_at(design, good[:, m], people[:, m], ground.reference):
            found = reliability(values, variances, among)
            is_reliable[:, m] &= np.nan_to_num(found) >= design.least_reliability
            is_untold[:, m] |= np.isnan(found) & among
    return is_reliable, is_untold


Estimates = tuple[Floats, Floats]  # values and variances, (G,) each


def looked_at(design: Design, good: Floats, people: Floats, reference: int) -> Iterator[Estimates]:
    """A composite of both kinds of rules has to be reliable in both."""
    rules = which_rules(design)
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
    noise = (people * spread(good, people)).sum(axis=1) / total**2
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
