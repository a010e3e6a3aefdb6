"""The shortest way up on the whole instrument agrees with dynamic programming in whole numbers.

The other road: no solver, no inequalities. Item by item, the cheapest way to every (points,
supporting gates met) of a domain; then domain by domain to every sum of an axis. A cost is
(steps, items, order), and the order is one large number, so that ties are settled at once.
"""

from __future__ import annotations

import random
from fractions import Fraction
from math import ceil, lcm
from typing import Any

import pytest

from readiness.assessments.scorecard import Raise
from readiness.assessments.service.scoring import scoring_run
from readiness.assessments.tiers import evaluate
from readiness.instruments.answers import AnswerKind
from readiness.instruments.loader import load
from readiness.instruments.models import GateKind
from tests.factories.instruments import an_answer

QMER = load("qmer", "2026.1")

Costs = dict[tuple[int, int], tuple[Any, ...]]


def plus(one, other):
    return tuple(a + b for a, b in zip(one, other, strict=True))


def keep(best, key, cost):
    if key not in best or cost[:3] < best[key][:3]:
        best[key] = cost


def options(answer, gate, weight):
    """(points gained, supporting gates met, cost) for leaving an item alone or raising it."""
    if answer.kind is AnswerKind.NOT_APPLICABLE:
        return [(0, 0, (0, 0, 0, (None,)))]
    start = answer.level or 0
    found = []
    for to in range(start, 5):
        if gate and gate.kind is GateKind.ESSENTIAL and to < gate.level:
            continue
        met = int(bool(gate) and gate.kind is GateKind.SUPPORTING and to >= gate.level)
        steps = to - start
        rank = steps - 1 if steps else 4
        cost = (steps, int(steps > 0), rank * weight, (to,))
        found.append((steps, met, cost))
    return found


def domain_costs(domain, answers, tier):
    """The cheapest way to each (points gained, supporting gates met)."""
    gates = {gate.item_id: gate for gate in tier.gates}
    order = [item.id for item in QMER.items]
    best = {(0, 0): (0, 0, 0, ())}
    for item in domain.items:
        weight = 5 ** (len(order) - 1 - order.index(item.id))
        grown: Costs = {}
        for (points, met), cost in best.items():
            for more, one, extra in options(answers[item.id], gates.get(item.id), weight):
                keep(grown, (points + more, met + one), plus(cost, extra))
        best = grown
    return best


def axis_costs(axis, answers, tier):
    """The cheapest way to reach the axis and its domains' minimums, by supporting gates met."""
    domains = [QMER.domain_by_id[each] for each in axis.domain_ids]
    sizes = {
        d.id: sum(answers[i.id].kind is not AnswerKind.NOT_APPLICABLE for i in d.items)
        for d in domains
    }
    whole = lcm(*sizes.values())
    least = tier.axis_min[axis.id] - Fraction(1, 20)
    wanted = ceil(least * len(domains) * whole * 4 / 100)
    best = {(0, 0): (0, 0, 0, ())}
    for domain in domains:
        held = sum(answers[item.id].level or 0 for item in domain.items)
        floor_points = ceil((tier.domain_min - Fraction(1, 20)) * sizes[domain.id] * 4 / 100)
        grown: Costs = {}
        for (points, met), cost in domain_costs(domain, answers, tier).items():
            if held + points < floor_points:
                continue
            worth = whole // sizes[domain.id] * (held + points)
            for (total, before), so_far in best.items():
                key = (min(wanted, total + worth), before + met)
                keep(grown, key, plus(so_far, cost))
        best = grown
    return {met: cost for (total, met), cost in best.items() if total == wanted}


def other_road(answers, tier):
    first, second = (axis_costs(axis, answers, tier) for axis in QMER.axes)
    supporting = sum(gate.kind is GateKind.SUPPORTING for gate in tier.gates)
    both = [
        plus(one, other)
        for met, one in first.items()
        for more, other in second.items()
        if met + more >= supporting - tier.supporting_unmet_max
    ]
    ends = min(both, key=lambda cost: cost[:3])[3]
    return tuple(
        Raise(item.id, answers[item.id].level, to)
        for item, to in zip(QMER.items, ends, strict=True)
        if to is not None and to > (answers[item.id].level or 0)
    )


def drawn(seed):
    rng = random.Random(seed)
    mean = rng.choice([0.5, 1, 1.5, 2, 2.5, 3, 3.3])
    open_to_na = {"LEAD-2", "LEAD-5", "PART-3"}
    return {
        item.id: an_answer(
            "na"
            if item.id in open_to_na and rng.random() < 0.15
            else "dk"
            if rng.random() < 0.04
            else max(0, min(4, round(rng.gauss(mean, 1.1))))
        )
        for item in QMER.items
    }


def has_a_way(answers):
    stand = evaluate(QMER, answers)
    return stand.tier.number > 0 and QMER.tier_after(stand.tier) and not stand.caps


CASES = [answers for answers in map(drawn, range(60)) if has_a_way(answers)][:40]


@pytest.mark.parametrize("number", range(40))
def test_the_way_on_the_whole_instrument_is_the_one_found_by_another_road(number):
    answers = CASES[number]
    above = QMER.tier_after(evaluate(QMER, answers).tier)
    assert scoring_run(QMER, {}, answers).shortest_way == other_road(answers, above)
