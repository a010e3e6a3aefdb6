"""Large numbers cut in parts allow what they allowed whole."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest

from readiness.core import coefficients, solver
from readiness.core.integer_program import Program, Row
from tests.factories.seeds import seeds


def a_large_program(throw):
    columns = throw.randint(1, 4)
    lower = tuple(throw.randint(-1, 0) for _ in range(columns))
    upper = tuple(throw.randint(0, 2) for _ in range(columns))
    return Program(lower, upper, tuple(a_large_row(throw, columns) for _ in range(2)))


def a_large_row(throw, columns):
    """A solution stands at one of its sides, or one beside it, so that the last digit decides."""
    size = 10 ** throw.randint(5, 40)
    terms = {column: throw.randint(-size, size) for column in range(columns)}
    near = sum(a * throw.randint(0, 1) for a in terms.values()) + throw.randint(-1, 1)
    far = throw.choice([None, near + size // 7])
    return Row(terms, least=near, most=far) if throw.random() < 0.5 else Row(terms, most=near)


@pytest.mark.parametrize("seed", seeds(range(2000), 60))
def test_small_coefficients_allow_what_the_large_ones_allow(seed):
    program = a_large_program(random.Random(seed))
    small = coefficients.with_small_coefficients(program)
    assert not any(coefficients.is_large(row.terms) for row in small.rows)
    ends = zip(program.lower, program.upper, strict=True)
    for each in product(*(range(low, high + 1) for low, high in ends)):
        found = solver.least(small.fixed(dict(enumerate(each))), {})
        assert program.allows(each) == (found is not None), each
        assert found is None or small.allows(found)


@pytest.mark.parametrize("seed", seeds(range(300), 20))
def test_a_simplest_floor_is_reached_by_the_same_parts_of_the_same_totals(seed):
    throw = random.Random(seed)
    share, whole = Fraction(str(throw.random())), throw.randint(1, 40)
    simple = coefficients.simplest_floor(share, whole)
    for total in range(1, whole + 1):
        for part in range(total + 1):
            assert (part >= share * total) == (part >= simple * total)
