"""The file set of New York's 1115 waiver (SHIN-NY): answers, screens, people and facilities.

Three generations of it travel; files are told apart by their headings, in any order, and joined by
patient and facility (and encounter). Of each file only the columns named here are ever looked at:
names, addresses, phone, Social Security and Medicaid numbers are dropped unread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.reader import Row, header_of, opened, whole
from readiness.core.tables.reading import Reading
from readiness.core.tables.sources import Source
from readiness.imports.days import day_of, instant_of
from readiness.imports.labels import Labels
from readiness.imports.mapped import NotReadError
from readiness.imports.mapping import standing_of
from readiness.imports.ny1115_answers import answers_in, is_question
from readiness.imports.ny1115_columns import Column, Columns, FileKind, kind_of
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.parts import Answered, Part, Person, Standing, Traits

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
class Profile:
    """What is known of one screen beside its answers."""

    encounter: bytes
    facility: str
    status: str
    updated: str
    day: date | None


@dataclass
class Run:
    reading: Reading
    codes: CodeTable
    sites: Labels = field(default_factory=lambda: Labels("site"))
    profiles: dict[bytes, list[Profile]] = field(default_factory=lambda: defaultdict(list))
    facilities: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))

    def patient(self, number: str, facility: str) -> bytes:
        """A record number means somebody only within its facility."""
        return self.reading.hashed(f"{facility}\0{number}")


def recognizes(header: Sequence[str]) -> bool:
    return kind_of(header) is not None


def parts(sources: Sequence[Source], reading: Reading, codes: CodeTable) -> Iterator[Part | Person]:
    files = sorted_out(sources)
    run = Run(reading, codes)
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


def sorted_out(sources: Sequence[Source]) -> dict[FileKind, list[Source]]:
    files: dict[FileKind, list[Source]] = {kind: [] for kind in FileKind}
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


def rows_of(source: Source, run: Run) -> Iterator[tuple[Row, Columns, str]]:
    with opened(source) as table:
        columns = Columns.of(table.header)
        is_silent = not run.profiles and not columns.has(Column.STATUS)
        if is_silent and columns.has(Column.QUESTION):
            run.reading.report.problems.append(Problem(source.label, NO_PROFILES))
        for row in whole(table, run.reading):
            yield row, columns, table.place(row.line)


# Facilities and profiles: what answers are joined to


def note_facility(row: Row, columns: Columns, run: Run) -> None:
    number, facility = columns.text(row, Column.PATIENT), columns.text(row, Column.FACILITY)
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
        name = columns.text(row, Column.FACILITY_NAME).casefold()
        if name:
            run.by_name[run.reading.hashed(name)].add(facility)


def note_profile(row: Row, columns: Columns, run: Run) -> None:
    note_facility(row, columns, run)
    number = run.reading.hashed(columns.text(row, Column.PATIENT))
    run.profiles[number].append(
        Profile(
            encounter=run.reading.hashed(columns.text(row, Column.ENCOUNTER)),
            facility=facility_of(row, columns, run),
            status=columns.text(row, Column.STATUS),
            updated=instant_of(columns.text(row, Column.UPDATED)),
            day=day_of(columns.text(row, Column.DAY) or columns.text(row, Column.VISIT)),
        )
    )


def facility_of(row: Row, columns: Columns, run: Run) -> str:
    """As the line says; else by the facility's name; else the only one this number is used at."""
    if facility := columns.text(row, Column.FACILITY):
        return facility
    number = columns.text(row, Column.PATIENT)
    at = run.facilities.get(run.reading.hashed(number), set())
    if len(at) > 1:
        name = columns.text(row, Column.FACILITY_NAME).casefold()
        at = at & run.by_name.get(run.reading.hashed(name), set())
    return next(iter(at)) if len(at) == 1 else ""


def profile_of(row: Row, columns: Columns, day: date | None, run: Run) -> Profile | None:
    """The screen that this answer is part of: of the same encounter and facility, where told."""
    found = run.profiles.get(run.reading.hashed(columns.text(row, Column.PATIENT)), [])
    if columns.has(Column.ENCOUNTER):
        encounter = run.reading.hashed(columns.text(row, Column.ENCOUNTER))
        found = [each for each in found if each.encounter == encounter]
    if facility := columns.text(row, Column.FACILITY):
        found = [each for each in found if each.facility in ("", facility)]
    on_the_day = [each for each in found if each.day == day]
    return max(on_the_day or found, key=lambda each: each.updated, default=None)


# Answers and people


def part_of(row: Row, columns: Columns, place: str, run: Run) -> Part | None:
    number = columns.text(row, Column.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    question = columns.text(row, Column.QUESTION)
    if not run.codes.knows(question):
        run.reading.report.unknown_codes[question if is_question(question) else NOT_KNOWN] += 1
        return None
    if run.codes.is_personal(question):
        return None
    told_day = day_of(columns.text(row, Column.DAY))
    profile = profile_of(row, columns, told_day, run)
    day = told_day or (profile.day if profile else None)
    if day is None:
        raise NotReadError(NO_DAY)
    facility = facility_of(row, columns, run) or (profile.facility if profile else "")
    if facility:
        run.facilities[run.reading.hashed(number)].add(facility)
    standing, status = standing_in(row, columns, profile, run)
    written = columns.text(row, Column.UPDATED) or columns.text(row, Column.DAY)
    answers, flag = answers_in(row, columns, question, run.codes)
    return Part(
        source=place,
        patient=run.patient(number, facility),
        day=day,
        standing=standing,
        status=status,
        answered=(Answered(question, answers, flag),),
        instrument=run.codes.instrument_by_panel.get(columns.text(row, Column.PANEL), ""),
        issued=(profile.updated if profile else "") or instant_of(written),
        site_id=run.sites.of(facility),
    )


def standing_in(
    row: Row, columns: Columns, profile: Profile | None, run: Run
) -> tuple[Standing, str]:
    """What nobody calls final is held, unless no file of the set says anything of it."""
    if not columns.has(Column.STATUS) and not run.profiles:
        return Standing.COUNTED, NO_STATUS
    told = columns.text(row, Column.STATUS) or (profile.status if profile else "")
    status = "-".join(told.casefold().split()) or UNKNOWN_STATUS
    standing = standing_of(run.codes, status)
    return (standing, status) if standing else (Standing.HELD, UNKNOWN_STATUS)


def person_of(row: Row, columns: Columns, _place: str, run: Run) -> Person | None:
    number = columns.text(row, Column.PATIENT)
    if not number:
        raise NotReadError(NO_PATIENT)
    facility = facility_of(row, columns, run)
    if not facility and len(run.facilities.get(run.reading.hashed(number), ())) > 1:
        raise NotReadError(SEVERAL_HOMES)
    races = columns.text(row, Column.RACE)
    for mark in SPLITS:
        races = races.replace(mark, ";")
    return Person(
        run.patient(number, facility),
        Traits(
            races=tuple(filter(None, (race.strip() for race in races.split(";")))),
            ethnicity=columns.text(row, Column.ETHNICITY),
            language=columns.text(row, Column.LANGUAGE),
            sex=columns.text(row, Column.SEX),
            born=day_of(columns.text(row, Column.BORN)),
        ),
    )
