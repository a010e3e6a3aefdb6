"""What a patient's record tells for the strata, and nothing more of them."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.imports.screens.models import PatientTraits
from tests.factories.fhir import concept, hashed, read_resources

CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
CDC = "urn:oid:2.16.840.1.113883.6.238"


def patient(**told):
    return {"resourceType": "Patient", "id": "p1", "name": [{"family": "Planted"}], **told}


def extension(name, *inside, **value):
    return {"url": f"{CORE}/{name}", **({"extension": [*inside]} if inside else {}), **value}


def category(code, url="ombCategory"):
    return {"url": url, "valueCoding": {"system": CDC, "code": code}}


def traits(**told) -> PatientTraits:
    (person,) = read_resources(patient(**told)).people
    assert person.patient == hashed("Patient/p1")
    return person.traits


def test_a_record_tells_race_ethnicity_language_sex_and_birth():
    found = traits(
        extension=[
            extension("us-core-race", category("2106-3"), category("1123-9", "detailed")),
            extension("us-core-ethnicity", category("2186-5")),
        ],
        gender="female",
        birthDate="1958-02-11",
        communication=[
            {"language": concept("es")},
            {"language": concept("en-US"), "preferred": True},
        ],
    )
    assert found == PatientTraits(
        races=("2106-3", "1123-9"),
        ethnicity="2186-5",
        language="en-US",
        sex="female",
        born=date(1958, 2, 11),
    )


def test_several_categories_are_several_races():
    race = extension("us-core-race", category("2054-5"), category("2106-3"), category("2054-5"))
    assert traits(extension=[race]).races == ("2054-5", "2106-3")


def test_words_count_only_where_there_is_no_code():
    words = {"url": "text", "valueString": "White"}
    assert traits(extension=[extension("us-core-race", words)]).races == ("White",)
    both = extension("us-core-race", category("2028-9"), words)
    assert traits(extension=[both]).races == ("2028-9",)


def test_race_as_older_records_have_it():
    old = {"url": f"{CORE}/us-core-race", "valueCodeableConcept": concept("2054-5", system=CDC)}
    assert traits(extension=[old]).races == ("2054-5",)


@pytest.mark.parametrize(
    ("told", "sex"),
    [
        ({"gender": "male"}, "male"),
        ({"gender": "unknown"}, "unknown"),
        ({"extension": [extension("us-core-birthsex", valueCode="F")]}, "female"),
        (
            {"gender": "unknown", "extension": [extension("us-core-sex", valueCode="248153007")]},
            "male",
        ),
        ({}, ""),
    ],
)
def test_sex_is_told_by_gender_else_by_sex_at_birth(told, sex):
    assert traits(**told).sex == sex


def test_nothing_known_is_nothing_told():
    assert traits() == PatientTraits()
    assert traits(birthDate="someday", communication=[{}], extension=[{}]) == PatientTraits()


def test_a_record_without_an_id_belongs_to_nobody():
    found = read_resources({"resourceType": "Patient", "gender": "male"})
    assert found.people == []
    assert "no id" in found.says[0]


def coverage(name="", code="", status="active"):
    kind = {"coding": [{"system": "https://nahdo.org/sopt", "code": code}]} if code else {}
    return {
        "resourceType": "Coverage",
        "status": status,
        "type": kind or {"text": name},
        "beneficiary": {"reference": "Patient/p1"},
    }


@pytest.mark.parametrize(
    ("covered", "payer"),
    [
        ([coverage("Medicaid")], "medicaid"),
        ([coverage(code="111")], "medicare"),
        ([coverage(code="512")], "512"),
        ([coverage(code="14")], "dual"),
        ([coverage("Medicaid"), coverage(code="1")], "dual"),
        ([coverage("Medicare"), coverage(code="512")], "medicare"),
        ([coverage("NO_INSURANCE")], "uninsured"),
    ],
)
def test_the_payer_is_told_where_it_is_plain(covered, payer):
    (person,) = read_resources(*covered).people
    assert person.traits == PatientTraits(payer=payer)
    assert person.patient == hashed("Patient/p1")


@pytest.mark.parametrize("covered", [coverage("Some Plan"), coverage("Medicaid", "", "cancelled")])
def test_a_payer_that_is_not_plain_or_not_in_force_is_not_guessed(covered):
    assert read_resources(covered).people == []
