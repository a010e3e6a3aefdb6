"""The shortest way up: the smallest set of level raises that reaches the next tier.

Fewest steps first; of those, fewest items; of those, the earliest items in the order they are
asked, each at the lowest level that will do. What is not known yet counts from 0. "Not applicable"
stays as it is. Stated here as an integer program, solved elsewhere, and checked here by scoring
the raised answers again.

The program's columns, in this order: the steps of each item that has room, whether it is raised,
the steps and the raised items of each domain, and which open supporting gates are counted on. The
sums for each domain say nothing new; they let the solver decide between domains before it looks
at items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, gcd, lcm

from readiness.assessments.scorecard import Raise
from readiness.assessments.scoring import TOP_LEVEL, AnswerTally, Scores
from readiness.assessments.tiers import (
    TierResult,
    evaluate,
    gate_result,
    most_dont_knows,
)
from readiness.assessments.unmet import most_limiting
from readiness.core.integer_program import Program, Row, Solution, Solve, cost_of
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.models import Axis, Gate, GateKind, Instrument, Tier

RANKS = TOP_LEVEL + 1  # for one item: raised by 1, 2, 3, 4, or, least wanted, left alone
CHUNK = 6  # items ordered by one question; RANKS**CHUNK stays far inside exact doubles


class NoPathFoundError(RuntimeError):
    """The solver's answer does not do what it was asked for: our own fault, never the group's."""


@dataclass(frozen=True)
class TierPath:
    raises: tuple[Raise, ...] | None
    reason: str | None = None  # why there is none


def shortest(
    instrument: Instrument, answers: Answers, result: TierResult, solve: Solve
) -> TierPath:
    above = instrument.tier_after(result.tier)
    if above is None:
        return TierPath(())
    if result.tier.number == 0:
        return verify(
            instrument, answers, above, tuple(unknowns_to_settle(instrument, answers, result))
        )
    if reason := why_unreachable(instrument, answers, above):
        return TierPath(None, reason)
    model = model_of(instrument, answers, result.scores, above)
    return verify(instrument, answers, above, raises_in(model, least_raises(model, solve)))


def verify(
    instrument: Instrument, answers: Answers, tier: Tier, found: tuple[Raise, ...]
) -> TierPath:
    """A way is shown only after scoring its end: the tier must hold there."""
    reached = evaluate(instrument, apply_raises(answers, found)).tier
    if reached.number < tier.number:
        raise NoPathFoundError(
            f"raising {[each.item_id for each in found]} does not reach {tier.id}"
        )
    return TierPath(found)


def apply_raises(answers: Answers, found: tuple[Raise, ...]) -> Answers:
    return {**answers, **{each.item_id: Answer.at(each.to) for each in found}}


# From "not yet ratable": what has to be found out.


def unknowns_to_settle(
    instrument: Instrument, answers: Answers, result: TierResult
) -> Iterator[Raise]:
    """Every missing answer, and the fewest don't-knows that must be known, the first asked first.

    Each domain has to lose some of its don't-knows; the overall limit may ask for a few more.
    """
    limits, found = instrument.limits, result.scores
    owed = {
        domain_id: excess_dont_knows(tally, limits.dk_per_domain)
        for domain_id, tally in found.tally_by_domain.items()
    }
    spare = max(0, excess_dont_knows(found.tally, limits.dk_overall) - sum(owed.values()))
    for item in instrument.items:
        answer = answers.get(item.id)
        if answer is None:
            yield Raise(item.id, None, 0)
        elif answer.kind is AnswerKind.DONT_KNOW and owed[item.domain_id]:
            owed[item.domain_id] -= 1
            yield Raise(item.id, None, 0)
        elif answer.kind is AnswerKind.DONT_KNOW and spare:
            spare -= 1
            yield Raise(item.id, None, 0)


def excess_dont_knows(tally: AnswerTally, limit: Fraction) -> int:
    return max(0, tally.dont_know - most_dont_knows(tally, limit))


# Whether any raise can reach the tier.


def why_unreachable(instrument: Instrument, answers: Answers, tier: Tier) -> str | None:
    """Only "not applicable" can stand in the way: everything else could be raised to the top."""
    best = {
        item_id: answer if answer.kind is AnswerKind.NOT_APPLICABLE else Answer.at(TOP_LEVEL)
        for item_id, answer in answers.items()
    }
    reached = evaluate(instrument, best)
    if reached.tier.number >= tier.number:
        return None
    asked = next(trace.criteria for trace in reached.trace if not trace.holds)
    says = most_limiting(instrument, best, asked).says
    return f"No raise reaches {tier.id} while these items are not applicable. {says}"


# Asking for the least, and reading the answer.


def least_raises(model: TierPathModel, solve: Solve) -> Solution:
    """Steps before items before order, each settled exactly before the next is asked."""
    steps = {model.steps_in(domain_id): 1 for domain_id in model.domain_place}
    items = {model.raised_in(domain_id): 1 for domain_id in model.domain_place}
    program = fix_total(model.program, steps, solve_for(solve, model.program, steps))
    fewest = solve_for(solve, program, items)
    program = fix_total(program, items, fewest)
    return prefer_earliest(model, program, solve, fewest)


def fix_total(program: Program, costs: Mapping[int, int], solution: Solution) -> Program:
    total = cost_of(solution, costs)
    return program.also(Row(costs, least=total, most=total))


def prefer_earliest(
    model: TierPathModel, program: Program, solve: Solve, incumbent: Solution
) -> Solution:
    """Settle the items a few at a time, in the order they are asked, until all raises are spent."""
    count = len(model.headrooms)
    for first in range(0, count, CHUNK):
        if not any(incumbent[model.raised(headroom)] for headroom in range(first, count)):
            break
        headrooms = range(first, min(first + CHUNK, count))
        incumbent = solve_for(solve, program, order_costs(model, headrooms))
        columns = [
            c for headroom in headrooms for c in (model.steps(headroom), model.raised(headroom))
        ]
        program = program.fixed({column: incumbent[column] for column in columns})
    return incumbent


def order_costs(model: TierPathModel, headrooms: range) -> dict[int, int]:
    """One number in which an earlier item weighs more than all later ones together.

    An item's rank is steps - 1 when it is raised and RANKS - 1 when not, which is
    steps - RANKS x raised, plus a constant.
    """
    weights = {headroom: RANKS ** (headrooms[-1] - headroom) for headroom in headrooms}
    return {model.steps(headroom): weight for headroom, weight in weights.items()} | {
        model.raised(headroom): -RANKS * weight for headroom, weight in weights.items()
    }


def solve_for(solve: Solve, program: Program, costs: Mapping[int, int]) -> Solution:
    solution = solve(program, costs)
    if solution is None or not program.allows(solution):
        raise NoPathFoundError("the solver found no raises although there are some")
    return solution


def raises_in(model: TierPathModel, solution: Solution) -> tuple[Raise, ...]:
    return tuple(
        Raise(headroom.item_id, headroom.from_level, headroom.start + solution[model.steps(number)])
        for number, headroom in enumerate(model.headrooms)
        if solution[model.steps(number)]
    )


# The next tier's criteria as an integer program over level raises.


@dataclass(frozen=True)
class Headroom:
    """An item that can still be raised. What is not known yet counts from 0."""

    item_id: str
    domain_id: str
    from_level: int | None

    @property
    def start(self) -> int:
        return self.from_level or 0

    @property
    def steps(self) -> int:
        return TOP_LEVEL - self.start


@dataclass(frozen=True)
class TierPathModel:
    instrument: Instrument
    tier: Tier
    scores: Scores
    headrooms: tuple[Headroom, ...]
    open_gates: tuple[Gate, ...]

    def steps(self, headroom: int) -> int:
        return headroom

    def raised(self, headroom: int) -> int:
        return len(self.headrooms) + headroom

    def steps_in(self, domain_id: str) -> int:
        return 2 * len(self.headrooms) + self.domain_place[domain_id]

    def raised_in(self, domain_id: str) -> int:
        return self.steps_in(domain_id) + len(self.domain_place)

    def counted_on(self, choice: int) -> int:
        return 2 * (len(self.headrooms) + len(self.domain_place)) + choice

    @cached_property
    def domain_place(self) -> Mapping[str, int]:
        return {domain.id: place for place, domain in enumerate(self.instrument.domains)}

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {headroom.item_id: place for place, headroom in enumerate(self.headrooms)}

    def inside(self, domain_id: str) -> list[int]:
        return [n for n, headroom in enumerate(self.headrooms) if headroom.domain_id == domain_id]

    @cached_property
    def waiting(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.open_gates if gate.kind is GateKind.SUPPORTING)

    @cached_property
    def choices(self) -> tuple[Gate, ...]:
        """Open supporting gates that a raise can meet; one marked not applicable cannot be."""
        return tuple(gate for gate in self.waiting if gate.item_id in self.place)

    def missing_levels(self, gate: Gate) -> int:
        return gate.level - self.headrooms[self.place[gate.item_id]].start

    @cached_property
    def program(self) -> Program:
        domains = self.domain_place
        sizes = [len(self.inside(domain_id)) for domain_id in domains]
        upper = (
            *(headroom.steps for headroom in self.headrooms),
            *(1 for _ in self.headrooms),
            *(TOP_LEVEL * size for size in sizes),
            *sizes,
            *(1 for _ in self.choices),
        )
        needed = {
            self.steps(self.place[gate.item_id]): self.missing_levels(gate)
            for gate in self.open_gates
            if gate.kind is GateKind.ESSENTIAL
        }
        return Program(
            lower=tuple(needed.get(column, 0) for column in range(len(upper))),
            upper=upper,
            rows=tuple(rows(self)),
        )


def model_of(instrument: Instrument, answers: Answers, found: Scores, tier: Tier) -> TierPathModel:
    """Only the next tier's criteria are asked: the lower tiers hold already, and raises keep them.

    (Raising a level, or learning one, lowers no score and opens no gate that was met.)
    """
    return TierPathModel(
        instrument,
        tier,
        found,
        tuple(items_with_headroom(instrument, answers)),
        tuple(gate for gate in tier.gates if not gate_result(gate, answers).met),
    )


def items_with_headroom(instrument: Instrument, answers: Answers) -> Iterator[Headroom]:
    for item in instrument.items:
        answer = answers[item.id]
        if answer.kind is not AnswerKind.NOT_APPLICABLE and (answer.level or 0) < TOP_LEVEL:
            yield Headroom(item.id, item.domain_id, answer.level)


def rows(model: TierPathModel) -> Iterator[Row]:
    for axis in model.instrument.axes:
        yield from axis_rows(model, axis)
    yield from domain_rows(model)
    yield from supporting_rows(model)
    yield from raised_rows(model)
    yield from sum_rows(model)
    yield from likeness_rows(model)


def lowest_rounding_to(least: Fraction) -> Fraction:
    """The smallest score that is shown as `least` or more when rounded half up to one decimal.

    >>> lowest_rounding_to(Fraction(35))
    Fraction(699, 20)
    """
    return Fraction(ceil(least * 10), 10) - Fraction(1, 20)


def axis_rows(model: TierPathModel, axis: Axis) -> Iterator[Row]:
    """Mean over the scored domains of 100 x points / (4 x items), brought to whole numbers."""
    least = model.tier.axis_min.get(axis.id, Fraction(0))
    domains = model.scores.domains
    scored = [each for each in axis.domain_ids if domains[each].low is not None]
    if least <= 0 or not scored:
        return
    tallies = {each: model.scores.tally_by_domain[each] for each in scored}
    whole = lcm(*(tally.counted for tally in tallies.values()))
    worth = {each: whole // tally.counted for each, tally in tallies.items()}
    wanted = lowest_rounding_to(least) * len(scored) * whole * TOP_LEVEL / 100
    held = sum(tally.points * worth[each] for each, tally in tallies.items())
    common = gcd(*worth.values())
    yield Row(
        {model.steps_in(each): worth[each] // common for each in scored},
        least=ceil((wanted - held) / common),
    )


def domain_rows(model: TierPathModel) -> Iterator[Row]:
    if model.tier.domain_min <= 0:
        return
    for domain_id, estimate in model.scores.domains.items():
        if estimate.low is not None:
            tally = model.scores.tally_by_domain[domain_id]
            wanted = lowest_rounding_to(model.tier.domain_min) * tally.counted * TOP_LEVEL / 100
            yield Row({model.steps_in(domain_id): 1}, least=ceil(wanted - tally.points))


def supporting_rows(model: TierPathModel) -> Iterator[Row]:
    """Enough of the open supporting gates must be met; each one counted on must be reached."""
    for choice, gate in enumerate(model.choices):
        steps = model.steps(model.place[gate.item_id])
        yield Row({steps: 1, model.counted_on(choice): -model.missing_levels(gate)}, least=0)
    counted_on = {model.counted_on(choice): 1 for choice in range(len(model.choices))}
    yield Row(counted_on, least=len(model.waiting) - model.tier.supporting_unmet_max)


def raised_rows(model: TierPathModel) -> Iterator[Row]:
    """An item is raised exactly when it takes at least one step."""
    for number, headroom in enumerate(model.headrooms):
        yield Row({model.steps(number): 1, model.raised(number): -headroom.steps}, most=0)
        yield Row({model.steps(number): 1, model.raised(number): -1}, least=0)


def sum_rows(model: TierPathModel) -> Iterator[Row]:
    for domain_id in model.domain_place:
        inside = model.inside(domain_id)
        steps, raised = model.steps_in(domain_id), model.raised_in(domain_id)
        yield Row({steps: -1} | {model.steps(n): 1 for n in inside}, least=0, most=0)
        yield Row({raised: -1} | {model.raised(n): 1 for n in inside}, least=0, most=0)
        yield Row({steps: 1, raised: -TOP_LEVEL}, most=0)


def likeness_rows(model: TierPathModel) -> Iterator[Row]:
    """Of two items alike, the one asked first is raised first, and no higher than the other.

    Alike are items of one domain and one level that no open gate looks at. The answer has this
    order anyway; saying so spares the solver from trying every exchange.
    """
    gated = {gate.item_id for gate in model.open_gates}
    before: dict[tuple[str, int], int] = {}
    for number, headroom in enumerate(model.headrooms):
        if headroom.item_id in gated:
            continue
        alike = (headroom.domain_id, headroom.start)
        if alike in before:
            first, steps, raised = before[alike], model.steps(number), model.raised(number)
            yield Row({model.raised(first): 1, raised: -1}, least=0)
            yield Row(
                {model.steps(first): 1, steps: -1, raised: headroom.steps}, most=headroom.steps
            )
        before[alike] = number
