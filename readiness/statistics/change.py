"""What changed between two periods, with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.statistics.differences import Difference
from readiness.statistics.rates import share_of, wilson


@dataclass(frozen=True)
class Term:
    """A count in a sum of shares, added (1) or subtracted (−1), or weighted by any number."""

    weight: float
    x: float
    n: float


def mover(terms: Sequence[Term], confidence: float = 0.95) -> Difference:
    """A sum of independent shares, each with its weight, and its interval.

    For patients counted in both periods the interval is wider than it need be.

    Formula: θ = Σ c p; L = θ − √(Σ c²(p − l or u − p)²), taking of each share the Wilson limit
    that lowers θ; U = θ + √(…) with the other limits.
    Source: Zou and Donner, Statistics in Medicine 27 (2008) 1693-1702 (method of variance
    estimates recovery); with two terms it is Newcombe's method 10.
    Units: people in, shares out. Shape: terms to a difference.
    Raises ValueError without terms, when one is no share, or `confidence` no level.
    """
    if not terms:
        raise ValueError("There is nothing to add up: give the shares of at least one group")
    value = down = up = 0.0
    for term in terms:
        share, limits = share_of(term.x, term.n), wilson(term.x, term.n, confidence)
        below, above = share - limits.low, limits.high - share
        lowers, raises = (below, above) if term.weight > 0 else (above, below)
        value += term.weight * share
        down += (term.weight * lowers) ** 2
        up += (term.weight * raises) ** 2
    return Difference(value, value - sqrt(down), value + sqrt(up))


def change_in_gap(
    before: tuple[Term, Term], after: tuple[Term, Term], confidence: float = 0.95
) -> Difference:
    """(p1 − p2) after, minus (p1 − p2) before, from four rates; see `mover`.

    Formula: θ = (p1 − p2) after − (p1 − p2) before, limits by `mover`.
    Source: Zou and Donner (2008).
    Units: people in, shares out. Shape: two pairs of counts to a difference. The weights of the
    terms handed in are not looked at. Raises ValueError as `mover` does.
    """
    (a1, a2), (b1, b2) = after, before
    signed = ((1, a1), (-1, a2), (-1, b1), (1, b2))
    return mover([Term(weight, term.x, term.n) for weight, term in signed], confidence)
