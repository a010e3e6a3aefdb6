"""A wide export with its mapping: forms finished or held, check boxes, people without a form."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import Report
from readiness.counts.social_risk.models import Need
from readiness.imports import mapped_table, redcap
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import RedcapMapping
from readiness.imports.referrals.models import FollowUp
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import (
    UNREADABLE_ANSWER,
    Absent,
    NeedResult,
    PatientRecord,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)
from tests.factories.readings import DATA, a_reading, file_of, hashed, screens, told_of

CODES = screening.load()
EXPORT = (DATA / "redcap" / "export.csv").read_text(encoding="utf-8")
MAPPING = (DATA / "redcap" / "export.toml").read_text(encoding="utf-8")


def read(
    content: str = EXPORT, text: str = MAPPING
) -> tuple[list[ScreenPart | PatientRecord], Report]:
    mapping = parse(text, CODES)
    assert isinstance(mapping, RedcapMapping)
    reading = a_reading()
    found = redcap.parts([file_of(content)], reading, mapping, CODES)
    return [each for each in found if not isinstance(each, FollowUp)], reading.report


def test_a_finished_form_is_one_whole_screen():
    found, _ = read()
    first = screens(iter(found))[0]
    assert (first.patient, first.day) == (hashed("1"), date(2026, 7, 3))
    assert (first.is_whole, first.is_completed) == (True, True)
    assert (first.standing, first.instrument, first.site_id) == (
        RecordStatus.COUNTED,
        "prapare",
        "north",
    )
    assert {each.question: each.answers for each in first.answered} == {
        "71802-3": (ScreenAnswer(code="LA30190-5"),),
        "93031-3": (ScreenAnswer(code="LA30125-1"), ScreenAnswer(code="LA30124-4")),
        "63586-2": (ScreenAnswer(number=25_000.0),),
    }
    assert first.results == {Need.SAFETY: NeedResult.NEGATIVE}


def test_boxes_of_which_none_is_chosen_are_a_question_without_answer():
    found, _ = read()
    second = screens(iter(found))[2]
    assert {each.question: each.answers for each in second.answered}["93031-3"] == ()
    assert second.answered[0].answers == (ScreenAnswer(absent=Absent.DECLINED),)
    assert second.results == {Need.SAFETY: NeedResult.DECLINED}


def test_a_form_that_is_not_finished_is_held():
    found, _ = read()
    held = [each for each in screens(iter(found)) if each.standing is RecordStatus.HELD]
    assert [(each.patient, each.day, each.status) for each in held] == [
        (hashed("1"), date(2026, 8, 3), "in-progress")
    ]
    assert not held[0].is_completed


def test_a_line_without_a_form_tells_of_the_person():
    found, _ = read()
    [person] = [each for each in found if isinstance(each, PatientRecord)]
    assert person.patient == hashed("1")
    traits = person.traits
    assert (traits.races, traits.language, traits.payer) == (
        ("white", "black"),
        "english",
        "medicaid",
    )
    assert traits.born == date(1990, 1, 2)


def test_what_cannot_be_read_is_told_by_line_and_field():
    _, report = read()
    assert told_of(report) == [
        f"file 1, line 6: {mapped_table.NO_DAY}",
    ]
    assert dict(report.unreadable_answers) == {"housing": 1, "safety_need": 1}


def test_a_group_that_looks_like_a_phone_number_becomes_a_neutral_label():
    found, report = read()
    assert screens(iter(found))[2].site_id == "site 1"
    for planted in ("Planted", "planted@", "617-555"):
        assert planted not in repr(found) + repr(report)


def test_a_labels_export_reads_as_a_raw_one():
    labels = EXPORT.replace(",2\n", ",Complete\n").replace(",0\n", ",Incomplete\n")
    assert read(labels)[0] == read()[0]


def test_boxes_may_be_checked_in_words():
    heading = EXPORT.split("\n")[0]
    row = EXPORT.split("\n")[2].replace(",2,1,0,1,0,", ",2,Checked,Unchecked,Checked,Unchecked,")
    assert screens(iter(read(f"{heading}\n{row}\n")[0])) == [
        ScreenPart(**{**{f: getattr(p, f) for f in p.__slots__}, "source": "file 1, line 2"})
        for p in screens(iter(read()[0]))[:1]
    ]
    odd = row.replace(",Checked,", ",Food,", 1)
    found, report = read(f"{heading}\n{odd}\n")
    assert dict(report.unreadable_answers) == {"needs": 1}
    assert UNREADABLE_ANSWER in screens(iter(found))[0].answered[1].answers


def refused(content: str = EXPORT, text: str = MAPPING) -> str:
    with pytest.raises(BadInput) as told:
        read(content, text)
    return str(told.value)


def test_columns_that_nobody_mapped_are_refused_by_name():
    assert refused(text=MAPPING.replace(', "phq9_*"', "")) == (
        "file 1: The mapping does not know “phq9_1” and “phq9_2”. Remove these columns, or name "
        "what is not needed in ignore."
    )


def test_a_box_or_a_field_that_does_not_fit_is_refused():
    assert "Add what “needs___9” means" in refused(
        text=MAPPING.replace('"3" = "LA30124-4"\n"9" = "declined"\n', '"3" = "LA30124-4"\n')
    )
    assert "There is no column “income”" in refused(EXPORT.replace("income", "pay"))


def test_codes_below_zero_are_found_in_the_names_of_boxes():
    text = MAPPING.replace('"3" = "LA30124-4"\n"9"', '"3" = "LA30124-4"\n"-9"')
    assert read(EXPORT.replace("needs___9", "needs____9"), text)[0] == read()[0]


JUDGED = """\
shape = "wide"
[columns]
patient = ["Name", "DOB"]
date = "Day"
[fields.Food]
need = "food"
[fields."Food ran out"]
need = "food"
[fields."Safe at home"]
need = "safety"
[fields."Safe at home".results]
Yes = "negative"
No = "positive"
[results]
Yes = "positive"
No = "negative"
"N/A" = "not_asked"
"""
HEAD = "Name,DOB,Day,Food,Food ran out,Safe at home\n"


def test_words_for_all_needs_hold_where_a_field_has_none_of_its_own():
    found, report = read(f"{HEAD}A,1980-01-02,2026-07-03,Yes,,No\nB,,2026-07-03,Yes,,No\n", JUDGED)
    assert screens(iter(found))[0].results == {
        Need.FOOD: NeedResult.POSITIVE,
        Need.SAFETY: NeedResult.POSITIVE,
    }
    assert told_of(report) == ["file 1, line 3: " + mapped_table.NO_PATIENT]


def test_a_word_for_not_asked_is_as_good_as_a_blank():
    found, report = read(f"{HEAD}A,1980-01-02,2026-07-03,N/A,,Yes\n", JUDGED)
    assert screens(iter(found))[0].results == {Need.SAFETY: NeedResult.NEGATIVE}
    assert not report.problems


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [("Yes", "No", "positive"), ("No", "Yes", "positive"), ("No", "No", "negative")],
)
def test_a_need_in_several_columns_is_found_when_one_of_them_says_so(first, second, result):
    found, _ = read(f"{HEAD}A,1980-01-02,2026-07-03,{first},{second},\n", JUDGED)
    assert screens(iter(found))[0].results == {Need.FOOD: NeedResult(result)}


def test_patients_of_one_name_are_told_apart_by_their_birth_dates():
    found, _ = read(
        f"{HEAD}Jo Doe,1980-01-02,2026-07-03,Yes,,\njo  doe,1980-01-02,2026-07-04,No,,\n"
        "Jo Doe,1990-01-02,2026-07-03,No,,\n",
        JUDGED,
    )
    first, again, other = (each.patient for each in screens(iter(found)))
    assert first == again == hashed("jo doe\x001980-01-02")
    assert other != first


def test_a_missing_part_of_the_patient_is_told():
    with pytest.raises(BadInput, match="A column that tells patients apart is missing"):
        read("Name,Day,Food,Food ran out,Safe at home\nA,2026-07-03,Yes,,No\n", JUDGED)


def test_boxes_may_stand_in_another_order_in_each_of_several_files():
    lines = EXPORT.splitlines()
    turned = lines[0].replace("needs___1,needs___2", "needs___2,needs___1")
    files = [file_of(EXPORT), file_of(f"{turned}\n{lines[2]}")]
    mapping = parse(MAPPING, CODES)
    assert isinstance(mapping, RedcapMapping)
    found = screens(redcap.parts(files, a_reading(), mapping, CODES))
    first, last = (
        {each.question: each for each in part.answered} for part in (found[0], found[-1])
    )
    assert ScreenAnswer(code="LA30125-1") in first["93031-3"].answers
    assert ScreenAnswer(code="LA30125-1") not in last["93031-3"].answers
