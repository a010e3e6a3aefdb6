"""Small portfolios with every limit on and off: the answer is that of trying every choice.

Groups are random ones, cut down: a few of their packages, and a few actions that are offered
singly. Purposes cost nothing and are worth something, so each is served as early as it can be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from readiness.investment.models import ActionOrigin, BenefitComponent, Tag
from readiness.investment.policy import NAMED, OWN_ID
from readiness.investment.portfolio import is_action, offers_of
from readiness.investment.problem import (
    Selection,
    broken_by_gates,
    broken_constraints,
    total_benefit,
    total_cost,
)
from readiness.investment.scenario import BudgetScenario
from readiness.investment.service import solving
from readiness.investment.service.allocation import allocate
from readiness.investment.service.case import Case, bare_answer
from readiness.investment.years import start_of
from tests.factories.baselines import random_baseline
from tests.factories.plans import BOOK
from tests.factories.seeds import seeds
from tests.investment import brute_force

pytestmark = pytest.mark.slow  # against trying everything

POOL = range(12)
SINGLE = {1: 5, 2: 3}  # actions that are offered singly, by years
WHOLE = dict.fromkeys(BenefitComponent, 20)


@cache
def offers_at(tier_gate):
    return offers_of([random_baseline(seed) for seed in POOL], lambda _: BOOK, tier_gate)


def random_case(seed):
    throw = Random(f"portfolio {seed}")
    years = throw.choice([1, 1, 2])
    tier_gate = throw.choice([0, 2, 2])
    offers = throw.sample(offers_at(tier_gate), throw.randint(2, 3))
    singly = [each for offer in offers for each in offer.candidates if each.is_single]
    singly.sort(key=lambda each: throw.random() + (each.origin is ActionOrigin.NO_PLAN))
    kept = [each.key for each in singly[: SINGLE[years]]]
    few = tuple(fewer(offer, kept, throw) for offer in sorted(offers, key=lambda o: o.group_id))
    return Case(random_scenario(few, years, tier_gate, throw), few, seed)


def fewer(offer, kept, throw):
    """Two packages at most; of what they hold only the kept actions are offered singly too."""
    packages = tuple(each for each in offer.packages if throw.random() < 0.7)[:2]
    held = {each for package in packages for each in package.actions}
    return replace(
        offer,
        packages=packages,
        candidates=tuple(
            each if each.key in kept else replace(each, origin=ActionOrigin.LATER)
            for each in offer.candidates
            if each.key in kept or each.id in held
        ),
    )


def random_scenario(offers, years, tier_gate, throw):
    choices = [each.key for offer in offers for each in offer.choices]
    pins, bans = (
        frozenset(throw.sample(choices, min(len(choices), throw.choice(numbers))))
        for numbers in ([0, 0, 0, 0, 1, 2], [0, 0, 1, 2])
    )
    most = throw.choice([None, None, 1, 2])
    return BudgetScenario(
        "Drawn",
        tuple(throw.choice([0, 30_000, 90_000, 150_000, 400_000]) for _ in range(years)),
        policy_id=throw.choice([*(each.id for each in NAMED), OWN_ID]),
        weights=WHOLE,
        tier_gate=tier_gate,
        starts=throw.choice([None, 1, 1, 3]),
        cap_dollars=throw.choice([None, None, 60_000, 150_000]),
        floor_tag=(tag := throw.choice(["", "", Tag.FOUNDATION, Tag.SMALL])),
        floor_share=throw.choice([20, 60]) if tag else 0,
        min_groups=throw.choice([None, None, None, 1, 2]) if most is None else None,
        max_groups=most,
        most_days=throw.choice([None, 1_000, 1_000, 500]),
        beyond_plans=throw.random() < 0.5,
        pins=pins,
        bans=bans - pins,
    )


def best(problem):
    """Of every choice of actions and packages, with all purposes that it serves."""
    bought = replace(problem, options=tuple(o for o in problem.options if is_action(o.action)))
    purposes = sorted(
        (each.key for each in problem.options if not is_action(each.action)),
        key=lambda key: start_of(key[1])[1],
    )
    found = None
    for choice in brute_force.every(bought):
        if not broken_constraints(bought, choice):
            whole = with_purposes(problem, choice, purposes)
            rank = -total_benefit(problem, whole), total_cost(problem, whole)
            assert not broken_constraints(problem, whole)
            found = rank if found is None else min(found, rank)
    return found


def with_purposes(problem, choice, purposes):
    served, named = choice.actions, set()
    for group, purpose in purposes:
        name = group, start_of(purpose)[0]
        wanted = choice.actions | {(group, purpose)}
        if name not in named and not list(broken_by_gates(problem, wanted)):
            named.add(name)
            served |= {(group, purpose)}
    return Selection(served, choice.packages)


@pytest.mark.parametrize("seeds", seeds([range(n, n + 10) for n in range(0, 200, 10)], 3), ids=str)
def test_the_answer_is_the_best_of_every_choice(seeds):
    for seed in seeds:
        case = random_case(seed)
        problem = case.problem(case.scenario.policy)
        made, wanted = allocate(problem, 0.0, 60), best(problem)
        assert made.is_proven
        assert wanted == (None if made.chosen is None else (-made.objective, made.spent)), seed


@pytest.mark.parametrize("seeds", seeds([range(n, n + 50) for n in range(0, 200, 50)], 1), ids=str)
def test_an_answer_is_worth_and_costs_what_its_allocation_does(seeds):
    for seed in seeds:
        case = random_case(seed)
        policy = case.scenario.policy
        made = allocate(case.problem(policy), 0.0, 60)
        if made.chosen is None:
            continue
        found = bare_answer(case, policy, made)
        worth = {option.key: option.benefit for option in case.one_year(policy).options}
        assert solving.objective(case, found, worth) == made.objective
        assert found.spent == made.spent
        assert all(
            dollars <= budget
            for dollars, budget in zip(found.by_year, case.scenario.budgets, strict=True)
        )


def test_the_portfolios_are_of_every_kind():
    kinds: Counter[str] = Counter()
    for seed in range(200):
        case = random_case(seed)
        asked, one = case.scenario, case.one_year(case.scenario.policy)
        kinds += Counter({
            "two years": case.years == 2, "packages": len(one.packages) > 1,
            "single actions": any(is_action(each.action) for each in one.options),
            "pinned package": any(key[1].startswith("to:") for key in asked.pins),
            "pinned action": any(not key[1].startswith("to:") for key in asked.pins),
            "banned package": any(key[1].startswith("to:") for key in asked.bans),
            "closed package": any(
                (p.group_id, a) in asked.bans for o in case.offers for p in o.packages
                for a in p.actions
            ),
            "tier gate": any(r.is_tier_gate for o in case.offers for r in o.doors),
            "cap": asked.cap is not None, "floor": bool(asked.floor_tag),
            "least groups": asked.min_groups is not None, "most groups": bool(asked.max_groups),
            "days": any(each.name.startswith("people-days") for each in one.limits),
            "starts": any(each.name.startswith("starts") for each in one.limits),
            "own part": any(each.cost > each.payable for each in one.packages),
            "beyond": asked.beyond_plans,
        })  # fmt: skip
    assert min(kinds.values()) > 10, kinds
    assert len(kinds) == 16
