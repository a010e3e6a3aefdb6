"""Invented portfolios of any size, each from a seed: what a payer could pay for in its groups."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from readiness.investment.problem import (
    AllocationProblem,
    Floor,
    GateConstraint,
    Option,
    Package,
    ProblemGroup,
)

FOUNDATION = 5  # of the actions of each group; three of them open the gate to the advanced half
OPENS = 3
NEED = "high social risk"


def random_problem(groups: int, actions: int, seed: int, share: float = 0.1) -> AllocationProblem:
    """Prerequisites, a tier gate in each group, caps, sets of two, and an equity floor.

    The budget is a share of what everything would cost.
    """
    throw = random.Random(f"{groups} x {actions}, {seed}")
    places, options, gates = list[ProblemGroup](), list[Option](), list[GateConstraint]()
    for number in range(groups):
        own = tuple(options_of(f"g{number:04}", actions, throw))
        names = [option.action for option in own]
        have = frozenset(name for name in names[: FOUNDATION + 3] if throw.random() < 0.25)
        cap = int(sum(option.cost for option in own) * throw.uniform(0.2, 0.5))
        tags = frozenset({NEED}) if throw.random() < 0.4 else frozenset[str]()
        places.append(ProblemGroup(f"g{number:04}", have, cap, tags))
        options += own
        gates.append(
            GateConstraint(
                f"g{number:04}", OPENS, tuple(names[:FOUNDATION]), tuple(names[actions // 2 :])
            )
        )
    return AllocationProblem(
        budget=int(share * sum(option.cost for option in options)),
        groups=tuple(places),
        options=tuple(options),
        gates=tuple(gates),
        floors=(Floor(NEED, Fraction(1, 2)),),
    )


TIERS = ("T2", "T3", "T4")
HELD = (3, 6, 9)  # actions of the package to each tier: each holds those of the one before


def with_packages(problem: AllocationProblem, seed: int) -> AllocationProblem:
    """Three ways up in each group, the foundation first. They bring their tiers' worth, cost a
    little less than their actions and, in a third of them, the group pays a part itself."""
    throw = random.Random(f"packages of {len(problem.groups)}, {seed}")
    own: dict[str, list[Option]] = {}
    for option in problem.options:
        own.setdefault(option.group, []).append(option)
    return replace(
        problem,
        packages=tuple(
            package
            for place in problem.groups
            for package in packages_of(own[place.id], place.have, throw)
        ),
        reach={tier: Fraction(worth) for tier, worth in zip(TIERS, (40, 60, 80), strict=True)},
    )


def packages_of(
    options: list[Option], have: frozenset[str], throw: random.Random
) -> Iterator[Package]:
    ways = [o for o in options if not o.one_of]
    rest = ways[FOUNDATION:]
    ordered = [*ways[:FOUNDATION], *throw.sample(rest, len(rest))]
    for tier, number in zip(TIERS, HELD, strict=True):
        held = closed(ordered[:number], ways)
        missing = [option for option in held if option.action not in have]
        cost = 100 * round(sum(o.cost for o in missing) * throw.uniform(0.85, 1) / 100)
        payable = cost if throw.random() < 0.67 else 100 * round(cost * 0.007)
        names = tuple(option.action for option in held)
        yield Package(options[0].group, tier, tier, names, cost, payable, Fraction())


def closed(held: list[Option], options: list[Option]) -> list[Option]:
    """With all that they need first."""
    by_name = {option.action: option for option in options}
    found = {option.action: option for option in held}
    while missing := {n for o in found.values() for n in o.requires} - found.keys():
        found |= {name: by_name[name] for name in missing}
    return list(found.values())


def options_of(group: str, actions: int, throw: random.Random) -> Iterator[Option]:
    """The foundation costs little and gives little by itself."""
    size = throw.lognormvariate(0, 0.5)
    for number in range(actions):
        is_basic = number < FOUNDATION
        is_advanced = number >= actions // 2
        before = [f"a{throw.randrange(number):02}"] if number and throw.random() < 0.3 else []
        gain = throw.uniform(0, 8) if is_basic else throw.uniform(5, 60 if is_advanced else 30)
        yield Option(
            group,
            f"a{number:02}",
            cost=100 * round(throw.uniform(50, 400 if is_basic else 1500) * size**0.5),
            benefit=Fraction(round(gain * size * 10), 10),
            requires=tuple(before),
            one_of="outreach" if number in (actions - 1, actions - 2) else None,
        )
