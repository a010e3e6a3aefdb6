"""What a group says to one item: a level, "don't know" or "not applicable"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.models import LEVELS, ApplicabilityRule, Instrument, Item


class AnswerKind(StrEnum):
    LEVEL = "level"
    DONT_KNOW = "don't know"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Answer:
    """One answer. A missing answer is no Answer at all: silence is not a don't-know."""

    kind: AnswerKind
    level: int | None = None  # 0 to 4, for a level only
    reason: str = ""  # why not applicable
    note: str = ""  # evidence: what exists, where, dated when, who owns it

    def __post_init__(self) -> None:
        if (self.kind is AnswerKind.LEVEL) != (self.level in LEVELS and self.level is not None):
            raise ValueError(f"{self.level!r} is not a level for an answer of kind {self.kind}")

    @classmethod
    def at(cls, level: int, note: str = "") -> Answer:
        return cls(AnswerKind.LEVEL, level, note=note)

    @classmethod
    def dont_know(cls, note: str = "") -> Answer:
        return cls(AnswerKind.DONT_KNOW, note=note)

    @classmethod
    def not_applicable(cls, reason: str) -> Answer:
        return cls(AnswerKind.NOT_APPLICABLE, reason=reason)


Answers = Mapping[str, Answer]  # by item id; an item without an entry has not been answered
ContextValue = int | float | bool | str | list[object] | None
Context = Mapping[str, ContextValue]  # by context key; an absent key is unknown


class ApplicabilityVerdict(StrEnum):
    NEVER = "this item always applies"
    OPEN = "allowed"
    CLOSED = "the group's facts say that it applies"
    UNKNOWN = "a fact it depends on is not known yet"


@dataclass(frozen=True)
class Applicability:
    """`context_ids` and `item_ids` are where a person can look up or mend what it depends on."""

    verdict: ApplicabilityVerdict
    context_ids: tuple[str, ...] = ()  # "CTX-02"
    item_ids: tuple[str, ...] = ()  # "REAL-5"
    is_by_fact: bool = False  # nobody says so: the facts decide

    @property
    def is_open(self) -> bool:
        return self.verdict is ApplicabilityVerdict.OPEN

    @property
    def is_unknown(self) -> bool:
        return self.verdict is ApplicabilityVerdict.UNKNOWN


def applicability(
    instrument: Instrument, item: Item, context: Context, answers: Answers
) -> Applicability:
    """What is not known is unknown, never false: it does not open "not applicable" either."""
    if item.na_when is None:
        return Applicability(ApplicabilityVerdict.NEVER)
    levels = {key: answer.level for key, answer in answers.items() if answer.level is not None}
    holds = item.na_when.holds(context, levels)
    return Applicability(
        ApplicabilityVerdict.UNKNOWN
        if holds is None
        else ApplicabilityVerdict.OPEN
        if holds
        else ApplicabilityVerdict.CLOSED,
        tuple(
            asked.id
            for asked in instrument.context
            if any(field.key in item.na_when.keys for field in asked.fields)
        ),
        tuple(each.id for each in instrument.items if each.id in item.na_when.item_ids),
        instrument.not_applicable is ApplicabilityRule.BY_FACT,
    )


def does_not_apply(instrument: Instrument, item: Item, context: Context) -> bool:
    """By the group's facts alone, whatever was answered. Never where a group says so itself."""
    return (
        instrument.not_applicable is ApplicabilityRule.BY_FACT
        and item.na_when is not None
        and item.na_when.holds(context, {}) is True
    )


def may_say_not_applicable(instrument: Instrument, item: Item) -> bool:
    """Whether "not applicable" is among the answers that an item offers at all."""
    return instrument.not_applicable is ApplicabilityRule.BY_ANSWER and item.na_when is not None


def counted(instrument: Instrument, answers: Answers, context: Context) -> Answers:
    """The answers that a score is made of: where facts decide, they stand in for what was typed."""
    by_fact = {
        item.id: Answer.not_applicable(item.na_says)
        for item in instrument.items
        if does_not_apply(instrument, item, context)
    }
    return {**answers, **by_fact} if by_fact else answers


def no_longer_excused(
    instrument: Instrument, answers: Answers, context: Context, levels: Mapping[str, int]
) -> Iterator[Item]:
    """Items answered "not applicable" that apply once others are at these levels."""
    raised = {**answers, **{item_id: Answer.at(level) for item_id, level in levels.items()}}
    for item in instrument.items:
        answer = answers.get(item.id)
        if answer is None or answer.kind is not AnswerKind.NOT_APPLICABLE:
            continue
        before, after = (
            applicability(instrument, item, context, given) for given in (answers, raised)
        )
        if before.is_open and not after.is_open:
            yield item
