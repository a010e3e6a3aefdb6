"""Every choice of a small problem, tried one by one; and small problems drawn at random."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import chain, combinations

from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Key,
    Limit,
    Option,
    ProblemGroup,
    broken_constraints,
    total_benefit,
    total_cost,
)


def best(problem: AllocationProblem) -> frozenset[Key] | None:
    """The most benefit, then the lowest cost, then the first ids; None when nothing holds."""
    keys = sorted(option.key for option in problem.options)
    every = chain.from_iterable(combinations(keys, n) for n in range(len(keys) + 1))
    allowed = [chosen for chosen in every if not broken_constraints(problem, frozenset(chosen))]
    if not allowed:
        return None
    return frozenset(
        min(
            allowed,
            key=lambda chosen: (
                -total_benefit(problem, chosen),
                total_cost(problem, chosen),
                [key not in chosen for key in keys],
            ),
        )
    )


def drawn(seed: int) -> AllocationProblem:
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
