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
from decimal import Decimal
from enum import Enum, StrEnum
from functools import partial
from typing import NamedTuple

from readiness.core.errors import BadInput, Problem
from readiness.core.numbers import number_in
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.reader import header_of, open_table, patient_rows
from readiness.imports.dates import day_of, instant_of
from readiness.imports.mapped_table import NotReadError, parts_in
from readiness.imports.mapping import standing_of
from readiness.imports.safe_names import Labels
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import (
    UNREADABLE_ANSWER,
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


class NyLine(NamedTuple):
    """One line of one file; of each column the places of its names, best first."""

    cells: Sequence[str]
    columns: Mapping[NyColumn, tuple[int, ...]]
    place: str

    def text(self, column: NyColumn) -> str:
        return next((self.cells[at] for at in self.columns.get(column, ()) if self.cells[at]), "")


def columns_in(header: Sequence[str]) -> dict[NyColumn, tuple[int, ...]]:
    places = {name.strip().upper(): at for at, name in enumerate(header)}
    found = {
        column: tuple(places[name] for name in column.value if name in places)
        for column in NyColumn
    }
    return {column: at for column, at in found.items() if at}


def kind_of(header: Sequence[str]) -> FileKind | None:
    columns = columns_in(header)
    if NyColumn.PATIENT not in columns:
        return None
    return next(
        (
            kind
            for kind, marks in MARKS.items()
            if all(any(each in columns for each in mark) for mark in marks)
        ),
        None,
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


def parts(
    sources: Sequence[SourceFile], reading: ReadContext, codes: CodeTable
) -> Iterator[ScreenPart | PatientRecord]:
    files = files_by_kind(sources)
    run = NyRun(reading, codes)
    for line in (line for source in files[FileKind.FACILITIES] for line in lines_of(source, run)):
        note_facility(line, run)
    for line in (line for source in files[FileKind.PROFILES] for line in lines_of(source, run)):
        note_profile(line, run)
    for source in files[FileKind.ANSWERS]:
        yield from parts_in(lines_of(source, run), reading, partial(answer_in, run=run))
    for source in files[FileKind.PEOPLE]:
        yield from parts_in(lines_of(source, run), reading, partial(person_in, run=run))


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


def lines_of(source: SourceFile, run: NyRun) -> Iterator[NyLine]:
    with open_table(source) as table:
        columns = columns_in(table.header)
        is_silent = not run.profiles and NyColumn.STATUS not in columns
        if is_silent and NyColumn.QUESTION in columns:
            run.reading.report.problems.append(Problem(source.label, NO_PROFILES))
        for number, cells in patient_rows(table, run.reading):
            yield NyLine(cells, columns, table.place(number))


# Facilities and profiles: what answers are joined to


def note_facility(line: NyLine, run: NyRun) -> None:
    number, facility = line.text(NyColumn.PATIENT), line.text(NyColumn.FACILITY)
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
        name = line.text(NyColumn.FACILITY_NAME).casefold()
        if name:
            run.by_name[run.reading.hashed(name)].add(facility)


def note_profile(line: NyLine, run: NyRun) -> None:
    note_facility(line, run)
    number = run.reading.hashed(line.text(NyColumn.PATIENT))
    run.profiles[number].append(
        ScreenProfile(
            encounter=run.reading.hashed(line.text(NyColumn.ENCOUNTER)),
            facility=facility_of(line, run),
            status=line.text(NyColumn.STATUS),
            updated=instant_of(line.text(NyColumn.UPDATED)),
            day=day_of(line.text(NyColumn.DAY) or line.text(NyColumn.VISIT)),
        )
    )


def facility_of(line: NyLine, run: NyRun) -> str:
    """As the line says; else by the facility's name; else the only one this number is used at."""
    if facility := line.text(NyColumn.FACILITY):
        return facility
    number = line.text(NyColumn.PATIENT)
    at = run.facilities.get(run.reading.hashed(number), set())
    if len(at) > 1:
        name = line.text(NyColumn.FACILITY_NAME).casefold()
        at = at & run.by_name.get(run.reading.hashed(name), set())
    return next(iter(at)) if len(at) == 1 else ""


def profile_of(line: NyLine, day: date | None, run: NyRun) -> ScreenProfile | None:
    """The screen that this answer is part of: of the same encounter and facility, where told."""
    found = run.profiles.get(run.reading.hashed(line.text(NyColumn.PATIENT)), [])
    if NyColumn.ENCOUNTER in line.columns:
        encounter = run.reading.hashed(line.text(NyColumn.ENCOUNTER))
        found = [each for each in found if each.encounter == encounter]
    if facility := line.text(NyColumn.FACILITY):
        found = [each for each in found if each.facility in ("", facility)]
    on_the_day = [each for each in found if each.day == day]
    return max(on_the_day or found, key=lambda each: each.updated, default=None)


# Answers and people


def answer_in(line: NyLine, run: NyRun) -> Iterator[ScreenPart]:
    number = line.text(NyColumn.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    question = line.text(NyColumn.QUESTION)
    if not run.codes.knows(question):
        run.reading.report.unknown_codes[
            question if QUESTION.fullmatch(question) else NOT_KNOWN
        ] += 1
        return
    if run.codes.is_personal(question):
        return
    told_day = day_of(line.text(NyColumn.DAY))
    profile = profile_of(line, told_day, run)
    day = told_day or (profile.day if profile else None)
    if day is None:
        raise NotReadError(NO_DAY)
    facility = facility_of(line, run) or (profile.facility if profile else "")
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
    standing, status = standing_in(line, profile, run)
    written = line.text(NyColumn.UPDATED) or line.text(NyColumn.DAY)
    answers, flag = answers_in(line, question, run.codes)
    yield ScreenPart(
        source=line.place,
        patient=run.patient(number, facility),
        day=day,
        standing=standing,
        status=status,
        answered=(AnsweredQuestion(question, answers, flag),),
        instrument=run.codes.instrument_by_panel.get(line.text(NyColumn.PANEL), ""),
        issued=(profile.updated if profile else "") or instant_of(written),
        group_id=run.reading.group_id,
        site_id=run.sites.of(facility),
    )


def standing_in(
    line: NyLine, profile: ScreenProfile | None, run: NyRun
) -> tuple[RecordStatus, str]:
    """What nobody calls final is held, unless no file of the set says anything of it."""
    if NyColumn.STATUS not in line.columns and not run.profiles:
        return RecordStatus.COUNTED, NO_STATUS
    told = line.text(NyColumn.STATUS) or (profile.status if profile else "")
    status = "-".join(told.casefold().split()) or UNKNOWN_STATUS
    standing = standing_of(run.codes, status)
    return (standing, status) if standing else (RecordStatus.HELD, UNKNOWN_STATUS)


def person_in(line: NyLine, run: NyRun) -> Iterator[PatientRecord]:
    number = line.text(NyColumn.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    facility = facility_of(line, run)
    if not facility and len(run.facilities.get(run.reading.hashed(number), ())) > 1:
        raise NotReadError(SEVERAL_HOMES)
    races = line.text(NyColumn.RACE)
    for mark in SPLITS:
        races = races.replace(mark, ";")
    yield PatientRecord(
        run.patient(number, facility),
        PatientTraits(
            races=tuple(filter(None, (race.strip() for race in races.split(";")))),
            ethnicity=line.text(NyColumn.ETHNICITY),
            language=line.text(NyColumn.LANGUAGE),
            sex=line.text(NyColumn.SEX),
            born=day_of(line.text(NyColumn.BORN)),
        ),
    )


QUESTION = re.compile(r"[0-9]{1,7}-[0-9]")
ANSWERS = re.compile(r"LA[0-9]{1,7}-[0-9](?:[;,~ ]+LA[0-9]{1,7}-[0-9])*")
NUMBER = re.compile(r"(?<![\w.,-])-?[0-9.,]*[0-9](?![\w-]|[.,][0-9])")
LONGEST_SCORE = 60  # characters; longer text is a story, not a score
MOST_SCORE = 10**7
FLAGS = {
    **dict.fromkeys(("yes", "y", "pos", "positive", "true", "1"), True),
    **dict.fromkeys(("no", "n", "neg", "negative", "false", "0"), False),
}


def answers_in(
    line: NyLine, question: str, codes: CodeTable
) -> tuple[tuple[ScreenAnswer, ...], bool | None]:
    """The answers of one line and the sender's own flag.

    Who declined is taken at their word, whatever else stands in the line; another reason for a
    missing answer counts only when there is none. A score stands in the description: what stands
    in its place as a code is a placeholder.
    """
    flag = FLAGS.get(line.text(NyColumn.FLAG).casefold())
    reason = reason_in(line, codes)
    if reason is Absent.DECLINED:
        return (ScreenAnswer(absent=reason),), flag
    found = coded_answers(line, question, codes)
    if found:
        return found, flag
    return ((ScreenAnswer(absent=reason),) if reason else ()), flag


def reason_in(line: NyLine, codes: CodeTable) -> Absent | None:
    texts = (line.text(NyColumn.ABSENT), line.text(NyColumn.ABSENT_TEXT))
    said = (text.replace("-", " ") for text in texts)
    return next((r for t in (*texts, *said) if t and (r := codes.absent_for(t))), None)


def coded_answers(line: NyLine, question: str, codes: CodeTable) -> tuple[ScreenAnswer, ...]:
    code, text = line.text(NyColumn.ANSWER), line.text(NyColumn.ANSWER_TEXT)
    if ANSWERS.fullmatch(code):
        return tuple(
            ScreenAnswer(absent=absent)
            if (absent := codes.absent_for(each))
            else ScreenAnswer(code=each)
            for each in dict.fromkeys(re.findall(r"LA[0-9]+-[0-9]", code))
        )
    if codes.is_counted(question):
        for each in (text, line.text(NyColumn.MEASURED)):
            if (number := score_in(each)) is not None:
                return (ScreenAnswer(number=float(number)),)
    for said in (text, code):
        if said and (answers := codes.answers_in(question, said)):
            return answers
    return (UNREADABLE_ANSWER,) if text or code else ()


def score_in(text: str) -> Decimal | None:
    """The one number in a short text; of several nobody knows which is meant.

    >>> score_in("Total score: 12"), score_in("12 of 20"), score_in("12,5"), score_in("{score}")
    (Decimal('12'), None, None, None)
    """
    found = NUMBER.findall(text) if len(text) <= LONGEST_SCORE else []
    number = number_in(found[0]) if len(found) == 1 else None
    return number if number is not None and abs(number) < MOST_SCORE else None
