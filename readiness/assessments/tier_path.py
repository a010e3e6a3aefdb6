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

from readiness.assessments.scorecard import Raise
from readiness.assessments.scoring import TOP_LEVEL, AnswerTally
from readiness.assessments.tier_path_model import TierPathModel, model_of
from readiness.assessments.tiers import TierResult, evaluate, most_dont_knows, most_limiting
from readiness.core.integer_program import Program, Row, Solution, Solve, cost_of
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.models import Instrument, Tier

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
