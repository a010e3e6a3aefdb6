"""What a catalogue's costs are made of: how much is one-off, whose days it takes, and who pays.

The instrument says what an intervention costs in its first year. A cost book is kept beside it,
with a date of its own, because prices age faster than questions. Its files are
`costs/<instrument>/<version>.yaml` beside this one, sealed like the instruments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from readiness.core.typed_file import Day, Finding, Id, Name, Share, SomeTexts, Version
from readiness.instruments import sealed_files
from readiness.instruments.sealed_files import load_bytes, seal_of

FOLDER = Path(__file__).parent / "costs"
MOST_DAYS = 10_000  # of one unit in one year

Days = Annotated[Fraction, Meta(extra={"ge": 0, "le": MOST_DAYS})]


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


# Its file


class PeopleDaysPart(Struct, frozen=True):
    low: Days
    likely: Days
    high: Days


class NotePart(Struct, frozen=True):
    id: Id
    one_off_share: Share
    people_days: PeopleDaysPart
    acts: str
    may_pay: SomeTexts
    pays_after: str
    source: str
    as_of: Day
    status: str


class CostFile(Struct, frozen=True):
    id: Name
    version: Version
    published_on: Day
    notes: Annotated[tuple[NotePart, ...], Meta(min_length=1)]


@cache
def load(instrument_id: str = "qmer", version: str | None = None) -> CostBook:
    """One version of an instrument's cost book; without a version, the latest."""
    absent = f"There is no cost book for {instrument_id!r}"
    return read(load_bytes(FOLDER, instrument_id, version, absent))


def read(raw: bytes) -> CostBook:
    """The book in a file, or BadInput with everything that is wrong with it."""
    written = sealed_files.read(raw, CostFile, contradictions)
    notes = tuple(map(note_of, written.notes))
    return CostBook(written.id, written.version, notes, seal_of(raw))


def contradictions(written: CostFile) -> Iterator[Finding]:
    times = Counter(each.id for each in written.notes)
    for own in (own for own, count in times.items() if count > 1):
        yield ("notes", own), "this id is used twice: write one note for each intervention"
    for each in written.notes:
        days = each.people_days
        if not days.low <= days.likely <= days.high:
            at = ("notes", each.id, "people_days")
            yield at, "low, likely and high do not rise: put them in order"
        if not is_day(each.as_of):
            yield ("notes", each.id, "as_of"), "there is no such day: mend it"


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def note_of(part: NotePart) -> CostNote:
    return CostNote(
        intervention_id=part.id,
        one_off_share=part.one_off_share,
        people_days=(part.people_days.low, part.people_days.likely, part.people_days.high),
        acts=part.acts,
        may_pay=part.may_pay,
        pays_after=part.pays_after,
        source=part.source,
        as_of=date.fromisoformat(part.as_of),
        status=part.status,
    )
