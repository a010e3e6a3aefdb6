"""The columns of the New York set that are read, under every name they have had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from readiness.core.tables.reader import Row


class Column(Enum):
    """Names in the order of preference: of several that are filled in, the first one is read."""

    PATIENT = ("PATIENT_MR_ID_VALUE", "PAT_MRN_ID")
    FACILITY = ("FACILITY_ID", "FACILITY ID (ASSIGNING AUTHORITY)")
    FACILITY_NAME = ("FACILITY_NAME",)
    ENCOUNTER = ("ENCOUNTER_ID",)
    PANEL = ("SCREENING_CODE",)
    DAY = ("SCREENING_START_DATETIME", "RECORDED_TIME", "SCREENING_END_DATETIME")
    VISIT = ("ENCOUNTER_START_DATETIME",)
    STATUS = ("SCREENING_STATUS_CODE",)
    UPDATED = ("SCREENING_LAST_UPDATED",)
    QUESTION = ("QUESTION_CODE",)
    ANSWER = ("ANSWER_CODE",)
    ANSWER_TEXT = ("ANSWER_CODE_DESCRIPTION", "ANSWER_CODE_DISPLAY", "ANSWER_CODE_TEXT")
    MEASURED = ("MEAS_VALUE",)
    FLAG = ("POTENTIAL_NEED_INDICATED",)
    ABSENT = ("DATA_ABSENT_REASON_CODE",)
    ABSENT_TEXT = ("DATA_ABSENT_REASON_DISPLAY", "DATA_ABSENT_REASON_TEXT")
    RACE = (
        "RACE_CODE",
        "EXTENSION_OMBCATEGORY_RACE_CODE",
        "RACE_CODE_DESCRIPTION",
        "EXTENSION_OMBCATEGORY_RACE_CODE_DESCRIPTION",
    )
    ETHNICITY = (
        "ETHNICITY_CODE",
        "EXTENSION_OMBCATEGORY_ETHNICITY_CODE",
        "ETHNICITY_CODE_DESCRIPTION",
        "EXTENSION_OMBCATEGORY_ETHNICITY_CODE_DESCRIPTION",
    )
    LANGUAGE = (
        "PREFERRED_LANGUAGE_CODE",
        "PREFERRED_LANGUAGE_CODE_SYSTEM_CODE",
        "PREFERRED_LANGUAGE_CODE_DESCRIPTION",
        "PREFERRED_LANGUAGE_DESCRIPTION",
    )
    SEX = ("ADMINISTRATIVE_SEX_CODE", "GENDER", "ADMINISTRATIVE_SEX")
    BORN = ("PATIENT_BIRTH_DATE", "PAT_BIRTH_DATE")


class FileKind(StrEnum):
    ANSWERS = "SCREENING_OBSERVATION_DATA"
    PROFILES = "SCREENING_PROFILE_DATA"
    PEOPLE = "DEMOGRAPHIC_DATA"
    FACILITIES = "QE_ADMIN_DATA"


# A file is the first of these of which it has one column of each line.
MARKS: dict[FileKind, tuple[tuple[Column, ...], ...]] = {
    FileKind.ANSWERS: ((Column.QUESTION,), (Column.ANSWER, Column.ANSWER_TEXT, Column.MEASURED)),
    FileKind.PEOPLE: ((Column.RACE, Column.ETHNICITY, Column.LANGUAGE, Column.BORN),),
    FileKind.PROFILES: ((Column.STATUS, Column.ENCOUNTER, Column.UPDATED),),
    FileKind.FACILITIES: ((Column.FACILITY, Column.FACILITY_NAME),),
}


@dataclass(frozen=True)
class Columns:
    """Where each column stands in one file, best name first."""

    at: Mapping[Column, tuple[int, ...]]

    @classmethod
    def of(cls, header: Sequence[str]) -> Columns:
        places = {name.strip().upper(): at for at, name in enumerate(header)}
        found = {
            column: tuple(places[name] for name in column.value if name in places)
            for column in Column
        }
        return cls({column: at for column, at in found.items() if at})

    def has(self, column: Column) -> bool:
        return column in self.at

    def text(self, row: Row, column: Column) -> str:
        return next((row.cells[at] for at in self.at.get(column, ()) if row.cells[at]), "")


def kind_of(header: Sequence[str]) -> FileKind | None:
    columns = Columns.of(header)
    if not columns.has(Column.PATIENT):
        return None
    for kind, marks in MARKS.items():
        if all(any(columns.has(each) for each in mark) for mark in marks):
            return kind
    return None
