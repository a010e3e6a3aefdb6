"""HiGHS, asked small questions with known answers."""

from __future__ import annotations

import pytest

from readiness.core import solver
from readiness.core.integer_program import Program, Row


def test_the_least_costly_solution_is_found():
    """Two coins of 3 and 5: at least 11 is cheapest as 3 + 3 + 5."""
    program = Program((0, 0), (9, 9), (Row({0: 3, 1: 5}, least=11),))
    assert solver.least(program, {0: 3, 1: 5}) == (2, 1)


def test_what_cannot_be_done_has_no_solution():
    program = Program((0,), (1,), (Row({0: 1}, least=2),))
    assert solver.least(program, {0: 1}) is None


def test_both_sides_of_a_row_bind():
    program = Program((0, 0), (9, 9), (Row({0: 1, 1: 1}, least=4, most=4),))
    assert solver.least(program, {0: -1, 1: 0}) == (4, 0)


def test_a_program_checks_an_answer_in_whole_numbers():
    program = Program((0, 1), (2, 2), (Row({0: 2, 1: -1}, least=0, most=3),))
    assert program.allows((1, 1))
    assert not program.allows((1, 0))  # below a bound
    assert not program.allows((0, 1))  # below the row
    assert not program.allows((2, 0))


def test_many_columns_and_no_row_are_fine():
    assert solver.least(Program((1, 0), (3, 2), ()), {0: 1, 1: -1}) == (1, 2)


def test_a_model_that_is_refused_is_no_program_without_solutions():
    program = Program((0,), (1,), (Row({0: 10**20}, least=1),))
    with pytest.raises(solver.SolverError, match="refused"):
        solver.least(program, {})
