"""The way up: the level raises with the least effort that reach the next tier.

A step to a level costs what the instrument says (`step_effort`). Least effort first; of equal
effort, fewest items; of those, the earliest items in the order they are asked, each at the lowest
level that will do. What is not known yet counts from 0. "Not applicable" stays as it is. Stated as
an integer program (`tier_path_model`), solved elsewhere, and checked here by scoring the raised
answers again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from readiness.assessments.priced_options import first_cheapest
from readiness.assessments.scorecard import Raise
from readiness.assessments.scoring import TOP_LEVEL, AnswerTally
from readiness.assessments.tier_path_model import TierPathModel, model_of
from readiness.assessments.tiers import TierResult, evaluate, most_dont_knows
from readiness.assessments.unmet import most_limiting
from readiness.core.integer_program import Solve, cost_of
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.models import Instrument, Tier


class NoPathFoundError(RuntimeError):
    """The solver's answer does not do what it was asked for: our own fault, never the group's."""


@dataclass(frozen=True)
class TierPath:
    raises: tuple[Raise, ...] | None
    effort: int | None
    reason: str | None = None  # why there is none


def least_effort(
    instrument: Instrument, answers: Answers, result: TierResult, solve: Solve
) -> TierPath:
    above = instrument.tier_after(result.tier)
    if above is None:
        return TierPath((), 0)
    if result.tier.number == 0:
        return verify(
            instrument, answers, above, tuple(unknowns_to_settle(instrument, answers, result))
        )
    if reason := why_unreachable(instrument, answers, above):
        return TierPath(None, None, reason)
    model = model_of(instrument, answers, result.scores, above)
    return verify(instrument, answers, above, least_raises(model, solve))


def verify(
    instrument: Instrument, answers: Answers, tier: Tier, found: tuple[Raise, ...]
) -> TierPath:
    """A way is shown only after scoring its end: the tier must hold there."""
    reached = evaluate(instrument, apply_raises(answers, found)).tier
    if reached.number < tier.number:
        raise NoPathFoundError(
            f"raising {[each.item_id for each in found]} does not reach {tier.id}"
        )
    return TierPath(found, effort_of(instrument, found))


def effort_of(instrument: Instrument, found: Iterable[Raise]) -> int:
    return sum(sum(instrument.step_effort[each.from_level or 0 : each.to]) for each in found)


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
    if not any(answer.kind is AnswerKind.NOT_APPLICABLE for answer in answers.values()):
        return None
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


# Asking for the least effort, and settling what is equal.


def least_raises(model: TierPathModel, solve: Solve) -> tuple[Raise, ...]:
    """The solver finds the least effort; of the ways that need no more, the first is looked up."""
    efforts = {column: option.effort for column, option in enumerate(model.options)}
    found = solve(model.program, efforts)
    if found is None or not model.program.allows(found):
        raise NoPathFoundError("the solver found no raises although there are some")
    cost = sum(model.cost(column) for column, taken in enumerate(found) if taken)
    places = first_cheapest(model.priced, cost)
    if places is None:
        raise NoPathFoundError("the way that the solver found is not among those that were priced")
    columns = [own[at] for own, at in zip(model.columns.values(), places, strict=True)]
    if sum(efforts[column] for column in columns) != cost_of(found, efforts):
        raise NoPathFoundError("the solver's way is not the one with the least effort")
    return model.raises(columns)
