"""The way of least effort agrees with three other roads, one of them hundreds of times.

On small instruments: with trying everything. On the whole one, its effort and number of items: with
an integer program, a column for each step of each item, and HiGHS. And all of it: with dynamic
programming in whole numbers, stated anew. Item by item, the cheapest way to every (points,
supporting gates met) of a domain; then domain by domain to every sum of an axis. A cost is (effort,
items, order), and the order is one large number, so that ties are settled at once.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, lcm
from typing import Any

import pytest

from readiness.assessments import tier_path
from readiness.assessments.scorecard import Raise
from readiness.assessments.tiers import evaluate, reaches
from readiness.core import solver
from readiness.core.integer_program import Program, Row, cost_of
from readiness.instruments.answers import Answer, AnswerKind
from readiness.instruments.loader import load
from readiness.instruments.models import AnswerLimits, GateKind
from tests.factories.instruments import a_gate, a_tier, an_answer, an_instrument, answers_at
from tests.factories.seeds import seeds

pytestmark = pytest.mark.slow  # against trying everything

QMER = load("qmer", "2026.1")
EFFORT = (1, 2, 3, 4)  # this version does not say


def way_of(instrument, answers):
    return tier_path.least_effort(instrument, answers, evaluate(instrument, answers))


def try_everything(instrument, answers):
    """The best of all raises, by the stated order, or None when not one reaches the next tier."""
    target = evaluate(instrument, answers).tier.number + 1
    options = [options_for(answers[item.id]) for item in instrument.items]
    best = None
    for ends in product(*options):
        raised = [
            (place, item.id, answers[item.id].level, to)
            for place, (item, to) in enumerate(zip(instrument.items, ends, strict=True))
            if to is not None
        ]
        found = tuple(Raise(item_id, start, to) for _, item_id, start, to in raised)
        key = (
            sum(map(instrument.step_effort.__getitem__, steps_of(found))),
            len(found),
            [(place, to) for place, _, _, to in raised],
        )
        if best is not None and key >= best[0]:
            continue
        if evaluate(instrument, tier_path.apply_raises(answers, found)).tier.number >= target:
            best = (key, found)
    return (best[0][0], best[1]) if best else (None, None)


def steps_of(found):
    """Each step by the level it starts from."""
    return [level for each in found for level in range(each.from_level or 0, each.to)]


def options_for(answer):
    if answer.kind is AnswerKind.NOT_APPLICABLE:
        return [None]
    return [None, *range((answer.level or 0) + 1, 5)]


def a_random_instrument(rng):
    """Up to six items, with minimums and gates drawn so that all of them matter."""
    sizes = rng.choice([(2, 1, 1), (3, 2), (1, 3), (2, 2), (2, 2, 1), (1, 1, 2), (4, 1)])
    ids = [f"D{number}" for number in range(len(sizes))]
    cut = rng.randint(1, len(ids) - 1)
    shape = {
        "QMS": dict(zip(ids[:cut], sizes[:cut], strict=True)),
        "EQR": dict(zip(ids[cut:], sizes[cut:], strict=True)),
    }
    item_ids = [f"{d}-{n}" for d, size in zip(ids, sizes, strict=True) for n in range(1, size + 1)]
    tiers = [a_tier("T0"), a_tier("T1"), *(a_random_tier(rng, n, item_ids) for n in (2, 3))]
    limits = AnswerLimits(Fraction(1, 2), Fraction(1, 2), Fraction(1, 2), "T2")
    efforts = rng.choice([(1, 2, 3, 4), (1, 1, 1, 1), (2, 2, 5, 5), (1, 3, 9, 27), (3, 3, 3, 4)])
    return an_instrument(shape, tiers=tuple(tiers), limits=limits, step_effort=efforts)


def a_random_tier(rng, number, item_ids):
    tier_id = f"T{number}"
    gated = rng.sample(item_ids, rng.randint(0, 3))
    gates = tuple(
        a_gate(
            tier_id,
            item_id,
            rng.randint(1, 4),
            rng.choice(["essential", "supporting", "supporting"]),
            na_alternative=rng.random() < 0.2,
        )
        for item_id in gated
    )
    return a_tier(
        tier_id,
        axis_min={axis: Fraction(rng.randint(0, 80 * 10), 10) for axis in ("QMS", "EQR")},
        domain_min=Fraction(rng.choice([0, 15, 40, 60])),
        gates=gates,
        supporting_unmet_max=rng.randint(0, 1),
    )


def random_answers(rng, instrument):
    weights = [4, 4, 5, 3, 1, 2, 1]
    answers_around_a_mean = rng.choices(
        [0, 1, 2, 3, 4, "dk", "na"], weights, k=len(instrument.items)
    )
    return {
        item.id: an_answer(value)
        for item, value in zip(instrument.items, answers_around_a_mean, strict=True)
    }


def test_agrees_with_trying_everything():
    rng = random.Random(20260301)
    seen = {"way": 0, "none": 0}
    ways = len(seeds(range(250), 60))
    while seen["way"] < ways or seen["none"] < 5:
        instrument = a_random_instrument(rng)
        answers = random_answers(rng, instrument)
        tier = evaluate(instrument, answers).tier
        if tier.number == 0 or instrument.tier_after(tier) is None:
            continue
        way = way_of(instrument, answers)
        effort, raises = try_everything(instrument, answers)
        assert (way.effort, way.raises) == (effort, raises)
        assert (raises is None) == bool(way.reason)
        seen["none" if way.raises is None else "way"] += 1


def fewest_to_find_out(instrument, answers):
    """The smallest set of don't-knows, the earliest first, that makes the answers ratable."""
    blank = {item.id: Answer.at(0) for item in instrument.items if item.id not in answers}
    unknown = [i for i in instrument.items if i.id in answers and not_known(answers[i.id])]
    chosen = min(
        (
            [item.id for item, taken in zip(unknown, picks, strict=True) if taken]
            for picks in product([True, False], repeat=len(unknown))
            if ratable(instrument, answers | blank, unknown, picks)
        ),
        key=lambda ids: (len(ids), [order_of(instrument, item_id) for item_id in ids]),
    )
    found = sorted([*blank, *chosen], key=lambda item_id: order_of(instrument, item_id))
    return tuple(Raise(item_id, None, 0) for item_id in found)


def not_known(answer):
    return answer.kind is AnswerKind.DONT_KNOW


def order_of(instrument, item_id):
    return [item.id for item in instrument.items].index(item_id)


def ratable(instrument, answers, unknown, picks):
    known = {item.id: Answer.at(0) for item, taken in zip(unknown, picks, strict=True) if taken}
    return evaluate(instrument, answers | known).tier.number > 0


def test_from_unrated_it_lists_the_fewest_answers_to_find_out():
    rng = random.Random(7)
    seen = 0
    while seen < 150:
        sizes = {f"D{n}": rng.randint(1, 4) for n in range(rng.randint(1, 3))}
        limits = AnswerLimits(
            Fraction(1, 2), Fraction(rng.randint(0, 9), 10), Fraction(rng.randint(0, 5), 10), "T2"
        )
        instrument = an_instrument({"QMS": sizes}, limits=limits)
        answers_around_a_mean = {
            item.id: rng.choice([2, 3, "dk", "dk", "na", None]) for item in instrument.items
        }
        answers = {
            key: an_answer(value)
            for key, value in answers_around_a_mean.items()
            if value is not None
        }
        if evaluate(instrument, answers).tier.number == 0:
            seen += 1
            assert way_of(instrument, answers).raises == fewest_to_find_out(instrument, answers)


def test_at_the_top_there_is_nothing_left():
    assert way_of(QMER, answers_at(QMER, 4)) == tier_path.TierPath((), 0)


def test_an_unscored_domain_that_caps_the_tier_leaves_no_way():
    three = (*an_instrument().tiers, a_tier("T3"))
    instrument = an_instrument(tiers=three)
    way = way_of(instrument, answers_at(instrument, 2, LEAD_1="na"))
    assert way.raises is None
    assert way.reason == (
        "No raise reaches T3 while these items are not applicable. T3 needs a score in Domain "
        "LEAD, where at most 0 of 2 items may be not applicable; 1 is."
    )


def test_an_essential_gate_marked_not_applicable_leaves_no_way():
    answers = answers_at(QMER, 3, EQME_4=1, CONT_4="na")
    assert evaluate(QMER, answers).tier.id == "T3"
    way = way_of(QMER, answers)
    assert way.raises is None
    assert "CONT-4" in (way.reason or "")


def test_a_dont_know_is_raised_from_nothing():
    tiers = (a_tier("T0"), a_tier("T1"), a_tier("T2", gates=(a_gate("T2", "LEAD-1", 2),)))
    limits = AnswerLimits(Fraction(1, 2), Fraction(1, 2), Fraction(1, 2), "T2")
    instrument = an_instrument(tiers=tiers, limits=limits)
    way = way_of(instrument, answers_at(instrument, 4, LEAD_1="dk"))
    assert way.raises == (Raise("LEAD-1", None, 2),)


def random_qmer_answers(seed):
    rng = random.Random(seed)
    mean = rng.choice([0.5, 1, 1.5, 2, 2.5, 3])
    return {
        item.id: an_answer(
            "dk" if rng.random() < 0.04 else max(0, min(4, round(rng.gauss(mean, 1))))
        )
        for item in QMER.items
    }


@pytest.mark.parametrize("seed", range(12))
def test_walking_the_way_reaches_the_next_tier_and_no_step_of_it_can_be_spared(seed):
    answers = random_qmer_answers(seed)
    before = evaluate(QMER, answers).tier
    found = way_of(QMER, answers).raises
    assert found
    walked = tier_path.apply_raises(answers, found)
    assert evaluate(QMER, walked).tier.number > before.number
    if before.number == 0:
        return
    for each in found:
        start, spared = each.from_level or 0, Answer.at(each.to - 1)
        kept = answers[each.item_id] if each.to - 1 == start else spared
        assert evaluate(QMER, {**walked, each.item_id: kept}).tier == before


@pytest.mark.parametrize("seed", range(40))
def test_the_tier_awarded_and_those_below_it_are_reached_and_none_above(seed):
    answers = answers_around_a_mean(seed)
    awarded = evaluate(QMER, answers).tier
    for tier in QMER.tiers:
        assert reaches(QMER, answers, tier) == (tier.number <= awarded.number)


@pytest.mark.parametrize("seed", range(12))
def test_a_raise_never_lowers_a_tier(seed):
    rng = random.Random(seed)
    answers = random_qmer_answers(seed)
    for _ in range(25):
        before = evaluate(QMER, answers).tier.number
        item = rng.choice(QMER.items)
        to = min(4, (answers[item.id].level or 0) + 1)
        answers = {**answers, item.id: Answer.at(to)}
        assert evaluate(QMER, answers).tier.number >= before


@pytest.mark.parametrize("seed", seeds(range(40), 8))
def test_raising_an_answer_never_makes_the_effort_larger(seed):
    rng = random.Random(seed)
    instrument = QMER if seed % 4 == 0 else a_random_instrument(rng)
    answers = answers_around_a_mean(seed) if instrument is QMER else random_answers(rng, instrument)
    before = way_of(instrument, answers)
    tier = evaluate(instrument, answers).tier
    for item in instrument.items:
        level = answers[item.id].level or 0
        if answers[item.id].kind is AnswerKind.NOT_APPLICABLE or level == 4:
            continue
        raised = {**answers, item.id: Answer.at(rng.randint(level + 1, 4))}
        if evaluate(instrument, raised).tier == tier and before.effort is not None:
            assert way_of(instrument, raised).effort <= before.effort


def test_many_small_raises_come_before_one_leap():
    tiers = (a_tier("T0"), a_tier("T1"), a_tier("T2", axis_min={"QMS": Fraction(50)}))
    instrument = an_instrument({"QMS": {"LEAD": 2}}, tiers=tiers)
    way = way_of(instrument, answers_at(instrument, 0))
    assert (way.effort, way.raises) == (6, (Raise("LEAD-1", 0, 2), Raise("LEAD-2", 0, 2)))
    even = replace(instrument, step_effort=(1, 1, 1, 1))
    way = way_of(even, answers_at(even, 0))
    assert (way.effort, way.raises) == (4, (Raise("LEAD-1", 0, 4),))


def test_of_equal_effort_the_fewest_items_are_raised_the_first_asked_first_and_no_higher():
    def raises(least, efforts):
        tiers = (a_tier("T0"), a_tier("T1"), a_tier("T2", axis_min={"QMS": Fraction(least)}))
        instrument = an_instrument({"QMS": {"LEAD": 3}}, tiers=tiers, step_effort=efforts)
        return way_of(instrument, answers_at(instrument, 0)).raises

    assert raises(25, (1, 1, 1, 9)) == (Raise("LEAD-1", 0, 3),)
    assert raises(33, (1, 2, 2, 2)) == (
        Raise("LEAD-1", 0, 1),
        Raise("LEAD-2", 0, 1),
        Raise("LEAD-3", 0, 2),
    )


def test_raises_that_do_not_reach_the_tier_are_never_shown():
    answers = answers_at(QMER, 2)
    above = QMER.tier_by_id["T3"]
    found = way_of(QMER, answers).raises
    assert tier_path.verify(QMER, answers, above, found).raises == found
    with pytest.raises(tier_path.NoPathFoundError):
        tier_path.verify(QMER, answers, above, found[1:])


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
        cost = (sum(EFFORT[start:to]), int(steps > 0), rank * weight, (to,))
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
    effort, _, _, ends = min(both, key=lambda cost: cost[:3])
    return effort, tuple(
        Raise(item.id, answers[item.id].level, to)
        for item, to in zip(QMER.items, ends, strict=True)
        if to is not None and to > (answers[item.id].level or 0)
    )


def answers_around_a_mean(seed):
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


CASES = [answers for answers in map(answers_around_a_mean, range(60)) if has_a_way(answers)][:40]


@pytest.mark.parametrize("number", range(40))
def test_the_way_on_the_whole_instrument_is_the_one_found_by_another_road(number):
    """From far, and again with half of the way behind."""
    answers = CASES[number]
    above = QMER.tier_after(evaluate(QMER, answers).tier)
    effort, raises = other_road(answers, above)
    way = way_of(QMER, answers)
    assert (way.effort, way.raises) == (effort, raises)
    near = tier_path.apply_raises(answers, raises[: len(raises) // 2])
    way = way_of(QMER, near)
    assert (way.effort, way.raises) == other_road(near, above)


# By an integer program.


def effort_and_items(answers, tier):
    held = {
        item.id: answers[item.id].level or 0
        for item in QMER.items
        if answers[item.id].kind is not AnswerKind.NOT_APPLICABLE
    }
    steps = [(i, k) for i, level in held.items() for k in range(level + 1, 5)]
    column = {step: number for number, step in enumerate(steps)}
    rows = (*scores_asked(held, tier, column), *gates_asked(held, tier, column))
    after = [
        Row({column[i, k]: 1, column[i, k - 1]: -1}, most=0)
        for i, k in steps
        if (i, k - 1) in column
    ]
    program = Program((0,) * len(steps), (1,) * len(steps), (*rows, *after))
    costs = {column[i, k]: 1000 * EFFORT[k - 1] + (k == held[i] + 1) for i, k in steps}
    found = solver.least(program, costs)
    assert found is not None
    return divmod(cost_of(found, costs), 1000)


def scores_asked(held, tier, column):
    inside = {d.id: [i.id for i in d.items if i.id in held] for d in QMER.domains}
    domain_of = {item.id: item.domain_id for item in QMER.items}
    for items in inside.values():
        least = (tier.domain_min - Fraction(1, 20)) * len(items) * 4 / 100
        gained = {c: 1 for (i, _), c in column.items() if i in items}
        yield Row(gained, least=ceil(least) - sum(held[i] for i in items))
    for axis in QMER.axes:
        whole = lcm(*(len(inside[each]) for each in axis.domain_ids))
        worth = {i: whole // len(inside[each]) for each in axis.domain_ids for i in inside[each]}
        least = (tier.axis_min[axis.id] - Fraction(1, 20)) * len(axis.domain_ids) * whole * 4 / 100
        gained = {c: worth[i] for (i, _), c in column.items() if domain_of[i] in axis.domain_ids}
        yield Row(gained, least=ceil(least) - sum(held[i] * worth[i] for i in worth))


def gates_asked(held, tier, column):
    waiting = [gate for gate in tier.gates if held.get(gate.item_id, 0) < gate.level]
    supporting = [gate for gate in waiting if gate.kind is GateKind.SUPPORTING]
    for gate in waiting:
        if gate.kind is GateKind.ESSENTIAL:
            yield Row({column[gate.item_id, gate.level]: 1}, least=1)
    met = {column[gate.item_id, gate.level]: 1 for gate in supporting if gate.item_id in held}
    yield Row(met, least=len(supporting) - tier.supporting_unmet_max)


@pytest.mark.parametrize("number", range(40))
def test_no_way_with_less_effort_or_fewer_items_exists_by_an_integer_program(number):
    answers = CASES[number]
    above = QMER.tier_after(evaluate(QMER, answers).tier)
    way = way_of(QMER, answers)
    assert (way.effort, len(way.raises)) == effort_and_items(answers, above)
