"""One screen, one patient's answers to one instrument on one day, and the pieces it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from readiness.counts.social_risk.models import Need

Whose = tuple[bytes, date]  # patient, day


@dataclass(slots=True)  # not frozen: see ScreenPart
class ScreenPiece:
    """A part as it waits for the others. Its values are shared with those that are equal."""

    whose: Whose
    issued: str
    version: int
    at: int  # in the order of the input
    standing: RecordStatus
    status: str
    instrument: str = ""
    answered: tuple[AnsweredQuestion, ...] = ()
    results: Mapping[Need, NeedResult] | None = None
    resource: bytes = b""
    belongs_to: bytes = b""
    is_whole: bool = False
    is_completed: bool = False
    group_id: str = ""
    site_id: str = ""
    traits: PatientTraits | None = None
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
    standing: RecordStatus
    answered: Mapping[str, AnsweredQuestion] = field(default_factory=dict)  # by question
    results: Mapping[Need, NeedResult] = field(default_factory=dict)
    is_completed: bool = False
    group_id: str = ""
    site_id: str = ""
    traits: tuple[PatientTraits, ...] = ()  # earliest first
    source: str = ""  # where its first piece stood; kept only on request
    at: int = 0  # in the order of the input
    alike: int = 0  # within a run, those of one number were answered alike; 0: unknown


class NeedResult(StrEnum):
    """What one screen says of one need."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    PARTIAL = "partial"  # of `any` alone: no need was found, and not everything was answered


STATED = tuple(each for each in NeedResult if each is not NeedResult.PARTIAL)  # what a file may say


class Absent(StrEnum):
    """Why a question has no answer."""

    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


class RecordStatus(StrEnum):
    """What a status means for the count."""

    COUNTED = "counted"
    HELD = "held"  # not final yet: told, not counted
    DELETED = "deleted"  # entered in error: takes back what was sent before


class ScreenAnswer(NamedTuple):
    """One answer to one question: a code, a number, or why there is none."""

    code: str = ""  # LOINC answer code
    number: float | None = None
    absent: Absent | None = None


UNREADABLE_ANSWER = ScreenAnswer(code="?")  # something was answered; we cannot tell what


class AnsweredQuestion(NamedTuple):
    """One question and what was answered: several codes where several may be chosen."""

    question: str  # LOINC code
    answers: tuple[ScreenAnswer, ...]  # empty: the question stood there and nothing was chosen
    flag: bool | None = None  # the sender's own "positive": compared, never believed


class PatientTraits(NamedTuple):
    """What is known of a person that strata are made of, in the sender's codes."""

    races: tuple[str, ...] = ()  # CDC race codes, null flavors, or our own stratum names
    ethnicity: str = ""
    language: str = ""
    payer: str = ""
    sex: str = ""
    born: date | None = None  # or the age in years:
    age: int | None = None


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """What a file tells of one patient beside the screens."""

    patient: bytes
    traits: PatientTraits


@dataclass(slots=True)  # not frozen: that would cost a quarter of the time of reading
class ScreenPart:
    """A screen or a piece of one, as one resource or one row of a file tells it.

    Never changed once it is handed on.
    """

    source: str  # "file 1, line 12": the place, never the content
    patient: bytes  # keyed hash
    day: date  # the screen's own date
    standing: RecordStatus
    status: str  # as the sender calls it, from a closed list
    answered: tuple[AnsweredQuestion, ...] = ()
    results: Mapping[Need, NeedResult] = field(
        default_factory=dict
    )  # where the file judged already
    instrument: str = ""  # id in the code table; "": to be told from the questions
    issued: str = ""  # ISO 8601 in UTC, so that later sorts after; "" sorts first
    version: int = 0  # of the same resource
    resource: bytes = b""  # keyed hash of the resource's own id; b"": it has none
    belongs_to: bytes = b""  # keyed hash of the panel or form that it is a piece of
    members: tuple[bytes, ...] = ()  # keyed hashes of the pieces that this panel names
    is_whole: bool = False  # the whole screen in one: an absent answer may mean "none of these"
    is_completed: bool = False  # and it was finished
    group_id: str = ""
    site_id: str = ""
    traits: PatientTraits | None = None

    def is_continued_by(self, part: ScreenPart) -> bool:
        """Both are lines of one screen, and the other is about questions that are new to it."""
        return (
            self.patient == part.patient
            and (self.day, self.issued, self.status, self.group_id, self.site_id, self.traits)
            == (part.day, part.issued, part.status, part.group_id, part.site_id, part.traits)
            and self.standing is part.standing is RecordStatus.COUNTED
            and not (self.resource or part.resource or self.results or part.results)
            and {each.question for each in self.answered}.isdisjoint(
                [each.question for each in part.answered]
            )
        )


NOBODY = "-"  # the group of a file that names none
WHOLE = "ALL"  # the site of a file that names none


@dataclass(frozen=True, order=True)
class CellKey:
    group_id: str
    site_id: str
    period: str  # "2026-Q3"
    need: str
    stratum_type: str
    stratum: str


@dataclass(frozen=True)
class ResultCounts:
    """Patients, each counted once in a cell.

    `screened` are those with a clear answer; for `any`, to one of the five needs at least.
    """

    positive: int = 0
    negative: int = 0
    declined: int = 0
    unknown: int = 0
    incomplete: int = 0
    partial: int = 0

    @property
    def screened(self) -> int:
        return self.positive + self.negative + self.partial

    def of(self, result: NeedResult) -> int:
        return int(getattr(self, result.value))
