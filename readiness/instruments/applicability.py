"""Whether "not applicable" may be answered to an item now, and what must be known first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import Instrument, Item


class Verdict(StrEnum):
    NEVER = "this item always applies"
    OPEN = "allowed"
    CLOSED = "the group's facts say that it applies"
    UNKNOWN = "a fact it depends on is not known yet"


@dataclass(frozen=True)
class Applicability:
    """`context_ids` and `item_ids` are where a person can look up or mend what it depends on."""

    verdict: Verdict
    context_ids: tuple[str, ...] = ()  # "CTX-02"
    item_ids: tuple[str, ...] = ()  # "REAL-5"

    @property
    def is_open(self) -> bool:
        return self.verdict is Verdict.OPEN


def applicability(
    instrument: Instrument, item: Item, context: Context, answers: Answers
) -> Applicability:
    """What is not known is unknown, never false: it does not open "not applicable" either."""
    if item.na_when is None:
        return Applicability(Verdict.NEVER)
    levels = {key: answer.level for key, answer in answers.items() if answer.level is not None}
    holds = item.na_when.holds(context, levels)
    return Applicability(
        Verdict.UNKNOWN if holds is None else Verdict.OPEN if holds else Verdict.CLOSED,
        tuple(
            asked.id
            for asked in instrument.context
            if any(field.key in item.na_when.keys for field in asked.fields)
        ),
        tuple(each.id for each in instrument.items if each.id in item.na_when.item_ids),
    )
