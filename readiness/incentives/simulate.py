"""Two years of counts, drawn again and again, and what each design would pay on them.

Replicates come in chunks, each with its own stream of luck for each measure: an answer depends on
the ground, the seed and the number of replicates, never on how many threads share the chunks nor
on which other designs are looked at. The first year is the same in every scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.random import SeedSequence, default_rng

from readiness.incentives.arrays import Bools, Floats
from readiness.incentives.breakdowns import by_social_risk, by_tier, leanings, ranked
from readiness.incentives.design import Design, Joining
from readiness.incentives.drawing import Sources, sources, year
from readiness.incentives.population import Ground
from readiness.incentives.rules import NEARLY, Drawn, any_fell, earned
from readiness.incentives.scenario import Scenario
from readiness.incentives.terms import Terms, terms_of
from readiness.incentives.true_rates import Truth, truth_of

CELLS = 2**20  # counts of one year in a chunk, at most: what is at hand at once
FEWEST_REPLICATES = 2  # one tells nothing of its own luck


@dataclass(frozen=True, eq=False)
class Watched:
    """What is added up over groups in each replicate: rows that count groups, rows that pay."""

    paid: Floats  # (3, G): taking part; of these changed; and unchanged
    money: Floats  # (k, G): all; ranked; leaning; each tier; each third; in shares of the pool


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that is settled before the first draw."""

    ground: Ground
    scenario: Scenario
    truth: Truth
    sources: Sources
    terms: tuple[Terms, ...]
    watched: tuple[Watched, ...]


@dataclass(frozen=True)
class Chunk:
    place: int
    replicates: int


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over replicates for one design."""

    paid: Floats  # (G,) replicates in which a group is paid anything
    earned: Floats  # (G,) of the share of its most that it earns
    earned_squared: Floats  # (G,)
    sums: Floats  # (K,) nobody paid; safeguard's measures; then what is watched
    products: Floats  # (K, K)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.paid + other.paid,
            self.earned + other.earned,
            self.earned_squared + other.earned_squared,
            self.sums + other.sums,
            self.products + other.products,
        )


@dataclass(frozen=True, eq=False)
class Tallies:
    replicates: int
    of: tuple[Tally, ...]  # in the order of the designs


NO_TALLIES = Tallies(0, ())


def study_of(ground: Ground, designs: Sequence[Design], scenario: Scenario) -> Study:
    truth = truth_of(ground, scenario)
    terms = tuple(terms_of(ground, design) for design in designs)
    return Study(
        ground,
        scenario,
        truth,
        sources(ground, truth, measures_of(terms)),
        terms,
        tuple(watched(ground, truth, each) for each in terms),
    )


def measures_of(terms: Iterable[Terms]) -> list[int]:
    return sorted({place for each in terms for place in each.places})


def watched(ground: Ground, truth: Truth, terms: Terms) -> Watched:
    takes_part = terms.takes_part
    changed = (truth.changed[:, terms.places] & terms.counts).any(axis=1)
    cuts = [cut.groups for cut in (*by_tier(ground), *by_social_risk(ground))]
    paid = np.array([takes_part, takes_part & changed, takes_part & ~changed], dtype=float)
    rows = [np.ones(len(takes_part)), ranked(ground), leanings(ground), *cuts]
    return Watched(paid, np.array(rows, dtype=float) * terms.most)


def chunks(ground: Ground, replicates: int) -> tuple[Chunk, ...]:
    """As many replicates each as fit; the last may have fewer."""
    if replicates < FEWEST_REPLICATES:
        raise ValueError(f"Ask for at least {FEWEST_REPLICATES} replicates")
    groups, measures, strata = ground.shape
    size = max(1, CELLS // max(1, groups * measures * strata))
    starts = range(0, replicates, size)
    return tuple(Chunk(place, min(size, replicates - start)) for place, start in enumerate(starts))


def tally_of(study: Study, chunk: Chunk, seed: int) -> Tallies:
    """What one chunk of replicates adds."""
    drawn = {place: draw(study, place, chunk, seed) for place in measures_of(study.terms)}
    pairs = zip(study.terms, study.watched, strict=True)
    found = tuple(counted(earned_by(terms, drawn), seen) for terms, seen in pairs)
    return Tallies(chunk.replicates, found)


def draw(study: Study, measure: int, chunk: Chunk, seed: int) -> Drawn:
    """The shares with a good result of one measure, in both years; everybody who is shown."""
    luck = default_rng(SeedSequence(seed, spawn_key=(chunk.place, measure)))
    ground, sources = study.ground, study.sources
    before, after = (
        year(ground, source, measure, luck, chunk.replicates)
        for source in (sources.before, sources.after)
    )
    people = ground.people[:, measure, :].T[:, :, None].astype(float)
    return Drawn(before, after, people, ground.reference)


@dataclass(frozen=True, eq=False)
class Earned:
    share: Floats  # (G, R) of its most that each group earns, over the measures that count for it
    fell: Floats  # (R,) measures that count on which the safeguard took what was there to earn


def earned_by(terms: Terms, drawn: dict[int, Drawn]) -> Earned:
    design, takes_part = terms.design, terms.takes_part[:, None]
    shape = len(terms.standings), next(iter(drawn.values())).before.shape[2]
    total, is_whole, fell = np.zeros(shape), np.ones(shape, dtype=bool), np.zeros(shape[1])
    for m, place in enumerate(terms.places):
        used = looked_at(drawn[place], terms.used[:, m])
        counts = terms.counts[:, m, None]
        part = earned(design, used)
        if design.no_fall:
            is_down = any_fell(design, used)
            part = part * ~is_down
            fell += (is_down & counts & takes_part).sum(axis=0)
        total += part * counts
        is_whole &= (part > NEARLY) | ~counts
    share = total / np.maximum(terms.counts.sum(axis=1), 1)[:, None] * takes_part
    return Earned(share * is_whole if design.joining is Joining.ALL else share, fell)


def looked_at(drawn: Drawn, used: Bools) -> Drawn:
    return replace(drawn, people=drawn.people * used.T[:, :, None])


def counted(found: Earned, watched: Watched) -> Tally:
    is_paid = (found.share > NEARLY).astype(float)
    nobody = ~is_paid.any(axis=0)
    rows: Floats = np.vstack(
        [nobody, found.fell, added(watched.paid, is_paid), added(watched.money, found.share)]
    )
    return Tally(
        is_paid.sum(axis=1),
        found.share.sum(axis=1),
        (found.share**2).sum(axis=1),
        rows.sum(axis=1),
        added(rows, rows.T),
    )


def added(rows: Floats, columns: Floats) -> Floats:
    """A product of matrices that is the same to the last digit on any number of threads."""
    found: Floats = np.einsum("kg,gr->kr", rows, columns)
    return found


def merged(tallies: Iterable[Tallies]) -> Tallies:
    """In the order given, which is that of the chunks: floating sums depend on it."""
    return reduce(two, tallies, NO_TALLIES)


def two(first: Tallies, second: Tallies) -> Tallies:
    if not first.replicates:
        return second
    parts = zip(first.of, second.of, strict=True)
    return Tallies(first.replicates + second.replicates, tuple(a + b for a, b in parts))


def tally(
    ground: Ground, designs: Sequence[Design], scenario: Scenario, replicates: int, seed: int
) -> Tallies:
    """All chunks, one after the other."""
    study = study_of(ground, designs, scenario)
    return merged(tally_of(study, chunk, seed) for chunk in chunks(ground, replicates))
