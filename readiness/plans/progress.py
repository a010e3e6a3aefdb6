"""What a plan promised, and where the same items stand in a later assessment.

It says what is there now, and never that the plan brought it about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.answers import Answer, AnswerKind
from readiness.plans.models import ActionStatus, ActionType, Plan, PlanAction

BEGUN = frozenset({ActionStatus.UNDER_WAY, ActionStatus.DONE})


class Outcome(StrEnum):
    REACHED = "reached"
    RISEN = "risen, not yet there"
    AS_BEFORE = "as before"
    LOWER = "lower than before"
    KNOWN = "known now"
    UNKNOWN = "not known"
    NOT_APPLICABLE = "does not apply any more"
    NOT_ASKED = "not asked any more"


@dataclass(frozen=True)
class Kept:
    """One item of one action: what was promised, and what came of it."""

    action_id: str
    title: str
    status: ActionStatus
    item_id: str
    before: int | None  # None: was not known
    promised: int | None  # None: an answer
    then: int | None
    outcome: Outcome


def kept(plan: Plan, later: Mapping[str, Answer], asked: Collection[str]) -> tuple[Kept, ...]:
    """Of every action that stayed in the plan, in its order; `asked` are the later items."""
    return tuple(line for action in plan.current for line in lines_of(action, later, asked))


def lines_of(
    action: PlanAction, later: Mapping[str, Answer], asked: Collection[str]
) -> Iterator[Kept]:
    promises: list[tuple[str, int | None, int | None]] = [
        (lift.item_id, lift.from_level, lift.to) for lift in action.lifts
    ]
    if action.proposal and action.proposal.type is ActionType.FIND_OUT:
        promises = [(found_out(action.id), None, None)]
    for item_id, before, promised in promises:
        if item_id != "missing":
            answer = later.get(item_id)
            outcome = outcome_of(before, promised, answer, item_id in asked)
            then = answer.level if answer else None
            yield Kept(
                action.id, action.title, action.status, item_id, before, promised, then, outcome
            )


def found_out(action_id: str) -> str:
    """The item whose answer was to be found out.

    >>> found_out("find-out:REAL-2")
    'REAL-2'
    """
    return action_id.partition(":")[2]


def outcome_of(
    before: int | None, promised: int | None, answer: Answer | None, is_asked: bool
) -> Outcome:
    if not is_asked:
        return Outcome.NOT_ASKED
    if answer and answer.kind is AnswerKind.NOT_APPLICABLE:
        return Outcome.NOT_APPLICABLE
    then = answer.level if answer else None
    if then is None:
        return Outcome.UNKNOWN
    if promised is None:
        return Outcome.KNOWN
    if then >= promised:
        return Outcome.REACHED
    if then > (before or 0):
        return Outcome.RISEN
    return Outcome.LOWER if before is not None and then < before else Outcome.AS_BEFORE


def summary(lines: Collection[Kept]) -> str:
    """Those of actions that were begun beside those of actions that nobody began: levels rise
    without a plan too."""
    begun = [each for each in lines if each.status in BEGUN]
    others = [each for each in lines if each.status not in BEGUN]
    told = [("Actions begun", counted(begun)), ("Actions not begun", counted(others))]
    says = " ".join(f"{whose}: {what}." for whose, what in told if what)
    return says or "The plan named no level to reach."


def counted(lines: Collection[Kept]) -> str:
    """Each item once, by the highest level that was promised of it."""
    highest: dict[str, Kept] = {}
    for each in lines:
        if each.promised is not None and each.promised > level_of(highest.get(each.item_id)):
            highest[each.item_id] = each
    if not highest:
        return ""
    reached = sum(each.outcome is Outcome.REACHED for each in highest.values())
    risen = sum(each.outcome is Outcome.RISEN for each in highest.values())
    levels = "level" if len(highest) == 1 else "levels"
    return f"{reached} of {len(highest)} {levels} reached, {risen} risen and not yet there"


def level_of(line: Kept | None) -> int:
    return -1 if line is None or line.promised is None else line.promised
