"""Two years of counts, drawn again and again, and what each design would pay on them.

Replicates come in chunks, each with its own stream of luck for each measure: an answer depends on
the population, the seed and the number of replicates, never on how many threads share the chunks
nor on which other designs are looked at. The first year is the same in every scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from readiness.incentives.binomial_sampler import AliasTables, alias_tables, draw_shares, widths
from readiness.incentives.design import Design, Joining
from readiness.incentives.models import Scenario
from readiness.incentives.population import (
    Bools,
    Floats,
    Population,
    TrueRates,
    by_social_risk,
    by_tier,
    is_ranked,
    leanings,
    true_rates,
)
from readiness.incentives.rules import NEARLY, MeasureDraw, any_fell, earned_share
from readiness.incentives.terms import Terms, terms_of

CELLS = 2**20  # counts of one year in a chunk, at most: what is at hand at once
FEWEST_REPLICATES = 2  # one tells nothing of its own luck


MOST_BUCKETS = 2**23  # of a year, 12 bytes each; a larger population is drawn without tables


@dataclass(frozen=True, eq=False)
class YearSampler:
    """What a year is drawn from: for each measure the tables of each group of people, or none."""

    rates: Floats  # (G, M, S) true shares with a good result
    tables: dict[int, tuple[AliasTables, ...]]


@dataclass(frozen=True, eq=False)
class YearSamplers:
    before: YearSampler
    after: YearSampler


def year_samplers(
    population: Population, truth: TrueRates, measures: Iterable[int]
) -> YearSamplers:
    """Whether there are tables depends on the population alone, as what is drawn does."""
    wanted = tuple(measures) if count_buckets(population, truth) <= MOST_BUCKETS else ()
    before = YearSampler(
        truth.before, {m: measure_tables(population, truth.before, m) for m in wanted}
    )
    if not truth.changed.any():
        return YearSamplers(before, before)
    return YearSamplers(
        before,
        YearSampler(truth.after, {m: measure_tables(population, truth.after, m) for m in wanted}),
    )


def count_buckets(population: Population, truth: TrueRates) -> int:
    return int(widths(population.people, truth.before)[1].sum())


def measure_tables(population: Population, rates: Floats, measure: int) -> tuple[AliasTables, ...]:
    people, of_measure = population.people[:, measure], rates[:, measure]
    return tuple(alias_tables(n, p) for n, p in zip(people.T, of_measure.T, strict=True))


def draw_year(
    population: Population, source: YearSampler, measure: int, luck: Generator, replicates: int
) -> Floats:
    """(S, G, R) shares with a good result; one group of people after the other."""
    if measure in source.tables:
        return np.stack([draw_shares(each, luck, replicates) for each in source.tables[measure]])
    people = population.people[:, measure, :].T[:, :, None]
    rates = source.rates[:, measure, :].T[:, :, None]
    counts = luck.binomial(people, rates, (*people.shape[:2], replicates))
    return np.asarray(counts / np.maximum(people, 1))


@dataclass(frozen=True, eq=False)
class WatchedRows:
    """What is added up over groups in each replicate: rows that count groups, rows that pay."""

    paid: Floats  # (3, G): taking part; of these changed; and unchanged
    money: Floats  # (k, G): all; ranked; leaning; each tier; each third; in shares of the pool


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that is settled before the first draw."""

    population: Population
    scenario: Scenario
    truth: TrueRates
    sources: YearSamplers
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
    sums: Floats  # (K,) nobody paid; safeguard's measures; then what is watched
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
    truth = true_rates(population, scenario)
    terms = tuple(terms_of(population, design) for design in designs)
    return Study(
        population,
        scenario,
        truth,
        year_samplers(population, truth, measures_of(terms)),
        terms,
        tuple(watched_rows(population, truth, each) for each in terms),
    )


def measures_of(terms: Iterable[Terms]) -> list[int]:
    return sorted({place for each in terms for place in each.places})


def watched_rows(population: Population, truth: TrueRates, terms: Terms) -> WatchedRows:
    takes_part = terms.takes_part
    changed = (truth.changed[:, terms.places] & terms.counts).any(axis=1)
    cuts = [cut.groups for cut in (*by_tier(population), *by_social_risk(population))]
    paid = np.array([takes_part, takes_part & changed, takes_part & ~changed], dtype=float)
    rows = [np.ones(len(takes_part)), is_ranked(population), leanings(population), *cuts]
    return WatchedRows(paid, np.array(rows, dtype=float) * terms.most)


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


def draw(study: Study, measure: int, chunk: Chunk, seed: int) -> MeasureDraw:
    """The shares with a good result of one measure, in both years; everybody who is shown."""
    luck = default_rng(SeedSequence(seed, spawn_key=(chunk.place, measure)))
    population, sources = study.population, study.sources
    before, after = (
        draw_year(population, source, measure, luck, chunk.replicates)
        for source in (sources.before, sources.after)
    )
    people = population.people[:, measure, :].T[:, :, None].astype(float)
    return MeasureDraw(before, after, people, population.reference)


@dataclass(frozen=True, eq=False)
class EarnedShares:
    share: Floats  # (G, R) of its most that each group earns, over the measures that count for it
    fell: Floats  # (R,) measures that count on which the safeguard took what was there to earn


def earned_shares(terms: Terms, drawn: dict[int, MeasureDraw]) -> EarnedShares:
    design, takes_part = terms.design, terms.takes_part[:, None]
    shape = len(terms.eligibility), next(iter(drawn.values())).before.shape[2]
    total, is_whole, fell = np.zeros(shape), np.ones(shape, dtype=bool), np.zeros(shape[1])
    for m, place in enumerate(terms.places):
        used = restrict_people(drawn[place], terms.used[:, m])
        counts = terms.counts[:, m, None]
        part = earned_share(design, used)
        if design.no_fall:
            is_down = any_fell(design, used)
            part = part * ~is_down
            fell += (is_down & counts & takes_part).sum(axis=0)
        total += part * counts
        is_whole &= (part > NEARLY) | ~counts
    share = total / np.maximum(terms.counts.sum(axis=1), 1)[:, None] * takes_part
    return EarnedShares(share * is_whole if design.joining is Joining.ALL else share, fell)


def restrict_people(drawn: MeasureDraw, used: Bools) -> MeasureDraw:
    return replace(drawn, people=drawn.people * used.T[:, :, None])


def tally_design(found: EarnedShares, watched: WatchedRows) -> DesignTally:
    is_paid = (found.share > NEARLY).astype(float)
    nobody = ~is_paid.any(axis=0)
    rows: Floats = np.vstack(
        [
            nobody,
            found.fell,
            exact_product(watched.paid, is_paid),
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
