"""Integer programs with large numbers, restated exactly in numbers that floating point can take.

A number is cut as in long addition, into a high and a low part: a = part x high + low. What the low
parts come to is carried over by a column of its own, a whole number within known bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from readiness.core.integer_program import Program, Row

MOST = 10**6  # times an engine's tolerance of a whole number, 10**-7, is well below one
Terms = Mapping[int, int]  # column -> coefficient


@dataclass(frozen=True)
class Halves:
    """coefficient = part x high + low, for each column; the low ones are half a part at most."""

    part: int
    high: Terms
    low: Terms


def is_large(terms: Terms) -> bool:
    return any(abs(coefficient) > MOST for coefficient in terms.values())


def halves(terms: Terms) -> Halves:
    """The part is the least with which all high ones are small; one where all are small already."""
    most = max(map(abs, terms.values()), default=0)
    part = max(1, -(-most // MOST))
    high = {column: (2 * each + part) // (2 * part) for column, each in terms.items()}
    low = {column: each - part * high[column] for column, each in terms.items()}
    return Halves(part, nonzero(high), nonzero(low))


def nonzero(terms: Terms) -> Terms:
    return {column: each for column, each in terms.items() if each}


def span(program: Program, terms: Terms) -> tuple[int, int]:
    """The least and the most that the terms come to within the bounds of the columns."""
    ends = [(a * program.lower[column], a * program.upper[column]) for column, a in terms.items()]
    return sum(map(min, ends)), sum(map(max, ends))


def with_column(program: Program, lower: int, upper: int) -> Program:
    return replace(program, lower=(*program.lower, lower), upper=(*program.upper, upper))


def with_small_coefficients(program: Program) -> Program:
    """The same program with small coefficients; columns that carry stand behind its own."""
    found = replace(program, rows=())
    for row in program.rows:
        found = with_row(found, row) if is_large(row.terms) else found.also(row)
    return found


def with_row(program: Program, row: Row) -> Program:
    if row.most is not None:
        program = at_most(program, row.terms, row.most)
    if row.least is not None:
        program = at_most(program, {column: -a for column, a in row.terms.items()}, -row.least)
    return program


def at_most(program: Program, terms: Terms, most: int) -> Program:
    """part x H + L <= part x h + l holds where, with some carry, H + carry <= h and
    L <= l + part x carry; the latter is cut again while it is large."""
    common = gcd(*terms.values()) or 1
    terms, most = {column: a // common for column, a in terms.items()}, most // common
    if span(program, terms)[1] <= most:
        return program
    if not is_large(terms):
        return program.also(Row(terms, most=most))
    cut = halves(terms)
    high, low = divmod(most, cut.part)
    least, greatest = (-((low - end) // cut.part) for end in span(program, cut.low))
    carry = len(program.lower)
    program = with_column(program, least, greatest)
    program = program.also(Row({**cut.high, carry: 1}, most=high))
    return at_most(program, {**cut.low, carry: -cut.part}, low)


def simplest_floor(share: Fraction, whole: int) -> Fraction:
    """The least fraction that is no less than the share, with a denominator up to `whole`.

    Parts of totals up to `whole`, in whole numbers, reach the one where they reach the other.

    >>> simplest_floor(Fraction("0.3333333333333333"), 200_000), simplest_floor(Fraction(1, 3), 2)
    (Fraction(1, 3), Fraction(1, 2))
    """
    nearest = share.limit_denominator(whole)
    if nearest >= share:
        return nearest
    top, bottom = nearest.numerator, nearest.denominator
    denominator = whole - (whole + pow(top, -1, bottom)) % bottom  # of the next such fraction
    return Fraction(top * denominator + 1, bottom * denominator)
