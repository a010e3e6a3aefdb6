"""The year that follows what was released, drawn again and again, and what each design would pay.

The counts released are given: they are the first year, and are never drawn. True rates are drawn
from what those counts leave possible, and the next year's counts from the true rates. Replicates
come in chunks, each with its own streams of luck for each measure: an answer depends on the
population, the seed and the number of replicates, never on how many threads share the chunks nor
on which other designs are looked at. The true rates of now are the same in every scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from readiness.incentives.design import Design, Joining
from readiness.incentives.models import Scenario
from readiness.incentives.population import (
    Bools,
    Floats,
    MeasureRates,
    Population,
    by_social_risk,
    by_tier,
    good_rates,
    is_ranked,
    leanings,
    next_rates,
    shown_cells,
)
from readiness.incentives.posterior import TrueRateSampler, sampler_of
from readiness.incentives.prior import MeasurePriors, priors_of
from readiness.incentives.rules import NEARLY, MeasureDraw, any_fell, earned_share
from readiness.incentives.terms import Terms, terms_of

CELLS = 2**20  # counts of one year in a chunk, at most: what is at hand at once
FEWEST_REPLICATES = 2  # one tells nothing of its own luck


def draw_year(
    now: MeasureRates,
    after: Floats,
    first: Floats,
    people: Floats,
    repeated: float,
    luck: Generator,
) -> Floats:
    """(S, G, R) shares with a good result, of as many people as before.

    A share `repeated` of the people has last year's result again, the others one at their own true
    rate; a true change moves all of them. With p the rate before and q the one after, who had a
    good result has one at q + repeated (1 − p), and who had not at q − repeated p.
    """
    if not repeated:
        counts = luck.binomial(people.astype(np.int64), np.clip(after, 0.0, 1.0))
    else:
        had = np.rint(first * people)
        again = np.clip(after + repeated * (1 - now.rates), 0.0, 1.0)
        anew = np.clip(after - repeated * now.rates, 0.0, 1.0)
        counts = luck.binomial(had.astype(np.int64), again)
        counts += luck.binomial((people - had).astype(np.int64), anew)
    return np.asarray(counts / np.maximum(people, 1.0))


@dataclass(frozen=True, eq=False)
class WatchedRows:
    """What is added up over groups in each replicate: who can be paid, and rows that pay."""

    takes_part: Floats  # (1, G)
    money: Floats  # (k, G): all; ranked; leaning; each tier; each third; in shares of the pool


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that is settled before the first draw."""

    population: Population
    scenario: Scenario
    priors: tuple[MeasurePriors, ...]  # M
    samplers: dict[int, TrueRateSampler]  # by measure
    terms: tuple[Terms, ...]
    watched: tuple[WatchedRows, ...]


@dataclass(frozen=True)
class Chunk:
    place: int
    replicates: int


@dataclass(frozen=True, eq=False)
class DesignTally:
    """Sums over replicates for one design."""

    paid: Floats  # (G,) replicates in which a group is paid anything
    earned: Floats  # (G,) of the share of its most that it earns
    earned_squared: Floats  # (G,)
    sums: Floats  # (K,) nobody paid; safeguard's measures; groups paid, changed; money
    products: Floats  # (K, K)

    def __add__(self, other: DesignTally) -> DesignTally:
        return DesignTally(
            self.paid + other.paid,
            self.earned + other.earned,
            self.earned_squared + other.earned_squared,
            self.sums + other.sums,
            self.products + other.products,
        )


@dataclass(frozen=True, eq=False)
class Tallies:
    replicates: int
    of: tuple[DesignTally, ...]  # in the order of the designs


NO_TALLIES = Tallies(0, ())


def study_of(population: Population, designs: Sequence[Design], scenario: Scenario) -> Study:
    terms = tuple(terms_of(population, design) for design in designs)
    priors = priors_of(population)
    return Study(
        population,
        scenario,
        priors,
        {m: sampler_of(population, m, priors[m]) for m in measures_of(terms)},
        terms,
        tuple(watched_rows(population, each) for each in terms),
    )


def measures_of(terms: Iterable[Terms]) -> list[int]:
    return sorted({place for each in terms for place in each.places})


def watched_rows(population: Population, terms: Terms) -> WatchedRows:
    takes_part = terms.takes_part
    cuts = [cut.groups for cut in (*by_tier(population), *by_social_risk(population))]
    rows = [np.ones(len(takes_part)), is_ranked(population), leanings(population), *cuts]
    return WatchedRows(takes_part[None].astype(float), np.array(rows, dtype=float) * terms.most)


def chunks(population: Population, replicates: int) -> tuple[Chunk, ...]:
    """As many replicates each as fit; the last may have fewer."""
    if replicates < FEWEST_REPLICATES:
        raise ValueError(f"Ask for at least {FEWEST_REPLICATES} replicates")
    groups, measures, strata = population.shape
    size = max(1, CELLS // max(1, groups * measures * strata))
    starts = range(0, replicates, size)
    return tuple(Chunk(place, min(size, replicates - start)) for place, start in enumerate(starts))


def tally_chunk(study: Study, chunk: Chunk, seed: int) -> Tallies:
    """What one chunk of replicates adds."""
    drawn = {place: draw(study, place, chunk, seed) for place in measures_of(study.terms)}
    pairs = zip(study.terms, study.watched, strict=True)
    found = tuple(tally_design(earned_shares(terms, drawn), seen) for terms, seen in pairs)
    return Tallies(chunk.replicates, found)


RATES, COUNTS = range(2)  # streams of luck


def draw(study: Study, measure: int, chunk: Chunk, seed: int) -> MeasureDraw:
    """The shares with a good result of one measure: as released, and drawn for the next year."""
    rates_luck, counts_luck = (
        default_rng(SeedSequence(seed, spawn_key=(chunk.place, measure, stream)))
        for stream in (RATES, COUNTS)
    )
    population = study.population
    shown = shown_cells(population)[:, measure].T[:, :, None]
    people = population.people[:, measure].T[:, :, None] * shown.astype(float)
    first = np.where(shown, good_rates(population)[:, measure].T[:, :, None], 0.0)
    rates = study.samplers[measure].draw(len(people), rates_luck, chunk.replicates)
    now = MeasureRates(rates, shown, population.reference)
    after = next_rates(now, study.scenario)
    second = draw_year(now, after, first, people, population.repeated, counts_luck)
    changed = (shown & (after != rates)).any(axis=0)
    return MeasureDraw(first, second, people, population.reference, changed)


@dataclass(frozen=True, eq=False)
class EarnedShares:
    share: Floats  # (G, R) of its most that each group earns, over the measures that count for it
    changed: Bools  # (G, R) whether anything truly changed on a measure that counts for it
    fell: Floats  # (R,) measures that count on which the safeguard took what was there to earn


def earned_shares(terms: Terms, drawn: dict[int, MeasureDraw]) -> EarnedShares:
    design, takes_part = terms.design, terms.takes_part[:, None]
    shape = len(terms.eligibility), next(iter(drawn.values())).after.shape[2]
    total, is_whole, fell = np.zeros(shape), np.ones(shape, dtype=bool), np.zeros(shape[1])
    changed = np.zeros(shape, dtype=bool)
    for m, place in enumerate(terms.places):
        used = restrict_people(drawn[place], terms.used[:, m])
        counts = terms.counts[:, m, None]
        part = earned_share(design, used)
        if design.no_fall:
            is_down = any_fell(design, used)
            part = part * ~is_down
            fell += (is_down & counts & takes_part).sum(axis=0)
        total += part * counts
        changed |= used.changed & counts
        is_whole &= (part > NEARLY) | ~counts
    share = total / np.maximum(terms.counts.sum(axis=1), 1)[:, None] * takes_part
    whole = share * is_whole if design.joining is Joining.ALL else share
    return EarnedShares(whole, changed, fell)


def restrict_people(drawn: MeasureDraw, used: Bools) -> MeasureDraw:
    return replace(drawn, people=drawn.people * used.T[:, :, None])


def tally_design(found: EarnedShares, watched: WatchedRows) -> DesignTally:
    is_paid = (found.share > NEARLY).astype(float)
    nobody = ~is_paid.any(axis=0)
    counted = (is_paid, is_paid * found.changed, is_paid * ~found.changed, found.changed)
    rows: Floats = np.vstack(
        [
            nobody,
            found.fell,
            *(exact_product(watched.takes_part, each.astype(float)) for each in counted),
            exact_product(watched.money, found.share),
        ]
    )
    return DesignTally(
        is_paid.sum(axis=1),
        found.share.sum(axis=1),
        (found.share**2).sum(axis=1),
        rows.sum(axis=1),
        exact_product(rows, rows.T),
    )


def exact_product(rows: Floats, columns: Floats) -> Floats:
    """A product of matrices that is the same to the last digit on any number of threads."""
    found: Floats = np.einsum("kg,gr->kr", rows, columns)
    return found


def merge_tallies(tallies: Iterable[Tallies]) -> Tallies:
    """In the order given, which is that of the chunks: floating sums depend on it."""
    return reduce(add_tallies, tallies, NO_TALLIES)


def add_tallies(first: Tallies, second: Tallies) -> Tallies:
    if not first.replicates:
        return second
    parts = zip(first.of, second.of, strict=True)
    return Tallies(first.replicates + second.replicates, tuple(a + b for a, b in parts))
