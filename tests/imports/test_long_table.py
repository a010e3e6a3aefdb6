"""A long table with its mapping: answers as codes, needs as judged, everything else told."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import Report
from readiness.counts.social_risk.models import Need
from readiness.imports import long_table, mapped_table
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import LongMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import (
    Absent,
    NeedResult,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)
from tests.factories.readings import DATA, a_reading, file_of, hashed, screens, told_of

CODES = screening.load()


def mapping(name: str, **changes: str) -> LongMapping:
    text = (DATA / "long" / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    found = parse(text, CODES)
    assert isinstance(found, LongMapping)
    return found


def read(name: str, content: str | None = None) -> tuple[list[ScreenPart], Report]:
    reading = a_reading()
    text = content or (DATA / "long" / f"{name}.csv").read_text(encoding="utf-8")
    found = screens(long_table.parts([file_of(text)], reading, mapping(name), CODES))
    return found, reading.report


def test_answers_are_read_as_the_mapping_says():
    found, _ = read("answers")
    first = [one for each in found if each.patient == hashed("L-1") for one in each.answered]
    assert [(each.question, each.answers) for each in first] == [
        ("88122-7", (ScreenAnswer(code="LA28397-0"),)),
        ("88123-5", (ScreenAnswer(absent=Absent.DECLINED),)),
        ("93030-5", ()),
        ("95614-4", (ScreenAnswer(number=12.0),)),
    ]
    assert [each.flag for each in first] == [True, None, None, False]


def test_lines_of_one_screen_make_one_part_and_a_repeated_question_begins_another():
    heading = (DATA / "long" / "answers.csv").read_text(encoding="utf-8").split("\n")[0]
    line = "L-1,,7/3/2026,{},{},F,7/3/2026 9:00 AM,,,,\n"
    asked = [("Food worry", "Often"), ("Transport", "No"), ("Transport", "Yes")]
    lines = "".join(line.format(*each) for each in asked)
    lines += line.format("Food worry", "Often").replace("9:00", "9:30")
    found, _ = read("answers", f"{heading}\n{lines}")
    assert [[each.question for each in part.answered] for part in found] == [
        ["88122-7", "93030-5"],
        ["93030-5"],
        ["88122-7"],
    ]


def test_a_line_tells_its_day_its_standing_and_when_it_was_written():
    found, _ = read("answers")
    by_patient = {each.patient: each for each in found}
    first = by_patient[hashed("L-1")]
    assert (first.source, first.day) == ("file 1, line 2", date(2026, 7, 3))
    assert (first.instrument, first.issued) == ("ahc_hrsn", "2026-07-03T09:00:00.000000+00:00")
    assert by_patient[hashed("L-2")].standing is RecordStatus.HELD
    assert by_patient[hashed("L-3")].standing is RecordStatus.DELETED


def test_sites_are_named_by_the_mapping_or_not_at_all():
    found, _ = read("answers")
    assert {each.site_id for each in found} == {"elm", "site 1", ""}


def test_traits_come_along():
    found, _ = read("answers")
    by_patient = {each.patient: each.traits for each in found}
    first, second, third = (by_patient[hashed(each)] for each in ("L-1", "L-2", "L-3"))
    assert first is not None
    assert (first.races, first.born) == (("white",), date(1990, 1, 2))
    assert second is not None
    assert second.races == ("2054-5", "2106-3")
    assert third is None


def test_what_cannot_be_read_is_told_by_line_and_left_out():
    found, report = read("answers")
    assert told_of(report) == [
        f"file 1, line 9: {mapped_table.NO_DAY}",
        f"file 1, line 10: {long_table.NO_QUESTION}",
        f"file 1, line 12: {mapped_table.NO_STANDING}",
        f"file 1, line 13: {mapped_table.NO_PATIENT}",
    ]
    assert dict(report.unknown_codes) == {"99999-9": 1}
    assert (report.rows, report.refused, len(found)) == (12, 4, 4)
    assert dict(report.unreadable_answers) == {"93030-5": 1}


def test_a_decimal_comma_is_told_by_line_and_never_read_as_another_number():
    lines = (DATA / "long" / "answers.csv").read_text(encoding="utf-8").splitlines()
    line = next(each for each in lines if "95614-4,12," in each)
    wrong = line.replace(",12,", ',"12,5",')
    _, report = read("answers", "\n".join([lines[0], wrong]))
    (told,) = told_of(report)
    assert told == (
        "file 1, line 2: The number of an answer under “ANSWER” is written with a decimal "
        "comma. Write it with a point, such as 12.5."
    )


def test_nothing_of_a_person_is_told():
    found, report = read("answers")
    for planted in ("Planted", "L-1", "Blue", "Perhaps", "odd"):
        assert planted not in repr(found) + repr(report)


def test_a_need_that_was_judged_is_taken_as_it_is():
    found, report = read("judged")
    assert [dict(each.results) for each in found] == [
        {Need.FOOD: NeedResult.POSITIVE},
        {Need.TRANSPORTATION: NeedResult.NEGATIVE},
        {Need.UTILITIES: NeedResult.INCOMPLETE},
        {Need.UTILITIES: NeedResult.INCOMPLETE},
    ]
    assert dict(report.unreadable_answers) == {"utilities": 1}
    assert told_of(report) == [
        f"file 1, line 5: {long_table.NO_NEED}",
        f"file 1, line 7: {long_table.NO_NEED}",
    ]


def refused(content: str) -> str:
    with pytest.raises(BadInput) as told:
        read("judged", content)
    return str(told.value)


def test_a_column_that_nobody_mapped_is_refused_by_name():
    assert refused("Person,When,Domain,Outcome,Phone,Fax\n") == (
        "file 1: The mapping does not know “Phone” and “Fax”. Remove these columns, or name "
        "what is not needed in ignore."
    )


def test_a_column_that_is_missing_is_refused():
    assert refused("Person,When,Domain\n") == (
        "file 1: There is no column for the result (“Outcome”). Correct its name in the mapping, "
        "or add the column."
    )


def test_a_first_line_that_is_no_heading_is_not_repeated():
    assert "Planted" not in refused("Planted,2026-07-03,Food,At risk\n")


def test_several_answers_in_one_cell_are_several_answers():
    content = "Q-1,,2026-07-03,96778-6,LA31996-4; LA28580-1,F,,,,,\n"
    heading = (DATA / "long" / "answers.csv").read_text(encoding="utf-8").split("\n")[0]
    [part], _ = read("answers", f"{heading}\n{content}")
    assert part.answered[0].answers == (
        ScreenAnswer(code="LA31996-4"),
        ScreenAnswer(code="LA28580-1"),
    )


def test_a_column_of_people_is_no_column_of_sites():
    heading = "Person,When,Domain,Outcome,Site\n"
    lines = "".join(f"P{n},2026-07-03,food,positive,P{n}\n" for n in range(301))
    with pytest.raises(BadInput, match="more than 300 different sites"):
        list(
            long_table.parts(
                [file_of(heading + lines)],
                a_reading(),
                mapping("judged", **{'"Outcome"\n': '"Outcome"\nsite = "Site"\n'}),
                CODES,
            )
        )
