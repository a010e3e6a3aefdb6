"""What a table of screening codes looks like: every part it has, in the order it is written."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from readiness.core.typed_file import Day, Key, Name, SomeTexts, Version
from readiness.imports.screening_codes.models import CountedQuantity, ResourceType, Trait
from readiness.imports.screens.models import Absent, NeedResult, RecordStatus

AnswerCode = Annotated[
    str, Meta(pattern=r"^LA[0-9]{1,5}-[0-9]$", description="an answer code such as LA33-6")
]
AnswerCodes = tuple[AnswerCode, ...]
Panel = Annotated[str, Meta(pattern=r"^[A-Z0-9-]{3,20}$", description="a panel's code")]
Hundred = Annotated[int, Meta(ge=0, le=100)]
Cutoff = Annotated[int, Meta(ge=1, le=100)]
PublicCode = Annotated[int, Meta(ge=1, le=9999)]
Dollars = Annotated[int, Meta(ge=1, le=1_000_000)]
SomeEntries = Annotated[dict[str, str], Meta(min_length=1)]


class ResultPart(Struct, frozen=True):
    positive: AnswerCodes = ()
    negative: AnswerCodes = ()


class QuestionPart(Struct, frozen=True, kw_only=True):
    tells: dict[str, ResultPart] = {}
    about: Key = ""
    absent: AnswerCodes = ()
    several: bool = False
    none_means: NeedResult | None = None
    derived: bool = False
    personal: bool = False
    score: Key = ""
    total_of: Key = ""
    counts: CountedQuantity | None = None
    positive_at: Cutoff = 0
    trait: Trait | None = None
    values: dict[str, Key] = {}
    verified: str


class ScorePart(Struct, frozen=True):
    points: Annotated[dict[str, Annotated[int, Meta(ge=0, le=10)]], Meta(min_length=2)]
    items: Annotated[int, Meta(ge=2, le=30)]
    lowest: Hundred
    highest: Hundred
    positive_at: Cutoff


class ScreeningInstrumentPart(Struct, frozen=True, kw_only=True):
    id: Key
    title: str
    panels: tuple[Panel, ...]
    verified: str
    sources: SomeTexts
    every_question: tuple[Key, ...] = ()
    scores: dict[str, ScorePart] = {}
    questions: Annotated[dict[str, QuestionPart], Meta(min_length=1)]


class RangePart(Struct, frozen=True):
    first: PublicCode
    last: PublicCode
    stratum: Key


class TraitPart(Struct, frozen=True, kw_only=True):
    ranges: tuple[RangePart, ...] = ()
    prefixes: dict[str, Key] = {}
    values: Annotated[dict[str, SomeTexts], Meta(min_length=1)]


class GuidelinePart(Struct, frozen=True):
    year: Annotated[int, Meta(ge=2000, le=2100)]
    first: Dollars
    each_more: Dollars
    verified: str


class CodeSourcePart(Struct, frozen=True):
    what: str
    at: str


class CodeFile(Struct, frozen=True):
    id: Name
    version: Version
    title: str
    status: Literal["published"]
    published_on: Day
    notices: SomeEntries
    marks: SomeEntries
    sources: Annotated[dict[str, CodeSourcePart], Meta(min_length=1)]
    systems: SomeTexts
    matters: dict[str, str]
    absent: dict[Absent, SomeTexts]
    absent_words: dict[Absent, SomeTexts]
    words: dict[str, SomeTexts]
    standings: dict[ResourceType, dict[RecordStatus, tuple[str, ...]]]
    instruments: Annotated[tuple[ScreeningInstrumentPart, ...], Meta(min_length=1)]
    traits: dict[Trait, TraitPart]
    poverty_guidelines: Annotated[tuple[GuidelinePart, ...], Meta(min_length=1)]
