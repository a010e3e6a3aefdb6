"""What becomes of last time's answers when the instrument has changed since.

A carried answer is a memory, not a new answer: someone must confirm it before it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.answers import Answer, AnswerKind, Answers, may_say_not_applicable
from readiness.instruments.models import Instrument, Item


class ItemChange(StrEnum):
    SAME = "same"
    REWORDED = "reworded"
    NEW = "new"
    DROPPED = "dropped"


@dataclass(frozen=True)
class CarriedItem:
    item_id: str
    change: ItemChange
    answer: Answer | None  # as given to the old version; None: nothing to carry


def carry(old: Instrument, new: Instrument, answers: Answers) -> tuple[CarriedItem, ...]:
    """Every item of the new version in its order, then those it dropped in theirs."""
    asked = (carry_item(old.item_by_id.get(item.id), item, new, answers) for item in new.items)
    dropped = (
        CarriedItem(item.id, ItemChange.DROPPED, answers.get(item.id))
        for item in old.items
        if item.id not in new.item_by_id
    )
    return (*asked, *dropped)


def carry_item(before: Item | None, now: Item, new: Instrument, answers: Answers) -> CarriedItem:
    """The same only if the question and all five anchors are, to the letter."""
    if before is None:
        return CarriedItem(now.id, ItemChange.NEW, None)
    same = (before.stem, before.levels) == (now.stem, now.levels)
    change = ItemChange.SAME if same else ItemChange.REWORDED
    return CarriedItem(now.id, change, allowed_answer(new, now, answers.get(now.id)))


def allowed_answer(new: Instrument, item: Item, answer: Answer | None) -> Answer | None:
    """No "not applicable" is carried to an item that no longer lets a group say so."""
    is_said = answer is not None and answer.kind is AnswerKind.NOT_APPLICABLE
    return None if is_said and not may_say_not_applicable(new, item) else answer
