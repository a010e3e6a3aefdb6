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

from readiness.domain.incentives.arrays import Bools, Floats, Ints

REACH, MARGIN = 7.5, 10  # standard deviations, and people: less than one in 10^12 lies beyond
SURELY = 1e-12  # a rate of 0 or 1 is drawn as this far from it
AT_ONCE = 2**22  # numbers of people in a table while it is laid out


@dataclass(frozen=True, eq=False)
class Urns:
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


def urns_of(people: Ints, rates: Floats) -> Urns:
    """(C,) each. Laid out in parts, as a table is as wide as its widest cell."""
    low, width = widths(people, rates)
    step = max(1, AT_ONCE // int(width.max(initial=1)))
    parts = [
        laid_out(chances(people[part], rates[part], low[part], width[part]), width[part])
        for part in (slice(start, start + step) for start in range(0, len(people), step))
    ]
    kept, other = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Urns(people, low, width, np.cumsum(width) - width, kept, other)


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


def laid_out(chance: Floats, width: Ints) -> tuple[Floats, NDArray[int32]]:
    """One sweep for all cells at once: each step settles one bucket of every cell."""
    cells, widest = chance.shape
    weight = chance * width[:, None]
    is_there = np.arange(widest) < width[:, None]
    order = np.argsort(np.where(is_there, weight > 1, 2), axis=1, kind="stable")
    light, lights = np.zeros(cells, dtype=np.int64), (is_there & (weight <= 1)).sum(axis=1)
    heavy = lights.copy()
    kept, other = np.ones_like(weight), np.tile(np.arange(widest), (cells, 1))
    row = np.arange(cells)
    left = weight[row, order[row, np.minimum(heavy, widest - 1)]]  # of the heavy one at hand
    for _ in range(widest):
        go_on = heavy < width
        fills = go_on & (left > 1) & (light < lights)
        fill(fills, order, light, heavy, weight, kept, other, left)
        light += fills
        moves = go_on & ~fills & (left <= 1) & (heavy + 1 < width)
        move(moves, order, heavy, weight, kept, other, left)
        heavy += moves
    return kept[is_there], other[is_there].astype(np.int32)


def fill(
    cells: Bools,
    order: Ints,
    light: Ints,
    heavy: Ints,
    weight: Floats,
    kept: Floats,
    other: Ints,
    left: Floats,
) -> None:
    """What a light bucket lacks is taken from the heavy one at hand."""
    row = np.flatnonzero(cells)
    own, giver = order[row, light[row]], order[row, heavy[row]]
    kept[row, own] = weight[row, own]
    other[row, own] = giver
    left[row] -= 1 - weight[row, own]


def move(
    cells: Bools,
    order: Ints,
    heavy: Ints,
    weight: Floats,
    kept: Floats,
    other: Ints,
    left: Floats,
) -> None:
    """A heavy one that gave its surplus is a light one, filled by the next heavy one."""
    row = np.flatnonzero(cells)
    own, giver = order[row, heavy[row]], order[row, heavy[row] + 1]
    kept[row, own] = left[row]
    other[row, own] = giver
    left[row] += weight[row, giver] - 1


def shares(urns: Urns, luck: Generator, replicates: int) -> Floats:
    """(C, R) shares drawn; 0 where there is nobody."""
    at = luck.random((len(urns.people), replicates))
    at *= urns.width[:, None]
    bucket = at.astype(np.int64)
    at -= bucket
    place = bucket + urns.start[:, None]
    number = np.where(at < urns.kept.take(place), bucket, urns.other.take(place))
    number += urns.low[:, None]
    return np.asarray(number / np.maximum(urns.people, 1)[:, None])
