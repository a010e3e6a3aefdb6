"""The next tier's criteria as an integer program over level raises.

Columns, in this order: the steps of each item that has room, whether it is raised, the steps and
the raised items of each domain, and which open supporting gates are counted on. The sums for each
domain say nothing new; they let the solver decide between domains before it looks at items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, gcd, lcm

from readiness.assessments.scoring import TOP_LEVEL, Scores
from readiness.assessments.tiers import gate_result
from readiness.core.integer_program import Program, Row
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import Axis, Gate, GateKind, Instrument, Tier


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
