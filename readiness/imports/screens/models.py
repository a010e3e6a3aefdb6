"""One screen, one patient's answers to one instrument on one day, and the pieces it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from readiness.counts.social_risk.models import Need
from readiness.imports.screens.parts import Answered, Result, Standing, Traits

Whose = tuple[bytes, date]  # patient, day


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it waits for the others. Its values are shared with those that are equal."""

    whose: Whose
    issued: str
    version: int
    at: int  # in the order of the input
    standing: Standing
    status: str
    instrument: str = ""
    answered: tuple[Answered, ...] = ()
    results: Mapping[Need, Result] | None = None
    resource: bytes = b""
    belongs_to: bytes = b""
    is_whole: bool = False
    is_completed: bool = False
    group_id: str = ""
    site_id: str = ""
    traits: Traits | None = None
    source: str = ""

    @property
    def order(self) -> tuple[str, int, int]:
        """Between pieces of one screen: when it was issued, then its version, then the file's."""
        return self.issued, self.version, self.at

    @property
    def edition(self) -> tuple[int, str, int]:
        """Between versions of one resource."""
        return self.version, self.issued, self.at

    @property
    def takes_back_all(self) -> bool:
        """A form or a panel entered in error takes the whole screen with it."""
        return self.is_whole or not (self.answered or self.results)


@dataclass(frozen=True, slots=True)
class Screen:
    patient: bytes
    day: date
    instrument: str  # id in the code table, or ""
    status: str  # of the latest piece that decides
    standing: Standing
    answered: Mapping[str, Answered] = field(default_factory=dict)  # by question
    results: Mapping[Need, Result] = field(default_factory=dict)
    is_completed: bool = False
    group_id: str = ""
    site_id: str = ""
    traits: tuple[Traits, ...] = ()  # earliest first
    source: str = ""  # where its first piece stood; kept only on request
    at: int = 0  # in the order of the input
