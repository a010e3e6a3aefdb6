"""A stranger's assessment: everything good, everything wrong, one pass."""

from __future__ import annotations

import json

import pytest

from readiness.assessments import assessment_json
from readiness.core.errors import BadInput
from readiness.instruments.answers import Answer
from readiness.instruments.loader import load

QMER = load("qmer", "2026.1")


def reading_of(answers=None, context=None, **others):
    found = {"instrument": "qmer", "answers": answers or {}, **others}
    if context is not None:
        found["context"] = context
    return assessment_json.read(assessment_json.parse_object(json.dumps(found).encode()), QMER)


def problems(**given):
    return [str(problem) for problem in reading_of(**given).problems]


def test_answers_of_every_kind_are_read():
    reading = reading_of(
        answers={
            "LEAD-1": {"level": 2, "note": "minutes of May"},
            "LEAD-3": {"dk": True, "na": False},
            "LEAD-5": {"na": True, "reason": " one site ", "dk": False},
        },
        context={"sites": 1},
    )
    assert not reading.problems
    assert not reading.notices
    assert reading.answers == {
        "LEAD-1": Answer.at(2, "minutes of May"),
        "LEAD-3": Answer.dont_know(),
        "LEAD-5": Answer.not_applicable("one site"),
    }


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"answers": {"LEAD-1": {"level": 1, "level": 2}}}', "stands twice"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b"[" * 30 + b"]" * 30, "nested too deeply"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"\\udfff": 1}', "half a character"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'"' + b"x" * 1_000_001 + b'"', "larger than"),
        (b"[]", "must hold one object"),
        (b"", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": 1} {}', "not JSON"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_a_sentence(raw, says):
    with pytest.raises(BadInput, match=says):
        assessment_json.parse_object(raw)


def test_a_byte_order_mark_is_no_problem():
    assert assessment_json.parse_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("level", [-1, 5, 2.0, "2", None, True, [2], 10**30])
def test_a_level_is_a_whole_number_from_0_to_4(level):
    (problem,) = problems(answers={"LEAD-1": {"level": level}})
    assert problem.startswith("answers.LEAD-1: ")
    assert problem.endswith("is not a level: give a whole number from 0 to 4")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({}, "has no answer"),
        ({"na": False, "dk": False}, "has no answer"),
        ({"level": 2, "dk": True}, "has 2 answers at once (level, don't know)"),
        ({"level": 2, "dk": True, "na": True, "reason": "x"}, "has 3 answers at once"),
        ({"dk": 1}, '"dk" must be true or false'),
        ({"level": 1, "note": 3}, '"note" must be a text'),
        (2, "must be an object"),
        ({"na": True, "reason": "x"}, "is not allowed here"),
    ],
)
def test_an_answer_is_exactly_one_thing(answer, says):
    (problem,) = problems(answers={"LEAD-1": answer})
    assert says in problem


@pytest.mark.parametrize("reason", [None, "", "  ", 7])
def test_not_applicable_needs_a_reason(reason):
    found = problems(answers={"LEAD-5": {"na": True, "reason": reason}}, context={"sites": 1})
    assert any("needs a reason" in problem for problem in found)


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ({"sites": 2}, "which is not so here"),
        ({}, "which is not known"),
        ({"sites": None}, "which is not known"),
        ({"sites": "1"}, "which is not known"),
        ({"sites": True}, "which is not known"),
        (None, "which is not known"),
    ],
)
def test_not_applicable_stands_only_where_its_rule_is_known_to_be_true(context, says):
    (problem,) = problems(answers={"LEAD-5": {"na": True, "reason": "x"}}, context=context)
    assert says in problem


def test_a_rule_may_read_an_answer():
    not_needed = {"na": True, "reason": "nothing is running"}
    assert not problems(answers={"CONT-4": not_needed, "EQME-4": {"level": 1}})
    assert problems(answers={"CONT-4": not_needed, "EQME-4": {"level": 2}})
    assert problems(answers={"CONT-4": not_needed, "EQME-4": {"dk": True}})


def test_everything_wrong_is_said_at_once():
    found = problems(
        answers={"LEAD-1": {"level": 9}, "NONE-1": {"level": 1}, "LEAD-2": {"na": True}}
    )
    assert len(found) == 4  # the last lacks a reason, and its rule is not known to be true


@pytest.mark.parametrize(
    ("context", "notice"),
    [
        ({"weather": 1}, "is not asked"),
        ({"sites": "many"}, "cannot be read as an integer"),
        ({"sites": 0}, "cannot be read"),
        ({"medicaid_share": 1.5}, "cannot be read as a share at least 0 and at most 1"),
        ({"separate_governing_body": "no"}, "cannot be read as a boolean"),
        ({"age_mix": "toddlers"}, "cannot be read as one of adult, pediatric_only, all"),
        ({"languages": [{"language": "Khmer", "patients": "few"}]}, "cannot be read as a table"),
    ],
)
def test_context_that_cannot_be_read_is_unknown_with_a_notice(context, notice):
    reading = reading_of(context=context)
    assert not reading.problems
    assert not reading.context
    assert notice in str(reading.notices[0])


def test_readable_context_is_kept():
    context = {
        "sites": 1,
        "clinicians_fte": 2.5,
        "medicaid_share": 0.4,
        "separate_governing_body": False,
        "age_mix": "all",
        "languages": [{"language": "Khmer", "patients": 60}],
        "interpreter_patients": None,
    }
    reading = reading_of(context=context)
    assert not reading.notices
    assert reading.context == context


def test_extra_keys_are_left_out_with_a_notice():
    reading = reading_of(answers={"LEAD-1": {"level": 1, "by": "me"}}, sent_by="me")
    assert not reading.problems
    assert len(reading.notices) == 2
    assert reading.answers["LEAD-1"] == Answer.at(1)


def test_a_stranger_s_text_stays_on_one_line():
    (problem,) = problems(answers={"a\nb\u2028" + "x" * 500: {"level": 1}})
    assert "\n" not in problem
    assert "\u2028" not in problem
    assert len(problem) < 200
