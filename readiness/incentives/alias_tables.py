"""Draws from many short lists of numbers, each with its own chances, in a few array steps.

The alias method: an entry is as likely as a bucket (all buckets are alike) and, within it, the
part that is kept for the bucket's own entry; the rest of the bucket is another's.
Source: Walker, ACM Trans. Mathematical Software 3 (1977) 253-256; laid out in one sweep as in
Huebschle-Schneider and Sanders, ACM Trans. Mathematical Software 48 (2022) 1-26.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import int32
from numpy.random import Generator
from numpy.typing import NDArray

from readiness.incentives.population import Floats, Ints


@dataclass(frozen=True, eq=False)
class AliasTables:
    """C lists of K entries each."""

    kept: Floats  # (C, K) part of a bucket that is its own, 0 to 1
    other: NDArray[int32]  # (C, K) whose the rest is


@dataclass(frozen=True, eq=False)
class Sweep:
    """C tables half laid out, K buckets each; what moves is changed in place."""

    order: Ints  # (C, K) entries that are too rare for a bucket, then those too frequent
    weight: Floats  # (C, K) in buckets
    kept: Floats  # (C, K)
    other: Ints  # (C, K)
    light: Ints  # (C,) place in `order` of the rare one that is next
    heavy: Ints  # (C,) and of the frequent one at hand
    left: Floats  # (C,) what is left of that one, in buckets


def alias_tables(chance: Floats) -> AliasTables:
    """(C, K), each row adding up to 1. Each step settles one bucket of every list."""
    widest = chance.shape[1]
    sweep, lights = start_sweep(chance * widest)
    for _ in range(widest):
        fills = (sweep.heavy < widest) & (sweep.left > 1) & (sweep.light < lights)
        moves = (sweep.heavy + 1 < widest) & (sweep.left <= 1)
        fill_bucket(sweep, np.flatnonzero(fills))
        move_on(sweep, np.flatnonzero(moves))
    return AliasTables(sweep.kept, sweep.other.astype(np.int32))


def start_sweep(weight: Floats) -> tuple[Sweep, Ints]:
    """With how many rare entries each list has. Every bucket is its own until it is settled."""
    lists, widest = weight.shape
    order = np.argsort(weight > 1, axis=1, kind="stable")
    lights = (weight <= 1).sum(axis=1)
    first = order[np.arange(lists), np.minimum(lights, widest - 1)]
    sweep = Sweep(
        order,
        weight,
        kept=np.ones_like(weight),
        other=np.tile(np.arange(widest), (lists, 1)),
        light=np.zeros(lists, dtype=np.int64),
        heavy=lights.copy(),
        left=weight[np.arange(lists), first],
    )
    return sweep, lights


def fill_bucket(sweep: Sweep, row: Ints) -> None:
    """What a rare entry leaves of its bucket is taken from the frequent one at hand."""
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


def draw_entries(tables: AliasTables, lists: Ints, luck: Generator) -> Ints:
    """An entry of each list named, in the shape of `lists`."""
    widest = tables.kept.shape[1]
    at = luck.random(lists.shape)
    at *= widest
    bucket = at.astype(np.int64)
    at -= bucket
    place = bucket + lists * widest
    is_own = at < tables.kept.ravel().take(place)
    return np.where(is_own, bucket, tables.other.ravel().take(place))
