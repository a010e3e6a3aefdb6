"""Every constraint in words, broken on purpose."""

from __future__ import annotations

from fractions import Fraction

import pytest

from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Limit,
    Option,
    ProblemGroup,
    broken_constraints,
)

PLACES = (
    ProblemGroup("elm", have=frozenset({"old"}), cap=10),
    ProblemGroup("oak", tags=frozenset({"need"})),
)


def option(group, action, cost, **more):
    return Option(group, action, cost, Fraction(1), **more)


A = option("elm", "a", 6)
B = option("elm", "b", 6)
C = option("oak", "c", 6)
ALL = frozenset({A.key, B.key, C.key})


@pytest.mark.parametrize(
    ("problem", "chosen", "says"),
    [
        (AllocationProblem(5, PLACES, (A,)), {A.key}, "6 is more than the budget of 5"),
        (
            AllocationProblem(99, PLACES, (A, B)),
            {A.key, B.key},
            "12 in elm is more than it can take on (10)",
        ),
        (
            AllocationProblem(99, PLACES, (A, C), floors=(Floor("need", Fraction(2, 3)),)),
            {A.key, C.key},
            "groups tagged need get 6 of 12, less than their floor",
        ),
        (
            AllocationProblem(
                99, PLACES, (A, C), limits=(Limit("days", 3, ((A.key, 2), (C.key, 2))),)
            ),
            {A.key, C.key},
            "days: 4 is more than 3",
        ),
        (
            AllocationProblem(
                99, PLACES, (A, C), limits=(Limit("days", 9, ((C.key, 2),), least=1),)
            ),
            {A.key},
            "days: 0 is less than 1",
        ),
        (
            AllocationProblem(9, PLACES, (option("elm", "a", 1, pin=True),)),
            set(),
            "a in elm is pinned and was not chosen",
        ),
        (
            AllocationProblem(9, PLACES, (option("elm", "a", 1, ban=True),)),
            {A.key},
            "a in elm is banned and was chosen",
        ),
        (
            AllocationProblem(9, PLACES, (option("elm", "old", 1),)),
            {("elm", "old")},
            "old in elm is in place already and was chosen",
        ),
        (
            AllocationProblem(9, PLACES, (option("elm", "a", 1, requires=("b", "old")),)),
            {A.key},
            "a in elm needs b, which is neither in place nor chosen",
        ),
        (
            AllocationProblem(
                9, PLACES, (A,), gates=(GateConstraint("elm", 2, ("old", "b"), ("a",)),)
            ),
            {A.key},
            "a in elm is behind a gate that needs 2 of 2, and 1 stand",
        ),
        (
            AllocationProblem(
                99,
                (ProblemGroup("elm"),),
                (option("elm", "a", 1, one_of="x"), option("elm", "b", 1, one_of="x")),
            ),
            {A.key, B.key},
            "2 of the set x are chosen in elm: one is allowed",
        ),
        (
            AllocationProblem(9, PLACES, (A, C), min_groups=2),
            {A.key},
            "1 groups get something, fewer than 2",
        ),
        (
            AllocationProblem(99, PLACES, (A, C), max_groups=1),
            {A.key, C.key},
            "2 groups get something, more than 1",
        ),
    ],
)
def test_what_a_choice_breaks_is_said_and_nothing_else(problem, chosen, says):
    assert broken_constraints(problem, frozenset(chosen)) == (says,)


def test_a_choice_at_every_bound_breaks_nothing():
    problem = AllocationProblem(
        12,
        (ProblemGroup("elm", cap=6), PLACES[1]),
        (A, B, C),
        floors=(Floor("need", Fraction(1, 2)),),
        min_groups=2,
        max_groups=2,
        limits=(Limit("days", 4, ((A.key, 2), (C.key, 2)), least=4),),
    )
    assert broken_constraints(problem, frozenset({A.key, C.key})) == ()
