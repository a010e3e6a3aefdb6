"""What becomes of an answer that arrives: saved, left as it is, or put before both savers.

Nothing is silently overwritten: who typed over an answer that has changed since is shown both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from readiness.assessments.models import AnswerRevision
from readiness.core import patient_identifiers
from readiness.core.errors import BadInput, Problem
from readiness.core.free_text import NOTE_CHARACTERS, REASON_CHARACTERS, clean
from readiness.instruments.answers import (
    Answer,
    AnswerKind,
    Applicability,
    ApplicabilityVerdict,
    ContextValue,
)
from readiness.instruments.models import Item

CHOICES: dict[str, tuple[AnswerKind, int | None]] = {
    **{str(level): (AnswerKind.LEVEL, level) for level in range(5)},
    "dk": (AnswerKind.DONT_KNOW, None),
    "na": (AnswerKind.NOT_APPLICABLE, None),
}


@dataclass(frozen=True)
class SentAnswer:
    """One item as a page sends it: what was chosen and typed, over which revision."""

    item_id: str
    choice: str = ""  # a key of CHOICES; empty: nothing chosen
    reason: str = ""
    note: str = ""
    base: int = 0  # the revision the page showed; 0: none
    confirms: bool = False  # that last time's answer is still true


@dataclass(frozen=True)
class SentFact:
    """One fact as a page or a workbook sends it, over the revision it showed."""

    value: ContextValue
    base: int


class SaveOutcome(StrEnum):
    KEPT = "nothing to save"
    SAVED = "saved"
    CONFLICT = "somebody else answered meanwhile"


def answer_of(sent: SentAnswer) -> Answer | None:
    """What was sent as an answer; None when nothing was chosen. BadInput says what cannot be."""
    note = clean_text(sent, sent.note, NOTE_CHARACTERS)
    reason = clean_text(sent, sent.reason, REASON_CHARACTERS)
    if sent.choice == "":
        if note or reason:
            says = "Choose a level first. What you typed is not saved until then."
            raise BadInput([Problem(sent.item_id, says)])
        return None
    if sent.choice not in CHOICES:
        says = "Choose one of the answers that the page offers."
        raise BadInput([Problem(sent.item_id, says)])
    kind, level = CHOICES[sent.choice]
    return Answer(kind, level, reason if kind is AnswerKind.NOT_APPLICABLE else "", note)


def clean_text(sent: SentAnswer, text: str, most: int) -> str:
    try:
        return clean(text, most)
    except ValueError as error:
        raise BadInput([Problem(sent.item_id, str(error))]) from error


def choice_of(answer: Answer | None) -> str:
    """
    >>> choice_of(Answer.at(3)), choice_of(Answer.dont_know()), choice_of(None)
    ('3', 'dk', '')
    """
    if answer is None:
        return ""
    return next(key for key, value in CHOICES.items() if value == (answer.kind, answer.level))


def require_allowed(item: Item, answer: Answer | None, may: Applicability) -> None:
    """An answer that the item does not allow is not stored at all."""
    if answer is None or answer.kind is not AnswerKind.NOT_APPLICABLE:
        return
    if may.is_by_fact or not may.is_open:
        raise BadInput([Problem(item.id, f'Not saved as "not applicable". {why_not(item, may)}')])
    if not answer.reason:
        raise BadInput([Problem(item.id, "Say in a few words why this does not apply.")])


def why_not(item: Item, may: Applicability) -> str:
    """What stands between an item and "not applicable"."""
    if may.verdict is ApplicabilityVerdict.NEVER:
        return 'This item applies to every group: choose a level, or "don\'t know".'
    if may.is_by_fact:
        return why_not_by_fact(item, may)
    if may.verdict is ApplicabilityVerdict.UNKNOWN:
        places = " and ".join((*may.context_ids, *may.item_ids))
        return f"It may be so only if: {item.na_says}. Answer {places} first."
    return f"It may be so only if: {item.na_says}. Your answers say otherwise."


def why_not_by_fact(item: Item, may: Applicability) -> str:
    """Nobody chooses it: what decides, and what to do meanwhile."""
    places = " and ".join(may.context_ids)
    says = f"Facts about your group ({places}) decide whether this applies"
    if may.is_open:
        return f"{says}; it does not: {item.na_says}. Leave it empty."
    if may.verdict is ApplicabilityVerdict.UNKNOWN:
        return f"{says}: fill them in, or choose a level or “don’t know”."
    return f"{says}; it does: choose a level, or “don’t know”."


def outcome(
    sent: SentAnswer,
    wanted: Answer | None,
    current: AnswerRevision | None,
    base: AnswerRevision | None,
) -> SaveOutcome:
    """`base` is the revision that the sender's page showed, `current` the one stored now."""
    answer = current.answer if current else None
    confirms_now = sent.confirms and current is not None and current.is_carried
    if wanted == answer:
        return SaveOutcome.SAVED if confirms_now else SaveOutcome.KEPT
    if sent.base == (current.revision if current else 0):
        return SaveOutcome.SAVED
    was = base.answer if base else None
    return SaveOutcome.KEPT if wanted == was and not sent.confirms else SaveOutcome.CONFLICT


def identifiers_in(answer: Answer) -> tuple[patient_identifiers.Identifier, ...]:
    return patient_identifiers.found_in(f"{answer.note}\n{answer.reason}")


def identifiers_in_words(saved: AnswerRevision | None) -> str:
    marks = identifiers_in(saved.answer) if saved and saved.answer else ()
    return patient_identifiers.in_words(marks) if marks else ""
