"""A payer's review, item by item: what may be decided, what it carries over, what it validates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from readiness.assessments.models import Decision, ItemReview
from readiness.core.errors import Problem
from readiness.instruments.answers import Answer, AnswerKind
from readiness.instruments.models import Instrument

LONGEST_REASON = 1000
LOOK_FROM = 3  # levels that need evidence; a claim below them seldom decides a tier

Decisions = Mapping[str, ItemReview]  # by item id; an item without one waits
Given = Mapping[str, Answer]  # what was sent in, by item id


class AnswerChange(StrEnum):
    """What a resubmission did to one item."""

    RAISED = "raised"
    LOWERED = "lowered"
    ANSWERED_OTHERWISE = "answered otherwise"
    NOTE = "note changed"
    NEW = "new"


@dataclass(frozen=True)
class ReviewChoice:
    """What a reviewer says of one item, and which earlier decision they had before them."""

    item_id: str
    decision: Decision
    validated_level: int | None = None  # lower than the claim; None: as claimed
    reason: str = ""
    seen: int = 0  # number of the decision that was on the page; 0: none


def problems_of(choice: ReviewChoice, answer: Answer) -> Iterable[Problem]:
    """Whatever takes something from the group's claim says why."""
    reason = choice.reason.strip()
    if len(reason) > LONGEST_REASON:
        yield Problem(choice.item_id, f"Shorten the reason to {LONGEST_REASON:,} characters.")
    if choice.decision is Decision.CHANGE_REQUESTED:
        if not reason:
            yield Problem(choice.item_id, "Say what should change, so that the group can act.")
        return
    if choice.validated_level is None:
        return
    if answer.level is None or not 0 <= choice.validated_level < answer.level:
        yield Problem(choice.item_id, "Choose a level below the claim, or agree with the claim.")
    elif not reason:
        yield Problem(choice.item_id, "Say why you take a lower level as shown.")


def validated_level(choice: ReviewChoice, answer: Answer) -> int | None:
    """What is taken as shown: the claim, unless something lower was chosen."""
    if choice.decision is Decision.CHANGE_REQUESTED:
        return None
    return answer.level if choice.validated_level is None else choice.validated_level


def still_agreed(before: Decisions, answered_before: Given, answered_now: Given) -> Decisions:
    """Agreement outlives a resubmission where the answer is word for word the same."""
    return {
        item_id: review
        for item_id, review in before.items()
        if review.decision is Decision.AGREED
        and item_id in answered_now
        and answered_before.get(item_id) == answered_now[item_id]
    }


def undecided(instrument: Instrument, given: Given, decisions: Decisions) -> tuple[str, ...]:
    """Items nobody has decided on yet, in the order they are asked."""
    return tuple(
        item.id for item in instrument.items if item.id in given and item.id not in decisions
    )


def requested_changes(instrument: Instrument, decisions: Decisions) -> tuple[str, ...]:
    """Items for which a change is asked, in the order they are asked."""
    return tuple(
        item.id
        for item in instrument.items
        if (review := decisions.get(item.id)) and review.decision is Decision.CHANGE_REQUESTED
    )


def needs_attention(instrument: Instrument, item_id: str, answer: Answer) -> bool:
    """Gates and high claims can change a tier, and so can what is said not to apply."""
    if answer.kind is AnswerKind.NOT_APPLICABLE:
        return True
    level = answer.level or 0
    meets_a_gate = any(level >= gate.level for gate in instrument.gates_by_item[item_id])
    return meets_a_gate or level >= LOOK_FROM


def undecided_low(instrument: Instrument, given: Given, decisions: Decisions) -> tuple[str, ...]:
    """Undecided claims that could not have raised the tier: safe to agree with together."""
    return tuple(
        item_id
        for item_id in undecided(instrument, given, decisions)
        if not needs_attention(instrument, item_id, given[item_id])
    )


def validated_answers(given: Given, decisions: Decisions) -> dict[str, Answer]:
    """What was sent in, each level lowered to what the reviewer takes as shown."""
    return {
        item_id: as_validated(answer, decisions.get(item_id)) for item_id, answer in given.items()
    }


def as_validated(answer: Answer, review: ItemReview | None) -> Answer:
    if review is None or answer.level is None or review.validated_level is None:
        return answer
    return replace(answer, level=min(answer.level, review.validated_level))


def changes(before: Given, now: Given) -> dict[str, AnswerChange]:
    """What a resubmission changed, by item id."""
    return {
        item_id: change_of(before.get(item_id), answer)
        for item_id, answer in now.items()
        if before.get(item_id) != answer
    }


def change_of(before: Answer | None, now: Answer) -> AnswerChange:
    if before is None:
        return AnswerChange.NEW
    if before.level is not None and now.level is not None and before.level != now.level:
        return AnswerChange.RAISED if now.level > before.level else AnswerChange.LOWERED
    if (before.kind, before.reason) != (now.kind, now.reason):
        return AnswerChange.ANSWERED_OTHERWISE
    return AnswerChange.NOTE


def answer_in_words(answer: Answer | None) -> str:
    """
    >>> answer_in_words(Answer.at(3)), answer_in_words(Answer.dont_know()), answer_in_words(None)
    ('level 3', "don't know", 'no answer')
    """
    if answer is None:
        return "no answer"
    return f"level {answer.level}" if answer.kind is AnswerKind.LEVEL else str(answer.kind)


def unknown_items(choices: Iterable[ReviewChoice], item_ids: Collection[str]) -> Iterable[Problem]:
    """A decision about something that was not sent in has nothing to stand on."""
    for choice in choices:
        if choice.item_id not in item_ids:
            yield Problem(choice.item_id, "This item was not sent in. Reload the page.")
