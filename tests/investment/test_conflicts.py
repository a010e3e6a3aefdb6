"""What is said of problems without an answer, held against trying every choice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.investment.conflicts import (
    LimitKind,
    Unknown,
    conflicts_in,
    keeping,
    named_limits,
    without,
)
from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    Limit,
    Option,
    Package,
    ProblemGroup,
    broken_constraints,
)
from tests.investment import brute_force


def is_possible(problem):
    return any(not broken_constraints(problem, each) for each in brute_force.every(problem))


@pytest.mark.slow
@pytest.mark.parametrize(
    "make_problem", [brute_force.random_problem, brute_force.random_problem_with_packages]
)
def test_what_contradicts_does_so_by_itself_and_without_any_one_of_it_no_more(make_problem):
    conflicts, kinds = 0, set()
    for seed in range(300):
        problem = make_problem(seed)
        if is_possible(problem):
            continue
        found, every = conflicts_in(problem, is_possible), named_limits(problem)
        for conflict in found:
            assert conflict.is_minimal
            assert not is_possible(keeping(problem, conflict.limits)), seed
            for limit in conflict.limits:
                rest = without(conflict.limits, (limit,))
                assert is_possible(keeping(problem, rest)), seed
                is_enough = is_possible(keeping(problem, without(every, (limit,))))
                assert (limit in conflict.enough) == is_enough, seed
            conflicts += 1
            kinds |= {limit.kind for limit in conflict.limits}
        named = [limit for conflict in found for limit in conflict.limits]
        assert len(set(named)) == len(named)
        assert is_possible(keeping(problem, without(every, named))), seed
    assert conflicts > 50
    assert kinds == set(LimitKind)


def test_all_limits_kept_are_the_problem_itself():
    for seed in range(50):
        problem = brute_force.random_problem_with_packages(seed)
        kept = keeping(problem, named_limits(problem))
        pins = [replace(o, pin=problem.is_pinned(o)) for o in problem.options]
        assert kept == replace(problem, options=tuple(pins))


ELM, OAK = ProblemGroup("elm", cap=9_000), ProblemGroup("oak", tags=frozenset({"need"}))


def option(group, action, cost, **more):
    return Option(group, action, cost, Fraction(1), **more)


def said(problem):
    return [conflict.sentence for conflict in conflicts_in(problem, is_possible)]


@pytest.mark.parametrize(
    ("problem", "sentences"),
    [
        (
            AllocationProblem(1_000, (ELM, OAK), (option("oak", "a", 5_000, pin=True),)),
            ("These contradict each other: the budget is 1,000; a in oak is pinned. Loosen one of "
             "them."),
        ),
        (
            AllocationProblem(9, (OAK,), (option("oak", "a", 5, requires=("b",), pin=True),)),
            ("This cannot be kept: a in oak is pinned. What it needs first cannot be had. Loosen "
             "it."),
        ),
        (
            AllocationProblem(9, (OAK,), (option("oak", "a", 5),), min_groups=2),
            ("This cannot be kept: at least 2 groups get something. Loosen it."),
        ),
        (
            AllocationProblem(
                9, (OAK,), tuple(option("oak", a, 1, one_of="x", pin=True) for a in "ab")
            ),
            ("These contradict each other: a in oak is pinned; b in oak is pinned. What one of "
             "them needs cannot be had beside the others, or only one is allowed. Loosen one of "
             "them."),
        ),
        (
            AllocationProblem(
                99_999, (ELM, OAK), (option("elm", "a", 9_001, pin=True, ban=True),)
            ),
            ("These contradict each other: a in elm is banned; a in elm is pinned. It is enough to "
             "loosen this: a in elm is pinned."),
        ),
        (
            AllocationProblem(
                99_999,
                (ELM, OAK),
                (option("elm", "a", 50, pin=True), option("oak", "b", 60_000)),
                floors=(Floor("need", Fraction(1, 4)),),
                max_groups=1,
            ),
            ("These contradict each other: at least 25% of the money goes to groups tagged need; "
             "at most 1 group gets something; a in elm is pinned. Loosen one of them."),
        ),
        (
            AllocationProblem(
                9, (OAK,), (option("oak", "a", 1),),
                limits=(Limit("days", 3, ((("oak", "a"), 2),), 3),),
            ),
            ("This cannot be kept: days: exactly 3. Loosen it."),
        ),
        (
            AllocationProblem(
                9, (ELM, OAK),
                (option("oak", "a", 10, pin=True), option("elm", "b", 2, pin=True, ban=True)),
            ),
            ("These contradict each other: the budget is 9; a in oak is pinned. Loosen one of "
             "them.\n"
             "These contradict each other: b in elm is banned; b in elm is pinned. Loosen one of "
             "them."),
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_said_as_a_payer_knows_it(problem, sentences):
    assert "\n".join(said(problem)) == sentences


def test_a_pin_that_only_a_package_can_keep_names_the_ban_that_closes_it():
    options = (option("oak", "a", 99, pin=True), option("oak", "b", 5, ban=True))
    package = Package("oak", "p", "T2", ("a", "b"), 9, 9, Fraction(0))
    problem = AllocationProblem(9, (OAK,), options, packages=(package,))
    (conflict,) = conflicts_in(problem, is_possible)
    assert {limit.of for limit in conflict.limits} == {("oak", "a"), ("oak", "b"), ()}
    assert conflict.enough == conflict.limits


def test_without_time_everything_is_named_and_nothing_is_called_minimal():
    def unknown(_):
        raise Unknown

    problem = AllocationProblem(1, (ELM,), (option("elm", "a", 5, pin=True),))
    (conflict,) = conflicts_in(problem, unknown)
    assert conflict.limits == named_limits(problem)
    assert not conflict.is_minimal
    assert conflict.sentence.startswith("Some of these contradict each other: elm can take on")
    assert conflict.sentence.endswith("Loosen them.")


def test_a_sentence_names_ten_limits_and_counts_the_others():
    def unknown(_):
        raise Unknown

    options = tuple(option("elm", f"a{n}", 5, pin=True) for n in range(20))
    (conflict,) = conflicts_in(AllocationProblem(1, (ELM,), options), unknown)
    assert len(conflict.limits) == 22
    assert "a7 in elm is pinned; and 12 more. Loosen them." in conflict.sentence


def test_when_the_time_is_up_what_is_proven_already_is_said_alone():
    options = (option("oak", "a", 10, pin=True), option("elm", "b", 2, pin=True, ban=True))
    problem = AllocationProblem(9, (ELM, OAK), options)
    every = conflicts_in(problem, is_possible)
    assert len(every) == 2
    for calls in range(30):
        found = conflicts_in(problem, answering(calls))
        assert all(not is_possible(keeping(problem, each.limits)) for each in found)
        assert len(found) == 1 or found == every


def answering(calls):
    """So many times, and then no more."""
    left = iter(range(calls))

    def in_time(problem):
        if next(left, None) is None:
            raise Unknown
        return is_possible(problem)

    return in_time
