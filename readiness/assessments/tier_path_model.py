"""The criteria of a tier as an integer program that chooses, for each domain, how it is raised.

What a tier asks for sees a domain only by its points and by how many of its open supporting gates
are met. So for each pair of these only the best way to raise the domain's items is kept, by effort,
then items, then order. One column of the program is one such option, taken or not; each domain
takes exactly one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, compress
from math import ceil, gcd, lcm

from readiness.assessments.priced_options import PricedOption, PricedSets, may_be_cheapest, price
from readiness.assessments.scorecard import Raise
from readiness.assessments.scoring import TOP_LEVEL, Scores
from readiness.assessments.tiers import gate_result
from readiness.core.integer_program import Program, Row
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import Axis, Gate, GateKind, Instrument, Item, Tier

RANKS = TOP_LEVEL + 1  # for one item: raised by 1, 2, 3, 4, or, least wanted, left alone
LEFT_ALONE = TOP_LEVEL  # the rank of an item that is not raised
Cost = tuple[int, int, int]  # effort, items raised, order


@dataclass(frozen=True)
class Headroom:
    """An item that can still be raised, and to which of its levels it may end."""

    item_id: str
    from_level: int | None  # None: not known, which counts as 0
    least: int  # what an essential gate asks for, else the present level
    waits_for: tuple[int, ...]  # levels of its open supporting gates

    @property
    def start(self) -> int:
        return self.from_level or 0

    def met_at(self, level: int) -> int:
        return sum(level >= wanted for wanted in self.waits_for)


@dataclass(frozen=True)
class DomainOption:
    """The best way to bring a domain so many points, and to meet so many supporting gates."""

    domain_id: str
    points: int
    gates_met: int
    effort: int
    items: int
    order: (
        int  # a digit to the base RANKS for each item, the first asked first: the less the better
    )

    def raises(self, headrooms: tuple[Headroom, ...]) -> Iterator[Raise]:
        for place, headroom in enumerate(headrooms, start=1):
            rank = self.order // RANKS ** (len(headrooms) - place) % RANKS
            if rank != LEFT_ALONE:
                yield Raise(headroom.item_id, headroom.from_level, headroom.start + rank + 1)


@dataclass(frozen=True)
class TierPathModel:
    instrument: Instrument
    tier: Tier
    scores: Scores
    headrooms: Mapping[str, tuple[Headroom, ...]]  # by domain, in the order they are asked
    options: tuple[DomainOption, ...]  # the program's columns: domain by domain
    supporting_open: int  # supporting gates that are not met, also those that no raise can meet

    @cached_property
    def columns(self) -> Mapping[str, tuple[int, ...]]:
        """The columns of each domain."""
        found: dict[str, list[int]] = {domain_id: [] for domain_id in self.headrooms}
        for column, option in enumerate(self.options):
            found[option.domain_id].append(column)
        return {domain_id: tuple(columns) for domain_id, columns in found.items()}

    def cost(self, column: int) -> int:
        """One number for effort before items: all items together weigh less than one effort."""
        most = sum(len(inside) for inside in self.headrooms.values())
        return self.options[column].effort * (most + 1) + self.options[column].items

    @cached_property
    def program(self) -> Program:
        count = len(self.options)
        return Program((0,) * count, (1,) * count, tuple(rows(self)))

    @cached_property
    def priced(self) -> PricedSets:
        """The same choice without the domains' rows: one set of options for each domain."""
        needs = [row for row in needs_of(self) if (row.least or 0) > 0]
        sets = [
            [
                PricedOption(
                    self.cost(column),
                    tuple(row.terms.get(column, 0) for row in needs),
                    self.options[column].order,
                )
                for column in columns
            ]
            for columns in self.columns.values()
        ]
        return price(sets, tuple(row.least or 0 for row in needs))

    def raises(self, columns: Iterable[int]) -> tuple[Raise, ...]:
        return tuple(
            each
            for option in (self.options[column] for column in columns)
            for each in option.raises(self.headrooms[option.domain_id])
        )


def model_of(instrument: Instrument, answers: Answers, found: Scores, tier: Tier) -> TierPathModel:
    """Only the next tier's criteria are asked: the lower tiers hold already, and raises keep them.

    (Raising a level, or learning one, lowers no score and opens no gate that was met.)
    """
    gates = [gate for gate in tier.gates if not gate_result(gate, answers).met]
    headrooms = {
        domain.id: tuple(headrooms_of(domain.items, answers, gates))
        for domain in instrument.domains
    }
    options = tuple(
        option
        for domain_id, inside in headrooms.items()
        for option in enough(
            domain_options(domain_id, inside, instrument.step_effort),
            points_wanted(found, tier, domain_id),
        )
    )
    waiting = sum(gate.kind is GateKind.SUPPORTING for gate in gates)
    whole = TierPathModel(instrument, tier, found, headrooms, options, waiting)
    kept = chain(*may_be_cheapest(whole.priced))
    return replace(whole, options=tuple(compress(options, kept)))


def enough(options: Iterable[DomainOption], points: int) -> Iterator[DomainOption]:
    return (option for option in options if option.points >= points)


def headrooms_of(
    items: Iterable[Item], answers: Answers, open_gates: list[Gate]
) -> Iterator[Headroom]:
    for item in items:
        answer = answers[item.id]
        start = answer.level or 0
        if answer.kind is AnswerKind.NOT_APPLICABLE or start == TOP_LEVEL:
            continue
        gates = [gate for gate in open_gates if gate.item_id == item.id]
        needed = [gate.level for gate in gates if gate.kind is GateKind.ESSENTIAL]
        wanted = tuple(gate.level for gate in gates if gate.kind is GateKind.SUPPORTING)
        yield Headroom(item.id, answer.level, max(start, *needed, 0), wanted)


def points_wanted(found: Scores, tier: Tier, domain_id: str) -> int:
    """How many levels the domain's items must gain together for its minimum; 0 or less: none."""
    if tier.domain_min <= 0 or found.domains[domain_id].low is None:
        return 0
    tally = found.tally_by_domain[domain_id]
    wanted = lowest_rounding_to(tier.domain_min) * tally.counted * TOP_LEVEL / 100
    return ceil(wanted - tally.points)


# Each domain's best options.


def domain_options(
    domain_id: str, headrooms: tuple[Headroom, ...], step_effort: tuple[int, ...]
) -> list[DomainOption]:
    """Item by item: the least cost of every (points gained, supporting gates met)."""
    best: dict[tuple[int, int], Cost] = {(0, 0): (0, 0, 0)}
    for headroom in headrooms:
        ends = tuple(ends_of(headroom, step_effort))
        grown: dict[tuple[int, int], Cost] = {}
        for (points, met), (effort, items, order) in best.items():
            for steps, more, cost, rank in ends:
                key = (points + steps, met + more)
                total = (effort + cost, items + (steps > 0), order * RANKS + rank)
                if key not in grown or total < grown[key]:
                    grown[key] = total
        best = grown
    return [DomainOption(domain_id, *key, *cost) for key, cost in best.items()]


def ends_of(
    headroom: Headroom, step_effort: tuple[int, ...]
) -> Iterator[tuple[int, int, int, int]]:
    """(steps, supporting gates met, effort, rank) of every level where the item may end."""
    start = headroom.start
    for level in range(headroom.least, TOP_LEVEL + 1):
        steps = level - start
        rank = steps - 1 if steps else LEFT_ALONE
        yield steps, headroom.met_at(level), sum(step_effort[start:level]), rank


# What the tier asks of the chosen options together.


def rows(model: TierPathModel) -> Iterator[Row]:
    for columns in model.columns.values():
        yield Row(dict.fromkeys(columns, 1), least=1, most=1)
    yield from needs_of(model)


def needs_of(model: TierPathModel) -> Iterator[Row]:
    for axis in model.instrument.axes:
        yield from axis_rows(model, axis)
    met = {column: option.gates_met for column, option in enumerate(model.options)}
    yield Row(
        {column: count for column, count in met.items() if count},
        least=model.supporting_open - model.tier.supporting_unmet_max,
    )


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
        {
            column: model.options[column].points * worth[each] // common
            for each in scored
            for column in model.columns[each]
        },
        least=ceil((wanted - held) / common),
    )


def lowest_rounding_to(least: Fraction) -> Fraction:
    """The smallest score that is shown as `least` or more when rounded half up to one decimal.

    >>> lowest_rounding_to(Fraction(35))
    Fraction(699, 20)
    """
    return Fraction(ceil(least * 10), 10) - Fraction(1, 20)
