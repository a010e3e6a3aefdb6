"""Whether what is given goes more to the one end of a ranking than to the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby


def fractional_ranks(ranked_by: Sequence[float], people: Sequence[float]) -> list[float]:
    """Where in the ranking of all people the middle one of each group stands.

    Groups that are ranked alike share the middle of their people together, so that their order
    does not matter.

    Formula: (people ranked below + half of those ranked alike) ÷ all people.
    Source: O'Donnell and others, Analyzing Health Equity Using Household Survey Data, World Bank
    (2008), ch. 8; ties as in Van Ourti, J Health Economics 23 (2004) 115-128.
    Units: any to rank by, people; shares out, above 0 and below 1 where there is anybody.
    Shape: sequences to one of the same length.
    Raises ValueError when lengths differ, or there is nobody or less than nobody.
    """
    total = sum(people)
    if len(ranked_by) != len(people) or total <= 0 or min(people) < 0:
        raise ValueError("Give what to rank by and how many people for each group")
    ranks = [0.0] * len(people)
    below = 0.0
    order = sorted(range(len(people)), key=ranked_by.__getitem__)
    for _, alike in groupby(order, key=ranked_by.__getitem__):
        places = list(alike)
        here = sum(people[place] for place in places)
        for place in places:
            ranks[place] = (below + here / 2) / total
        below += here
    return ranks


def concentration_index(
    given: Sequence[float], ranked_by: Sequence[float], people: Sequence[float]
) -> float:
    """From −1, all to the lowest ranked, over 0, the same to everybody, to 1, all to the highest.

    Formula: (2/μ) Σ f h (R − ½), with f a group's share of the people, h what each of them gets,
    μ = Σ f h and R the fractional rank; so 2 Σ given (R − ½) ÷ Σ given.
    Source: Kakwani, Wagstaff and van Doorslaer, J Econometrics 77 (1997) 87-103; O'Donnell and
    others (2008), ch. 8.
    Units: `given` in all to each group, in dollars say; no unit out. Shape: sequences to a number.
    Raises ValueError as `fractional_ranks`, or when nothing, or less than nothing, is given.

    >>> concentration_index([10, 10], [0.1, 0.4], [100, 100])
    0.0
    >>> concentration_index([0, 10], [0.1, 0.4], [100, 100])
    0.5
    """
    ranks = fractional_ranks(ranked_by, people)
    if len(given) != len(people) or sum(given) <= 0 or min(given) < 0:
        raise ValueError("Give what each group gets, above 0 in all")
    return 2 * sum(g * (rank - 0.5) for g, rank in zip(given, ranks, strict=True)) / sum(given)
