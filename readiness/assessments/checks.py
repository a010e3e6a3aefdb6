"""What a group should look at before it sends its answers in.

Some findings keep an assessment from being submitted; others are only worth a look. Each is a
sentence about one item, so that a page can link straight to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from readiness.assessments.models import Revisions, confirmed_answers
from readiness.assessments.saving import identifiers_in, why_not
from readiness.core import patient_identifiers
from readiness.instruments.answers import (
    Answer,
    AnswerKind,
    Answers,
    Context,
    applicability,
    counted,
    does_not_apply,
)
from readiness.instruments.models import ContextField, Instrument, Item

NOTE_FROM = 3  # levels from here on need an evidence note


class FindingKind(StrEnum):
    MISSING = "not answered yet"
    UNCONFIRMED = "carried from last time, not yet re-confirmed"
    APPLICABLE = "marked as not applicable without grounds"
    NOTE = "evidence note missing"
    IDENTIFIER = "text that could point at a patient"
    COUNTS = "claimed more than the counts show"
    UNLIKELY = "unlikely together"
    UNCHECKED = "no counts to check a claim against"
    CONTEXT = "facts about the group that are not known yet"


BLOCKING = frozenset(
    {
        FindingKind.MISSING,
        FindingKind.UNCONFIRMED,
        FindingKind.APPLICABLE,
        FindingKind.NOTE,
        FindingKind.IDENTIFIER,
    }
)


@dataclass(frozen=True)
class SubmissionFinding:
    asks: FindingKind
    place: str  # an item or context id
    says: str
    name: str = ""  # enough under a heading that says the rest

    @property
    def blocks(self) -> bool:
        return self.asks in BLOCKING


def find(
    instrument: Instrument, revisions: Revisions, context: Context, tier_id: str
) -> tuple[SubmissionFinding, ...]:
    """Everything to see to, by kind and then in the order the items are asked.

    `tier_id` is the tier these answers would reach: its gates need their evidence written down.
    """
    answers = counted(instrument, confirmed_answers(revisions), context)
    found = (
        *unanswered(instrument, revisions, context),
        *unfounded_not_applicable(instrument, answers, context),
        *without_note(instrument, answers, tier_id),
        *with_identifiers(instrument, revisions),
        *unknown_facts(instrument, context),
    )
    order = list(FindingKind)
    return tuple(sorted(found, key=lambda finding: order.index(finding.asks)))


def unanswered(
    instrument: Instrument, revisions: Revisions, context: Context
) -> Iterator[SubmissionFinding]:
    for item in instrument.items:
        if does_not_apply(instrument, item, context):
            continue
        revision = revisions.get(item.id)
        if revision is None or revision.answer is None:
            says = f"{item_name(item)} has no answer yet."
            yield SubmissionFinding(FindingKind.MISSING, item.id, says, item_name(item))
        elif revision.is_carried:
            says = f"{item_name(item)} still shows last time's answer: confirm or change it."
            yield SubmissionFinding(FindingKind.UNCONFIRMED, item.id, says, item_name(item))


def unfounded_not_applicable(
    instrument: Instrument, answers: Answers, context: Context
) -> Iterator[SubmissionFinding]:
    """ "Not applicable" stands only while the group's facts meet the item's condition."""
    for item in instrument.items:
        answer = answers.get(item.id)
        if answer is None or answer.kind is not AnswerKind.NOT_APPLICABLE:
            continue
        may = applicability(instrument, item, context, answers)
        if not may.is_open:
            says = f'{item_name(item)} is marked "not applicable". {why_not(item, may)}'
            yield SubmissionFinding(FindingKind.APPLICABLE, item.id, says)
        elif not answer.reason:
            says = f'{item_name(item)}: say in a few words why it is "not applicable".'
            yield SubmissionFinding(FindingKind.APPLICABLE, item.id, says)


def without_note(
    instrument: Instrument, answers: Answers, tier_id: str
) -> Iterator[SubmissionFinding]:
    for item in instrument.items:
        answer = answers.get(item.id)
        reason = note_reason(instrument, item, answer, tier_id)
        if reason and answer and not answer.note:
            says = f"{item_name(item)} needs an evidence note: {reason}."
            yield SubmissionFinding(FindingKind.NOTE, item.id, says)


def note_reason(instrument: Instrument, item: Item, answer: Answer | None, tier_id: str) -> str:
    """Why this answer needs an evidence note; empty when it does not.

    A note is required at level 3 or 4, and where a level meets a gate of the tier it leads to.
    """
    if answer is None or answer.level is None:
        return ""
    if answer.level >= NOTE_FROM:
        return f"it claims level {answer.level}"
    for gate in instrument.gates_by_item[item.id]:
        if gate.tier_id == tier_id and answer.level >= gate.level:
            return f"it is a gate: tier {tier_id} asks for level {gate.level} here"
    return ""


def with_identifiers(instrument: Instrument, revisions: Revisions) -> Iterator[SubmissionFinding]:
    for item in instrument.items:
        revision = revisions.get(item.id)
        if revision and revision.answer and (kinds := identifiers_in(revision.answer)):
            says = (
                f"{item_name(item)}: the text seems to hold {patient_identifiers.in_words(kinds)}. "
                "Take it out; nobody outside your group sees the text until then."
            )
            yield SubmissionFinding(FindingKind.IDENTIFIER, item.id, says)


def unknown_facts(instrument: Instrument, context: Context) -> Iterator[SubmissionFinding]:
    for asked in instrument.context:
        if not is_known(asked.fields, context):
            says = f"{asked.id} is not complete yet: {asked.ask}."
            yield SubmissionFinding(FindingKind.CONTEXT, asked.id, says, f"{asked.id} {asked.ask}")


def is_known(fields: tuple[ContextField, ...], context: Context) -> bool:
    """A table or a set of choices that was said to be empty is known too."""
    return all(context.get(field.key) is not None for field in fields)


def item_name(item: Item) -> str:
    return f"{item.id} {item.title}"
