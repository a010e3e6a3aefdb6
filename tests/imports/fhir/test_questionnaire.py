"""Forms: nested, with public codes, paths, or link ids of the sender's own."""

from __future__ import annotations

import pytest

from readiness.core.errors import BadInput
from readiness.imports.fhir import reader
from readiness.imports.mapping_models import FormMapping, MappingShape
from readiness.imports.screens.models import Absent, ScreenAnswer
from tests.factories.fhir import LOINC, bundle, chosen, item, read_resources, response

NEVER = ScreenAnswer(code="LA28398-8")
ADDRESS = "https://forms.example.org/Questionnaire/own"
FORM = {
    "resourceType": "Questionnaire",
    "id": "own",
    "url": ADDRESS,
    "item": [{"linkId": "g", "item": [{"linkId": "q1", "code": [{"code": "88122-7"}]}]}],
}
FILLED = response(item("q1", chosen("LA28398-8")), questionnaire=f"{ADDRESS}|4")


@pytest.mark.parametrize("link", ["88122-7", "/88122-7", "/88121-9/88122-7", "/a/b/88122-7/"])
def test_a_link_id_may_be_the_code_or_end_in_it(link):
    assert read_resources(response(item(link, chosen("LA28398-8")))).answers == {
        "88122-7": (NEVER,)
    }


def test_questions_inside_items_and_inside_answers_are_found():
    inner = item("88123-5", chosen("LA28398-8"))
    outer = item("88122-7", {**chosen("LA28398-8"), "item": [{"linkId": "g", "item": [inner]}]})
    found = read_resources(response({"linkId": "x", "item": [{"linkId": "y", "item": [outer]}]}))
    assert [*found.answers] == ["88122-7", "88123-5"]


def test_several_choices_stand_beside_each_other_and_each_once():
    several = item(
        "93031-3",
        chosen("LA30125-1"),
        {"valueString": "LA30125-1"},
        chosen("LA30124-4"),
        chosen("LA30124-4"),
    )
    found = read_resources(response(several))
    assert [each.code for each in found.answers["93031-3"]] == ["LA30125-1", "LA30124-4"]


def test_a_question_that_was_left_open_is_handed_on_without_an_answer():
    assert read_resources(response(item("88122-7"))).answers == {"88122-7": ()}


@pytest.mark.parametrize("where", ["extension", "_valueCoding", "_valueString"])
def test_a_reason_for_no_answer_is_found_beside_the_answer(where):
    reason = [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "asked-declined",
        }
    ]
    beside = {where: reason} if where == "extension" else {where: {"extension": reason}}
    found = read_resources(response(item("88122-7", beside)))
    assert found.answers["88122-7"] == (ScreenAnswer(absent=Absent.DECLINED),)
    whole = response({"linkId": "88122-7", "extension": reason})
    assert read_resources(whole).answers["88122-7"] == (ScreenAnswer(absent=Absent.DECLINED),)


@pytest.mark.parametrize(
    "value",
    [chosen("LA33-6"), {"valueString": "x"}, {"valueDate": "2026-01-01"}, {"valueInteger": 0}],
)
def test_an_answer_that_nothing_explains_refuses_the_file(value):
    with pytest.raises(
        BadInput, match=r"^question q7: This question of a form has answers"
    ) as raised:
        read_resources(response(item("q7", value)))
    assert "in a mapping what it asks" in str(raised.value)


def test_groups_and_open_questions_need_no_explanation():
    found = read_resources(
        response({"linkId": "q7"}, item("88122-7", chosen("LA28398-8")), item("q8", {}))
    )
    assert [*found.answers] == ["88122-7"]


@pytest.mark.parametrize(
    "link", ["Planted Name", "planted@example.org", "123-45-6789", "617-555-0134", "x" * 80, "ü"]
)
def test_a_link_id_that_may_tell_of_a_person_is_not_named(link):
    with pytest.raises(BadInput) as raised:
        read_resources(response(item(link, chosen("LA33-6"))))
    assert str(raised.value).startswith("an unnamed question: ")
    assert link not in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_unexplained_questions_of_all_forms_are_told_at_once():
    forms = [response(item(f"q{n}", chosen("LA33-6")), id=f"r{n}") for n in range(30)]
    with pytest.raises(BadInput) as raised:
        read_resources(*forms)
    assert [each.place for each in raised.value.problems][:2] == ["question q0", "question q1"]
    assert raised.value.problems[-1].place == "10 unnamed questions"


def test_a_form_taken_back_needs_no_explanation():
    found = read_resources(response(item("q7", chosen("LA33-6")), status="entered-in-error"))
    assert len(found.parts) == 1


def test_a_public_question_that_we_do_not_know_is_counted_and_passed_over():
    found = read_resources(response(item("69737-5", chosen("LA33-6")), item("88122-7")))
    assert found.report.unknown_codes == {"69737-5": 1}
    assert [*found.answers] == ["88122-7"]


@pytest.mark.parametrize("order", [(FORM, FILLED), (FILLED, FORM)])
def test_the_form_itself_explains_its_link_ids_before_or_after(order):
    assert read_resources(*order).answers == {"88122-7": (NEVER,)}
    assert read_resources(bundle(*order)).answers == {"88122-7": (NEVER,)}


def test_a_form_may_carry_its_questionnaire_inside():
    inside = response(
        item("q1", chosen("LA28398-8")), questionnaire="#own", contained=[{"x": 1}, FORM]
    )
    assert read_resources(inside).answers == {"88122-7": (NEVER,)}


def test_the_form_of_another_address_explains_nothing():
    with pytest.raises(BadInput):
        read_resources(FORM, {**FILLED, "questionnaire": "https://else.example.org/q"})


def test_a_form_that_waited_may_still_be_unreadable():
    found = read_resources({**FILLED, "authored": None}, FORM)
    assert found.parts == []
    assert "no full date" in found.says[0]
    assert found.report.rows == 2


def test_so_many_forms_wait_and_no_more(monkeypatch):
    monkeypatch.setattr(reader, "MOST_WAITING", 2)
    with pytest.raises(BadInput):
        read_resources(*[{**FILLED, "id": f"r{n}"} for n in range(3)], FORM)


def test_a_mapping_comes_before_what_the_form_says():
    mapping = FormMapping(MappingShape.FHIR, questions={"": {"q1": "88123-5"}}, ignore=("q2",))
    found = read_resources(
        FORM, FILLED, response(item("q2", {"valueString": "Planted"})), mapping=mapping
    )
    assert found.answers == {"88123-5": (NEVER,)}


def test_a_form_may_be_left_out_by_its_address():
    mapping = FormMapping(MappingShape.FHIR, ignore=(ADDRESS,))
    found = read_resources(FILLED, mapping=mapping)
    assert found.parts == []
    assert found.report.skipped == 1


@pytest.mark.parametrize(
    ("items", "address", "instrument"),
    [
        ([{"linkId": "/93025-5", "item": [item("/93025-5/93030-5")]}], "", "prapare"),
        ([item("88122-7")], "http://loinc.org/q/88121-9", "hvs"),
        ([item("88122-7")], "https://x.example/SDOHCC-QuestionnaireHungerVitalSign", "hvs"),
        ([item("93030-5")], "https://x.example/SDOHCC-QuestionnairePRAPARE|3.0.0", "prapare"),
        ([item("93030-5")], "https://x.example/AHC-HRSN-supplemental", "ahc_hrsn_supplemental"),
        ([item("93030-5")], "https://x.example/Questionnaire/1", ""),
        ([item("93030-5")], "", ""),
    ],
)
def test_the_instrument_is_told_by_panels_inside_or_by_the_address(items, address, instrument):
    (part,) = read_resources(response(*items, questionnaire=address)).parts
    assert part.instrument == instrument


def test_a_form_is_whole_and_is_complete_only_when_it_was_finished():
    for status, complete in (("completed", True), ("amended", True), ("stopped", False)):
        (part,) = read_resources(response(item("88122-7"), status=status)).parts
        assert part.is_whole
        assert part.is_completed is complete


def test_when_it_was_filled_in_decides_which_of_two_is_later():
    told = {"lastUpdated": "2026-12-01T00:00:00Z", "versionId": "3"}
    (part,) = read_resources(response(item("88122-7"), meta=told)).parts
    assert part.issued == "2026-08-12T13:30:00.000000+00:00"
    assert part.version == 3


@pytest.mark.parametrize("value", [{"valueCoding": {"system": LOINC, "code": "LA28398-8"}}, {}])
def test_a_form_about_a_place_is_no_screen(value):
    found = read_resources(response(item("88122-7", value), subject={"reference": "Location/1"}))
    assert found.parts == []
    assert found.report.skipped == 1
