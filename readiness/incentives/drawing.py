"""Two years of shares for every group of people of a measure, from one stream of luck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from readiness.incentives.arrays import Floats
from readiness.incentives.binomial_sampler import Urns, shares, urns_of, widths
from readiness.incentives.population import Ground
from readiness.incentives.true_rates import Truth

MOST_BUCKETS = 2**23  # of a year, 12 bytes each; a larger ground is drawn without tables


@dataclass(frozen=True, eq=False)
class Source:
    """What a year is drawn from: for each measure the urns of each group of people, or none."""

    rates: Floats  # (G, M, S) true shares with a good result
    urns: dict[int, tuple[Urns, ...]]


@dataclass(frozen=True, eq=False)
class Sources:
    before: Source
    after: Source


def sources(ground: Ground, truth: Truth, measures: Iterable[int]) -> Sources:
    """Whether there are tables depends on the ground alone, as what is drawn does."""
    wanted = tuple(measures) if buckets(ground, truth) <= MOST_BUCKETS else ()
    before = Source(truth.before, {m: urns(ground, truth.before, m) for m in wanted})
    if not truth.changed.any():
        return Sources(before, before)
    return Sources(before, Source(truth.after, {m: urns(ground, truth.after, m) for m in wanted}))


def buckets(ground: Ground, truth: Truth) -> int:
    return int(widths(ground.people, truth.before)[1].sum())


def urns(ground: Ground, rates: Floats, measure: int) -> tuple[Urns, ...]:
    people, of_measure = ground.people[:, measure], rates[:, measure]
    return tuple(urns_of(n, p) for n, p in zip(people.T, of_measure.T, strict=True))


def year(ground: Ground, source: Source, measure: int, luck: Generator, replicates: int) -> Floats:
    """(S, G, R) shares with a good result; one group of people after the other."""
    if measure in source.urns:
        return np.stack([shares(each, luck, replicates) for each in source.urns[measure]])
    people = ground.people[:, measure, :].T[:, :, None]
    rates = source.rates[:, measure, :].T[:, :, None]
    counts = luck.binomial(people, rates, (*people.shape[:2], replicates))
    return np.asarray(counts / np.maximum(people, 1))
