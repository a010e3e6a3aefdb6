"""What is simulated over: people of groups, the rates taken for the truth, and who ranks where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from readiness.statistics.beta_binomial import Prior
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

    Rates are those released, the first year of every design. The year that follows is taken to
    have as many people.
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
    given_priors: Mapping[tuple[int, int], Prior] = field(default_factory=dict)
    """By measure and stratum: of shares with a good result, for want of enough groups."""
    repeated: float = 0.0
    """Share whose result repeats that of the year before: in both years, times the correlation."""

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


def population_of(numbers: ReleasedNumbers, repeated: float = 0.0) -> Population:
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
        repeated=repeated,
    )


def tier_of(group: GroupNumbers) -> int:
    return UNKNOWN_TIER if group.tier is None else group.tier


def risk_of(group: GroupNumbers) -> float:
    """Positive for any need, of those screened."""
    if group.screened is None:
        return float("nan")
    positive, screened = group.screened
    return positive / screened


def shortfall(population: Population) -> Floats:
    """(G, M, S) how far each was seen behind the reference; 0 where it was not, or not shown."""
    good, there = good_rates(population), shown_cells(population)
    reference = good[:, :, [population.reference]]
    is_shown = there & there[:, :, [population.reference]]
    short: Floats = np.where(is_shown, np.maximum(reference - good, 0.0), 0.0)
    return short


@dataclass(frozen=True, eq=False)
class MeasureRates:
    """True rates of one measure: (S, G, R) shares with a good result."""

    rates: Floats
    shown: Bools  # (S, G, 1); the rate of what is not shown means nothing
    reference: int

    def behind(self) -> Floats:
        """How far each is truly behind the reference; 0 where it is not, or not shown."""
        away = np.maximum(self.rates[[self.reference]] - self.rates, 0.0)
        behind: Floats = away * (self.shown & self.shown[[self.reference]])
        return behind


def next_rates(now: MeasureRates, scenario: Scenario) -> Floats:
    """True rates of the year that follows."""
    change = CHANGES.get(scenario.kind)
    return change(now, scenario.points / 100) if change else now.rates


def lower_ones_gain(now: MeasureRates, by: float) -> Floats:
    """Those less than `by` behind stop at the reference."""
    gained: Floats = now.rates + np.minimum(now.behind(), by)
    return gained


def reference_falls(now: MeasureRates, by: float) -> Floats:
    after, own = now.rates.copy(), now.rates[now.reference]
    is_ahead = now.behind().any(axis=0)
    after[now.reference] = np.where(is_ahead, np.maximum(own - by, 0.0), own)
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
