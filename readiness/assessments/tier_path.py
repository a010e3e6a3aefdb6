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
    most_limiting,
)
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


def shortest(instrument: Instrument, answers: Answers, stand: TierResult, solve: Solve) -> TierPath:
    above = instrument.tier_after(stand.tier)
    if above is None:
        return TierPath(())
    if stand.tier.number == 0:
        return verify(
            instrument, answers, above, tuple(unknowns_to_settle(instrument, answers, stand))
        )
    if reason := why_unreachable(instrument, answers, above):
        return TierPath(None, reason)
    climb = model_of(instrument, answers, stand.scores, above)
    return verify(instrument, answers, above, raises_in(climb, least_raises(climb, solve)))


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
    instrument: Instrument, answers: Answers, stand: TierResult
) -> Iterator[Raise]:
    """Every missing answer, and the fewest don't-knows that must be known, the first asked first.

    Each domain has to lose some of its don't-knows; the overall limit may ask for a few more.
    """
    limits, found = instrument.limits, stand.scores
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


def least_raises(climb: TierPathModel, solve: Solve) -> Solution:
    """Steps before items before order, each settled exactly before the next is asked."""
    steps = {climb.steps_in(domain_id): 1 for domain_id in climb.domain_place}
    items = {climb.raised_in(domain_id): 1 for domain_id in climb.domain_place}
    program = fix_total(climb.program, steps, solve_for(solve, climb.program, steps))
    fewest = solve_for(solve, program, items)
    program = fix_total(program, items, fewest)
    return prefer_earliest(climb, program, solve, fewest)


def fix_total(program: Program, costs: Mapping[int, int], solution: Solution) -> Program:
    total = cost_of(solution, costs)
    return program.also(Row(costs, least=total, most=total))


def prefer_earliest(
    climb: TierPathModel, program: Program, solve: Solve, incumbent: Solution
) -> Solution:
    """Settle the items a few at a time, in the order they are asked, until all raises are spent."""
    count = len(climb.rooms)
    for first in range(0, count, CHUNK):
        if not any(incumbent[climb.raised(room)] for room in range(first, count)):
            break
        rooms = range(first, min(first + CHUNK, count))
        incumbent = solve_for(solve, program, order_costs(climb, rooms))
        columns = [c for room in rooms for c in (climb.steps(room), climb.raised(room))]
        program = program.fixed({column: incumbent[column] for column in columns})
    return incumbent


def order_costs(climb: TierPathModel, rooms: range) -> dict[int, int]:
    """One number in which an earlier item weighs more than all later ones together.

    An item's rank is steps - 1 when it is raised and RANKS - 1 when not, which is
    steps - RANKS x raised, plus a constant.
    """
    weights = {room: RANKS ** (rooms[-1] - room) for room in rooms}
    return {climb.steps(room): weight for room, weight in weights.items()} | {
        climb.raised(room): -RANKS * weight for room, weight in weights.items()
    }


def solve_for(solve: Solve, program: Program, costs: Mapping[int, int]) -> Solution:
    solution = solve(program, costs)
    if solution is None or not program.allows(solution):
        raise NoPathFoundError("the solver found no raises although there are some")
    return solution


def raises_in(climb: TierPathModel, solution: Solution) -> tuple[Raise, ...]:
    return tuple(
        Raise(room.item_id, room.from_level, room.start + solution[climb.steps(number)])
        for number, room in enumerate(climb.rooms)
        if solution[climb.steps(number)]
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
    rooms: tuple[Headroom, ...]
    open_gates: tuple[Gate, ...]

    def steps(self, room: int) -> int:
        return room

    def raised(self, room: int) -> int:
        return len(self.rooms) + room

    def steps_in(self, domain_id: str) -> int:
        return 2 * len(self.rooms) + self.domain_place[domain_id]

    def raised_in(self, domain_id: str) -> int:
        return self.steps_in(domain_id) + len(self.domain_place)

    def counted_on(self, choice: int) -> int:
        return 2 * (len(self.rooms) + len(self.domain_place)) + choice

    @cached_property
    def domain_place(self) -> Mapping[str, int]:
        return {domain.id: place for place, domain in enumerate(self.instrument.domains)}

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {room.item_id: place for place, room in enumerate(self.rooms)}

    def inside(self, domain_id: str) -> list[int]:
        return [n for n, room in enumerate(self.rooms) if room.domain_id == domain_id]

    @cached_property
    def waiting(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.open_gates if gate.kind is GateKind.SUPPORTING)

    @cached_property
    def choices(self) -> tuple[Gate, ...]:
        """Open supporting gates that a raise can meet; one marked not applicable cannot be."""
        return tuple(gate for gate in self.waiting if gate.item_id in self.place)

    def missing_levels(self, gate: Gate) -> int:
        return gate.level - self.rooms[self.place[gate.item_id]].start

    @cached_property
    def program(self) -> Program:
        domains = self.domain_place
        sizes = [len(self.inside(domain_id)) for domain_id in domains]
        upper = (
            *(room.steps for room in self.rooms),
            *(1 for _ in self.rooms),
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


def rows(climb: TierPathModel) -> Iterator[Row]:
    for axis in climb.instrument.axes:
        yield from axis_rows(climb, axis)
    yield from domain_rows(climb)
    yield from supporting_rows(climb)
    yield from raised_rows(climb)
    yield from sum_rows(climb)
    yield from likeness_rows(climb)


def lowest_rounding_to(least: Fraction) -> Fraction:
    """The smallest score that is shown as `least` or more when rounded half up to one decimal.

    >>> lowest_rounding_to(Fraction(35))
    Fraction(699, 20)
    """
    return Fraction(ceil(least * 10), 10) - Fraction(1, 20)


def axis_rows(climb: TierPathModel, axis: Axis) -> Iterator[Row]:
    """Mean over the scored domains of 100 x points / (4 x items), brought to whole numbers."""
    least = climb.tier.axis_min.get(axis.id, Fraction(0))
    domains = climb.scores.domains
    scored = [each for each in axis.domain_ids if domains[each].low is not None]
    if least <= 0 or not scored:
        return
    tallies = {each: climb.scores.tally_by_domain[each] for each in scored}
    whole = lcm(*(tally.counted for tally in tallies.values()))
    worth = {each: whole // tally.counted for each, tally in tallies.items()}
    wanted = lowest_rounding_to(least) * len(scored) * whole * TOP_LEVEL / 100
    held = sum(tally.points * worth[each] for each, tally in tallies.items())
    common = gcd(*worth.values())
    yield Row(
        {climb.steps_in(each): worth[each] // common for each in scored},
        least=ceil((wanted - held) / common),
    )


def domain_rows(climb: TierPathModel) -> Iterator[Row]:
    if climb.tier.domain_min <= 0:
        return
    for domain_id, estimate in climb.scores.domains.items():
        if estimate.low is not None:
            tally = climb.scores.tally_by_domain[domain_id]
            wanted = lowest_rounding_to(climb.tier.domain_min) * tally.counted * TOP_LEVEL / 100
            yield Row({climb.steps_in(domain_id): 1}, least=ceil(wanted - tally.points))


def supporting_rows(climb: TierPathModel) -> Iterator[Row]:
    """Enough of the open supporting gates must be met; each one counted on must be reached."""
    for choice, gate in enumerate(climb.choices):
        steps = climb.steps(climb.place[gate.item_id])
        yield Row({steps: 1, climb.counted_on(choice): -climb.missing_levels(gate)}, least=0)
    counted_on = {climb.counted_on(choice): 1 for choice in range(len(climb.choices))}
    yield Row(counted_on, least=len(climb.waiting) - climb.tier.supporting_unmet_max)


def raised_rows(climb: TierPathModel) -> Iterator[Row]:
    """An item is raised exactly when it takes at least one step."""
    for number, room in enumerate(climb.rooms):
        yield Row({climb.steps(number): 1, climb.raised(number): -room.steps}, most=0)
        yield Row({climb.steps(number): 1, climb.raised(number): -1}, least=0)


def sum_rows(climb: TierPathModel) -> Iterator[Row]:
    for domain_id in climb.domain_place:
        inside = climb.inside(domain_id)
        steps, raised = climb.steps_in(domain_id), climb.raised_in(domain_id)
        yield Row({steps: -1} | {climb.steps(n): 1 for n in inside}, least=0, most=0)
        yield Row({raised: -1} | {climb.raised(n): 1 for n in inside}, least=0, most=0)
        yield Row({steps: 1, raised: -TOP_LEVEL}, most=0)


def likeness_rows(climb: TierPathModel) -> Iterator[Row]:
    """Of two items alike, the one asked first is raised first, and no higher than the other.

    Alike are items of one domain and one level that no open gate looks at. The answer has this
    order anyway; saying so spares the solver from trying every exchange.
    """
    gated = {gate.item_id for gate in climb.open_gates}
    before: dict[tuple[str, int], int] = {}
    for number, room in enumerate(climb.rooms):
        if room.item_id in gated:
            continue
        alike = (room.domain_id, room.start)
        if alike in before:
            first, steps, raised = before[alike], climb.steps(number), climb.raised(number)
            yield Row({climb.raised(first): 1, raised: -1}, least=0)
            yield Row({climb.steps(first): 1, steps: -1, raised: room.steps}, most=room.steps)
        before[alike] = number
