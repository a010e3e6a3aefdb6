"""What a reader hands over: a screen or a piece of one, without anything that names a person.

Patients, resources and encounters are keyed hashes; the key is drawn for one run and never kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from readiness.counts.social_risk.models import Need


class Result(StrEnum):
    """What one screen says of one need."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"


class Absent(StrEnum):
    """Why a question has no answer."""

    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


class Standing(StrEnum):
    """What a status means for the count."""

    COUNTED = "counted"
    HELD = "held"  # not final yet: told, not counted
    DELETED = "deleted"  # entered in error: takes back what was sent before


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question: a code, a number, or why there is none."""

    code: str = ""  # LOINC answer code
    number: float | None = None
    absent: Absent | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what was answered: several codes where several may be chosen."""

    question: str  # LOINC code
    answers: tuple[Answer, ...]  # empty: the question stood there and nothing was chosen
    flag: bool | None = None  # the sender's own "positive": compared, never believed


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a person that strata are made of, in the sender's codes."""

    races: tuple[str, ...] = ()  # CDC race codes, null flavors, or our own stratum names
    ethnicity: str = ""
    language: str = ""
    payer: str = ""
    sex: str = ""
    born: date | None = None  # or the age in years:
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a file tells of one patient beside the screens."""

    patient: bytes
    traits: Traits


@dataclass(slots=True)  # not frozen: that would cost a quarter of the time of reading
class Part:
    """A screen or a piece of one, as one resource or one row of a file tells it.

    Made once and never changed.
    """

    source: str  # "file 1, line 12": the place, never the content
    patient: bytes  # keyed hash
    day: date  # the screen's own date
    standing: Standing
    status: str  # as the sender calls it, from a closed list
    answered: tuple[Answered, ...] = ()
    results: Mapping[Need, Result] = field(default_factory=dict)  # where the file judged already
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
    traits: Traits | None = None
