"""The way up: the level raises with the least effort that reach the next tier.

A step to a level costs what the instrument says (`step_effort`). Least effort first; of equal
effort, fewest items; of those, the earliest items in the order they are asked, each at the lowest
level that will do. What is not known yet counts from 0. "Not applicable" stays as it is, unless a
raise makes the item apply: then it comes along. Found exactly, by dynamic programming in whole
numbers, and checked by scoring the raised answers again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from readiness.assessments.minimums import level_worth, levels_wanted, units_wanted
from readiness.assessments.scorecard import Raise
from readiness.assessments.scoring import TOP_LEVEL, AnswerTally, Scores
from readiness.assessments.tiers import TierResult, evaluate, gate_result, most_dont_knows, reaches
from readiness.assessments.unmet import most_limiting
from readiness.instruments.answers import (
    Answer,
    AnswerKind,
    Answers,
    Context,
    no_longer_excused,
)
from readiness.instruments.models import Axis, Gate, GateKind, Instrument, Item, Tier

RANKS = TOP_LEVEL + 1  # for one item: raised by 1, 2, 3, 4, or, least wanted, left alone
LEFT_ALONE = TOP_LEVEL  # the rank of an item that is not raised


class NoPathFoundError(RuntimeError):
    """What was found does not do what it was asked for: our own fault, never the group's."""


@dataclass(frozen=True)
class TierPath:
    raises: tuple[Raise, ...] | None
    effort: int | None
    reason: str | None = None  # why there is none
    applies_at_end: tuple[str, ...] = ()  # items of the way that apply only where it ends


def least_effort(
    instrument: Instrument, answers: Answers, result: TierResult, context: Context | None = None
) -> TierPath:
    """`context` tells whether what is "not applicable" still is where the way ends."""
    above = instrument.tier_after(result.tier)
    if above is None:
        return TierPath((), 0)
    if result.tier.number == 0:
        return verify(
            instrument, answers, above, tuple(unknowns_to_settle(instrument, answers, result))
        )
    if reason := why_unreachable(instrument, answers, above):
        return TierPath(None, None, reason)
    question = PathQuestion(instrument, answers, result.scores, above)
    found, newly = obeying_raises(question, context or {})
    return replace(verify(instrument, answers, above, found), applies_at_end=newly)


def verify(
    instrument: Instrument, answers: Answers, tier: Tier, found: tuple[Raise, ...]
) -> TierPath:
    """A way is shown only after scoring its end: the tier must hold there."""
    if not reaches(instrument, apply_raises(answers, found), tier):
        raise NoPathFoundError(
            f"raising {[each.item_id for each in found]} does not reach {tier.id}"
        )
    return TierPath(found, effort_of(instrument, found))


def effort_of(instrument: Instrument, found: Iterable[Raise]) -> int:
    return sum(sum(instrument.step_effort[each.from_level or 0 : each.to]) for each in found)


def apply_raises(answers: Answers, found: tuple[Raise, ...]) -> Answers:
    return {**answers, **{each.item_id: Answer.at(each.to) for each in found}}


# What is "not applicable" stays so, unless its condition rests on an answer that the way raises:
# such answers would be refused. So the way either leaves that answer where the item stays excused,
# or brings the item along, from nothing; the one with less effort is taken.


def obeying_raises(
    question: PathQuestion, context: Context
) -> tuple[tuple[Raise, ...], tuple[str, ...]]:
    """The raises, and the items among them that apply only then."""
    found = least_raises(question)
    newly = applying_after(question, context, found)
    if not newly:
        return found, ()
    along = bring_along(question, newly)
    try:
        short = least_raises(keep_excused(question, context, newly))
    except NoPathFoundError:
        return along, tuple(item.id for item in newly)
    if applying_after(question, context, short) or effort_rank(question, along) < effort_rank(
        question, short
    ):
        return along, tuple(item.id for item in newly)
    return short, ()


def effort_rank(question: PathQuestion, found: tuple[Raise, ...]) -> tuple[int, int]:
    return effort_of(question.instrument, found), len(found)


def applying_after(
    question: PathQuestion, context: Context, found: Iterable[Raise]
) -> tuple[Item, ...]:
    levels = {each.item_id: each.to for each in found}
    return tuple(no_longer_excused(question.instrument, question.answers, context, levels))


def bring_along(question: PathQuestion, newly: tuple[Item, ...]) -> tuple[Raise, ...]:
    """With the items answered at level 0, from which they are raised like any other."""
    instrument = question.instrument
    answers = {**question.answers, **{item.id: Answer.at(0) for item in newly}}
    scores = evaluate(instrument, answers).scores
    found = least_raises(PathQuestion(instrument, answers, scores, question.tier))
    to = {item.id: 0 for item in newly} | {each.item_id: each.to for each in found}
    raised = {each.item_id: each for each in found}
    return tuple(
        Raise(item.id, None, to[item.id]) if item in newly else raised[item.id]
        for item in instrument.items
        if item.id in to
    )


def keep_excused(question: PathQuestion, context: Context, newly: tuple[Item, ...]) -> PathQuestion:
    """No answer that excuses one of the items may rise to where it does no longer."""
    most: dict[str, int] = {}
    for item in newly:
        for item_id in item.na_when.item_ids if item.na_when else ():
            present = question.answers[item_id].level or 0
            most[item_id] = max(
                level
                for level in range(present, TOP_LEVEL + 1)
                if level == present
                or not applying_after(question, context, [Raise(item_id, present, level)])
            )
    return replace(question, most=most)


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
    if not any(answer.kind is AnswerKind.NOT_APPLICABLE for answer in answers.values()):
        return None
    best = {
        item_id: answer if answer.kind is AnswerKind.NOT_APPLICABLE else Answer.at(TOP_LEVEL)
        for item_id, answer in answers.items()
    }
    if reaches(instrument, best, tier):
        return None
    trace = evaluate(instrument, best).trace
    asked = next(part.criteria for part in trace if not part.holds)
    says = most_limiting(instrument, best, asked).says
    return f"No raise reaches {tier.id} while these items are not applicable. {says}"


# The least effort, item by item, domain by domain, axis by axis.

# What a tier asks for sees a domain only by its points and by how many of its open supporting gates
# are met, and an axis only by what its domains' points are worth together. So for each pair of
# these the least cost is kept. A cost is one number, so that costs add up: effort first, then items
# raised, then a digit to the base RANKS for each item, the first asked first.
Costs = dict[tuple[int, int], int]  # (gained, supporting gates met) -> the least cost


@dataclass(frozen=True)
class Headroom:
    """An item that can still be raised, and to which of its levels it may end."""

    item_id: str
    from_level: int | None  # None: not known, which counts as 0
    least: int  # what an essential gate asks for, else the present level
    most: int
    waits_for: tuple[int, ...]  # levels of its open supporting gates

    @property
    def start(self) -> int:
        return self.from_level or 0

    def met_at(self, level: int) -> int:
        return sum(level >= wanted for wanted in self.waits_for)


@dataclass(frozen=True)
class PathQuestion:
    """Only the next tier's criteria are asked: the lower tiers hold already, and raises keep them.

    (Raising a level, or learning one, lowers no score and opens no gate that was met.)
    """

    instrument: Instrument
    answers: Answers
    scores: Scores
    tier: Tier
    most: Mapping[str, int] = field(default_factory=dict)  # levels that items may not pass

    @cached_property
    def open_gates(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.tier.gates if not gate_result(gate, self.answers).met)

    @cached_property
    def headrooms(self) -> Mapping[str, Headroom]:
        """By item, in the order they are asked."""
        return {
            item.id: headroom_of(
                item, self.answers[item.id], self.open_gates, self.most.get(item.id, TOP_LEVEL)
            )
            for item in self.instrument.items
            if self.answers[item.id].kind is not AnswerKind.NOT_APPLICABLE
            and self.answers[item.id].level != TOP_LEVEL
        }

    @cached_property
    def least_gates(self) -> int:
        """How many open supporting gates have to be met; some of them no raise can meet."""
        waiting = sum(gate.kind is GateKind.SUPPORTING for gate in self.open_gates)
        return waiting - self.tier.supporting_unmet_max


def headroom_of(item: Item, answer: Answer, open_gates: Iterable[Gate], most: int) -> Headroom:
    gates = [gate for gate in open_gates if gate.item_id == item.id]
    needed = (gate.level for gate in gates if gate.kind is GateKind.ESSENTIAL)
    wanted = tuple(gate.level for gate in gates if gate.kind is GateKind.SUPPORTING)
    return Headroom(item.id, answer.level, max(answer.level or 0, *needed, 0), most, wanted)


def least_raises(question: PathQuestion) -> tuple[Raise, ...]:
    costs: Costs = {(0, 0): 0}
    for axis in question.instrument.axes:
        costs = combine(costs, axis_costs(question, axis), 0)
    able = [cost for (_, met), cost in costs.items() if met >= question.least_gates]
    if not able:
        raise NoPathFoundError("no raises were found although there are some")
    return tuple(raises_in(min(able), tuple(question.headrooms.values())))


def raises_in(cost: int, headrooms: Sequence[Headroom]) -> Iterator[Raise]:
    for place, headroom in enumerate(headrooms, start=1):
        rank = cost // RANKS ** (len(headrooms) - place) % RANKS
        if rank != LEFT_ALONE:
            yield Raise(headroom.item_id, headroom.from_level, headroom.start + rank + 1)


def axis_costs(question: PathQuestion, axis: Axis) -> Costs:
    """Of all that reaches the axis minimum and those of its domains."""
    tier, worth = question.tier, level_worth(question.scores, axis)
    wanted = units_wanted(question.scores, axis, tier.axis_min.get(axis.id, Fraction(0)))
    costs: Costs = {(0, 0): 0}
    for domain_id in axis.domain_ids:
        least = levels_wanted(question.scores, domain_id, tier.domain_min)
        inside = {
            (levels * worth.get(domain_id, 0), met): cost
            for (levels, met), cost in domain_costs(question, domain_id).items()
            if levels >= least
        }
        costs = combine(costs, inside, wanted)
    return {key: cost for key, cost in costs.items() if key[0] == wanted}


def domain_costs(question: PathQuestion, domain_id: str) -> Costs:
    """Of all levels gained and supporting gates met; without a score no level counts."""
    items = question.instrument.domain_by_id[domain_id].items
    is_scored = question.scores.domains[domain_id].low is not None
    costs: Costs = {(0, 0): 0}
    for item in items:
        if item.id in question.headrooms:
            most = TOP_LEVEL * len(items) if is_scored else 0
            costs = combine(costs, item_costs(question, item.id), most)
    return costs


def item_costs(question: PathQuestion, item_id: str) -> Costs:
    """Of every level where the item may end."""
    headroom, order = question.headrooms[item_id], tuple(question.headrooms)
    digits, digit = RANKS ** len(order), RANKS ** (len(order) - 1 - order.index(item_id))
    costs: Costs = {}
    for level in range(headroom.least, headroom.most + 1):
        steps = level - headroom.start
        effort = sum(question.instrument.step_effort[headroom.start : level])
        before_order = effort * (len(order) + 1) + (steps > 0)
        rank = steps - 1 if steps else LEFT_ALONE
        costs[steps, headroom.met_at(level)] = before_order * digits + rank * digit
    return costs


def combine(some: Costs, others: Costs, most: int) -> Costs:
    """One of each together, for every pair; to gain more than `most` is of no use."""
    found: Costs = {}
    for (gained, met), cost in some.items():
        for (more, gates), extra in others.items():
            key, total = (min(most, gained + more), met + gates), cost + extra
            if key not in found or total < found[key]:
                found[key] = total
    return drop_dominated(found)


def drop_dominated(costs: Costs) -> Costs:
    """Without what costs more than another that gains no less and meets no fewer gates."""
    kept: Costs = {}
    least: dict[int, int] = {}  # by gates met: the least cost of what gains as much or more
    for (gained, met), cost in sorted(costs.items(), reverse=True):
        if all(cost < other for gates, other in least.items() if gates >= met):
            kept[gained, met] = least[met] = cost
    return kept
