"""A line over time for each of many groups, drawn toward the line of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from readiness.statistics.comparisons import Difference, normal_difference
from readiness.statistics.rates import z_of

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

FEWEST_TIMES = 2  # different ones, to draw a line through
GRID = 14  # values of each spread that are averaged over
NEXT_TO_NOTHING = 12.0  # of minus twice a log likelihood: e⁻⁶ of the highest
MOST_VARIANCE = 100.0**2  # squared points: a share goes no further


@dataclass(frozen=True)
class TimedValue:
    """A rate or a gap at one time."""

    at: float  # years, from any start
    value: float  # a share, or a difference of two
    variance: float  # by chance, in squared shares


@dataclass(frozen=True)
class GroupLine:
    """One group's own line, drawn toward the line of all."""

    level: Difference  # in the middle of the time
    trend: Difference  # shares a year
    times: int


@dataclass(frozen=True)
class RandomLines:
    """Shares, and shares a year."""

    level: Difference  # of all
    trend: Difference
    level_spread: float  # standard deviation of true levels over groups
    trend_spread: float
    middle: float  # the time of the levels
    groups: Mapping[str, GroupLine]


def random_lines(
    values: Mapping[str, Sequence[TimedValue]], confidence: float = 0.95
) -> RandomLines:
    """The line of all groups, and each group's by empirical Bayes.

    Formula: y = β₀ + u + (β₁ + w) t + e, t the time from the mean of all times; u and w normal and
    independent over groups, e normal with its known variance and independent over times. A group's
    line is its best linear unbiased prediction given the standard deviations of u and w, averaged
    over what these may be: by their restricted likelihood, each value being as likely before. An
    interval is the mean ± z standard deviations of that average, the error of β in it. The spreads
    told are those of the highest restricted likelihood.
    Source: Laird and Ware, Biometrics 38 (1982) 963-974.
    Units: years, shares. Shape: values by group to a line each; one time is enough for a group.
    Raises ValueError with fewer than three groups, fewer than two times, no group with two times,
    or a value that is free of chance.
    """
    import numpy as np

    every = [each for own in values.values() for each in own]
    check_values(values, every)
    middle = sum(each.at for each in every) / len(every)
    sums = [LineSums.of(own, middle) for own in values.values()]
    a, c, q = (
        np.array([getattr(each, name) for each in sums])
        for name in ("information", "score", "square")
    )
    sums_of_all = (a, c, q)
    best = likeliest_spreads(sums_of_all)
    own, of_all = averaged_lines(best, sums_of_all)
    z = z_of(confidence)
    lines = {
        group: GroupLine(
            normal_difference(own.mean[g, 0], own.variance[g, 0], z),
            normal_difference(own.mean[g, 1], own.variance[g, 1], z),
            len(given),
        )
        for g, (group, given) in enumerate(values.items())
    }
    level, trend = (normal_difference(of_all.mean[0, i], of_all.variance[0, i], z) for i in (0, 1))
    return RandomLines(level, trend, float(best[0]), float(best[1]), middle, lines)


def check_values(values: Mapping[str, Sequence[TimedValue]], every: Sequence[TimedValue]) -> None:
    if len(values) < 3 or not all(values.values()):
        raise ValueError("Give the values of at least three groups")
    if not any(len({each.at for each in own}) >= FEWEST_TIMES for own in values.values()):
        raise ValueError("Give at least one group at two times: one time has no trend")
    if any(each.variance <= 0 for each in every):
        raise ValueError("Give every value with its variance by chance, above 0")


@dataclass(frozen=True)
class LineSums:
    """All that one group's values say of a line, weighted by 1 ÷ variance."""

    information: tuple[tuple[float, float], tuple[float, float]]
    score: tuple[float, float]
    square: float

    @classmethod
    def of(cls, values: Sequence[TimedValue], middle: float) -> LineSums:
        rows = [(1 / each.variance, each.at - middle, each.value) for each in values]
        one, time = sum(w for w, _, _ in rows), sum(w * t for w, t, _ in rows)
        return cls(
            ((one, time), (time, sum(w * t * t for w, t, _ in rows))),
            (sum(w * y for w, _, y in rows), sum(w * t * y for w, t, y in rows)),
            sum(w * y * y for w, _, y in rows),
        )


Sums = tuple["Array", "Array", "Array"]  # (G, 2, 2), (G, 2), (G,)


@dataclass(frozen=True)
class LineFit:
    """All lines, were the spreads known."""

    misfit: float  # minus twice the restricted log likelihood, up to a constant
    beta: Array  # (2,)
    errors: Array  # (2, 2) covariance of beta
    weight: Array  # (G, 2, 2) covariance of a group's line about that of all, given its values


def fit_at(spreads: Array, sums: Sums) -> LineFit:
    """By generalized least squares, from the sums of each group alone."""
    import numpy as np

    a, c, q = sums
    t = np.diag(spreads**2)
    inner = np.eye(2) + t @ a
    weight: Array = np.asarray(
        np.linalg.solve(inner, np.broadcast_to(t, a.shape)), dtype=np.float64
    )
    information = (a - a @ weight @ a).sum(axis=0)
    score = (c - np.einsum("gij,gj->gi", a @ weight, c)).sum(axis=0)
    errors = np.linalg.inv(information)
    square = (q - np.einsum("gi,gij,gj->g", c, weight, c)).sum()
    misfit = np.log(np.linalg.det(inner)).sum() + np.log(np.linalg.det(information))
    return LineFit(float(misfit + square - score @ errors @ score), errors @ score, errors, weight)


def likeliest_spreads(sums: Sums) -> Array:
    """Standard deviations of levels and trends.

    The search is over variances, in squared points: at a standard deviation of 0 the likelihood
    would look level whatever lies beyond. From two starts, for one may stop short.
    """
    import numpy as np
    from scipy.optimize import minimize

    found = [
        minimize(
            lambda variances: fit_at(np.sqrt(variances) / 100, sums).misfit,
            np.array([start, start]),
            method="L-BFGS-B",
            bounds=[(0.0, MOST_VARIANCE), (0.0, MOST_VARIANCE)],
        )
        for start in (1.0, 30.0)
    ]
    best = min(found, key=lambda each: float(each.fun))
    spreads: Array = np.sqrt(best.x) / 100
    return spreads


@dataclass(frozen=True)
class LineAverage:
    mean: Array  # (n, 2)
    variance: Array


def averaged_lines(best: Array, sums: Sums) -> tuple[LineAverage, LineAverage]:
    """Every group's line, and that of all, over what the spreads may be."""
    import numpy as np

    fits = [fit_at(spreads, sums) for spreads in possible_spreads(best, sums)]
    least = min(each.misfit for each in fits)
    chance = np.exp([(least - each.misfit) / 2 for each in fits])
    chance /= chance.sum()
    own = average([own_lines(each, sums) for each in fits], chance)
    of_all = [(each.beta[None], np.diag(each.errors)[None]) for each in fits]
    return own, average(of_all, chance)


def possible_spreads(best: Array, sums: Sums) -> list[Array]:
    """A grid in each of the two from 0 to where the likelihood is next to nothing."""
    import numpy as np

    places = (np.arange(GRID) + 0.5) / GRID
    tops = [highest_spread(best, at, sums) for at in (0, 1)]
    return [np.array([tops[0] * level, tops[1] * trend]) for level in places for trend in places]


def highest_spread(best: Array, at: int, sums: Sums) -> float:
    """Above it the likelihood, is below e⁻⁶ of its top, the other spread at its best."""
    least, step = fit_at(best, sums).misfit, 0.001
    found = best.copy()
    while fit_at(found, sums).misfit < least + NEXT_TO_NOTHING and found[at] < 1:
        found[at] += step
        step *= 1.3
    return float(found[at])


def own_lines(fit: LineFit, sums: Sums) -> tuple[Array, Array]:
    """Levels and trends of the groups, and their variances: (G, 2) each."""
    import numpy as np

    a, c, _ = sums
    mean = fit.beta + np.einsum("gij,gj->gi", fit.weight, c - a @ fit.beta)
    kept = np.eye(2) - fit.weight @ a
    errors = fit.weight + kept @ fit.errors @ np.swapaxes(kept, 1, 2)
    return mean, np.diagonal(errors, axis1=1, axis2=2)


def average(found: Sequence[tuple[Array, Array]], chance: Array) -> LineAverage:
    """Of means and variances: the scatter of the means adds to the variance."""
    import numpy as np

    means, variances = (np.stack(each) for each in zip(*found, strict=True))
    mean = np.tensordot(chance, means, axes=1)
    return LineAverage(mean, np.tensordot(chance, variances + (means - mean) ** 2, axes=1))
