"""One answer, in the many ways in which it is sent."""

from __future__ import annotations

import json

import pytest

from readiness.imports.screens.models import Absent, ScreenAnswer
from tests.factories import fhir
from tests.factories.fhir import LOINC, coded, concept, observation, read_resources

YES, NO = ScreenAnswer(code="LA33-6"), ScreenAnswer(code="LA32-8")
DECLINED, UNKNOWN = ScreenAnswer(absent=Absent.DECLINED), ScreenAnswer(absent=Absent.UNKNOWN)
NOT_ASKED = ScreenAnswer(absent=Absent.NOT_ASKED)
REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
NULLS = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"


def answers(question, **value):
    return read_resources(observation(question, **value)).answers[question]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (coded("LA33-6"), (YES,)),
        ({"valueCodeableConcept": concept("LA33-6", system="LN")}, (YES,)),
        ({"valueCodeableConcept": {"coding": [{"code": "LA33-6"}]}}, (YES,)),
        ({"valueCodeableConcept": {"coding": [{"code": "Y", "display": "Yes"}]}}, (YES,)),
        ({"valueCodeableConcept": {"text": "Yes"}}, (YES,)),
        ({"valueCoding": {"system": LOINC, "code": "LA32-8"}}, (NO,)),
        ({"valueBoolean": True}, (YES,)),
        ({"valueBoolean": False}, (NO,)),
        ({"valueString": "LA33-6"}, (YES,)),
        ({"valueString": " yes "}, (YES,)),
        ({"valueString": "Declined"}, (DECLINED,)),
        ({"valueString": "don't know"}, (UNKNOWN,)),
        ({"dataAbsentReason": concept("asked-declined", system=REASONS)}, (DECLINED,)),
        ({"dataAbsentReason": concept("asked-declined", system="https://x.example")}, (DECLINED,)),
        ({"dataAbsentReason": {"text": "refused"}}, (DECLINED,)),
        ({"dataAbsentReason": concept("not-asked", system=REASONS)}, (NOT_ASKED,)),
        ({"dataAbsentReason": concept("masked", system=REASONS)}, (UNKNOWN,)),
        ({"dataAbsentReason": {}}, (UNKNOWN,)),
        ({"valueCodeableConcept": concept("ASKU", system=NULLS)}, (UNKNOWN,)),
        ({}, ()),
    ],
)
def test_an_answer_is_read_in_every_form(value, expected):
    assert answers("93030-5", **value) == expected


def test_who_declined_is_taken_at_their_word_whatever_else_is_sent():
    reason = {"dataAbsentReason": concept("asked-declined", system=REASONS)}
    assert answers("93030-5", **coded("LA33-6"), **reason) == (DECLINED,)


def test_another_reason_for_no_answer_counts_only_where_there_is_none():
    reason = {"dataAbsentReason": concept("unknown", system=REASONS)}
    assert answers("93030-5", **coded("LA33-6"), **reason) == (YES,)


def test_an_answer_sent_as_code_text_and_number_is_one():
    value = {**coded("LA33-6"), "valueString": "Yes", "valueInteger": 1, "valueBoolean": True}
    assert answers("93030-5", **value) == (YES,)


def test_several_codes_of_one_answer_are_several_choices():
    value = {"valueCodeableConcept": {"coding": [{"code": "LA30125-1"}, {"code": "LA30124-4"}]}}
    assert {each.code for each in answers("93031-3", **value)} == {"LA30125-1", "LA30124-4"}


def test_what_nobody_can_read_is_an_answer_all_the_same():
    """Were it none, a completed form would say "none of these" where something was chosen."""
    story = "Planted words of a patient"
    for value in ({"valueString": story}, {"valueCodeableConcept": {"coding": [{"code": "ZZ"}]}}):
        found = read_resources(observation("93031-3", **value))
        assert found.answers["93031-3"] == (ScreenAnswer(code="?"),)
        assert "Planted" not in repr(found)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ({"valueInteger": 12}, 12),
        ({"valueDecimal": 11.0}, 11),
        ({"valueQuantity": {"value": 14, "unit": "{score}"}}, 14),
        ({"valueQuantity": {"value": "14"}}, 14),
        ({"valueCodeableConcept": {"coding": [{"code": "{score}", "display": "Score: 13"}]}}, 13),
        ({"valueCodeableConcept": {"coding": [{"code": "12"}], "text": "9 points"}}, 9),
        ({"valueString": "17"}, 17),
    ],
)
def test_a_total_is_read_wherever_it_stands(value, number):
    assert answers("95614-4", **value) == (ScreenAnswer(number=number),)


def test_a_total_is_never_read_from_a_code():
    assert answers("95614-4", valueCodeableConcept=concept("12")) == (ScreenAnswer(code="?"),)


@pytest.mark.parametrize("text", ["61000", "61,000", "$61,000 a year", "61000.00"])
def test_an_amount_is_read_from_text(text):
    assert answers("63586-2", valueString=text) == (ScreenAnswer(number=61000),)


@pytest.mark.parametrize("text", ["12,5", "1.234,56", "Score: 1,23", "61,00", "0,500", ",5"])
def test_a_number_with_a_decimal_comma_is_never_read_as_another(text):
    for question in ("63586-2", "95614-4"):
        assert answers(question, valueString=text) == (ScreenAnswer(code="?"),)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1" + "0" * 30 + ".5e300"])
def test_a_number_beyond_all_bounds_is_no_number(number):
    amount = json.dumps(observation("63586-2", valueQuantity={"value": "?"}))
    found = fhir.read_bytes(amount.replace('"?"', number).encode())
    assert len(found.report.problems) == 1 or found.answers["63586-2"] == (ScreenAnswer(code="?"),)


def test_the_sender_flag_is_kept_beside_the_answer():
    def flag(*codes):
        told = [concept(code, system="http://hl7.example/Interpretation") for code in codes]
        seen = observation("93030-5", **coded("LA32-8"), interpretation=told)
        (part,) = read_resources(seen).parts
        return part.answered[0].flag

    assert flag("POS") is True
    assert flag("NEG") is False
    assert flag("H") is flag() is None
