"""The code tables: which questions screening instruments ask and what each answer says.

A rule is a pair of question and answer, never an answer alone: the same "yes" is a need after one
question and none after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from readiness.counts.social_risk.models import Need
from readiness.imports.screens.models import Absent, NeedResult, RecordStatus, ScreenAnswer

NONE_OF_THESE = "LA9-3"  # said where several may be chosen and none was


class Trait(StrEnum):
    """What a question inside a screen may tell of a person, for the strata."""

    RACE = "race"
    ETHNICITY = "ethnicity"
    LANGUAGE = "language"
    PAYER = "payer"
    SEX = "sex"


class CountedQuantity(StrEnum):
    """What a question answered by a number counts."""

    INCOME = "income"  # dollars of the household in a year
    HOUSEHOLD = "household"  # people
    TIMES = "times"


class ResourceType(StrEnum):
    """What sort of thing a status belongs to."""

    OBSERVATION = "Observation"
    FORM = "QuestionnaireResponse"


@dataclass(frozen=True)
class Score:
    """Points of several questions added up: no single one of them says anything alone."""

    id: str
    points: Mapping[str, int]  # answer -> points
    items: int  # so many must be answered
    lowest: int
    highest: int
    positive_at: int

    @property
    def fewest(self) -> int:
        """Points of any answer there is."""
        return min(self.points.values())


@dataclass(frozen=True)
class ScreeningQuestion:
    """One question of one instrument: what it is about and, where an answer alone can say so, what
    each answer tells of needs. Other matters are known and not judged."""

    code: str
    instrument_id: str
    verified: str  # a mark of the table
    tells: Mapping[Need, Mapping[str, NeedResult]] = field(default_factory=dict)
    about: frozenset[Need] = frozenset()
    matters: tuple[str, ...] = ()  # what else it is about
    answers: frozenset[str] = frozenset()  # every answer that belongs to it
    has_several: bool = False  # more than one answer may be chosen
    none_means: NeedResult | None = None  # nothing chosen, in a completed form
    is_derived: bool = False  # worked out by the sender from other questions
    is_personal: bool = False  # its answer names a person or a place: dropped on reading
    score_id: str = ""  # an item of this score
    total_of: str = ""  # the sender's sum of this score
    counts: CountedQuantity | None = None
    positive_at: int = 0  # for what is counted in times
    trait: Trait | None = None
    trait_values: Mapping[str, str] = field(default_factory=dict)  # answer -> stratum

    def knows(self, answers: Iterable[ScreenAnswer]) -> bool:
        """True when every code among the answers belongs to this question."""
        return all(not answer.code or answer.code in self.answers for answer in answers)


@dataclass(frozen=True)
class ScreeningInstrument:
    id: str
    title: str
    panels: tuple[str, ...]
    questions: Mapping[str, ScreeningQuestion]
    scores: Mapping[str, Score]
    every_question: frozenset[Need]  # no clear "no" to these unless each question has one
    verified: str
    source_ids: tuple[str, ...]

    def asks(self, need: Need) -> tuple[str, ...]:
        """The questions a need rests on; what the sender derived is no question."""
        return tuple(
            code
            for code, question in self.questions.items()
            if need in question.about and not question.is_derived
        )


@dataclass(frozen=True)
class Guideline:
    """The poverty guideline of one year for the contiguous states, in dollars a year."""

    year: int
    first: int
    each_more: int

    def line(self, people: int) -> int:
        """
        >>> Guideline(2026, 15960, 5680).line(4)
        33000
        """
        return self.first + self.each_more * (people - 1)


@dataclass(frozen=True)
class CodeRange:
    """Public codes whose number lies within; the digit after the hyphen only checks the rest."""

    first: int
    last: int
    stratum: str


@dataclass(frozen=True)
class TraitTable:
    """How one trait's codes and words are read as strata."""

    values: Mapping[str, str] = field(default_factory=dict)  # small letters -> stratum
    prefixes: Mapping[str, str] = field(default_factory=dict)  # first digits -> stratum
    ranges: tuple[CodeRange, ...] = ()


@dataclass(frozen=True)
class DiagnosisTable:
    """Which diagnosis code documents which need. Codes stand here without their dot."""

    systems: frozenset[str] = frozenset()  # names under which ICD-10-CM travels, in small letters
    needs: Mapping[str, Need] = field(default_factory=dict)
    categories: Mapping[str, Need] = field(default_factory=dict)  # of all codes that begin so

    def is_icd10(self, system: str) -> bool:
        return system.strip().lower().rstrip("/") in self.systems

    def need(self, code: str) -> Need | None:
        """None for codes of Z55 to Z65 that are of none of our needs, and for all others."""
        plain = without_dot(code)
        if not SOCIAL_CODE.fullmatch(plain):
            return None
        return self.needs.get(plain) or self.categories.get(plain[:3])

    def needs_of(self, codes: Iterable[str]) -> frozenset[Need]:
        return frozenset(need for code in codes if (need := self.need(code)))


SOCIAL_CODE = re.compile(r"Z(5[5-9]|6[0-5])[0-9A-Z]{0,4}")  # Z55 to Z65


def without_dot(code: str) -> str:
    return code.strip().upper().replace(".", "")


BETWEEN_ANSWERS = re.compile(r"\s*[,;|/&+\n]\s*|\s+and\s+", re.IGNORECASE)


def is_social_diagnosis(code: str) -> bool:
    """
    >>> is_social_diagnosis("z59.41"), is_social_diagnosis("Z5941"), is_social_diagnosis("Z66")
    (True, True, False)
    """
    return bool(SOCIAL_CODE.fullmatch(without_dot(code)))


@dataclass(frozen=True)
class Phrase:
    """Key words that tell one answer of a question from its others, however it is worded."""

    code: str
    holds: frozenset[str]
    lacks: frozenset[str]

    def is_in(self, words: Set[str]) -> bool:
        return self.holds <= words and self.lacks.isdisjoint(words)


@dataclass(frozen=True)
class CodeTable:
    """One version of the screening instruments' codes."""

    id: str
    version: str
    title: str
    sha256: str
    notices: Mapping[str, str]
    marks: Mapping[str, str]
    matters: Mapping[str, str]
    systems: frozenset[str]  # names under which LOINC travels, in small letters
    instruments: Mapping[str, ScreeningInstrument]
    absent: Mapping[str, Absent]  # answer codes and reasons, whatever the question
    absent_words: Mapping[str, Absent]  # typed words, in small letters
    words: Mapping[str, frozenset[str]]  # answer code -> words for it, in small letters
    phrases: Mapping[str, tuple[Phrase, ...]]  # by question
    standings: Mapping[ResourceType, Mapping[str, RecordStatus]]
    traits: Mapping[Trait, TraitTable]
    guidelines: tuple[Guideline, ...]  # oldest first
    diagnoses: DiagnosisTable = DiagnosisTable()

    def is_loinc(self, system: str) -> bool:
        return system.strip().lower().rstrip("/") in self.systems

    @cached_property
    def instrument_by_panel(self) -> Mapping[str, str]:
        return {panel: each.id for each in self.instruments.values() for panel in each.panels}

    @cached_property
    def questions_by_code(self) -> Mapping[str, tuple[ScreeningQuestion, ...]]:
        """A code may be asked by several instruments, each with answers of its own."""
        found: dict[str, tuple[ScreeningQuestion, ...]] = {}
        for instrument in self.instruments.values():
            for code, question in instrument.questions.items():
                found[code] = (*found.get(code, ()), question)
        return found

    @cached_property
    def trait_questions(self) -> frozenset[str]:
        asked = self.questions_by_code.items()
        return frozenset(code for code, rules in asked if any(each.trait for each in rules))

    def knows(self, question: str) -> bool:
        return question in self.questions_by_code

    def is_personal(self, question: str) -> bool:
        """Its answer must not even be looked at."""
        return any(each.is_personal for each in self.questions_by_code.get(question, ()))

    def is_counted(self, question: str) -> bool:
        """It is answered by a number: an amount, a count or a sum of points."""
        asked = self.questions_by_code.get(question, ())
        return any(each.counts or each.total_of for each in asked)

    def has_several(self, question: str) -> bool:
        """Several answers to it may be chosen."""
        return any(each.has_several for each in self.questions_by_code.get(question, ()))

    def question(
        self, instrument_id: str, code: str, answers: Iterable[ScreenAnswer] = ()
    ) -> ScreeningQuestion | None:
        """The rule for a question and its answers: the instrument's own where it knows them, else
        one that does. Answers that nobody knows are left to the instrument's own rule."""
        asked = self.questions_by_code.get(code, ())
        own = [each for each in asked if each.instrument_id == instrument_id]
        chosen = tuple(answers)
        knowing = (each for each in (*own, *asked) if each.knows(chosen))
        return next(knowing, None) or next(iter((*own, *asked)), None)

    def absent_for(self, text: str) -> Absent | None:
        """Why there is no answer: by an answer code, a reason's code or a typed word."""
        return self.absent.get(text) or self.absent_words.get(normalize(text))

    def result_for(self, text: str) -> NeedResult | None:
        """Why a need has no answer, where the sender has judged it: None for other words."""
        absent = self.absent_for(text)
        return RESULT_OF_ABSENT[absent] if absent else None

    def answer_for(self, question: str, text: str) -> ScreenAnswer | None:
        """An answer sent as text: a code, or a word for an answer of this question."""
        if absent := self.absent_for(text):
            return ScreenAnswer(absent=absent)
        known = {code for each in self.questions_by_code.get(question, ()) for code in each.answers}
        if text.strip() in known:
            return ScreenAnswer(code=text.strip())
        said = normalize(text)
        codes = sorted(code for code in known if said in self.words.get(code, ()))
        if not codes:
            words = words_in(text)
            codes = [each.code for each in self.phrases.get(question, ()) if each.is_in(words)]
        return ScreenAnswer(code=codes[0]) if len(codes) == 1 else None

    def answers_in(self, question: str, text: str) -> tuple[ScreenAnswer, ...]:
        """What a text says: one answer, or several where several may be chosen and each part is
        one; none where a part of it is not known."""
        if one := self.answer_for(question, text):
            return (one,)
        if not self.has_several(question):
            return ()
        parts = [part for part in BETWEEN_ANSWERS.split(text) if part.strip()]
        found = [self.answer_for(question, part) for part in parts]
        return tuple(dict.fromkeys(each for each in found if each)) if all(found) else ()

    def standing(self, kind: ResourceType, status: str) -> RecordStatus | None:
        """What a status means for the count; None for one that is not in the standard."""
        return self.standings[kind].get(status)

    def poverty_line(self, people: int, on: date) -> int:
        """By the year of the screen; before the first guideline known the first, after it the last.

        The guidelines appear in January, so a year's own holds for nearly all of it.
        """
        known = [each for each in self.guidelines if each.year <= on.year]
        return (known[-1] if known else self.guidelines[0]).line(people)


RESULT_OF_ABSENT = {
    Absent.DECLINED: NeedResult.DECLINED,
    Absent.UNKNOWN: NeedResult.UNKNOWN,
    Absent.NOT_ASKED: NeedResult.INCOMPLETE,
}


def words_in(text: str) -> frozenset[str]:
    """
    >>> sorted(words_in("I don't have a non-medical one"))
    ['a', 'do', 'have', 'i', 'medical', 'non', 'not', 'one']
    """
    plain = text.lower().replace("\u2019", "'").replace("n't", " not")
    return frozenset(re.findall(r"[a-z0-9]+", plain))


def normalize(text: str) -> str:
    """
    >>> normalize("  Often  TRUE. "), normalize("Don\u2019t know")
    ('often true', "don't know")
    """
    return " ".join(text.lower().replace("\u2019", "'").split()).rstrip(".")
