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
    Package,
    ProblemGroup,
    Selection,
    broken_constraints,
    groups_by_tier,
    total_benefit,
    total_cost,
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
    assert broken_constraints(problem, Selection(frozenset(chosen))) == (says,)


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
    assert broken_constraints(problem, Selection(frozenset({A.key, C.key}))) == ()


def package(group, id_, actions, cost, **more):
    payable = more.pop("payable", cost)
    return Package(group, id_, more.pop("tier", "T2"), actions, cost, payable, Fraction(1), **more)


P = package("elm", "p", ("a", "b", "old"), 9, payable=7)
Q = package("elm", "q", ("b",), 4, tier="T3")
R = package("oak", "r", ("c", "unlisted"), 8)


def with_held(problem, actions, packages):
    return Selection(problem.held_by(packages).union(actions), frozenset(packages))


@pytest.mark.parametrize(
    ("problem", "actions", "packages", "says"),
    [
        (
            AllocationProblem(99, PLACES, (A,), packages=(P, Q)),
            set(),
            {P.key, Q.key},
            (
                "2 packages are chosen in elm: one is allowed",
                "11 in elm is more than it can take on (10)",
            ),
        ),
        (
            AllocationProblem(6, PLACES, (A,), packages=(P,)),
            set(),
            {P.key},
            ("7 is more than the budget of 6",),
        ),
        (
            AllocationProblem(99, PLACES, (option("elm", "a", 1, ban=True),), packages=(P,)),
            set(),
            {P.key},
            ("a in elm is banned and was chosen",),
        ),
        (
            AllocationProblem(
                99,
                PLACES,
                (option("elm", "a", 1, one_of="x"), option("elm", "b", 1, one_of="x")),
                packages=(P,),
            ),
            set(),
            {P.key},
            ("2 of the set x are chosen in elm: one is allowed",),
        ),
        (
            AllocationProblem(99, PLACES, (option("elm", "b", 1, requires=("a",)),), packages=(Q,)),
            set(),
            {Q.key},
            ("b in elm needs a, which is neither in place nor chosen",),
        ),
        (
            AllocationProblem(
                99, PLACES, (), (GateConstraint("elm", 2, ("old", "a"), ("b",)),), packages=(Q,)
            ),
            set(),
            {Q.key},
            ("b in elm is behind a gate that needs 2 of 2, and 1 stand",),
        ),
        (
            AllocationProblem(
                99, PLACES, (C,), floors=(Floor("need", Fraction(2, 3)),), packages=(P,)
            ),
            {C.key},
            {P.key},
            ("groups tagged need get 6 of 13, less than their floor",),
        ),
        (
            AllocationProblem(
                99, PLACES, (A, B), limits=(Limit("days", 3, ((A.key, 2), (B.key, 2))),),
                packages=(P,),
            ),
            set(),
            {P.key},
            ("days: 4 is more than 3",),
        ),
        (
            AllocationProblem(
                99, PLACES, (A,), limits=(Limit("days", 3, ((A.key, 2),), packages=((P.key, 5),)),),
                packages=(P,),
            ),
            set(),
            {P.key},
            ("days: 5 is more than 3",),
        ),
        (
            AllocationProblem(99, PLACES, (A, C), max_groups=1, packages=(P,)),
            {C.key},
            {P.key},
            ("2 groups get something, more than 1",),
        ),
    ],
)  # fmt: skip
def test_what_a_package_breaks_is_said_and_nothing_else(problem, actions, packages, says):
    assert broken_constraints(problem, with_held(problem, actions, packages)) == says


def test_what_a_chosen_package_holds_has_to_be_chosen_and_what_none_holds_be_offered():
    problem = AllocationProblem(99, PLACES, (A,), packages=(P, R))
    for actions, packages, says in (
        ({A.key}, {P.key}, "b in elm is not chosen and the package p holds it"),
        (
            {("oak", "unlisted")},
            set(),
            "unlisted in oak is chosen, and neither offered singly nor in a chosen package",
        ),
    ):
        selection = Selection(frozenset(actions), frozenset(packages))
        assert broken_constraints(problem, selection) == (says,)


def test_a_package_holds_a_pinned_action_serves_its_group_and_opens_what_needs_it():
    later = option("elm", "d", 3, requires=("a",))
    problem = AllocationProblem(
        10,
        PLACES,
        (option("elm", "a", 9, pin=True), later),
        gates=(GateConstraint("elm", 3, ("old", "a", "b"), ("d",)),),
        min_groups=1,
        packages=(P,),
    )
    assert broken_constraints(problem, with_held(problem, {later.key}, {P.key})) == ()


def test_what_is_in_place_closes_no_package_and_uses_nothing():
    old = option("elm", "old", 5, one_of="x", ban=True)
    problem = AllocationProblem(
        7,
        PLACES,
        (old, option("elm", "a", 5, one_of="x")),
        limits=(Limit("days", 2, ((old.key, 9), (A.key, 2))),),
        packages=(P,),
    )
    assert broken_constraints(problem, with_held(problem, (), {P.key})) == ()


def test_a_package_replaces_the_cost_of_its_actions_and_adds_to_their_benefit():
    old = option("elm", "old", 5)
    problem = AllocationProblem(
        99,
        PLACES,
        (A, B, C, old),
        packages=(P, Q, R),
        reach={"T3": Fraction(5), "T2": Fraction(3)},
    )
    assert total_cost(problem, with_held(problem, {C.key}, {P.key})) == 6 + 7
    assert total_benefit(problem, with_held(problem, {C.key}, {P.key})) == 1 + 1 + 1 + (1 + 3)
    assert total_cost(problem, with_held(problem, {A.key}, {Q.key})) == 6 + 4
    assert total_benefit(problem, with_held(problem, {A.key}, {Q.key})) == 1 + 1 + (1 + 3 + 5)
    assert total_benefit(problem, with_held(problem, (), {R.key})) == 1 + (1 + 3)
    assert groups_by_tier(problem, {Q.key, R.key}) == {"T2": 2, "T3": 1}
