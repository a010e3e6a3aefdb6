"""From what is written in a table of screening codes to the values of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import chain
from typing import Any, TypeVar

from readiness.counts.social_risk.models import Need
from readiness.imports.screening_codes.file_format import Written
from readiness.imports.screening_codes.models import (
    CodeRange,
    CodeTable,
    CountedQuantity,
    Guideline,
    ResourceType,
    Score,
    ScreeningInstrument,
    ScreeningQuestion,
    Trait,
    TraitTable,
    normalize,
)
from readiness.imports.screens.models import Absent, NeedResult, RecordStatus

Word = TypeVar("Word", bound=StrEnum)
Meaning = TypeVar("Meaning")

NEEDS = frozenset(Need)
SIDES = (NeedResult.POSITIVE, NeedResult.NEGATIVE)


def table_of(written: Written, sha256: str) -> CodeTable:
    return CodeTable(
        id=written["id"],
        version=written["version"],
        title=written["title"],
        sha256=sha256,
        notices=written["notices"],
        marks=written["marks"],
        matters=written["matters"],
        systems=frozenset(each.lower().rstrip("/") for each in written["systems"]),
        instruments={each["id"]: instrument_of(each) for each in written["instruments"]},
        absent=turned(written["absent"], Absent),
        absent_words=by_plain_word(turned(written["absent_words"], Absent)),
        words={code: frozenset(map(normalize, said)) for code, said in written["words"].items()},
        standings={kind: turned(written["standings"][kind], RecordStatus) for kind in ResourceType},
        traits={trait: trait_of(written["traits"][trait]) for trait in Trait},
        guidelines=tuple(
            Guideline(each["year"], each["first"], each["each_more"])
            for each in written["poverty_guidelines"]
        ),
    )


def turned(written: Mapping[str, tuple[str, ...]], kind: type[Word]) -> dict[str, Word]:
    """From a word with all that is read so, to each of these with its word."""
    return {said: kind(own) for own, each in written.items() for said in each}


def by_plain_word(meanings: Mapping[str, Meaning]) -> dict[str, Meaning]:
    return {normalize(said): meaning for said, meaning in meanings.items()}


def instrument_of(written: dict[str, Any]) -> ScreeningInstrument:
    scores = {own: Score(id=own, **each) for own, each in written["scores"].items()}
    return ScreeningInstrument(
        id=written["id"],
        title=written["title"],
        panels=written["panels"],
        questions={
            code: question_of(code, written["id"], each, scores)
            for code, each in written["questions"].items()
        },
        scores=scores,
        every_question=frozenset(map(Need, written["every_question"])),
        verified=written["verified"],
        source_ids=written["sources"],
    )


def question_of(
    code: str, instrument_id: str, written: dict[str, Any], scores: Mapping[str, Score]
) -> ScreeningQuestion:
    points = scores[written["score"]].points if written["score"] else {}
    tells = written["tells"]
    about = [*tells, *([written["about"]] if written["about"] else [])]
    return ScreeningQuestion(
        code=code,
        instrument_id=instrument_id,
        verified=written["verified"],
        tells={Need(each): results_of(says) for each, says in tells.items() if each in NEEDS},
        about=frozenset(Need(each) for each in about if each in NEEDS),
        matters=tuple(each for each in about if each not in NEEDS),
        answers=answers_of(written) | points.keys(),
        has_several=written["several"],
        none_means=NeedResult(written["none_means"]) if written["none_means"] else None,
        is_derived=written["derived"],
        is_personal=written["personal"],
        score_id=written["score"],
        total_of=written["total_of"],
        counts=CountedQuantity(written["counts"]) if written["counts"] else None,
        positive_at=written["positive_at"],
        trait=Trait(written["trait"]) if written["trait"] else None,
        trait_values=written["values"],
    )


def results_of(says: Mapping[str, tuple[str, ...]]) -> dict[str, NeedResult]:
    return {answer: side for side in SIDES for answer in says[side]}


def answers_of(written: dict[str, Any]) -> frozenset[str]:
    said = (says[side] for says in written["tells"].values() for side in SIDES)
    return frozenset(chain(written["absent"], written["values"], *said))


def trait_of(written: dict[str, Any]) -> TraitTable:
    return TraitTable(
        values=by_plain_word(
            {said: own for own, each in written["values"].items() for said in each}
        ),
        prefixes=written["prefixes"],
        ranges=tuple(CodeRange(**each) for each in written["ranges"]),
    )
