"""What a plan promised, and where the same items stand in a later assessment.

It says what is there now, and never that the plan brought it about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.answers import Answer, AnswerKind
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction

BEGUN = frozenset({ActionStatus.UNDER_WAY, ActionStatus.DONE})


class OutcomeStatus(StrEnum):
    REACHED = "reached"
    RISEN = "risen, not yet there"
    AS_BEFORE = "as before"
    LOWER = "lower than before"
    KNOWN = "known now"
    UNKNOWN = "not known"
    NOT_APPLICABLE = "does not apply any more"
    NOT_ASKED = "not asked any more"


@dataclass(frozen=True)
class RiseOutcome:
    """One item of one action: what was promised, and what came of it."""

    action_id: str
    title: str
    status: ActionStatus
    item_id: str
    before: int | None  # None: was not known
    promised: int | None  # None: an answer
    then: int | None
    outcome: OutcomeStatus


def outcomes(
    plan: ActionPlan, later: Mapping[str, Answer], asked: Collection[str]
) -> tuple[RiseOutcome, ...]:
    """Of every action that stayed in the plan, in its order; `asked` are the later items."""
    return tuple(
        line for action in plan.current for line in outcomes_of_action(action, later, asked)
    )


def outcomes_of_action(
    action: PlanAction, later: Mapping[str, Answer], asked: Collection[str]
) -> Iterator[RiseOutcome]:
    promises: list[tuple[str, int | None, int | None]] = [
        (lift.item_id, lift.from_level, lift.to) for lift in action.lifts
    ]
    if action.is_question:
        promises = [(find_out_item(action.id), None, None)]
    for item_id, before, promised in promises:
        if item_id != "missing":
            answer = later.get(item_id)
            outcome = outcome_of(before, promised, answer, item_id in asked)
            then = answer.level if answer else None
            yield RiseOutcome(
                action.id, action.title, action.status, item_id, before, promised, then, outcome
            )


def find_out_item(action_id: str) -> str:
    """The item whose answer was to be found out.

    >>> find_out_item("find-out:REAL-2")
    'REAL-2'
    """
    return action_id.partition(":")[2]


def outcome_of(
    before: int | None, promised: int | None, answer: Answer | None, is_asked: bool
) -> OutcomeStatus:
    if not is_asked:
        return OutcomeStatus.NOT_ASKED
    if answer and answer.kind is AnswerKind.NOT_APPLICABLE:
        return OutcomeStatus.NOT_APPLICABLE
    then = answer.level if answer else None
    if then is None:
        return OutcomeStatus.UNKNOWN
    if promised is None:
        return OutcomeStatus.KNOWN
    if then >= promised:
        return OutcomeStatus.REACHED
    if then > (before or 0):
        return OutcomeStatus.RISEN
    return OutcomeStatus.LOWER if before is not None and then < before else OutcomeStatus.AS_BEFORE


def summary(lines: Collection[RiseOutcome]) -> str:
    """Those of actions that were begun beside those of actions that nobody began: levels rise
    without a plan too."""
    begun = [each for each in lines if each.status in BEGUN]
    others = [each for each in lines if each.status not in BEGUN]
    told = [("Actions begun", count_reached(begun)), ("Actions not begun", count_reached(others))]
    says = " ".join(f"{whose}: {what}." for whose, what in told if what)
    return says or "The plan named no level to reach."


def count_reached(lines: Collection[RiseOutcome]) -> str:
    """Each item once, by the highest level that was promised of it."""
    highest: dict[str, RiseOutcome] = {}
    for each in lines:
        if each.promised is not None and each.promised > promised_level(highest.get(each.item_id)):
            highest[each.item_id] = each
    if not highest:
        return ""
    reached = sum(each.outcome is OutcomeStatus.REACHED for each in highest.values())
    risen = sum(each.outcome is OutcomeStatus.RISEN for each in highest.values())
    levels = "level" if len(highest) == 1 else "levels"
    return f"{reached} of {len(highest)} {levels} reached, {risen} risen and not yet there"


def promised_level(line: RiseOutcome | None) -> int:
    return -1 if line is None or line.promised is None else line.promised
