"""Cost books: `<instrument>/<version>.yaml` beside this file, sealed like the instruments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from readiness.core.typed_file import Day, Finding, Id, Name, Share, SomeTexts, Version
from readiness.instruments import sealed_files
from readiness.instruments.costs.models import CostBook, CostNote
from readiness.instruments.sealed_files import load_bytes, seal_of

FOLDER = Path(__file__).parent
MOST_DAYS = 10_000  # of one unit in one year

Days = Annotated[Fraction, Meta(extra={"ge": 0, "le": MOST_DAYS})]


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
