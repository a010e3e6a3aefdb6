"""A ratio of two sums over groups, with an interval from drawing the groups again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REPLICATES = 2_000


@dataclass(frozen=True)
class Ratio:
    value: float
    low: float
    high: float


def ratio_of_sums(
    above: Sequence[float], below: Sequence[float], seed: int, replicates: int = REPLICATES
) -> Ratio:
    """Σ above ÷ Σ below, with its 95 percent percentile interval (Efron 1979).

    Whole groups are drawn with replacement, both numbers of a group together. `below` must be
    positive throughout, so that no draw divides by nothing. The same seed gives the same interval.
    With few groups such an interval is too narrow: the caller decides how many are enough.

    >>> ratio_of_sums([1, 1, 1], [2, 2, 2], seed=7)
    Ratio(value=0.5, low=0.5, high=0.5)
    """
    if len(above) != len(below) or not above or min(below) <= 0:
        raise ValueError("each group needs both numbers, the lower one above 0")
    import numpy as np  # slow to import, and most pages never need it

    pairs = np.array([above, below], dtype=float).T
    groups, luck = len(above), np.random.default_rng(seed)
    sums = np.array([pairs[luck.integers(groups, size=groups)].sum(0) for _ in range(replicates)])
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
    return Ratio(float(sum(above) / sum(below)), float(low), float(high))
