"""What a group says to one item: a level, "don't know" or "not applicable"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from readiness.instruments.models import LEVELS


class Kind(StrEnum):
    LEVEL = "level"
    DONT_KNOW = "don't know"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Answer:
    """One answer. A missing answer is no Answer at all: silence is not a don't-know."""

    kind: Kind
    level: int | None = None  # 0 to 4, for a level only
    reason: str = ""  # why not applicable
    note: str = ""  # evidence: what exists, where, dated when, who owns it

    def __post_init__(self) -> None:
        if (self.kind is Kind.LEVEL) != (self.level in LEVELS and self.level is not None):
            raise ValueError(f"{self.level!r} is not a level for an answer of kind {self.kind}")

    @classmethod
    def at(cls, level: int, note: str = "") -> Answer:
        return cls(Kind.LEVEL, level, note=note)

    @classmethod
    def dont_know(cls, note: str = "") -> Answer:
        return cls(Kind.DONT_KNOW, note=note)

    @classmethod
    def not_applicable(cls, reason: str) -> Answer:
        return cls(Kind.NOT_APPLICABLE, reason=reason)


Answers = Mapping[str, Answer]  # by item id; an item without an entry has not been answered
ContextValue = int | float | bool | str | list[object] | None
Context = Mapping[str, ContextValue]  # by context key; an absent key is unknown
