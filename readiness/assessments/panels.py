"""What an installation's own standard-setting panel did about cut points: a record, no more.

It changes no cut point: those of a published instrument are sealed, and other ones need another
version, or a cycle that asks for more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from readiness.core import free_text, patient_identifiers
from readiness.core.errors import Problem

LONGEST = free_text.NOTE_CHARACTERS


class PanelMethod(StrEnum):
    """The trade's usual ways of setting a standard, and what is left."""

    ANGOFF = "modified Angoff"
    BOOKMARK = "bookmark"
    BODY_OF_WORK = "body of work"
    CONTRASTING_GROUPS = "contrasting groups"
    DISCUSSION = "discussion without a set method"
    OTHER = "another method, told under the outcome"


@dataclass(frozen=True)
class PanelRecord:
    id: str
    payer_id: str
    instrument_id: str
    version: str
    held_on: date
    took_part: str  # by role, never by name
    method: PanelMethod
    looked_at: str  # which items, gates or cut points
    outcome: str
    recorded_at: datetime
    recorded_by: str  # a person's id

    @property
    def texts(self) -> dict[str, str]:
        return {"took_part": self.took_part, "looked_at": self.looked_at, "outcome": self.outcome}

    @property
    def tidied(self) -> PanelRecord:
        """With plain line breaks and no space around its texts; ValueError where one cannot be."""
        return replace(
            self,
            took_part=free_text.clean(self.took_part, LONGEST),
            looked_at=free_text.clean(self.looked_at, LONGEST),
            outcome=free_text.clean(self.outcome, LONGEST),
        )


def problems_of(record: PanelRecord) -> Iterator[Problem]:
    """What keeps a record from being kept; its texts are read by everybody who signs in."""
    if record.held_on > record.recorded_at.date():
        yield Problem("held_on", "Enter a day that is past: only a panel that met is recorded.")
    for place, text in record.texts.items():
        if not text.strip():
            yield Problem(place, "Write a sentence or more here.")
            continue
        try:
            free_text.clean(text, LONGEST)
        except ValueError as error:
            yield Problem(place, str(error))
        for mark in patient_identifiers.found_in(text):
            yield Problem(place, f"This seems to hold {mark}: take it out.")
