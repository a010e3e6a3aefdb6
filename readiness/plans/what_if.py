"""Other levels than the answered ones, tried and never stored: which, and what they move.

Only items that apply can be tried. A don't-know may be given a level; nothing becomes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.assessments.scorecard import UnmetCriterion
from readiness.assessments.tiers import TierResult
from readiness.assessments.unmet import limiting_order, unmet_of
from readiness.core.strict_json import excerpt
from readiness.instruments.answers import Answer, AnswerKind, Answers
from readiness.instruments.models import LEVELS, Instrument, Tier
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction


@dataclass(frozen=True)
class LevelChange:
    item_id: str
    before: int | None  # None: not known
    to: int


@dataclass(frozen=True)
class AskedChanges:
    changes: tuple[LevelChange, ...]  # in the order the items are asked
    problems: tuple[str, ...]  # sentences, about what was left out


def read_changes(
    instrument: Instrument, answers: Answers, asked: Iterable[tuple[str, str]]
) -> AskedChanges:
    """`asked`: pairs of an item id and a level as somebody wrote them. The present level is no
    change."""
    levels: dict[str, int] = {}
    problems = []
    for item_id, level in asked:
        if problem := problem_of(instrument, answers, item_id, level, levels):
            problems.append(problem)
        else:
            levels[item_id] = int(level)
    changes = (
        LevelChange(item.id, answers[item.id].level, levels[item.id])
        for item in instrument.items
        if item.id in levels
    )
    return AskedChanges(tuple(e for e in changes if e.before != e.to), tuple(problems))


def problem_of(
    instrument: Instrument,
    answers: Answers,
    item_id: str,
    level: str,
    levels: Iterable[str],
) -> str:
    """Why this cannot be tried, and what to do; empty where it can."""
    if item_id not in instrument.item_by_id:
        return f"There is no item {excerpt(item_id)}, so it was left out. Choose one of the list."
    if answers[item_id].kind is AnswerKind.NOT_APPLICABLE:
        return (
            f"{item_id} does not apply to this group and has no level, so it was left out. Choose "
            "another item."
        )
    if level not in map(str, LEVELS):
        return (
            f"{item_id} has no level {excerpt(level)}, so it was left as it is. Choose a level "
            f"from {LEVELS[0]} to {LEVELS[-1]}."
        )
    if item_id in levels:
        return f"{item_id} was given twice, so the first counts. Choose one level for it."
    return ""


def with_changes(answers: Answers, changes: Iterable[LevelChange]) -> Answers:
    return {**answers, **{each.item_id: Answer.at(each.to) for each in changes}}


# What moves.


@dataclass(frozen=True)
class CriterionMove:
    """One criterion that is unmet before or after."""

    tier: Tier
    before: UnmetCriterion
    was_met: bool
    after: UnmetCriterion
    is_met: bool


def criterion_moves(
    instrument: Instrument,
    before: tuple[Answers, TierResult],
    after: tuple[Answers, TierResult],
) -> Iterator[CriterionMove]:
    """Of every tier from the lower of both next ones to the higher, in the order that limits."""
    (answers, then), (changed, now) = before, after
    lowest = min(then.tier.number, now.tier.number) + 1
    highest = max(then.tier.number, now.tier.number) + 1
    for tier, old, new in zip(instrument.tiers, then.trace, now.trace, strict=True):
        if not lowest <= tier.number <= highest:
            continue
        open_then = [each.id for each in limiting_order(instrument, answers, old.criteria)]
        open_now = [each.id for each in limiting_order(instrument, changed, new.criteria)]
        old_by_id = {each.id: each for each in old.criteria}
        new_by_id = {each.id: each for each in new.criteria}
        for own in dict.fromkeys((*open_then, *open_now)):
            yield CriterionMove(
                tier=tier,
                before=unmet_of(tier, old_by_id[own]),
                was_met=own not in open_then,
                after=unmet_of(tier, new_by_id[own]),
                is_met=own not in open_now,
            )


@dataclass(frozen=True)
class WayMoves:
    """What is still to be done, by plan; and what is done in the new one."""

    gone: tuple[PlanAction, ...]
    new: tuple[PlanAction, ...]
    kept: tuple[PlanAction, ...]  # as they then are
    done: tuple[PlanAction, ...]


def way_moves(before: ActionPlan, after: ActionPlan) -> WayMoves:
    old, new = (
        {(each.id, each.title): each for each in steps_left(plan)} for plan in (before, after)
    )
    return WayMoves(
        gone=tuple(each for key, each in old.items() if key not in new),
        new=tuple(each for key, each in new.items() if key not in old),
        kept=tuple(each for key, each in new.items() if key in old),
        done=tuple(each for each in after.current if each.status is ActionStatus.DONE),
    )


def steps_left(plan: ActionPlan) -> tuple[PlanAction, ...]:
    return tuple(each for each in plan.current if each.status is not ActionStatus.DONE)


def raises_any(plan: ActionPlan) -> bool:
    """Whether it holds anything that leads to a tier; what only finds out does not."""
    return any(each.lifts for each in plan.current)
