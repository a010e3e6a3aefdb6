"""What a catalogue's costs are made of: how much is one-off, whose days it takes, and who pays.

The instrument says what an intervention costs in its first year. A cost book is kept beside it,
with a date of its own, because prices age faster than questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True)
class CostNote:
    """One intervention's costs, taken apart."""

    intervention_id: str
    one_off_share: Fraction  # of the first year's cash, 0 to 1; the rest comes again every year
    people_days: tuple[Fraction, Fraction, Fraction]  # low, likely, high: first year, one unit
    acts: str  # posts, not names
    may_pay: tuple[str, ...]  # for the start
    pays_after: str
    source: str
    as_of: date
    status: str  # marks of these figures, such as "E" for an estimate


@dataclass(frozen=True)
class CostBook:
    id: str  # of the instrument whose interventions it prices
    version: str
    notes: tuple[CostNote, ...]
    sha256: str = ""  # seal over the file's bytes

    @cached_property
    def note_by_id(self) -> Mapping[str, CostNote]:
        return {note.intervention_id: note for note in self.notes}

    def note(self, intervention_id: str) -> CostNote | None:
        return self.note_by_id.get(intervention_id)
