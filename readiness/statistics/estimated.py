"""Rates by group when each person's group is only known as probabilities.

For payers' labeled estimates. Never mixed with self-report, never about one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class EstimatedRate:
    weighted: float | None  # None when the group has no weight
    effective_people: float  # Σ p
    kish_people: float | None  # (Σ p)² ÷ Σ p²: what the weighted rate is worth in people
    by_likeliest: float | None  # everyone put where they most likely belong; None without anyone
    likeliest_people: int


def probability_weighted_rates(
    probabilities: Sequence[Sequence[float]], outcomes: Sequence[float]
) -> tuple[EstimatedRate, ...]:
    """Rates by group, each person counted in every group by its probability.

    Putting everyone where they most likely belong usually exaggerates gaps, and weighting usually
    shrinks them: both are given.

    Formula: Σ p y ÷ Σ p, in Σ p people; by the likeliest group (the first of equals), Σ y ÷ n.
    Source: Chen and others, FAccT (2019) 339-348; McCaffrey and Elliott, HSR 43 (2008) 1085-1101;
    effective number by Kish, Survey Sampling (1965).
    Units: probabilities and outcomes of 0 or 1 in, shares out. Shape: a row for each person, a
    column for each group, to one rate for each group.
    Raises ValueError when rows and outcomes differ in number, rows in length, or a probability
    lies outside 0 to 1.
    """
    rows = list(probabilities)
    if not rows or len(rows) != len(outcomes) or len({len(row) for row in rows}) != 1:
        raise ValueError("Give every person the same number of probabilities, and one outcome")
    if not all(0 <= p <= 1 for row in rows for p in row):
        raise ValueError("A probability lies between 0 and 1: check the rows")
    likeliest = [row.index(max(row)) for row in rows]
    return tuple(
        rate_of(
            [row[place] for row in rows],
            outcomes,
            [y for y, best in zip(outcomes, likeliest, strict=True) if best == place],
        )
        for place in range(len(rows[0]))
    )


def rate_of(
    weights: Sequence[float], outcomes: Sequence[float], own: Sequence[float]
) -> EstimatedRate:
    people, squares = sum(weights), sum(p**2 for p in weights)
    met = sum(p * y for p, y in zip(weights, outcomes, strict=True))
    return EstimatedRate(
        weighted=met / people if people else None,
        effective_people=people,
        kish_people=people**2 / squares if squares else None,
        by_likeliest=sum(own) / len(own) if own else None,
        likeliest_people=len(own),
    )
