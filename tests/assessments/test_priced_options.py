"""Choosing one option from each set at least cost agrees with trying every choice."""

from __future__ import annotations

import random
from itertools import product

import pytest

from readiness.assessments.priced_options import (
    SCALE,
    PricedOption,
    first_cheapest,
    may_be_cheapest,
    price,
)
from tests.factories.seeds import seeds


def a_problem(seed):
    rng = random.Random(seed)
    count = rng.randint(0, 3)
    sets = [
        [
            PricedOption(
                rng.choice([0, rng.randint(0, 12), 60 * rng.randint(0, 4)]),
                tuple(rng.choice([0, rng.randint(0, 6)]) for _ in range(count)),
                order,
            )
            for order in rng.sample(range(9), rng.randint(1, 5))
        ]
        for _ in range(rng.randint(1, 5))
    ]
    return sets, tuple(rng.randint(0, 12) for _ in range(count))


def enough(choice, needs):
    return all(
        sum(option.gains[number] for option in choice) >= need for number, need in enumerate(needs)
    )


def cost_and_order(choice):
    return sum(option.cost for option in choice), [option.order for option in choice]


@pytest.mark.parametrize("seed", seeds(range(3000), 400))
def test_the_first_of_the_cheapest_choices_is_the_one_that_trying_all_of_them_finds(seed):
    sets, needs = a_problem(seed)
    choices = [choice for choice in product(*sets) if enough(choice, needs)]
    priced = price(sets, needs)
    assert min(priced.prices, default=0) >= 0
    if not choices:
        assert first_cheapest(priced, 10_000) is None
        return
    best = min(choices, key=cost_and_order)
    cost = cost_and_order(best)[0]
    assert priced.bound <= SCALE * cost
    for known in (cost, cost + 7, 10_000):
        found = first_cheapest(priced, known) or []
        assert [options[at] for options, at in zip(sets, found, strict=True)] == list(best)
    assert first_cheapest(priced, cost - 1) is None
    kept = may_be_cheapest(priced)
    cheapest = [choice for choice in choices if cost_and_order(choice)[0] == cost]
    for which, options in enumerate(sets):
        needed = {choice[which].order for choice in cheapest}
        left = {o.order for o, may in zip(options, kept[which], strict=True) if may}
        assert needed <= left


def test_most_of_many_options_need_not_be_asked_about():
    """Nine sets with growing costs, as the domains of an instrument are."""
    rng = random.Random(1)
    sets = [
        [
            PricedOption(60 * points * (points + 1) // 2, (points * 7, 0), points)
            for points in range(20)
        ]
        for _ in range(9)
    ]
    kept = may_be_cheapest(price(sets, (rng.randint(200, 400), 0)))
    assert sum(map(sum, kept)) < sum(map(len, sets)) / 3
