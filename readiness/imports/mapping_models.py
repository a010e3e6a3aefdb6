"""What a mapping file says, as the readers use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from readiness.counts.social_risk.models import Need
from readiness.imports.dates import DateOrder
from readiness.imports.referrals.models import Outcome
from readiness.imports.screens.models import STATED, NeedResult, ScreenAnswer


class MappingShape(StrEnum):
    LONG = "long"
    REDCAP = "redcap"  # any wide table; a mapping may also call it "wide"
    FHIR = "fhir"
    VISITS = "visits"
    DIAGNOSES = "diagnoses"
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
    CODE = "code"  # of a list of diagnoses
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
OF_SCREENS = set(ColumnRole) - OF_REFERRALS - {ColumnRole.CODE}
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
    MappingShape.DIAGNOSES: OF_VISITS | {ColumnRole.CODE},
    MappingShape.REFERRALS: {ColumnRole.PATIENT, ColumnRole.NEED, *OF_REFERRALS},
}
NEEDED: dict[MappingShape, tuple[ColumnRole, ...]] = {
    **dict.fromkeys(ROLES, (ColumnRole.PATIENT, ColumnRole.DATE)),
    MappingShape.DIAGNOSES: (ColumnRole.PATIENT, ColumnRole.DATE, ColumnRole.CODE),
    MappingShape.REFERRALS: (ColumnRole.PATIENT, ColumnRole.NEED),
}
MADE_BY_US = (Need.ANY, Need.ALL5)  # worked out from the others
RESULTS = {
    **{result.value: result for result in STATED},
    "pos": NeedResult.POSITIVE,
    "neg": NeedResult.NEGATIVE,
}
ALIKE = (frozenset({"yes", "y", "true"}), frozenset({"no", "n", "false"}))  # one word for another
COLUMN_CHARACTERS = 200
OVER_ALL = ""  # answers that hold for every question

Said = TypeVar("Said")
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
    sheet: str = ""  # of a workbook; "" for the one that is read anyway

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading that it names."""
        return tuple(self.columns.values())

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
        return result_in(self.results, text) or own_result(text)


@dataclass(frozen=True)
class RedcapMapping(TableMapping):
    """`results` and `blanks` hold for every need; a field's own results go before."""

    fields: Mapping[str, MappedField] = field(default_factory=dict)
    patient_parts: tuple[str, ...] = ()  # further headings that tell patients apart, all together
    results: Mapping[str, NeedResult] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()  # what says that nobody asked

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.columns.values(), *self.patient_parts, *self.fields)

    def result(self, of: MappedField, text: str) -> NeedResult | None:
        return result_in(of.results, text) or result_in(self.results, text) or own_result(text)


@dataclass(frozen=True)
class FormMapping:
    """For FHIR forms with link ids of their own."""

    shape: MappingShape
    instrument: str = ""
    questions: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # by address of the form, or OVER_ALL: link id -> question
    answers: Mapping[str, Answers] = field(default_factory=dict)
    instruments: Mapping[str, str] = field(default_factory=dict)  # address of the form -> id
    ignore: tuple[str, ...] = ()  # link ids, and addresses of forms

    @property
    def forms(self) -> frozenset[str]:
        """The addresses that it names. Where it names any, it says nothing of other forms."""
        return frozenset((*self.instruments, *self.questions)) - {OVER_ALL}

    def questions_of(self, address: str) -> Mapping[str, str]:
        shared = {} if self.is_foreign(address) else self.questions.get(OVER_ALL, {})
        return {**shared, **self.questions.get(address, {})}

    def is_foreign(self, address: str) -> bool:
        return bool(self.forms) and address not in self.forms


@dataclass(frozen=True)
class VisitMapping(TableMapping):
    """For a list of visits: one line for each patient and day."""


@dataclass(frozen=True)
class DiagnosisMapping(TableMapping):
    """For a list of diagnoses: one line for each patient, day and code."""


@dataclass(frozen=True)
class ReferralMapping(TableMapping):
    """For a list of referrals: one line for each patient and need."""

    needs: Mapping[str, Need] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def need(self, text: str) -> Need | None:
        return need_named(text, self.needs)


AnyTableMapping = LongMapping | RedcapMapping | VisitMapping | DiagnosisMapping | ReferralMapping
AnyMapping = AnyTableMapping | FormMapping


def need_named(text: str, needs: Mapping[str, Need]) -> Need | None:
    """As the mapping names it, or in our own words."""
    if plain(text) in needs:
        return needs[plain(text)]
    own = next((need for need in Need if need == plain(text)), None)
    return None if own in MADE_BY_US else own


def result_in(results: Mapping[str, NeedResult], text: str) -> NeedResult | None:
    """What a word means: as the mapping says, or as it says of another way to write it.

    >>> result_in({"no": NeedResult.POSITIVE}, "N"), result_in({}, "N")
    (<NeedResult.POSITIVE: 'positive'>, None)
    """
    if found := meant(results, text):
        return found
    word = unmarked(text)
    same = {results[each] for words in ALIKE if word in words for each in words & results.keys()}
    return same.pop() if len(same) == 1 else None


def own_result(text: str) -> NeedResult | None:
    return RESULTS.get(unmarked(text))


def meant(table: Mapping[str, Said], text: str) -> Said | None:
    """What stands for a text as it is written, or else without the period behind it."""
    return table.get(plain(text)) or table.get(unmarked(text))


def unmarked(text: str) -> str:
    """
    >>> unmarked("No."), unmarked(" At  risk ")
    ('no', 'at risk')
    """
    return plain(text).rstrip(".").rstrip()


def is_heading_text(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip()) and len(text) <= COLUMN_CHARACTERS


def plain(text: str) -> str:
    """
    >>> plain("  Often  TRUE ")
    'often true'
    """
    return " ".join(text.casefold().split())
