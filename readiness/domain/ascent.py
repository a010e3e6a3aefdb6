"""The shortest way up: the smallest set of level raises that reaches the next tier.

Fewest steps first; of those, fewest items; of those, the earliest items in the order they are
asked, each at the lowest level that will do. What is not known yet counts from 0. "Not applicable"
stays as it is. Stated here as an integer program, solved elsewhere, and checked here by scoring
the raised answers again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

from readiness.domain.answers import Answer, Answers, Kind
from readiness.domain.instrument import Axis, Gate, GateKind, Instrument, Tier
from readiness.domain.program import Program, Row, Solution, Solve, cost_of
from readiness.domain.scorecard import Raise
from readiness.domain.scoring import TOP_LEVEL, Scores, Tally
from readiness.domain.tiers import (
    Standing,
    gate_result,
    most_dont_knows,
    most_limiting,
    standing,
)

RANKS = TOP_LEVEL + 1  # for one item: raised by 1, 2, 3, 4, or, least wanted, left alone
CHUNK = 6  # items ordered by one question; RANKS**CHUNK stays far inside exact doubles


class NoWayFound(RuntimeError):
    """The solver's answer does not do what it was asked for: our own fault, never the group's."""


@dataclass(frozen=True)
class Way:
    raises: tuple[Raise, ...] | None
    reason: str | None = None  # why there is none


@dataclass(frozen=True)
class Room:
    """An item that can still be raised."""

    item_id: str
    from_level: int | None

    @property
    def start(self) -> int:
        return self.from_level or 0

    @property
    def steps(self) -> int:
        return TOP_LEVEL - self.start


@dataclass(frozen=True)
class Climb:
    """Columns of the program: steps of each room, then whether it is raised, then the supporting
    gates that are counted on."""

    rooms: tuple[Room, ...]
    program: Program

    def steps(self, room: int) -> int:
        return room

    def raised(self, room: int) -> int:
        return len(self.rooms) + room


def shortest_way(
    instrument: Instrument, answers: Answers, stand: Standing, solve: Solve
) -> Way:
    above = instrument.tier_after(stand.tier)
    if above is None:
        return Way(())
    if stand.tier.number == 0:
        return checked(instrument, answers, above, tuple(to_find_out(instrument, answers, stand)))
    if reason := no_way(instrument, answers, above):
        return Way(None, reason)
    climb = climb_to(instrument, answers, stand.scores, above)
    return checked(instrument, answers, above, raises(climb, least_raises(climb, solve)))


def checked(
    instrument: Instrument, answers: Answers, tier: Tier, found: tuple[Raise, ...]
) -> Way:
    """A way is shown only after scoring its end: the tier must hold there."""
    reached = standing(instrument, raised_answers(answers, found)).tier
    if reached.number < tier.number:
        raise NoWayFound(f"raising {[each.item_id for each in found]} does not reach {tier.id}")
    return Way(found)


def raised_answers(answers: Answers, found: tuple[Raise, ...]) -> Answers:
    return {**answers, **{each.item_id: Answer.at(each.to) for each in found}}


# From "not yet ratable": what has to be found out.


def to_find_out(instrument: Instrument, answers: Answers, stand: Standing) -> Iterator[Raise]:
    """Every missing answer, and the fewest don't-knows that must be known, the first asked first.

    Each domain has to lose some of its don't-knows; the overall limit may ask for a few more.
    """
    limits, found = instrument.limits, stand.scores
    owed = {
        domain_id: too_many(tally, limits.dk_per_domain)
        for domain_id, tally in found.tally_by_domain.items()
    }
    spare = max(0, too_many(found.tally, limits.dk_overall) - sum(owed.values()))
    for item in instrument.items:
        answer = answers.get(item.id)
        if answer is None:
            yield Raise(item.id, None, 0)
        elif answer.kind is Kind.DONT_KNOW and owed[item.domain_id]:
            owed[item.domain_id] -= 1
            yield Raise(item.id, None, 0)
        elif answer.kind is Kind.DONT_KNOW and spare:
            spare -= 1
            yield Raise(item.id, None, 0)


def too_many(tally: Tally, limit: Fraction) -> int:
    return max(0, tally.dont_know - most_dont_knows(tally, limit))


# Whether any raise can reach the tier.


def no_way(instrument: Instrument, answers: Answers, tier: Tier) -> str | None:
    """Only "not applicable" can stand in the way: everything else could be raised to the top."""
    best = {
        item_id: answer if answer.kind is Kind.NOT_APPLICABLE else Answer.at(TOP_LEVEL)
        for item_id, answer in answers.items()
    }
    reached = standing(instrument, best)
    if reached.tier.number >= tier.number:
        return None
    asked = next(trace.criteria for trace in reached.trace if not trace.holds)
    says = most_limiting(instrument, best, asked).says
    return f"No raise reaches {tier.id} while these items are not applicable. {says}"


# The question as an integer program.


def climb_to(instrument: Instrument, answers: Answers, found: Scores, tier: Tier) -> Climb:
    """Only the next tier's criteria are asked: the lower tiers hold already, and raises keep them.

    (Raising a level, or learning one, can lower no score and open no gate that was met.)
    """
    rooms = tuple(rooms_of(instrument, answers))
    open_gates = [gate for gate in tier.gates if not gate_result(gate, answers).met]
    place = {room.item_id: column for column, room in enumerate(rooms)}
    needed = {
        place[gate.item_id]: gate.level - rooms[place[gate.item_id]].start
        for gate in open_gates
        if gate.kind is GateKind.ESSENTIAL
    }
    waiting = [gate for gate in open_gates if gate.kind is GateKind.SUPPORTING]
    choices = [gate for gate in waiting if gate.item_id in place]
    count = len(rooms)
    return Climb(
        rooms,
        Program(
            lower=(
                *(needed.get(column, 0) for column in range(count)),
                *(0 for _ in range(count + len(choices))),
            ),
            upper=(*(room.steps for room in rooms), *(1 for _ in range(count + len(choices)))),
            rows=(
                *(row for axis in instrument.axes for row in axis_row(axis, tier, found, place,
                                                                      instrument)),
                *domain_rows(instrument, tier, found, place),
                *raised_rows(rooms),
                *likeness_rows(instrument, rooms, {gate.item_id for gate in open_gates}),
                *supporting_rows(tier, waiting, choices, rooms, place),
            ),
        ),
    )


def rooms_of(instrument: Instrument, answers: Answers) -> Iterator[Room]:
    for item in instrument.items:
        answer = answers[item.id]
        if answer.kind is not Kind.NOT_APPLICABLE and (answer.level or 0) < TOP_LEVEL:
            yield Room(item.id, answer.level)


def unrounded(least: Fraction) -> Fraction:
    """The smallest score that is shown as `least` or more when rounded half up to one decimal."""
    return Fraction(ceil(least * 10), 10) - Fraction(1, 20)


def columns_of(instrument: Instrument, domain_id: str, place: Mapping[str, int]) -> list[int]:
    items = instrument.domain_by_id[domain_id].items
    return [place[item.id] for item in items if item.id in place]


def axis_row(
    axis: Axis, tier: Tier, found: Scores, place: Mapping[str, int], instrument: Instrument
) -> Iterator[Row]:
    """Mean of (100 x points / 4 x items) over the scored domains, brought to whole numbers."""
    least = tier.axis_min.get(axis.id, Fraction(0))
    scored = [each for each in axis.domain_ids if found.domains[each].low is not None]
    if least <= 0 or not scored:
        return
    sizes = {each: found.tally_by_domain[each].counted for each in scored}
    whole = lcm(*sizes.values())
    wanted = unrounded(least) * len(scored) * whole * TOP_LEVEL / 100
    held = sum(found.tally_by_domain[each].points * (whole // sizes[each]) for each in scored)
    yield Row(
        {
            column: whole // sizes[each]
            for each in scored
            for column in columns_of(instrument, each, place)
        },
        least=ceil(wanted - held),
    )


def domain_rows(
    instrument: Instrument, tier: Tier, found: Scores, place: Mapping[str, int]
) -> Iterator[Row]:
    if tier.domain_min <= 0:
        return
    for domain_id, estimate in found.domains.items():
        if estimate.low is not None:
            tally = found.tally_by_domain[domain_id]
            wanted = unrounded(tier.domain_min) * tally.counted * TOP_LEVEL / 100
            columns = columns_of(instrument, domain_id, place)
            yield Row(dict.fromkeys(columns, 1), least=ceil(wanted - tally.points))


def raised_rows(rooms: tuple[Room, ...]) -> Iterator[Row]:
    """A room is raised exactly when it takes at least one step."""
    for column, room in enumerate(rooms):
        raised = len(rooms) + column
        yield Row({column: 1, raised: -room.steps}, most=0)
        yield Row({column: 1, raised: -1}, least=0)


def likeness_rows(
    instrument: Instrument, rooms: tuple[Room, ...], gated: set[str]
) -> Iterator[Row]:
    """Of two items alike, the one asked first is raised first, and no higher than the other.

    Alike are items of one domain and one level that no open gate looks at. The answer has this
    order anyway; saying so spares the solver from trying every exchange.
    """
    before: dict[tuple[str, int], int] = {}
    for column, room in enumerate(rooms):
        if room.item_id in gated:
            continue
        key = (instrument.item_by_id[room.item_id].domain_id, room.start)
        if key in before:
            first, raised, count = before[key], len(rooms) + column, len(rooms)
            yield Row({count + first: 1, raised: -1}, least=0)
            yield Row({first: 1, column: -1, raised: room.steps}, most=room.steps)
        before[key] = column


def supporting_rows(
    tier: Tier,
    waiting: list[Gate],
    choices: list[Gate],
    rooms: tuple[Room, ...],
    place: Mapping[str, int],
) -> Iterator[Row]:
    """Enough of the open supporting gates must be met; each one counted on must be reached."""
    first = 2 * len(rooms)
    for number, gate in enumerate(choices):
        column = place[gate.item_id]
        yield Row({column: 1, first + number: rooms[column].start - gate.level}, least=0)
    counted_on = dict.fromkeys(range(first, first + len(choices)), 1)
    yield Row(counted_on, least=len(waiting) - tier.supporting_unmet_max)


# Asking for the least, and reading the answer.


def least_raises(climb: Climb, solve: Solve) -> Solution:
    """Steps before items before order, each settled exactly before the next is asked."""
    rooms = range(len(climb.rooms))
    steps = {climb.steps(room): 1 for room in rooms}
    items = {climb.raised(room): 1 for room in rooms}
    program = climb.program
    fewest_steps = asked(solve, program, steps)
    program = program.also(Row(steps, most=cost_of(fewest_steps, steps)))
    fewest_items = asked(solve, program, items)
    most = cost_of(fewest_items, items)
    program = program.also(Row(items, most=most))
    return earliest(climb, program, solve, most, fewest_items)


def earliest(
    climb: Climb, program: Program, solve: Solve, most: int, incumbent: Solution
) -> Solution:
    """Settle the items a few at a time, in the order they are asked, until all raises are spent."""
    for first in range(0, len(climb.rooms), CHUNK):
        rooms = range(first, min(first + CHUNK, len(climb.rooms)))
        settled = sum(incumbent[climb.raised(room)] for room in range(first))
        if settled == most:
            return incumbent
        incumbent = asked(solve, program, order_costs(climb, rooms))
        columns = [c for room in rooms for c in (climb.steps(room), climb.raised(room))]
        program = program.fixed({column: incumbent[column] for column in columns})
    return incumbent


def order_costs(climb: Climb, rooms: range) -> dict[int, int]:
    """One number in which an earlier item weighs more than all later ones together.

    An item's rank is steps - 1 when it is raised and RANKS - 1 when not, which is
    steps - RANKS x raised, plus a constant.
    """
    weights = {room: RANKS ** (rooms[-1] - room) for room in rooms}
    return {climb.steps(room): weight for room, weight in weights.items()} | {
        climb.raised(room): -RANKS * weight for room, weight in weights.items()
    }


def asked(solve: Solve, program: Program, costs: Mapping[int, int]) -> Solution:
    solution = solve(program, costs)
    if solution is None or not program.allows(solution):
        raise NoWayFound("the solver found no raises although there are some")
    return solution


def raises(climb: Climb, solution: Solution) -> tuple[Raise, ...]:
    return tuple(
        Raise(room.item_id, room.from_level, room.start + solution[climb.steps(number)])
        for number, room in enumerate(climb.rooms)
        if solution[climb.steps(number)]
    )
