"""What a table of screening codes looks like, and what it says that cannot all be true."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from readiness.core.typed_file import Day, Finding, Key, Name, Path, SomeTexts, Version
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import STRATA, StratumType
from readiness.imports.screening_codes.models import (
    NONE_OF_THESE,
    CountedQuantity,
    ResourceType,
    Trait,
)
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
PhraseText = Annotated[
    str, Meta(pattern=r"^[a-z0-9]+( -?[a-z0-9]+)*$", description="words in small letters")
]
DiagnosisCode = Annotated[
    str,
    Meta(
        pattern=r"^Z(5[5-9]|6[0-5])\.([0-9A-Z]{1,4}|\*)$",
        description="a code of Z55 to Z65 such as Z59.41, or Z56.*",
    ),
]
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


def answers_of(written: QuestionPart) -> frozenset[str]:
    """Every answer that a question has, those that it scores aside."""
    said = ((*says.positive, *says.negative) for says in written.tells.values())
    none = (NONE_OF_THESE,) if written.none_means else ()
    return frozenset(chain(written.absent, written.values, none, *said))


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


class DiagnosisPart(Struct, frozen=True):
    systems: SomeTexts
    verified: str
    needs: Annotated[dict[str, tuple[DiagnosisCode, ...]], Meta(min_length=1)]


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
    phrases: dict[str, dict[AnswerCode, PhraseText]]
    standings: dict[ResourceType, dict[RecordStatus, tuple[str, ...]]]
    instruments: Annotated[tuple[ScreeningInstrumentPart, ...], Meta(min_length=1)]
    traits: dict[Trait, TraitPart]
    diagnoses: DiagnosisPart
    poverty_guidelines: Annotated[tuple[GuidelinePart, ...], Meta(min_length=1)]


QUESTION = re.compile(r"([0-9]{1,7})-([0-9])")
MADE = {Need.HOUSING, Need.ANY, Need.ALL5}  # of other needs, never by a question
STRATUM_TYPES = {
    Trait.RACE: StratumType.RACE,
    Trait.ETHNICITY: StratumType.ETHNICITY,
    Trait.LANGUAGE: StratumType.LANGUAGE,
    Trait.PAYER: StratumType.PAYER,
    Trait.SEX: StratumType.SEX,
}


def contradictions(written: CodeFile) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(written)


def questions_in(
    written: CodeFile,
) -> Iterator[tuple[ScreeningInstrumentPart, str, QuestionPart, Path]]:
    for instrument in written.instruments:
        for code, question in instrument.questions.items():
            path = ("instruments", instrument.id, "questions", code)
            yield instrument, code, question, path


def repeated_codes(written: CodeFile) -> Iterator[Finding]:
    """Instruments by their ids, and a panel for one instrument only."""
    seen: set[str] = set()
    for each in written.instruments:
        for code in (each.id, *each.panels):
            if code in seen:
                yield ("instruments", each.id), f"{code} is used twice: keep one"
            seen.add(code)


def bad_codes(written: CodeFile) -> Iterator[Finding]:
    """A question's code carries a digit that checks the others, so a slip is seen."""
    for _, code, _, path in questions_in(written):
        found = QUESTION.fullmatch(code)
        if not found or check_digit(found[1]) != int(found[2]):
            yield path, f"{code} is no LOINC code: check its digits"


def check_digit(digits: str) -> int:
    """
    >>> check_digit("71802")
    3
    """
    doubled = [int(each) * (2 - place % 2) for place, each in enumerate(reversed(digits))]
    return -sum(each // 10 + each % 10 for each in doubled) % 10


def contradictory_answers(written: CodeFile) -> Iterator[Finding]:
    """A pair of question and answer says one thing of a need, in whichever instrument."""
    seen: dict[tuple[str, str, str], bool] = {}
    for _, code, question, path in questions_in(written):
        for need, says in question.tells.items():
            for is_positive, answers in ((True, says.positive), (False, says.negative)):
                for answer in answers:
                    if seen.setdefault((code, need, answer), is_positive) != is_positive:
                        found = f"{answer} is both positive and negative for {need}: keep one"
                        yield (*path, "tells", need), found


def phrases_of_no_answer(written: CodeFile) -> Iterator[Finding]:
    """Words are told only of answers that the question has."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for _, code, question, _ in questions_in(written):
        known[code] |= answers_of(question)
    for code, phrases in written.phrases.items():
        for answer in phrases.keys() - known[code]:
            yield ("phrases", code), f"{answer} is no answer of this question: take it out"


def unknown_names(written: CodeFile) -> Iterator[Finding]:
    known = {
        "need or matter": {*(set(Need) - MADE), *written.matters},
        "mark": set(written.marks),
        "source": set(written.sources),
        "reason": {code for codes in written.absent.values() for code in codes},
    }
    named: list[tuple[Path, str, str]] = []
    for instrument in written.instruments:
        path: Path = ("instruments", instrument.id)
        named += [((*path, "sources"), "source", each) for each in instrument.sources]
        named += [((*path, "verified"), "mark", instrument.verified)]
    named += [(("diagnoses", "needs"), "need or matter", each) for each in written.diagnoses.needs]
    named += [(("diagnoses", "verified"), "mark", written.diagnoses.verified)]
    for each in written.poverty_guidelines:
        named += [(("poverty_guidelines",), "mark", each.verified)]
    for instrument, _, question, path in questions_in(written):
        about = (*question.tells, *filter(None, [question.about]))
        named += [(path, "need or matter", each) for each in about]
        named += [((*path, "verified"), "mark", question.verified)]
        named += [((*path, "absent"), "reason", each) for each in question.absent]
        scores = filter(None, (question.score, question.total_of))
        yield from (
            (path, f"{each} is no score of this instrument: name one that is")
            for each in scores
            if each not in instrument.scores
        )
    for path, what, name in named:
        if name not in known[what]:
            yield path, f"{name[:60]!r} is no {what} of this file: name one that is"


def questions_about_nothing(written: CodeFile) -> Iterator[Finding]:
    for _, _, question, path in questions_in(written):
        if not (question.tells or question.about or question.trait or question.personal):
            yield path, "this question has no need and no other matter: say what it is about"


def needs_without_questions(written: CodeFile) -> Iterator[Finding]:
    for each in written.instruments:
        asked = {need for question in each.questions.values() for need in question.tells}
        for need in set(each.every_question) - asked:
            path = ("instruments", each.id, "every_question")
            yield path, f"no question here tells of {need}: take it out"


def unknown_strata(written: CodeFile) -> Iterator[Finding]:
    for _, _, question, path in questions_in(written):
        trait = question.trait
        known = strata_of(trait) if trait else set()
        for stratum in set(question.values.values()) - known:
            yield (*path, "values"), f"{stratum} is no stratum of its trait: name one that is"
    for trait, table in written.traits.items():
        used = {
            *table.values,
            *table.prefixes.values(),
            *(each.stratum for each in table.ranges),
        }
        for stratum in used - strata_of(trait):
            yield ("traits", trait), f"{stratum} is no stratum of {trait}: name one that is"


def strata_of(trait: Trait) -> set[str]:
    return set(STRATA[STRATUM_TYPES[trait]])


def ambiguous_words(written: CodeFile) -> Iterator[Finding]:
    """A word, a code or a status means one thing."""
    places: list[tuple[Path, Mapping[Any, tuple[str, ...]]]] = [
        (("absent",), written.absent),
        (("absent_words",), written.absent_words),
        *((("standings", kind), each) for kind, each in written.standings.items()),
        *((("traits", trait), each.values) for trait, each in written.traits.items()),
        (("diagnoses", "needs"), written.diagnoses.needs),
    ]
    for path, entries in places:
        meanings: defaultdict[str, set[str]] = defaultdict(set)
        for meaning, said in entries.items():
            for each in said:
                meanings[each.lower()].add(meaning)
        for each, found in meanings.items():
            if len(found) > 1:
                yield path, f"{each!r} is read as {' and as '.join(sorted(found))}: keep one"


def guidelines_out_of_order(written: CodeFile) -> Iterator[Finding]:
    years = [each.year for each in written.poverty_guidelines]
    if years != sorted(set(years)):
        yield ("poverty_guidelines",), "the years are not in order: write the oldest first"


CHECKS: tuple[Callable[[CodeFile], Iterator[Finding]], ...] = (
    repeated_codes,
    bad_codes,
    contradictory_answers,
    unknown_names,
    questions_about_nothing,
    needs_without_questions,
    unknown_strata,
    phrases_of_no_answer,
    ambiguous_words,
    guidelines_out_of_order,
)
