"""The file set of New York's 1115 waiver (SHIN-NY): answers, screens, people and facilities.

Three generations of it travel; files are told apart by their headings, in any order, and joined by
patient and facility (and encounter). Of each file only the columns named here are ever looked at:
names, addresses, phone, Social Security and Medicaid numbers are dropped unread.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.reader import TableRow, full_rows, header_of, open_table
from readiness.imports.dates import day_of, instant_of
from readiness.imports.mapped_table import NotReadError
from readiness.imports.mapping import standing_of
from readiness.imports.safe_names import Labels
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import (
    Absent,
    AnsweredQuestion,
    PatientRecord,
    PatientTraits,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)

UNKNOWN_STATUS, NO_STATUS = "unknown", "final"
NOT_KNOWN = "other"
SPLITS = ";~"  # several races in one cell

NOT_OF_THE_SET = "This is none of the four files of the set. Leave it out, or export it again."
NO_ANSWERS = "No file holds answers. Send SCREENING_OBSERVATION_DATA together with the others."
NO_PROFILES = (
    "No file says which screens are final, so all were counted. "
    "Send SCREENING_PROFILE_DATA as well."
)
NO_PATIENT = "There is no patient number in this line. Fill it in."
NO_DAY = "The time of the screen is missing or is no date. Write it as 2026-07-03."
SEVERAL_HOMES = (
    "This patient number is used at more than one facility. Add FACILITY_ID to this file."
)


@dataclass(frozen=True, slots=True)
class ScreenProfile:
    """What is known of one screen beside its answers."""

    encounter: bytes
    facility: str
    status: str
    updated: str
    day: date | None


@dataclass
class NyRun:
    reading: ReadContext
    codes: CodeTable
    sites: Labels = field(default_factory=lambda: Labels("site"))
    profiles: dict[bytes, list[ScreenProfile]] = field(default_factory=lambda: defaultdict(list))
    facilities: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))

    def patient(self, number: str, facility: str) -> bytes:
        """A record number means somebody only within its facility."""
        return self.reading.hashed(f"{facility}\0{number}")


def recognizes(header: Sequence[str]) -> bool:
    return kind_of(header) is not None


def parts(
    sources: Sequence[SourceFile], reading: ReadContext, codes: CodeTable
) -> Iterator[ScreenPart | PatientRecord]:
    files = files_by_kind(sources)
    run = NyRun(reading, codes)
    for source in files[FileKind.FACILITIES]:
        for row, columns, _ in rows_of(source, run):
            note_facility(row, columns, run)
    for source in files[FileKind.PROFILES]:
        for row, columns, _ in rows_of(source, run):
            note_profile(row, columns, run)
    for kind, told_by in ((FileKind.ANSWERS, part_of), (FileKind.PEOPLE, person_of)):
        for source in files[kind]:
            for row, columns, place in rows_of(source, run):
                try:
                    found = told_by(row, columns, place, run)
                except NotReadError as error:
                    reading.report.refuse(place, str(error))
                    continue
                if found is not None:
                    yield found


def files_by_kind(sources: Sequence[SourceFile]) -> dict[FileKind, list[SourceFile]]:
    files: dict[FileKind, list[SourceFile]] = {kind: [] for kind in FileKind}
    problems = []
    for source in sources:
        kind = kind_of(header_of(source))
        if kind is None:
            problems.append(Problem(source.label, NOT_OF_THE_SET))
        else:
            files[kind].append(source)
    if not files[FileKind.ANSWERS]:
        problems.append(Problem("", NO_ANSWERS))
    if problems:
        raise BadInput(problems)
    return files


def rows_of(source: SourceFile, run: NyRun) -> Iterator[tuple[TableRow, NyColumns, str]]:
    with open_table(source) as table:
        columns = NyColumns.of(table.header)
        is_silent = not run.profiles and not columns.has(NyColumn.STATUS)
        if is_silent and columns.has(NyColumn.QUESTION):
            run.reading.report.problems.append(Problem(source.label, NO_PROFILES))
        for row in full_rows(table, run.reading):
            yield row, columns, table.place(row.line)


# Facilities and profiles: what answers are joined to


def note_facility(row: TableRow, columns: NyColumns, run: NyRun) -> None:
    number, facility = columns.text(row, NyColumn.PATIENT), columns.text(row, NyColumn.FACILITY)
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
        name = columns.text(row, NyColumn.FACILITY_NAME).casefold()
        if name:
            run.by_name[run.reading.hashed(name)].add(facility)


def note_profile(row: TableRow, columns: NyColumns, run: NyRun) -> None:
    note_facility(row, columns, run)
    number = run.reading.hashed(columns.text(row, NyColumn.PATIENT))
    run.profiles[number].append(
        ScreenProfile(
            encounter=run.reading.hashed(columns.text(row, NyColumn.ENCOUNTER)),
            facility=facility_of(row, columns, run),
            status=columns.text(row, NyColumn.STATUS),
            updated=instant_of(columns.text(row, NyColumn.UPDATED)),
            day=day_of(columns.text(row, NyColumn.DAY) or columns.text(row, NyColumn.VISIT)),
        )
    )


def facility_of(row: TableRow, columns: NyColumns, run: NyRun) -> str:
    """As the line says; else by the facility's name; else the only one this number is used at."""
    if facility := columns.text(row, NyColumn.FACILITY):
        return facility
    number = columns.text(row, NyColumn.PATIENT)
    at = run.facilities.get(run.reading.hashed(number), set())
    if len(at) > 1:
        name = columns.text(row, NyColumn.FACILITY_NAME).casefold()
        at = at & run.by_name.get(run.reading.hashed(name), set())
    return next(iter(at)) if len(at) == 1 else ""


def profile_of(
    row: TableRow, columns: NyColumns, day: date | None, run: NyRun
) -> ScreenProfile | None:
    """The screen that this answer is part of: of the same encounter and facility, where told."""
    found = run.profiles.get(run.reading.hashed(columns.text(row, NyColumn.PATIENT)), [])
    if columns.has(NyColumn.ENCOUNTER):
        encounter = run.reading.hashed(columns.text(row, NyColumn.ENCOUNTER))
        found = [each for each in found if each.encounter == encounter]
    if facility := columns.text(row, NyColumn.FACILITY):
        found = [each for each in found if each.facility in ("", facility)]
    on_the_day = [each for each in found if each.day == day]
    return max(on_the_day or found, key=lambda each: each.updated, default=None)


# Answers and people


def part_of(row: TableRow, columns: NyColumns, place: str, run: NyRun) -> ScreenPart | None:
    number = columns.text(row, NyColumn.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    question = columns.text(row, NyColumn.QUESTION)
    if not run.codes.knows(question):
        run.reading.report.unknown_codes[question if is_question(question) else NOT_KNOWN] += 1
        return None
    if run.codes.is_personal(question):
        return None
    told_day = day_of(columns.text(row, NyColumn.DAY))
    profile = profile_of(row, columns, told_day, run)
    day = told_day or (profile.day if profile else None)
    if day is None:
        raise NotReadError(NO_DAY)
    facility = facility_of(row, columns, run) or (profile.facility if profile else "")
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
    standing, status = standing_in(row, columns, profile, run)
    written = columns.text(row, NyColumn.UPDATED) or columns.text(row, NyColumn.DAY)
    answers, flag = answers_in(row, columns, question, run.codes)
    return ScreenPart(
        source=place,
        patient=run.patient(number, facility),
        day=day,
        standing=standing,
        status=status,
        answered=(AnsweredQuestion(question, answers, flag),),
        instrument=run.codes.instrument_by_panel.get(columns.text(row, NyColumn.PANEL), ""),
        issued=(profile.updated if profile else "") or instant_of(written),
        site_id=run.sites.of(facility),
    )


def standing_in(
    row: TableRow, columns: NyColumns, profile: ScreenProfile | None, run: NyRun
) -> tuple[RecordStatus, str]:
    """What nobody calls final is held, unless no file of the set says anything of it."""
    if not columns.has(NyColumn.STATUS) and not run.profiles:
        return RecordStatus.COUNTED, NO_STATUS
    told = columns.text(row, NyColumn.STATUS) or (profile.status if profile else "")
    status = "-".join(told.casefold().split()) or UNKNOWN_STATUS
    standing = standing_of(run.codes, status)
    return (standing, status) if standing else (RecordStatus.HELD, UNKNOWN_STATUS)


def person_of(row: TableRow, columns: NyColumns, _place: str, run: NyRun) -> PatientRecord | None:
    number = columns.text(row, NyColumn.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    facility = facility_of(row, columns, run)
    if not facility and len(run.facilities.get(run.reading.hashed(number), ())) > 1:
        raise NotReadError(SEVERAL_HOMES)
    races = columns.text(row, NyColumn.RACE)
    for mark in SPLITS:
        races = races.replace(mark, ";")
    return PatientRecord(
        run.patient(number, facility),
        PatientTraits(
            races=tuple(filter(None, (race.strip() for race in races.split(";")))),
            ethnicity=columns.text(row, NyColumn.ETHNICITY),
            language=columns.text(row, NyColumn.LANGUAGE),
            sex=columns.text(row, NyColumn.SEX),
            born=day_of(columns.text(row, NyColumn.BORN)),
        ),
    )


class NyColumn(Enum):
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
MARKS: dict[FileKind, tuple[tuple[NyColumn, ...], ...]] = {
    FileKind.ANSWERS: (
        (NyColumn.QUESTION,),
        (NyColumn.ANSWER, NyColumn.ANSWER_TEXT, NyColumn.MEASURED),
    ),
    FileKind.PEOPLE: ((NyColumn.RACE, NyColumn.ETHNICITY, NyColumn.LANGUAGE, NyColumn.BORN),),
    FileKind.PROFILES: ((NyColumn.STATUS, NyColumn.ENCOUNTER, NyColumn.UPDATED),),
    FileKind.FACILITIES: ((NyColumn.FACILITY, NyColumn.FACILITY_NAME),),
}


@dataclass(frozen=True)
class NyColumns:
    """Where each column stands in one file, best name first."""

    at: Mapping[NyColumn, tuple[int, ...]]

    @classmethod
    def of(cls, header: Sequence[str]) -> NyColumns:
        places = {name.strip().upper(): at for at, name in enumerate(header)}
        found = {
            column: tuple(places[name] for name in column.value if name in places)
            for column in NyColumn
        }
        return cls({column: at for column, at in found.items() if at})

    def has(self, column: NyColumn) -> bool:
        return column in self.at

    def text(self, row: TableRow, column: NyColumn) -> str:
        return next((row.cells[at] for at in self.at.get(column, ()) if row.cells[at]), "")


def kind_of(header: Sequence[str]) -> FileKind | None:
    columns = NyColumns.of(header)
    if not columns.has(NyColumn.PATIENT):
        return None
    for kind, marks in MARKS.items():
        if all(any(columns.has(each) for each in mark) for mark in marks):
            return kind
    return None


QUESTION = re.compile(r"[0-9]{1,7}-[0-9]")
ANSWERS = re.compile(r"LA[0-9]{1,7}-[0-9](?:[;,~ ]+LA[0-9]{1,7}-[0-9])*")
NUMBER = re.compile(r"(?<![\w.-])-?[0-9]{1,7}(?:\.[0-9]{1,4})?(?![\w-])")
LONGEST_SCORE = 60  # characters; longer text is a story, not a score
UNREADABLE = ScreenAnswer(code="?")  # something was answered; we cannot tell what
FLAGS = {
    **dict.fromkeys(("yes", "y", "pos", "positive", "true", "1"), True),
    **dict.fromkeys(("no", "n", "neg", "negative", "false", "0"), False),
}
AnswersAndFlag = tuple[tuple[ScreenAnswer, ...], bool | None]


def is_question(code: str) -> bool:
    return QUESTION.fullmatch(code) is not None


def answers_in(
    row: TableRow, columns: NyColumns, question: str, codes: CodeTable
) -> AnswersAndFlag:
    """The answers of one line and the sender's own flag.

    Who declined is taken at their word, whatever else stands in the line; another reason for a
    missing answer counts only when there is none. A score stands in the description: what stands
    in its place as a code is a placeholder.
    """
    flag = FLAGS.get(columns.text(row, NyColumn.FLAG).casefold())
    reason = reason_in(row, columns, codes)
    if reason is Absent.DECLINED:
        return (ScreenAnswer(absent=reason),), flag
    found = coded_answers(row, columns, question, codes)
    if found:
        return found, flag
    return ((ScreenAnswer(absent=reason),) if reason else ()), flag


def reason_in(row: TableRow, columns: NyColumns, codes: CodeTable) -> Absent | None:
    texts = (columns.text(row, NyColumn.ABSENT), columns.text(row, NyColumn.ABSENT_TEXT))
    said = (text.replace("-", " ") for text in texts)
    return next((r for t in (*texts, *said) if t and (r := codes.absent_for(t))), None)


def coded_answers(
    row: TableRow, columns: NyColumns, question: str, codes: CodeTable
) -> tuple[ScreenAnswer, ...]:
    code, text = columns.text(row, NyColumn.ANSWER), columns.text(row, NyColumn.ANSWER_TEXT)
    if ANSWERS.fullmatch(code):
        return tuple(
            ScreenAnswer(absent=absent)
            if (absent := codes.absent_for(each))
            else ScreenAnswer(code=each)
            for each in dict.fromkeys(re.findall(r"LA[0-9]+-[0-9]", code))
        )
    if codes.is_counted(question):
        number = number_in(text) or number_in(columns.text(row, NyColumn.MEASURED))
        if number is not None:
            return (ScreenAnswer(number=float(number)),)
    for said in (text, code):
        if said and (answer := codes.answer_for(question, said)):
            return (answer,)
    return (UNREADABLE,) if text or code else ()


def number_in(text: str) -> str | None:
    """The one number in a short text; of several nobody knows which is meant.

    >>> number_in("Total score: 12"), number_in("12 of 20"), number_in("{score}")
    ('12', None, None)
    """
    found = NUMBER.findall(text) if len(text) <= LONGEST_SCORE else []
    return found[0] if len(found) == 1 else None
