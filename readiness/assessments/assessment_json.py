"""An assessment as a JSON file, from a stranger: values, or everything that is wrong with it.

What decides a score is read strictly. What cannot change a score (a context value, an extra key)
is left out with a notice when it cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from readiness.core import strict_json
from readiness.core.errors import Problem
from readiness.core.strict_json import excerpt
from readiness.instruments.answers import (
    Answer,
    AnswerKind,
    ApplicabilityVerdict,
    ContextValue,
    applicability,
    counted,
    does_not_apply,
)
from readiness.instruments.models import LEVELS, ContextField, Instrument, Item

MOST_BYTES = 1_000_000
TOP_KEYS = ("instrument", "version", "context", "answers")
ANSWER_KEYS = ("level", "na", "reason", "dk", "note")
LIST: Any = list  # of a type that is only known when an instrument is read


@dataclass
class AssessmentReading:
    """What could be read of a file, what is wrong with it, and what was left out."""

    context: dict[str, ContextValue] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def refuse(self, place: str, says: str) -> None:
        self.problems.append(Problem(place, says))

    def notice(self, place: str, says: str) -> None:
        self.notices.append(Problem(place, says))


def parse_object(raw: bytes) -> dict[str, Any]:
    return strict_json.parse_object(raw, MOST_BYTES, "assessment")


# From a document to an assessment.


def instrument_and_version(
    found: Mapping[str, Any],
) -> tuple[str | None, str | None, list[Problem]]:
    """The instrument and version a file names; a version may be left out."""
    problems = []
    instrument_id, version = found.get("instrument"), found.get("version")
    if not isinstance(instrument_id, str):
        problems.append(Problem("instrument", 'name the instrument as a text, such as "qmer"'))
    if "version" in found and not isinstance(version, str):
        problems.append(Problem("version", 'give the version as a text, such as "2026.1"'))
    if problems:
        return None, None, problems
    return instrument_id, version, []


def read(found: Mapping[str, Any], instrument: Instrument | None) -> AssessmentReading:
    """Everything good, everything wrong, in one pass.

    Without an instrument (its name was wrong) only what does not depend on it is checked.
    """
    reading = AssessmentReading()
    for key in found.keys() - set(TOP_KEYS):
        reading.notice(excerpt(key), "is not a part of an assessment, and was left out")
    read_context(found.get("context", {}), instrument, reading)
    read_answers(found.get("answers"), instrument, reading)
    if instrument is not None:
        for item in instrument.items:
            if says := refusal(instrument, item, reading):
                reading.refuse(f"answers.{item.id}", says)
        let_facts_decide(instrument, reading)
    return reading


def let_facts_decide(instrument: Instrument, reading: AssessmentReading) -> None:
    """A level typed on an item that does not apply is kept in the file, and not counted."""
    for item in instrument.items:
        said = reading.answers.get(item.id)
        is_typed = said is not None and said.kind is not AnswerKind.NOT_APPLICABLE
        if is_typed and does_not_apply(instrument, item, reading.context):
            says = f"does not apply to this group ({item.na_says}): its answer is not counted"
            reading.notice(f"answers.{item.id}", says)
    reading.answers = dict(counted(instrument, reading.answers, reading.context))


def refusal(instrument: Instrument, item: Item, reading: AssessmentReading) -> str | None:
    """Why "not applicable" cannot stand for an item; None when it can, or was not said."""
    answer = reading.answers.get(item.id)
    if answer is None or answer.kind is not AnswerKind.NOT_APPLICABLE:
        return None
    may = applicability(instrument, item, reading.context, reading.answers)
    if may.is_open:
        return None
    if may.verdict is ApplicabilityVerdict.NEVER or item.na_when is None:
        return '"not applicable" is not allowed here: give a level, or "dk": true'
    rule = f'"not applicable" is allowed only if {item.na_when.text}'
    if may.verdict is ApplicabilityVerdict.CLOSED:
        return f"{rule}, which is not so here: answer the item"
    return f"{rule}, which is not known: give what it reads, or answer the item"


def read_context(given: Any, instrument: Instrument | None, reading: AssessmentReading) -> None:
    if not isinstance(given, dict):
        reading.refuse("context", "must be an object of facts about the group, or left out")
        return
    if instrument is None:
        return
    for key, value in given.items():
        place = f"context.{key}" if key in instrument.field_by_key else f"context[{excerpt(key)}]"
        if key not in instrument.field_by_key:
            reading.notice(place, "is not asked by this instrument, and was left out")
        elif value is not None and not is_readable(value, instrument.field_by_key[key]):
            says = f"{excerpt(value)} cannot be read as {wanted(instrument.field_by_key[key])}"
            reading.notice(place, f"{says}, and counts as unknown")
        else:
            reading.context[key] = value


def wanted(field: ContextField) -> str:
    if field.choices:
        return "one of " + ", ".join(value for value, _ in field.choices)
    article = "an" if field.type == "integer" else "a"
    ends = [
        f"{words} {float(end):g}"
        for words, end in (("at least", field.minimum), ("at most", field.maximum))
        if end is not None
    ]
    return " ".join([article, field.type, " and ".join(ends)]).strip()


def is_readable(value: Any, field: ContextField) -> bool:
    try:
        msgspec.convert(value, kind_of(field), dec_hook=lambda kind, own: kind(own))
    except msgspec.ValidationError:
        return False
    return True


class IsoDay:
    """A day in any of the forms of ISO 8601."""

    def __init__(self, text: str) -> None:
        date.fromisoformat(text)


@cache
def kind_of(field: ContextField) -> Any:
    """The type of the values that an instrument's field takes; 2.0 is a whole number too."""
    low, high = (None if end is None else float(end) for end in (field.minimum, field.maximum))
    choice: Any = Literal[tuple(value for value, _ in field.choices)] if field.choices else str
    match field.type:
        case "integer":
            return Annotated[float, Meta(ge=low, le=high, multiple_of=1)]
        case "number" | "share":
            return Annotated[float, Meta(ge=low, le=high)]
        case "boolean":
            return bool
        case "choice":
            return choice
        case "choices":
            return LIST[choice]
        case "text":
            return str
        case "date":
            return IsoDay
    cells = [(column.key, kind_of(column) | None, None) for column in field.columns]
    return LIST[msgspec.defstruct(field.key, cells, forbid_unknown_fields=True)]


def read_answers(given: Any, instrument: Instrument | None, reading: AssessmentReading) -> None:
    if not isinstance(given, dict):
        reading.refuse("answers", "must be an object with an answer for each item id")
        return
    for item_id, said in given.items():
        if instrument is not None and item_id not in instrument.item_by_id:
            says = f"there is no such item in {instrument.id} {instrument.version}: remove it"
            reading.refuse(f"answers[{excerpt(item_id)}]", says)
            continue
        place = f"answers.{item_id}" if instrument is not None else f"answers[{excerpt(item_id)}]"
        answer, problems = answer_of(said)
        for says in problems:
            reading.refuse(place, says)
        if isinstance(said, dict):
            for key in sorted(said.keys() - set(ANSWER_KEYS)):
                reading.notice(place, f"{excerpt(key)} is not a part of an answer; it was left out")
        if answer is not None:
            reading.answers[item_id] = answer


def answer_of(said: Any) -> tuple[Answer | None, list[str]]:
    """One answer as far as it can be read, and the sentences that say what is wrong with it."""
    if not isinstance(said, dict):
        return None, ['must be an object such as {"level": 2}']
    problems = list(answer_problems(said))
    note = said.get("note") if is_text(said.get("note")) else ""
    match kinds_of(said):
        case [AnswerKind.LEVEL] if is_level(said["level"]):
            return Answer.at(said["level"], note or ""), problems
        case [AnswerKind.DONT_KNOW]:
            return Answer.dont_know(note or ""), problems
        case [AnswerKind.NOT_APPLICABLE]:
            reason = said["reason"].strip() if is_text(said.get("reason")) else ""
            return Answer(AnswerKind.NOT_APPLICABLE, reason=reason, note=note or ""), problems
    return None, problems


def kinds_of(said: Mapping[str, Any]) -> list[AnswerKind]:
    """The kinds of answer given. `"na": false` and `"dk": false` give none."""
    given = {
        AnswerKind.LEVEL: "level" in said,
        AnswerKind.DONT_KNOW: said.get("dk", False) is not False,
        AnswerKind.NOT_APPLICABLE: said.get("na", False) is not False,
    }
    return [kind for kind, is_given in given.items() if is_given]


def answer_problems(said: Mapping[str, Any]) -> Iterator[str]:
    kinds = kinds_of(said)
    if not kinds:
        yield 'has no answer: give a "level" from 0 to 4, "dk": true or "na": true'
    if len(kinds) > 1:
        yield f"has {len(kinds)} answers at once ({', '.join(kinds)}): keep one"
    if "level" in said and not is_level(said["level"]):
        yield f"{excerpt(said['level'])} is not a level: give a whole number from 0 to 4"
    for key in ("na", "dk"):
        if not isinstance(said.get(key, False), bool):
            yield f'"{key}" must be true or false, not {excerpt(said[key])}'
    for key in ("reason", "note"):
        if not isinstance(said.get(key), str | None):
            yield f'"{key}" must be a text, not {excerpt(said[key])}'
    if said.get("na") is True and not is_text(said.get("reason")):
        yield '"not applicable" needs a reason: add "reason" with a short text'


def is_level(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in LEVELS


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
