"""What tallies say, each mean with its Monte Carlo standard error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from readiness.incentives.models import (
    DesignOutcome,
    Eligibility,
    GroupOutcome,
    GroupSlice,
    Simulated,
)
from readiness.incentives.population import (
    Cut,
    Population,
    by_social_risk,
    by_tier,
    is_ranked,
    present_index,
    shown_cells,
)
from readiness.incentives.rules import NEARLY
from readiness.incentives.simulate import DesignTally, Study, Tallies
from readiness.incentives.terms import Terms

# Where in a tally's sums each thing stands.
NOBODY, FELL, PAID, PAID_CHANGED, PAID_UNCHANGED, CHANGED, MONEY, RANKED, LEANING, CUTS = range(10)


@dataclass(frozen=True, eq=False)
class Sums:
    """Means and their standard errors, from sums and products over replicates."""

    tally: DesignTally
    replicates: int

    def mean(self, row: int) -> float:
        return float(self.tally.sums[row] / self.replicates)

    def covariance(self, row: int, other: int) -> float:
        """Of single replicates."""
        product = float(self.tally.products[row, other] / self.replicates)
        apart = product - self.mean(row) * self.mean(other)
        return apart * self.replicates / (self.replicates - 1)

    def times(self, row: int, factor: float) -> Simulated:
        error = sqrt(max(0.0, self.covariance(row, row)) / self.replicates)
        return Simulated(self.mean(row) * factor, error * factor)

    def ratio(self, row: int, other: int) -> Simulated | None:
        """Of two means, by the delta method; None where the lower one is 0."""
        top, bottom = self.mean(row), self.mean(other)
        if bottom <= 0:
            return None
        value = top / bottom
        variance = (
            self.covariance(row, row)
            - 2 * value * self.covariance(row, other)
            + value**2 * self.covariance(other, other)
        )
        return Simulated(value, sqrt(max(0.0, variance) / self.replicates) / bottom)

    def ratio_to_rest(self, row: int, other: int, whole: int) -> Simulated | None:
        """Of a mean to what another leaves of a whole; None where that is 0."""
        bottom = whole - self.mean(other)
        if bottom <= NEARLY:
            return None
        value = self.mean(row) / bottom
        variance = (
            self.covariance(row, row)
            + 2 * value * self.covariance(row, other)
            + value**2 * self.covariance(other, other)
        )
        return Simulated(value, sqrt(max(0.0, variance) / self.replicates) / bottom)


def chance(times: float, replicates: int) -> Simulated:
    """With an error above 0 even where something happened never or always."""
    share = (times + 1) / (replicates + 2) if times in (0, replicates) else times / replicates
    return Simulated(times / replicates, sqrt(share * (1 - share) / replicates))


def outcomes(tallies: Tallies, study: Study) -> tuple[DesignOutcome, ...]:
    """One for each design."""
    return tuple(
        outcome(tally, tallies.replicates, terms, study)
        for tally, terms in zip(tallies.of, study.terms, strict=True)
    )


def outcome(tally: DesignTally, replicates: int, terms: Terms, study: Study) -> DesignOutcome:
    """Long, because it is the list of all that is told."""
    population, pool, sums = study.population, float(terms.design.pool), Sums(tally, replicates)
    taking_part = int(terms.takes_part.sum())
    changed = sums.mean(CHANGED)
    at_stake = int(terms.counts[terms.takes_part].sum())
    shown = shown_cells(population)[:, terms.places, :]
    tiers, thirds = by_tier(population), by_social_risk(population)
    slices = tuple(group_slices(sums, terms, population, (*tiers, *thirds)))
    spent = sums.times(MONEY, pool)
    return DesignOutcome(
        design=terms.design,
        scenario=study.scenario,
        replicates=replicates,
        groups=tuple(group_outcomes(tally, replicates, terms, population)),
        paid=sums.times(PAID, 1 / max(1, taking_part)),
        paid_of_changed=sums.ratio(PAID_CHANGED, CHANGED),
        paid_of_unchanged=sums.ratio_to_rest(PAID_UNCHANGED, CHANGED, taking_part),
        changed=changed,
        nobody=chance(float(tally.sums[NOBODY]), replicates),
        fell=sums.times(FELL, 1 / at_stake) if terms.design.no_fall and at_stake else None,
        spent=spent,
        unspent=Simulated(pool - spent.value, spent.error),
        measures_counted=int(terms.counts.sum()),
        measures_asked=int(terms.counts.size),
        cells_not_shown=int((~shown).sum()),
        cells_too_few=int((shown & ~terms.used).sum()),
        by_tier=slices[: len(tiers)],
        by_social_risk=slices[len(tiers) :],
        concentration=sums.ratio(LEANING, RANKED),
        present_concentration=present_index(population),
        concentration_groups=int(is_ranked(population).sum()),
    )


def group_outcomes(
    tally: DesignTally, replicates: int, terms: Terms, population: Population
) -> Iterator[GroupOutcome]:
    for g, group_id in enumerate(population.group_ids):
        most = float(terms.most[g]) * terms.design.pool
        mean = float(tally.earned[g]) / replicates
        scatter = max(0.0, float(tally.earned_squared[g]) / replicates - mean**2)
        takes_part = terms.eligibility[g] is Eligibility.TAKES_PART
        yield GroupOutcome(
            group_id=group_id,
            patients=int(population.patients[g]),
            eligibility=terms.eligibility[g],
            measures=int(terms.counts[g].sum()),
            most=most,
            chance=chance(float(tally.paid[g]), replicates) if takes_part else Simulated(0.0, 0.0),
            dollars=Simulated(mean * most, sqrt(scatter / (replicates - 1)) * most),
        )


def group_slices(
    sums: Sums, terms: Terms, population: Population, cuts: tuple[Cut, ...]
) -> Iterator[GroupSlice]:
    everybody = max(1, int(population.patients.sum()))
    for place, cut in enumerate(cuts):
        patients = int(population.patients[cut.groups].sum())
        yield GroupSlice(
            name=cut.name,
            groups=int(cut.groups.sum()),
            taking_part=int((cut.groups & terms.takes_part).sum()),
            patients=patients,
            patient_share=patients / everybody,
            dollars=sums.times(CUTS + place, float(terms.design.pool)),
            dollar_share=sums.ratio(CUTS + place, MONEY),
        )
