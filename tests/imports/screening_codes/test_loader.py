"""The shipped table of screening codes, and what its loader refuses."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pytest

from readiness.core.errors import BadInput, NotFound
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import STRATA
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screening_codes.models import ResourceType
from readiness.imports.screens.models import Absent, NeedResult, RecordStatus, ScreenAnswer
from readiness.instruments.seals import seal_of, seals_in

CODES = screening.load()
RAW = (screening.FOLDER / "codes" / "2026.2.yaml").read_text(encoding="utf-8")
QUESTIONS = [each for asked in CODES.questions_by_code.values() for each in asked]


def problems_after(old: str, new: str) -> str:
    assert old in RAW
    with pytest.raises(BadInput) as caught:
        screening.read(RAW.replace(old, new, 1).encode())
    return str(caught.value)


def test_every_version_still_has_the_hash_it_was_published_with():
    files = {f"codes/{path.name}": path for path in screening.FOLDER.glob("codes/*.yaml")}
    found = {name: seal_of(path.read_bytes()) for name, path in files.items()}
    assert found == seals_in(screening.FOLDER)
    assert CODES.sha256 == found["codes/2026.2.yaml"]


def test_the_table_carries_the_notice_that_its_codes_need():
    notice = CODES.notices["loinc"]
    assert "copyright Regenstrief Institute" in notice
    assert "http://loinc.org/license" in notice


def test_no_pair_of_question_and_answer_has_two_results():
    results = defaultdict(set)
    for question in QUESTIONS:
        for need, says in question.tells.items():
            for answer, result in says.items():
                results[question.code, answer, need].add(result)
    assert len(results) > 150
    assert {pair: found for pair, found in results.items() if len(found) > 1} == {}


def test_every_item_has_a_need_or_another_matter_or_a_trait():
    silent = [
        each.code
        for each in QUESTIONS
        if not (each.about or each.matters or each.trait or each.is_personal)
    ]
    assert silent == []
    assert {matter for each in QUESTIONS for matter in each.matters} == set(CODES.matters)


def test_every_answer_that_tells_of_a_need_is_positive_or_negative():
    told = {r for each in QUESTIONS for says in each.tells.values() for r in says.values()}
    assert told == {NeedResult.POSITIVE, NeedResult.NEGATIVE}


def test_every_rule_carries_its_mark():
    assert {each.verified for each in QUESTIONS} <= set(CODES.marks)


@pytest.mark.parametrize(
    ("question", "answer", "need", "result"),
    [
        ("93026-3", "LA33-6", Need.SAFETY, NeedResult.NEGATIVE),
        ("93026-3", "LA32-8", Need.SAFETY, NeedResult.POSITIVE),
        ("76501-6", "LA33-6", Need.SAFETY, NeedResult.POSITIVE),
        ("96434-6", "LA32-8", Need.FOOD, NeedResult.POSITIVE),
        ("96446-0", "LA32-8", Need.EDUCATION, NeedResult.POSITIVE),
        ("96444-5", "LA33-6", Need.EMPLOYMENT, NeedResult.NEGATIVE),
        ("96436-1", "LA33-6", Need.UTILITIES, NeedResult.POSITIVE),
        ("71802-3", "LA31995-6", Need.HOMELESSNESS, NeedResult.POSITIVE),
        ("71802-3", "LA31994-9", Need.HOMELESSNESS, NeedResult.NEGATIVE),
        ("71802-3", "LA31994-9", Need.HOUSING_INSTABILITY, NeedResult.POSITIVE),
        ("71802-3", "LA30190-5", Need.HOMELESSNESS, NeedResult.POSITIVE),
        ("93031-3", "LA30127-7", Need.MATERIAL, NeedResult.POSITIVE),
        ("93031-3", "LA30127-7", Need.FOOD, NeedResult.NEGATIVE),
        ("93031-3", "LA30128-5", Need.MATERIAL, NeedResult.NEGATIVE),
        ("76513-1", "LA22683-9", Need.FINANCIAL, NeedResult.POSITIVE),
    ],
)
def test_a_rule_is_a_pair(question, answer, need, result):
    rule = CODES.question("", question, [ScreenAnswer(code=answer)])
    assert rule is not None
    assert rule.tells[need][answer] is result


def test_no_single_question_of_a_score_tells_anything():
    items = [each for each in QUESTIONS if each.score_id or each.total_of]
    assert len(items) == 7
    assert all(not each.tells for each in items)


def test_a_question_shared_by_instruments_is_told_apart_by_its_answer():
    def instrument_of(instrument_id, code, *answers):
        question = CODES.question(
            instrument_id, code, [ScreenAnswer(code=each) for each in answers]
        )
        assert question
        return question.instrument_id

    assert instrument_of("", "71802-3", "LA30190-5") == "prapare"
    assert instrument_of("", "71802-3", "LA31994-9") == "ahc_hrsn"
    assert instrument_of("prapare", "93030-5") == "prapare"
    assert instrument_of("prapare", "88122-7") == "ahc_hrsn"  # not asked by PRAPARE
    assert CODES.question("", "1-8") is None


@pytest.mark.parametrize("name", ["http://loinc.org", "https://loinc.org/", "LN", " LOIN "])
def test_loinc_travels_under_many_names(name):
    assert CODES.is_loinc(name)
    assert not CODES.is_loinc("http://snomed.info/sct")


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("88122-7", "Often true", ScreenAnswer(code="LA28397-0")),
        ("88122-7", "LA28397-0", ScreenAnswer(code="LA28397-0")),
        ("95618-5", "Never", ScreenAnswer(code="LA6270-8")),
        ("88122-7", "Declined.", ScreenAnswer(absent=Absent.DECLINED)),
        ("96779-4", " PATIENT refused ", ScreenAnswer(absent=Absent.DECLINED)),
        ("96779-4", "asked-declined", ScreenAnswer(absent=Absent.DECLINED)),
        ("93033-9", "LA30122-8", ScreenAnswer(absent=Absent.DECLINED)),
        ("93033-9", "don't know", ScreenAnswer(absent=Absent.UNKNOWN)),
        ("93033-9", "Often true", None),
        ("93033-9", "Jane Doe", None),
    ],
)
def test_an_answer_may_come_as_text(question, text, answer):
    assert CODES.answer_for(question, text) == answer


def test_a_status_counts_waits_or_takes_back():
    assert CODES.standing(ResourceType.OBSERVATION, "amended") is RecordStatus.COUNTED
    assert CODES.standing(ResourceType.OBSERVATION, "preliminary") is RecordStatus.HELD
    assert CODES.standing(ResourceType.FORM, "in-progress") is RecordStatus.HELD
    assert CODES.standing(ResourceType.FORM, "entered-in-error") is RecordStatus.DELETED
    assert CODES.standing(ResourceType.FORM, "final") is None


def test_the_poverty_line_is_that_of_the_screen_s_year():
    assert CODES.poverty_line(4, date(2026, 8, 1)) == 33_000
    assert CODES.poverty_line(1, date(2025, 8, 1)) == 15_650
    assert CODES.poverty_line(1, date(2031, 1, 1)) == 15_960
    assert CODES.poverty_line(1, date(2001, 1, 1)) == CODES.guidelines[0].first


def test_there_is_no_other_version():
    with pytest.raises(NotFound):
        screening.load("1999.1")


def test_every_trait_is_read_as_a_stratum_that_there_is():
    for question in QUESTIONS:
        for stratum in question.trait_values.values():
            assert any(stratum in strata for strata in STRATA.values())


def test_the_table_holds_no_question_s_wording():
    assert not re.search(r"\?\s", RAW)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"88122-7"', '"88122-8"', "88122-8 is no LOINC code"),
        ("negative: [LA28398-8]", "negative: [LA6729-3]", "both positive and negative for food"),
        ("{utilities:", "{heating:", "'heating' is no need or matter"),
        ("score: hits", "score: hats", "hats is no score of this instrument"),
        ("verified: V1", "verified: Z", "'Z' is no mark of this file"),
        ("id: hvs", "id: prapare", "prapare is used twice"),
        ("every_question: [food]", "every_question: [stress]", "no question here tells of stress"),
        ("values: {LA43-5: english", "values: {LA43-5: klingon", "klingon is no stratum"),
        ("held: [registered,", "held: [final,", "'final' is read as counted and as held"),
        ("{year: 2019", "{year: 2017", "the years are not in order"),
        ("absent: [LA15775-2]", "absent: [LA15-2]", "'LA15-2' is no reason"),
        ("about: household_size, ", "", "no need and no other matter"),
        ("items: 4", "items: four", "write a whole number"),
        ('version: "2026.2"', 'version: "2026.2"\nversion: "2026.3"', "a second time"),
        ("id: screening-codes", "id: [", "this is not YAML"),
    ],
)
def test_what_cannot_be_true_is_told(old, new, says):
    assert says in problems_after(old, new)


def test_every_problem_is_told_at_once():
    raw = RAW.replace('"88122-7"', '"88122-8"').replace("{utilities:", "{heating:")
    with pytest.raises(BadInput) as caught:
        screening.read(raw.encode())
    assert len(caught.value.problems) > 2
