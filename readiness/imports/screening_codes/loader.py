"""The screening instruments' codes: `codes/<version>.yaml` beside this file, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from msgspec.structs import asdict

from readiness.counts.social_risk.models import Need
from readiness.imports.screening_codes.file_format import (
    CodeFile,
    DiagnosisPart,
    QuestionPart,
    ResultPart,
    ScreeningInstrumentPart,
    TraitPart,
    answers_of,
    contradictions,
)
from readiness.imports.screening_codes.models import (
    NONE_OF_THESE,
    CodeRange,
    CodeTable,
    DiagnosisTable,
    Guideline,
    Phrase,
    Score,
    ScreeningInstrument,
    ScreeningQuestion,
    TraitTable,
    normalize,
    without_dot,
)
from readiness.imports.screens.models import NeedResult
from readiness.instruments import sealed_files
from readiness.instruments.sealed_files import load_bytes
from readiness.instruments.seals import seal_of

Meaning = TypeVar("Meaning")

FOLDER = Path(__file__).parent
NEEDS = frozenset(Need)


@cache
def load(version: str | None = None) -> CodeTable:
    """One version of the code table; without a version, the latest."""
    return read(load_bytes(FOLDER, "codes", version, "There are no screening codes"))


def read(raw: bytes) -> CodeTable:
    """The table in a file, or BadInput with everything that is wrong with it."""
    return table_of(sealed_files.read(raw, CodeFile, contradictions), seal_of(raw))


def table_of(written: CodeFile, sha256: str) -> CodeTable:
    return CodeTable(
        id=written.id,
        version=written.version,
        title=written.title,
        sha256=sha256,
        notices=written.notices,
        marks=written.marks,
        matters=written.matters,
        systems=frozenset(each.lower().rstrip("/") for each in written.systems),
        instruments={each.id: instrument_of(each) for each in written.instruments},
        absent=invert(written.absent),
        absent_words=by_plain_word(invert(written.absent_words)),
        words={code: frozenset(map(normalize, said)) for code, said in written.words.items()},
        phrases={
            question: tuple(phrase_of(code, words) for code, words in each.items())
            for question, each in written.phrases.items()
        },
        standings={kind: invert(each) for kind, each in written.standings.items()},
        traits={trait: trait_of(each) for trait, each in written.traits.items()},
        guidelines=tuple(
            Guideline(each.year, each.first, each.each_more) for each in written.poverty_guidelines
        ),
        diagnoses=diagnoses_of(written.diagnoses),
    )


def diagnoses_of(written: DiagnosisPart) -> DiagnosisTable:
    by_code = {code: Need(need) for need, codes in written.needs.items() for code in codes}
    return DiagnosisTable(
        systems=frozenset(each.lower().rstrip("/") for each in written.systems),
        needs={without_dot(code): of for code, of in by_code.items() if code[-1] != "*"},
        categories={code[:3]: of for code, of in by_code.items() if code[-1] == "*"},
    )


def invert(written: Mapping[Meaning, tuple[str, ...]]) -> dict[str, Meaning]:
    """From a meaning with all that is read so, to each of these with its meaning."""
    return {said: meaning for meaning, each in written.items() for said in each}


def by_plain_word(meanings: Mapping[str, Meaning]) -> dict[str, Meaning]:
    return {normalize(said): meaning for said, meaning in meanings.items()}


def phrase_of(code: str, words: str) -> Phrase:
    """
    >>> phrase_of("LA31993-1", "steady -not")
    Phrase(code='LA31993-1', holds=frozenset({'steady'}), lacks=frozenset({'not'}))
    """
    listed = words.split()
    lacks = frozenset(each[1:] for each in listed if each.startswith("-"))
    return Phrase(code, frozenset(each for each in listed if each[0] != "-"), lacks)


def instrument_of(written: ScreeningInstrumentPart) -> ScreeningInstrument:
    scores = {own: Score(id=own, **asdict(each)) for own, each in written.scores.items()}
    return ScreeningInstrument(
        id=written.id,
        title=written.title,
        panels=written.panels,
        questions={
            code: question_of(code, written.id, each, scores)
            for code, each in written.questions.items()
        },
        scores=scores,
        every_question=frozenset(map(Need, written.every_question)),
        verified=written.verified,
        source_ids=written.sources,
    )


def question_of(
    code: str, instrument_id: str, written: QuestionPart, scores: Mapping[str, Score]
) -> ScreeningQuestion:
    points = scores[written.score].points if written.score else {}
    tells = written.tells
    about = [*tells, *([written.about] if written.about else [])]
    return ScreeningQuestion(
        code=code,
        instrument_id=instrument_id,
        verified=written.verified,
        tells={
            Need(each): results_of(says, written.none_means)
            for each, says in tells.items()
            if each in NEEDS
        },
        about=frozenset(Need(each) for each in about if each in NEEDS),
        matters=tuple(each for each in about if each not in NEEDS),
        answers=answers_of(written) | points.keys(),
        has_several=written.several,
        none_means=written.none_means,
        is_derived=written.derived,
        is_personal=written.personal,
        score_id=written.score,
        total_of=written.total_of,
        counts=written.counts,
        positive_at=written.positive_at,
        trait=written.trait,
        trait_values=written.values,
    )


def results_of(says: ResultPart, none_means: NeedResult | None) -> dict[str, NeedResult]:
    none = {NONE_OF_THESE: none_means} if none_means else {}
    positive = dict.fromkeys(says.positive, NeedResult.POSITIVE)
    return none | positive | dict.fromkeys(says.negative, NeedResult.NEGATIVE)


def trait_of(written: TraitPart) -> TraitTable:
    return TraitTable(
        values=by_plain_word(invert(written.values)),
        prefixes=written.prefixes,
        ranges=tuple(CodeRange(**asdict(each)) for each in written.ranges),
    )
