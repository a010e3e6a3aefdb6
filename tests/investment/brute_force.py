"""Every choice of a small problem, tried one by one; and small problems drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

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
    total_benefit,
    total_cost,
)


def best(problem: AllocationProblem) -> Selection | None:
    """The most benefit, then the lowest cost, then the first ids; None when nothing holds."""
    held = {key for package in problem.packages for key in problem.held(package)}
    actions = sorted({option.key for option in problem.options} | held)
    packages = sorted(package.key for package in problem.packages)
    allowed = [each for each in every(problem) if not broken_constraints(problem, each)]
    if not allowed:
        return None
    return min(
        allowed,
        key=lambda selection: (
            -total_benefit(problem, selection),
            total_cost(problem, selection),
            [key not in selection.actions for key in actions],
            [key not in selection.packages for key in packages],
        ),
    )


def every(problem: AllocationProblem) -> Iterator[Selection]:
    """At most one package in each group, with each set of actions that none of them holds."""
    own = [
        [None, *(package.key for package in problem.packages if package.group == group.id)]
        for group in problem.groups
    ]
    for each in product(*own):
        packages = frozenset(key for key in each if key)
        held = problem.held_by(packages)
        keys = sorted({option.key for option in problem.options} - held)
        for n in range(len(keys) + 1):
            yield from (Selection(held.union(c), packages) for c in combinations(keys, n))


def random_problem_with_packages(seed: int) -> AllocationProblem:
    """The problem of the seed with fewer actions, and up to six packages; some actions are only
    in packages, some are in place already or banned."""
    throw = random.Random(f"packages {seed}")
    problem = random_problem(seed)
    options = problem.options[: throw.randint(0, 7)]
    packages = tuple(
        Package(
            group.id,
            name,
            throw.choice(["T1", "T2", "T3"]),
            tuple(throw.sample("abcdz", throw.choice([0, 1, 1, 2, 2, 3]))),
            cost := throw.randint(0, 12),
            throw.choice([cost, cost, throw.randint(0, cost)]),
            Fraction(throw.choice([0, throw.randint(-3, 30)]), throw.choice([1, 3])),
        )
        for group in problem.groups
        for name in throw.sample(["a", "p", "q"], throw.choice([0, 1, 1, 2, 3]))
    )[:6]
    limits = tuple(
        replace(
            limit,
            packages=tuple((each.key, throw.randint(0, 4)) for each in packages)
            if throw.random() < 0.4
            else None,
        )
        for limit in problem.limits
    )
    worth = {tier: Fraction(throw.randint(0, 40), 2) for tier in throw.sample(["T2", "T3"], 2)}
    return replace(
        problem,
        options=options,
        packages=packages,
        limits=limits,
        reach=throw.choice([worth, worth, {}]),
    )


def random_problem(seed: int) -> AllocationProblem:
    """Two to four groups, up to ten options, and now and then each kind of constraint."""
    throw = random.Random(seed)
    actions = "abcd"
    groups = tuple(
        ProblemGroup(
            f"g{n}",
            frozenset(throw.sample(actions, throw.choice([0, 0, 1]))),
            throw.choice([None, None, throw.randint(3, 12)]),
            frozenset(throw.sample(["need", "rural"], throw.randint(0, 2))),
        )
        for n in range(throw.randint(2, 4))
    )
    keys = [(group.id, action) for group in groups for action in actions]
    options = tuple(
        Option(
            group,
            action,
            cost=throw.randint(0, 8),
            benefit=Fraction(
                throw.choice([throw.randint(-2, 9), throw.randint(0, 40)]), throw.choice([1, 4, 10])
            ),
            requires=tuple(throw.sample(actions, throw.choice([0, 0, 0, 1]))),
            one_of=throw.choice([None, None, "set"]),
            pin=throw.random() < 0.06,
            ban=throw.random() < 0.06,
        )
        for group, action in throw.sample(keys, min(len(keys), throw.randint(4, 10)))
    )
    gates = tuple(
        GateConstraint(
            throw.choice(groups).id,
            throw.randint(0, 3),
            tuple(throw.sample(actions, throw.randint(1, 3))),
            tuple(throw.sample(actions, throw.randint(1, 2))),
        )
        for _ in range(throw.choice([0, 0, 1, 2]))
    )
    floors = tuple(
        Floor("need", Fraction(throw.randint(0, 10), 10)) for _ in range(throw.choice([0, 0, 1]))
    )
    limits = tuple(
        Limit(
            f"days {n}",
            most := throw.randint(1, 9),
            tuple((o.key, throw.randint(0, 4)) for o in options if throw.random() < 0.7),
            throw.choice([None, None, throw.randint(0, min(most, 4))]),
        )
        for n in range(throw.choice([0, 0, 0, 1, 2]))
    )
    return AllocationProblem(
        budget=throw.randint(0, 30),
        groups=groups,
        options=options,
        gates=gates,
        floors=floors,
        min_groups=throw.choice([None, None, 0, 1, 2]),
        max_groups=throw.choice([None, None, 1, 2, 3]),
        limits=limits,
    )


def with_odd_numbers(problem: AllocationProblem, seed: int) -> AllocationProblem:
    """The same with benefits of very different sizes, some of which differ in the last digit alone,
    with shares of many digits, and, in a half of them, money up to the most that may be written."""
    throw = random.Random(f"odd {seed}")
    money = throw.choice([1, 1, 997, 10**11 + 3])
    size = throw.choice([0, 6, 11])

    def odd(value: Fraction) -> Fraction:
        times = 10.0 ** throw.randint(-size, size)
        return throw.choice(
            (
                value,
                value * Fraction(times),
                Fraction(str(throw.uniform(-1, 9) * times)),
                value * 10**size + Fraction(throw.randint(-3, 3), 10**15),
            )
        )

    def dear(cost: int) -> int:
        return cost * money + throw.choice([0, 0, throw.randint(0, 2)]) * (cost > 0)

    shares = ["0.3333333333333333", "0.1", "0.6666666666666667", "0.123456789012345", "1e-300"]
    return replace(
        problem,
        budget=problem.budget * money + throw.randint(0, 3),
        groups=tuple(
            each if each.cap is None else replace(each, cap=dear(each.cap))
            for each in problem.groups
        ),
        options=tuple(
            replace(each, cost=dear(each.cost), benefit=odd(each.benefit))
            for each in problem.options
        ),
        floors=tuple(
            replace(each, share=Fraction(throw.choice(shares))) for each in problem.floors
        ),
        packages=tuple(
            replace(each, cost=(c := dear(each.cost)), payable=c, benefit=odd(each.benefit))
            for each in problem.packages
        ),
        reach={tier: odd(worth) for tier, worth in problem.reach.items()},
    )
