"""Binomial shares from tables laid out once, several times as fast as drawing each from scratch.

The alias method: a number of people is as likely as a bucket (all buckets are alike) and, within
it, the part that is kept for the bucket's own number; the rest of the bucket is another's.
Source: Walker, ACM Trans. Mathematical Software 3 (1977) 253-256; laid out in one sweep as in
Huebschle-Schneider and Sanders, ACM Trans. Mathematical Software 48 (2022) 1-26.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import int32
from numpy.random import Generator
from numpy.typing import NDArray

from readiness.incentives.population import Bools, Floats, Ints

REACH, MARGIN = 7.5, 10  # standard deviations, and people: less than one in 10^12 lies beyond
SURELY = 1e-12  # a rate of 0 or 1 is drawn as this far from it
AT_ONCE = 2**22  # numbers of people in a table while it is laid out


@dataclass(frozen=True, eq=False)
class AliasTables:
    """For each of C cells the numbers of people from `low` on, `width` of them; T in all."""

    people: Ints  # (C,)
    low: Ints  # (C,)
    width: Ints  # (C,)
    start: Ints  # (C,) where its buckets start
    kept: Floats  # (T,) part of a bucket that is its own, 0 to 1
    other: NDArray[int32]  # (T,) whose the rest is, counted from `low`


def widths(people: Ints, rates: Floats) -> tuple[Ints, Ints]:
    """The lowest number that is looked at, and how many are."""
    middle, reach = people * rates, REACH * np.sqrt(people * rates * (1 - rates)) + MARGIN
    low = np.maximum(0, np.floor(middle - reach)).astype(np.int64)
    high = np.minimum(people, np.ceil(middle + reach)).astype(np.int64)
    return low, high - low + 1


def alias_tables(people: Ints, rates: Floats) -> AliasTables:
    """(C,) each. Laid out in parts, as a table is as wide as its widest cell."""
    low, width = widths(people, rates)
    step = max(1, AT_ONCE // int(width.max(initial=1)))
    parts = [
        build_tables(chances(people[part], rates[part], low[part], width[part]), width[part])
        for part in (slice(start, start + step) for start in range(0, len(people), step))
    ]
    kept, other = (np.concatenate(each) for each in zip(*parts, strict=True))
    return AliasTables(people, low, width, np.cumsum(width) - width, kept, other)


def chances(people: Ints, rates: Floats, low: Ints, width: Ints) -> Floats:
    """(C, K) how likely each number is, from the ratio of each to the one before; 0 beyond."""
    number = low[:, None] + np.arange(int(width.max()))
    is_there = np.arange(int(width.max())) < width[:, None]
    p = np.clip(rates, SURELY, 1 - SURELY)[:, None]
    ratio = np.where(is_there, people[:, None] - number + 1, 1) / np.maximum(number, 1)
    logs = np.log(ratio) + np.log(p / (1 - p))
    logs[:, 0] = 0.0
    heights = np.cumsum(logs, axis=1)
    heights = np.where(is_there, heights, -np.inf)
    found = np.exp(heights - heights.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Sweep:
    """C tables half laid out, K buckets each; what moves is changed in place."""

    order: Ints  # (C, K) numbers that are too rare for a bucket, then those too frequent
    weight: Floats  # (C, K) in buckets
    kept: Floats  # (C, K)
    other: Ints  # (C, K)
    light: Ints  # (C,) place in `order` of the rare one that is next
    heavy: Ints  # (C,) and of the frequent one at hand
    left: Floats  # (C,) what is left of that one, in buckets


def build_tables(chance: Floats, width: Ints) -> tuple[Floats, NDArray[int32]]:
    """One sweep for all cells at once: each step settles one bucket of every cell."""
    widest = chance.shape[1]
    is_there = np.arange(widest) < width[:, None]
    sweep, lights = start_sweep(chance * width[:, None], is_there)
    for _ in range(widest):
        fills = (sweep.heavy < width) & (sweep.left > 1) & (sweep.light < lights)
        moves = (sweep.heavy + 1 < width) & (sweep.left <= 1)
        fill_bucket(sweep, np.flatnonzero(fills))
        move_on(sweep, np.flatnonzero(moves))
    return sweep.kept[is_there], sweep.other[is_there].astype(np.int32)


def start_sweep(weight: Floats, is_there: Bools) -> tuple[Sweep, Ints]:
    """With how many rare numbers each cell has. Every bucket is its own until it is settled."""
    cells, widest = weight.shape
    order = np.argsort(np.where(is_there, weight > 1, 2), axis=1, kind="stable")
    lights = (is_there & (weight <= 1)).sum(axis=1)
    first = order[np.arange(cells), np.minimum(lights, widest - 1)]
    sweep = Sweep(
        order,
        weight,
        kept=np.ones_like(weight),
        other=np.tile(np.arange(widest), (cells, 1)),
        light=np.zeros(cells, dtype=np.int64),
        heavy=lights.copy(),
        left=weight[np.arange(cells), first],
    )
    return sweep, lights


def fill_bucket(sweep: Sweep, row: Ints) -> None:
    """What a rare number leaves of its bucket is taken from the frequent one at hand."""
    own, giver = sweep.order[row, sweep.light[row]], sweep.order[row, sweep.heavy[row]]
    sweep.kept[row, own] = sweep.weight[row, own]
    sweep.other[row, own] = giver
    sweep.left[row] -= 1 - sweep.weight[row, own]
    sweep.light[row] += 1


def move_on(sweep: Sweep, row: Ints) -> None:
    """A frequent one that gave its surplus is a rare one, filled by the next frequent one."""
    own, giver = sweep.order[row, sweep.heavy[row]], sweep.order[row, sweep.heavy[row] + 1]
    sweep.kept[row, own] = sweep.left[row]
    sweep.other[row, own] = giver
    sweep.left[row] += sweep.weight[row, giver] - 1
    sweep.heavy[row] += 1


def draw_shares(tables: AliasTables, luck: Generator, replicates: int) -> Floats:
    """(C, R) shares drawn; 0 where there is nobody."""
    at = luck.random((len(tables.people), replicates))
    at *= tables.width[:, None]
    bucket = at.astype(np.int64)
    at -= bucket
    place = bucket + tables.start[:, None]
    number = np.where(at < tables.kept.take(place), bucket, tables.other.take(place))
    number += tables.low[:, None]
    return np.asarray(number / np.maximum(tables.people, 1)[:, None])
