"""The New York set: joined by patient, facility and encounter, with all its quirks."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.errors import BadInput
from readiness.imports import ny1115
from readiness.imports.ny1115 import FileKind, kind_of
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import (
    Absent,
    PatientRecord,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)
from tests.factories.readings import DATA, a_reading, file_of, hashed, screens, stored, told_of

CODES = screening.load()
FIRST = hashed("ELMNY\0MR-501")


def read(*skipped: FileKind, replaced: dict[FileKind, str] | None = None):
    """The stored set, without some of its files or with other content in them."""
    reading, new = a_reading(), replaced or {}
    sources = [
        file_of(new.get(kind, path.read_text(encoding="utf-8")), label=kind)
        for path in sorted((DATA / "ny1115").iterdir())
        if (kind := kind_of(path.read_text(encoding="utf-8").split("\n")[0].split("|")))
        and kind not in skipped
    ]
    return list(ny1115.parts(sources, reading, CODES)), reading.report


def content(kind: FileKind) -> str:
    return next((DATA / "ny1115").glob(f"{kind}*")).read_text(encoding="utf-8")


def answers(
    parts: list[ScreenPart | PatientRecord], patient: bytes = FIRST
) -> dict[str, tuple[ScreenAnswer, ...]]:
    found = [each for each in parts if isinstance(each, ScreenPart) and each.patient == patient]
    return {each.answered[0].question: each.answered[0].answers for each in found}


def test_the_four_files_are_told_apart_by_their_headings():
    assert len(stored("ny1115")) == 4
    assert all(ny1115.kind_of(content(kind).split("\n")[0].split("|")) for kind in FileKind)
    assert not ny1115.kind_of(("patient", "question", "answer"))


def test_answers_come_as_codes_numbers_or_reasons():
    found, report = read()
    assert answers(found) == {
        "71802-3": (ScreenAnswer(code="LA31994-9"),),
        "88122-7": (ScreenAnswer(code="LA28398-8"),),
        "88123-5": (ScreenAnswer(code="LA28398-8"),),
        "93030-5": (ScreenAnswer(absent=Absent.DECLINED),),
        "96779-4": (ScreenAnswer(absent=Absent.DECLINED),),
        "95614-4": (ScreenAnswer(number=12.0),),
    }
    assert dict(report.unknown_codes) == {"other": 1}
    assert report.refused == 0


def test_the_status_and_the_time_come_from_the_profile():
    found, _ = read()
    by_patient = {part.patient: part for part in screens(iter(found))}
    assert by_patient[hashed("ELMNY\0MR-502")].standing is RecordStatus.HELD
    assert by_patient[hashed("ELMNY\0MR-504")].standing is RecordStatus.DELETED
    oak = by_patient[hashed("Oak Street Annex\0MR-503")]
    assert (oak.standing, oak.status, oak.day) == (
        RecordStatus.COUNTED,
        "amended",
        date(2026, 8, 20),
    )
    assert oak.issued == "2026-08-20T14:00:00.000000+00:00"


def test_what_no_profile_calls_final_is_held():
    found, _ = read()
    lost = next(each for each in screens(iter(found)) if each.patient == hashed("ELMNY\0MR-505"))
    assert (lost.standing, lost.status) == (RecordStatus.HELD, "unknown")


def test_without_any_profile_all_is_counted_and_that_is_said():
    found, report = read(FileKind.PROFILES)
    assert {part.standing for part in screens(iter(found))} == {RecordStatus.COUNTED}
    assert told_of(report)[0] == f"SCREENING_OBSERVATION_DATA: {ny1115.NO_PROFILES}"
    assert report.refused == 1  # the one line that has its time from the profile


def test_the_instrument_follows_from_the_panel_where_it_is_one():
    found, _ = read()
    by_question = {p.answered[0].question: p.instrument for p in screens(iter(found))}
    assert (by_question["71802-3"], by_question["88123-5"]) == ("ahc_hrsn", "")


def test_a_facility_that_is_no_short_code_gets_a_neutral_label():
    found, _ = read()
    assert {part.site_id for part in screens(iter(found))} == {"ELMNY", "site 1"}


def test_flags_are_handed_on_as_the_sender_set_them():
    found, _ = read()
    flags = {
        p.answered[0].question: p.answered[0].flag
        for p in screens(iter(found))
        if p.patient == FIRST
    }
    assert (flags["88123-5"], flags["88122-7"], flags["96779-4"]) == (True, False, None)


def test_people_are_joined_and_keep_what_strata_are_made_of_alone():
    found, _ = read()
    people = {each.patient: each.traits for each in found if isinstance(each, PatientRecord)}
    first = people[FIRST]
    assert (first.races, first.ethnicity, first.language) == (("1123-9",), "2186-5", "en-US")
    assert (first.sex, first.born) == ("female", date(1990, 1, 2))
    assert people[hashed("ELMNY\0MR-502")].races == ("2106-3", "2054-5")


@pytest.mark.parametrize("planted", ["Planted", "000-00-0", "555-555", "Example Way", "AA0000"])
def test_nothing_that_names_a_person_leaves_the_reader(planted):
    found, report = read()
    assert planted not in repr(found)
    assert planted not in repr(report)


def test_people_without_a_facility_are_joined_by_the_only_one_they_are_at():
    people = content(FileKind.PEOPLE).replace("|FACILITY_ID|", "|IGNORED|")
    found, report = read(replaced={FileKind.PEOPLE: people})
    assert FIRST in {each.patient for each in found if isinstance(each, PatientRecord)}
    assert report.refused == 0


def test_a_patient_number_used_twice_needs_its_facility():
    people = content(FileKind.PEOPLE).replace("|FACILITY_ID|", "|IGNORED|")
    answered = content(FileKind.ANSWERS).replace("MR-504|ELMNY|", "MR-501|OAKNY|")
    found, report = read(replaced={FileKind.PEOPLE: people, FileKind.ANSWERS: answered})
    assert hashed("OAKNY\0MR-501") in {each.patient for each in screens(iter(found))}
    assert told_of(report) == [f"DEMOGRAPHIC_DATA, line 2: {ny1115.SEVERAL_HOMES}"]


def test_the_older_form_with_everything_in_one_line_is_read():
    line = (
        "PAT_MRN_ID|FACILITY_ID|SCREENING_STATUS_CODE|SCREENING_CODE|RECORDED_TIME|QUESTION_CODE"
        "|ANSWER_CODE|ANSWER_CODE_DESCRIPTION|POTENTIAL_NEED_INDICATED\n"
        "MR-501|ELMNY|final|96777-8|2026-07-14T12:33:12.037861+04:00|96779-4|LA32002-0||Yes\n"
    )
    [part] = screens(ny1115.parts([file_of(line)], a_reading(), CODES))
    assert (part.patient, part.standing, part.day) == (
        FIRST,
        RecordStatus.COUNTED,
        date(2026, 7, 14),
    )


def test_a_set_without_answers_or_with_a_stranger_is_refused():
    sources = [file_of(content(FileKind.PROFILES), label="a"), file_of("name,phone\n", label="b")]
    with pytest.raises(BadInput) as told:
        list(ny1115.parts(sources, a_reading(), CODES))
    assert str(told.value) == f"b: {ny1115.NOT_OF_THE_SET}\n{ny1115.NO_ANSWERS}"


def test_a_line_without_patient_or_time_is_told():
    lines = content(FileKind.ANSWERS).split("\n")
    broken = "\n".join([lines[0], lines[1].removeprefix("MR-501"), lines[12].replace("2026-", "")])
    _, report = read(replaced={FileKind.ANSWERS: broken})
    assert told_of(report) == [
        f"SCREENING_OBSERVATION_DATA, line 2: {ny1115.NO_PATIENT}",
        f"SCREENING_OBSERVATION_DATA, line 3: {ny1115.NO_DAY}",
    ]
