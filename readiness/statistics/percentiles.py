"""Where a value stands among others."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

FUZZ = 4 * 2.220446049250313e-16  # what R forgives in n p before it takes the whole part

# Hyndman and Fan's types 4 to 9: the p-th quantile stands at place a + p(n + 1 − a − b).
PLACES: dict[int, tuple[float, float]] = {
    4: (0, 1),
    5: (0.5, 0.5),
    6: (0, 0),
    7: (1, 1),
    8: (1 / 3, 1 / 3),
    9: (3 / 8, 3 / 8),
}


def quantile(values: Sequence[float], share: float, kind: int = 7) -> float:
    """The value below which a share of the values lie, by one of the nine named types.

    Formula: x_j + h (x_{j+1} − x_j), with j + h the place that the type gives (types 4 to 9), or
    the observation itself (types 1 to 3).
    Source: Hyndman and Fan, The American Statistician 50 (1996) 361-365; type 7 is the default
    of R and of spreadsheets.
    Units: those of the values. Shape: values and a share to a value.
    Raises ValueError without values, when `share` lies outside 0 to 1, or of an unknown type.

    >>> quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.25, kind=6)
    (2.5, 1.25)
    """
    if not values:
        raise ValueError("There are no values to take a quantile of")
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is not a share: give one from 0 to 1")
    ordered = sorted(values)
    whole, rest = place_of_quantile(len(ordered), share, kind)
    low, high = (ordered[min(len(ordered) - 1, max(0, at))] for at in (whole - 1, whole))
    return low + rest * (high - low)


def place_of_quantile(n: int, share: float, kind: int) -> tuple[int, float]:
    """The whole place from which to count, and how far on toward the next."""
    if kind in PLACES:
        a, b = PLACES[kind]
        place = a + share * (n + 1 - a - b)
        whole = floor(place + FUZZ)
        rest = place - whole
        return whole, rest if abs(rest) >= FUZZ else 0.0
    if kind not in (1, 2, 3):
        raise ValueError(f"{kind} is not a type of quantile: give one from 1 to 9")
    place = n * share - (0.5 if kind == 3 else 0)
    whole = floor(place + FUZZ)
    is_past = place > whole + FUZZ
    if kind == 3:
        return whole, float(is_past or whole % 2 == 1)
    return whole, 1.0 if is_past else (0.5 if kind == 2 else 0.0)


def mid_rank_percentile(values: Sequence[float], value: float) -> float:
    """The share of values below, and half of those equal.

    Formula: 100 (below + ½ equal) ÷ n.
    Source: mid-rank definition, as in Crawford, Garthwaite and Slick (2009).
    Units: percent. Shape: values and a value to a number.
    Raises ValueError without values.

    >>> mid_rank_percentile([50, 60, 60, 70], 60)
    50.0
    """
    if not values:
        raise ValueError("There are no values to compare with")
    below = sum(each < value for each in values)
    equal = sum(each == value for each in values)
    return 100 * (below + equal / 2) / len(values)
