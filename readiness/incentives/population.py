"""What is simulated over: people of groups, the rates taken for the truth, and who ranks where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import bool_, float64, int64
from numpy.typing import NDArray

from readiness.incentives.models import (
    HIGHEST_THIRD,
    GroupNumbers,
    ReleasedNumbers,
    Scenario,
    TrueChange,
)
from readiness.statistics.inequality import concentration_index, fractional_ranks

Floats = NDArray[float64]
Ints = NDArray[int64]
Bools = NDArray[bool_]

UNKNOWN_TIER = -1
NOT_KNOWN = "not known"
THIRDS = ("lowest third", "middle third", HIGHEST_THIRD)


@dataclass(frozen=True, eq=False)
class Population:
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


def good_rates(population: Population) -> Floats:
    """(G, M, S) shares with a good result: the rate, or what it leaves where lower is better."""
    upward = population.higher_is_better[None, :, None]
    turned: Floats = np.where(upward, population.rates, 1 - population.rates)
    return turned


def shown_cells(population: Population) -> Bools:
    """(G, M, S) whether there is anybody, and the rate is shown."""
    there: Bools = (population.people > 0) & ~np.isnan(population.rates)
    return there


def population_of(numbers: ReleasedNumbers) -> Population:
    """What is hidden or was not counted has no people and no rate."""
    shape = len(numbers.groups), len(numbers.measure_ids), len(numbers.strata)
    people, rates = np.zeros(shape, dtype=np.int64), np.full(shape, np.nan)
    for g, group in enumerate(numbers.groups):
        for m, measure_id in enumerate(numbers.measure_ids):
            for stratum, (met, counted) in group.counts.get(measure_id, {}).items():
                place = g, m, numbers.strata.index(stratum)
                people[place], rates[place] = counted, met / counted
    return Population(
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


@dataclass(frozen=True, eq=False)
class TrueRates:
    """(G, M, S) shares with a good result; 0 where nothing is shown."""

    before: Floats
    after: Floats

    @property
    def changed(self) -> Bools:
        """(G, M) whether anything is different in the second year."""
        differs: Bools = (self.before != self.after).any(axis=2)
        return differs


def true_rates(population: Population, scenario: Scenario) -> TrueRates:
    before = np.where(shown_cells(population), good_rates(population), 0.0)
    change = CHANGES.get(scenario.kind)
    by = scenario.points / 100
    return TrueRates(before, change(population, before, by) if change else before)


def shortfall(population: Population) -> Floats:
    """(G, M, S) how far each is truly behind the reference; 0 where it is not, or not shown."""
    good, there = good_rates(population), shown_cells(population)
    reference = good[:, :, [population.reference]]
    is_shown = there & there[:, :, [population.reference]]
    short: Floats = np.where(is_shown, np.maximum(reference - good, 0.0), 0.0)
    return short


def lower_ones_gain(population: Population, before: Floats, by: float) -> Floats:
    """Those less than `by` behind stop at the reference."""
    gained: Floats = before + np.minimum(shortfall(population), by)
    return gained


def reference_falls(population: Population, before: Floats, by: float) -> Floats:
    is_ahead = shortfall(population).any(axis=2)
    after = before.copy()
    own = after[:, :, population.reference]
    after[:, :, population.reference] = np.where(is_ahead, np.maximum(own - by, 0.0), own)
    return after


CHANGES = {
    TrueChange.TRUE_GAIN: lower_ones_gain,
    TrueChange.HIGHER_FALLS: reference_falls,
}


@dataclass(frozen=True, eq=False)
class Cut:
    name: str
    groups: Bools  # (G,)


def by_tier(population: Population) -> tuple[Cut, ...]:
    """The tiers there are, lowest first; last those without a known one."""
    known = sorted({int(tier) for tier in population.tiers} - {UNKNOWN_TIER})
    cuts = [Cut(f"tier {tier}", population.tiers == tier) for tier in known]
    return nonempty((*cuts, Cut(NOT_KNOWN, population.tiers == UNKNOWN_TIER)))


def by_social_risk(population: Population) -> tuple[Cut, ...]:
    """Thirds of the groups with a known social risk; equal risks are in the same third."""
    known = ~np.isnan(population.social_risk)
    third = np.full(len(known), -1)
    if known.any():
        risks = population.social_risk[known].tolist()
        ranks = fractional_ranks(risks, [1] * len(risks))
        third[known] = [min(2, int(3 * rank)) for rank in ranks]
    return nonempty(
        (*(Cut(name, third == place) for place, name in enumerate(THIRDS)), Cut(NOT_KNOWN, ~known))
    )


def nonempty(cuts: tuple[Cut, ...]) -> tuple[Cut, ...]:
    return tuple(cut for cut in cuts if cut.groups.any())


def is_ranked(population: Population) -> Bools:
    """(G,) whose social risk and patients are known."""
    found: Bools = ~np.isnan(population.social_risk) & (population.patients > 0)
    return found


def leanings(population: Population) -> Floats:
    """(G,) twice the distance of a group from the middle of the ranking; 0 where not ranked.

    The concentration index of dollars is their mean, weighted by the dollars.
    """
    among = is_ranked(population)
    found = np.zeros(len(among))
    if among.any():
        risks, people = population.social_risk[among].tolist(), population.patients[among].tolist()
        found[among] = [2 * rank - 1 for rank in fractional_ranks(risks, people)]
    return found


def present_index(population: Population) -> float | None:
    """Of what is paid today. In proportion to patients everybody gets the same: 0."""
    among = is_ranked(population)
    if population.present_dollars is None:
        return 0.0 if among.any() else None
    given = population.present_dollars[among].tolist()
    if sum(given) <= 0:
        return None
    risks, people = population.social_risk[among].tolist(), population.patients[among].tolist()
    return concentration_index(given, risks, people)
