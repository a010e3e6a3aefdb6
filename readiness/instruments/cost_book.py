"""What a catalogue's costs are made of, for whom its interventions are, and what they deliver.

The instrument says what an intervention costs in its first year. A cost book is kept beside it,
with a date of its own, because prices age faster than questions; it may correct them. Its files are
`costs/<instrument>/<version>.yaml` beside this one, sealed like the instruments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec import field as part_field

from readiness.core.typed_file import Day, Finding, Id, Name, Share, SomeTexts, Version
from readiness.instruments import sealed_files
from readiness.instruments.conditions import Condition
from readiness.instruments.consistency import parse_or_explain
from readiness.instruments.corrections import (
    Corrections,
    CorrectionsPart,
    corrections_of,
    days_corrected,
)
from readiness.instruments.models import LEVELS, Prerequisite
from readiness.instruments.population import Ages, GroupsServed
from readiness.instruments.sealed_files import load_bytes, versions_in
from readiness.instruments.seals import seal_of, seals_in

FOLDER = Path(__file__).parent / "costs"
TOP_LEVEL = LEVELS[-1]
MOST_DAYS = 10_000  # of one unit in one year
MOST_DAY_RATE = 10_000  # dollars

Level = Annotated[int, Meta(ge=1, le=4)]
Needs = dict[str, Level]  # item id -> the level that it must have
Days = Annotated[Fraction, Meta(extra={"ge": 0, "le": MOST_DAYS})]


@dataclass(frozen=True)
class Delivery:
    """What carrying out an intervention as described lets a group show on one item."""

    level: int  # 1 to 4
    why: str
    status: str


@dataclass(frozen=True)
class OwnDays:
    """The group's own work, without an intervention."""

    days: tuple[Fraction, ...]  # people-days of the step to level 1, 2, 3 and 4
    source: str
    as_of: date
    status: str


@dataclass(frozen=True)
class DayRate:
    """What a people-day of the group's own staff is worth when plans are compared."""

    dollars: Fraction
    source: str
    as_of: date
    status: str


@dataclass(frozen=True)
class OwnNeed:
    """What own work on one item needs first."""

    needs: tuple[Prerequisite, ...]  # every one of them
    why: str
    status: str


@dataclass(frozen=True)
class Margin:
    """Whether a plan must hold when any one raised item that is no gate ends a level short."""

    asked: bool
    why: str
    as_of: date
    status: str


@dataclass(frozen=True)
class CostNote:
    """One intervention's costs, taken apart; for whom it is, and what it delivers."""

    intervention_id: str
    one_off_share: Fraction  # of the first year's cash, 0 to 1; the rest comes again every year
    people_days: tuple[Fraction, Fraction, Fraction]  # low, likely, high: first year, one unit,
    # of the group's own people, on top of what the cash pays for
    needs: tuple[Prerequisite, ...]  # besides the instrument's own prerequisites
    acts: str  # posts, not names
    may_pay: tuple[str, ...]  # for the start
    payer_may_pay: bool  # whether a payer is among them
    pays_after: str
    source: str
    as_of: date
    status: str  # marks of these figures, such as "E" for an estimate
    population: GroupsServed
    delivers: Mapping[str, Delivery]  # item id -> level


@dataclass(frozen=True)
class CostBook:
    id: str  # of the instrument whose interventions it prices
    version: str
    own_days: OwnDays
    own_needs: Mapping[str, OwnNeed]  # item id -> what own work on it needs first
    day_rate: DayRate
    margin: Margin
    notes: tuple[CostNote, ...]
    corrects: Corrections = field(default_factory=Corrections)
    status: str = "published"  # a book on trial is read only where its version is named
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


class DeliveryPart(Struct, frozen=True):
    level: Level
    why: str
    status: str


class PopulationPart(Struct, frozen=True, kw_only=True):
    ages: Ages
    when: str = ""
    says: str = ""
    status: str


class OwnDaysPart(Struct, frozen=True):
    days: tuple[Days, ...]
    source: str
    as_of: Day
    status: str


class OwnNeedPart(Struct, frozen=True):
    needs: Needs
    why: str
    status: str


class MarginPart(Struct, frozen=True):
    asked: bool
    why: str
    as_of: Day
    status: str


class DayRatePart(Struct, frozen=True):
    dollars: Annotated[Fraction, Meta(extra={"ge": 0, "le": MOST_DAY_RATE})]
    source: str
    as_of: Day
    status: str


class NotePart(Struct, frozen=True, kw_only=True):
    id: Id
    one_off_share: Share
    people_days: PeopleDaysPart
    needs: Needs = {}
    acts: str
    may_pay: SomeTexts
    payer_may_pay: bool
    pays_after: str
    source: str
    as_of: Day
    status: str
    population: PopulationPart
    delivers: Annotated[dict[str, DeliveryPart], Meta(min_length=1)]


class CostFile(Struct, frozen=True, kw_only=True):
    id: Name
    version: Version
    status: Literal["published", "trial"] = "published"
    published_on: Day
    own_days: OwnDaysPart
    own_needs: dict[str, OwnNeedPart]
    day_rate: DayRatePart
    margin: MarginPart
    notes: Annotated[tuple[NotePart, ...], Meta(min_length=1)]
    corrects: CorrectionsPart = part_field(default_factory=CorrectionsPart)


@cache
def load(instrument_id: str = "qmer", version: str | None = None) -> CostBook:
    """One version of an instrument's cost book; without a version, the latest published."""
    absent = f"There is no cost book for {instrument_id!r}"
    if version is None:
        found = (load(instrument_id, each) for each in versions_in(FOLDER, instrument_id))
        if latest := next((book for book in found if book.status == "published"), None):
            return latest
    return read(load_bytes(FOLDER, instrument_id, version, absent))


def seals() -> dict[str, str]:
    """Of every version of every cost book."""
    return seals_in(FOLDER)


def read(raw: bytes) -> CostBook:
    """The book in a file, or BadInput with everything that is wrong with it."""
    written = sealed_files.read(raw, CostFile, contradictions, [FOLDER])
    return CostBook(
        id=written.id,
        version=written.version,
        status=written.status,
        own_days=own_days_of(written.own_days),
        own_needs={item_id: own_need_of(each) for item_id, each in written.own_needs.items()},
        day_rate=day_rate_of(written.day_rate),
        margin=margin_of(written.margin),
        notes=tuple(map(note_of, written.notes)),
        corrects=corrections_of(written.corrects),
        sha256=seal_of(raw),
    )


def contradictions(written: CostFile) -> Iterator[Finding]:
    """What the file alone shows to be wrong; `cost_book_check` reads it beside the instrument."""
    times = Counter(each.id for each in written.notes)
    for own in (own for own, count in times.items() if count > 1):
        yield ("notes", own), "this id is used twice: write one note for each intervention"
    own_days = written.own_days.days
    if len(own_days) != TOP_LEVEL or list(own_days) != sorted(own_days):
        yield ("own_days", "days"), "levels 1 to 4 need four numbers that do not fall: write them"
    for at, as_of in days_named(written):
        if not is_day(as_of):
            yield (*at, "as_of"), "there is no such day: mend it"
    for each in written.notes:
        days = each.people_days
        if not days.low <= days.likely <= days.high:
            at = ("notes", each.id, "people_days")
            yield at, "low, likely and high do not rise: put them in order"
        if each.payer_may_pay != any("payer" in line for line in each.may_pay):
            at = ("notes", each.id, "payer_may_pay")
            yield at, "this does not agree with may_pay, where a payer is named or not: mend one"
        yield from problems_of_population(each)


def days_named(written: CostFile) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("own_days",), written.own_days.as_of
    yield ("day_rate",), written.day_rate.as_of
    yield ("margin",), written.margin.as_of
    for each in written.notes:
        yield ("notes", each.id), each.as_of
    yield from days_corrected(written.corrects)


def problems_of_population(part: NotePart) -> Iterator[Finding]:
    at = ("notes", part.id, "population")
    if bool(part.population.when) != bool(part.population.says):
        missing = "says" if part.population.when else "when"
        yield (*at, missing), "when and says go together: write both"
    if part.population.when:
        parsed = parse_or_explain(part.population.when)
        if isinstance(parsed, str):
            yield (*at, "when"), parsed


def is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def own_days_of(part: OwnDaysPart) -> OwnDays:
    return OwnDays(part.days, part.source, date.fromisoformat(part.as_of), part.status)


def day_rate_of(part: DayRatePart) -> DayRate:
    return DayRate(part.dollars, part.source, date.fromisoformat(part.as_of), part.status)


def own_need_of(part: OwnNeedPart) -> OwnNeed:
    return OwnNeed(prerequisites_of(part.needs), part.why, part.status)


def margin_of(part: MarginPart) -> Margin:
    return Margin(part.asked, part.why, date.fromisoformat(part.as_of), part.status)


def prerequisites_of(needs: Mapping[str, int]) -> tuple[Prerequisite, ...]:
    return tuple(Prerequisite(item_id, level) for item_id, level in needs.items())


def population_of(part: PopulationPart) -> GroupsServed:
    when = Condition(part.when) if part.when else None
    return GroupsServed(part.ages, when, part.says, part.status)


def note_of(part: NotePart) -> CostNote:
    return CostNote(
        intervention_id=part.id,
        one_off_share=part.one_off_share,
        people_days=(part.people_days.low, part.people_days.likely, part.people_days.high),
        needs=prerequisites_of(part.needs),
        acts=part.acts,
        may_pay=part.may_pay,
        payer_may_pay=part.payer_may_pay,
        pays_after=part.pays_after,
        source=part.source,
        as_of=date.fromisoformat(part.as_of),
        status=part.status,
        population=population_of(part.population),
        delivers={
            item_id: Delivery(each.level, each.why, each.status)
            for item_id, each in part.delivers.items()
        },
    )
