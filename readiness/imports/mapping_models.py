"""What a mapping file says, as the readers use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.counts.social_risk.models import Need
from readiness.imports.dates import DateOrder
from readiness.imports.referrals.models import Outcome
from readiness.imports.screens.models import NeedResult, ScreenAnswer


class MappingShape(StrEnum):
    LONG = "long"
    REDCAP = "redcap"
    FHIR = "fhir"
    VISITS = "visits"
    REFERRALS = "referrals"


class ColumnRole(StrEnum):
    """What a column is. Whatever has no role is not read."""

    PATIENT = "patient"
    DATE = "date"
    QUESTION = "question"
    ANSWER = "answer"
    NEED = "need"
    RESULT = "result"
    COMPLETE = "complete"  # REDCap's own: 2 once a form is finished
    STATUS = "status"
    ISSUED = "issued"
    FLAG = "flag"
    GROUP = "group"
    SITE = "site"
    RACE = "race"
    ETHNICITY = "ethnicity"
    LANGUAGE = "language"
    PAYER = "payer"
    SEX = "sex"
    BORN = "born"
    AGE = "age"
    # Of a list of referrals
    SCREENED = "screened"  # the day of the screen that found the need
    WANTS_HELP = "wants_help"
    REFERRED = "referred"
    OUTCOME = "outcome"
    OUTCOME_DATE = "outcome_date"
    RESOLVED = "resolved"
    INTERVENTION = "intervention"


TRAITS = (
    ColumnRole.RACE,
    ColumnRole.ETHNICITY,
    ColumnRole.LANGUAGE,
    ColumnRole.PAYER,
    ColumnRole.SEX,
    ColumnRole.BORN,
    ColumnRole.AGE,
)
OF_LONG_TABLES = {
    ColumnRole.QUESTION,
    ColumnRole.ANSWER,
    ColumnRole.NEED,
    ColumnRole.RESULT,
    ColumnRole.FLAG,
}
OF_REFERRALS = {
    ColumnRole.SCREENED,
    ColumnRole.WANTS_HELP,
    ColumnRole.REFERRED,
    ColumnRole.OUTCOME,
    ColumnRole.OUTCOME_DATE,
    ColumnRole.RESOLVED,
    ColumnRole.INTERVENTION,
}
OF_SCREENS = set(ColumnRole) - OF_REFERRALS
OF_VISITS = {
    ColumnRole.PATIENT,
    ColumnRole.DATE,
    ColumnRole.GROUP,
    ColumnRole.SITE,
    *TRAITS,
}
ROLES: dict[MappingShape, set[ColumnRole]] = {
    MappingShape.LONG: OF_SCREENS - {ColumnRole.COMPLETE},
    MappingShape.REDCAP: OF_SCREENS - OF_LONG_TABLES,
    MappingShape.VISITS: OF_VISITS,
    MappingShape.REFERRALS: {ColumnRole.PATIENT, ColumnRole.NEED, *OF_REFERRALS},
}
NEEDED: dict[MappingShape, tuple[ColumnRole, ...]] = {
    **dict.fromkeys(ROLES, (ColumnRole.PATIENT, ColumnRole.DATE)),
    MappingShape.REFERRALS: (ColumnRole.PATIENT, ColumnRole.NEED),
}
MADE_BY_US = (Need.ANY, Need.ALL5)  # worked out from the others
RESULTS = {
    **{result.value: result for result in NeedResult},
    "pos": NeedResult.POSITIVE,
    "neg": NeedResult.NEGATIVE,
}
OVER_ALL = ""  # answers that hold for every question

Answers = Mapping[str, ScreenAnswer]  # by what stands in the file, in small letters


@dataclass(frozen=True)
class MappedField:
    """One column (or one row of check boxes) of a wide table: a question, a need judged, or what
    followed a need."""

    question: str = ""
    answers: Answers = field(default_factory=dict)
    is_number: bool = False
    need: Need | None = None
    results: Mapping[str, NeedResult] = field(default_factory=dict)
    about: ColumnRole | None = None  # what followed, as a list of referrals has it
    words: Mapping[str, str] = field(default_factory=dict)  # of it, as they are meant

    def word(self, text: str) -> str:
        return self.words.get(plain(text), text)

    def result(self, text: str) -> NeedResult | None:
        return self.results.get(plain(text)) or RESULTS.get(plain(text))


@dataclass(frozen=True)
class TableMapping:
    """What the long and the wide table have in common."""

    shape: MappingShape
    columns: Mapping[ColumnRole, str]
    instrument: str = ""
    dates: DateOrder = DateOrder.MONTH_FIRST
    ignore: tuple[str, ...] = ()  # columns dropped unread; a * at the end stands for the rest
    statuses: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[ColumnRole, Mapping[str, str]] = field(default_factory=dict)

    def value(self, role: ColumnRole, text: str) -> str:
        of = self.values.get(role)
        return of.get(plain(text), text) if of and text else text

    def ignores(self, column: str) -> bool:
        return any(
            column.startswith(name[:-1]) if name.endswith("*") else column == name
            for name in self.ignore
        )


@dataclass(frozen=True)
class LongMapping(TableMapping):
    questions: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answers] = field(default_factory=dict)  # by question; OVER_ALL
    numbers: frozenset[str] = frozenset()
    needs: Mapping[str, Need] = field(default_factory=dict)
    results: Mapping[str, NeedResult] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)

    def need(self, text: str) -> Need | None:
        return need_named(text, self.needs)

    def result(self, text: str) -> NeedResult | None:
        return self.results.get(plain(text)) or RESULTS.get(plain(text))


@dataclass(frozen=True)
class RedcapMapping(TableMapping):
    fields: Mapping[str, MappedField] = field(default_factory=dict)


@dataclass(frozen=True)
class FormMapping:
    """For FHIR forms with link ids of their own."""

    shape: MappingShape
    instrument: str = ""
    questions: Mapping[str, str] = field(default_factory=dict)  # link id -> question
    answers: Mapping[str, Answers] = field(default_factory=dict)
    instruments: Mapping[str, str] = field(default_factory=dict)  # address of the form -> id
    ignore: tuple[str, ...] = ()  # link ids


@dataclass(frozen=True)
class VisitMapping(TableMapping):
    """For a list of visits: one line for each patient and day."""


@dataclass(frozen=True)
class ReferralMapping(TableMapping):
    """For a list of referrals: one line for each patient and need."""

    needs: Mapping[str, Need] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def need(self, text: str) -> Need | None:
        return need_named(text, self.needs)


AnyTableMapping = LongMapping | RedcapMapping | VisitMapping | ReferralMapping
AnyMapping = AnyTableMapping | FormMapping


def need_named(text: str, needs: Mapping[str, Need]) -> Need | None:
    """As the mapping names it, or in our own words."""
    if plain(text) in needs:
        return needs[plain(text)]
    own = next((need for need in Need if need == plain(text)), None)
    return None if own in MADE_BY_US else own


def plain(text: str) -> str:
    """
    >>> plain("  Often  TRUE ")
    'often true'
    """
    return " ".join(text.casefold().split())
