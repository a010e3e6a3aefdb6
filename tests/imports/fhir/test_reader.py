"""FHIR as it is handed over: every shape gives the screens that are in it."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import Canceled, ReadContext, Report, file_in_memory
from readiness.imports.fhir import reader
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import FormMapping
from readiness.imports.screens.models import RecordStatus, ScreenAnswer
from tests.factories import fhir
from tests.factories.fhir import (
    bundle,
    chosen,
    coded,
    item,
    observation,
    read,
    read_bytes,
    read_resources,
)

EXPECTED = json.loads((fhir.DATA / "expected.json").read_text(encoding="utf-8"))
PUBLIC = Path(os.environ.get("READINESS_FHIR_EXAMPLES", "examples"))  # HL7's own, where they are


def mapping_for(name: str) -> FormMapping | None:
    path = (fhir.DATA / name).with_suffix(".toml")
    if not path.exists():
        return None
    mapping = parse(path.read_text(encoding="utf-8"), fhir.CODES)
    assert isinstance(mapping, FormMapping)
    return mapping


@pytest.mark.parametrize("name", EXPECTED)
def test_each_file_gives_the_screens_that_are_in_it(name):
    assert read(fhir.fixture(name), mapping=mapping_for(name)).screens() == EXPECTED[name]


def test_every_example_says_what_it_holds():
    names = {path.name for path in fhir.DATA.iterdir() if path.suffix != ".toml"}
    assert names - {"expected.json"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_file_reads_the_same_compressed(name):
    packed = gzip.compress((fhir.DATA / name).read_bytes())
    again = read(file_in_memory(name, f"{name}.gz", packed), mapping=mapping_for(name))
    assert again.screens() == EXPECTED[name]


def test_a_form_and_its_answers_say_the_same_of_every_need():
    form, answers = EXPECTED["prapare-form.json"], EXPECTED["prapare-answers.ndjson"]
    assert form[0]["needs"] == answers[0]["needs"]
    assert len(form[0]["needs"]) == 13


def test_a_form_and_its_answers_are_one_screen():
    form = fhir.response(
        item("/93025-5/93033-9", chosen("LA33-6")), item("/93025-5/93030-5", chosen("LA32-8"))
    )
    answer = observation(
        "93033-9", **coded("LA33-6"), derivedFrom=[{"reference": "QuestionnaireResponse/r1"}]
    )
    assert len(read_resources(form, answer).screens()) == 1
    assert read_resources(answer, form).screens() == read_resources(form, answer).screens()


@pytest.mark.parametrize("form", ["derivedFrom", "hasMember", "none"])
def test_choices_of_one_form_are_one_answer_though_each_has_its_own_instant(form):
    made_of = {"derivedFrom": [{"reference": "QuestionnaireResponse/r1"}]}
    choices = [
        observation(
            "93031-3",
            id=f"choice{at}",
            issued=f"2026-08-12T10:00:00.{at}Z",
            **coded(code),
            **(made_of if form == "derivedFrom" else {}),
        )
        for at, code in enumerate(("LA30125-1", "LA30124-4"))
    ]
    members = [{"reference": f"Observation/choice{at}"} for at in range(2)]
    panel = observation("93041-2", hasMember=members)
    (screen,) = read_resources(*choices, *([panel] if form == "hasMember" else [])).screens()
    assert screen["needs"]["utilities"] == "positive"
    assert screen["needs"]["food"] == ("negative" if form == "none" else "positive")


def test_a_choice_that_was_amended_replaces_those_before_it():
    made_of = {"derivedFrom": [{"reference": "QuestionnaireResponse/r1"}]}
    first = observation("93031-3", id="c1", issued="2026-08-12T10:00:00Z", **coded("LA30125-1"))
    later = observation("93031-3", id="c2", issued="2026-08-12T12:00:00Z", **coded("LA30124-4"))
    amended = {**later, **made_of, "status": "amended"}
    (screen,) = read_resources({**first, **made_of}, amended).screens()
    assert screen["needs"]["food"] == "negative"


def test_what_is_held_or_taken_back_is_told_apart():
    parts = read(fhir.fixture("changes.ndjson")).parts
    standings = [each.standing for each in parts]
    assert standings.count(RecordStatus.HELD) == 4
    assert standings.count(RecordStatus.DELETED) == 5


def test_the_report_counts_resources_and_those_that_are_no_screen():
    found = read(fhir.fixture("all-in-one.ndjson"))
    assert (found.report.rows, found.report.skipped) == (5, 4)
    assert found.report.unknown_codes == {"69737-5": 1}  # the pulse is not asked for


def test_a_home_made_code_of_a_screen_is_counted_without_being_named():
    local = observation("x", code=fhir.concept("JOHN-SMITH", system="urn:own"))
    assert read_resources(local).report.unknown_codes == {"other": 1}


def test_an_unknown_question_inside_a_screen_is_counted():
    pieces = [{"code": fhir.concept(code), **coded("LA33-6")} for code in ("93033-9", "69737-5")]
    found = read_resources(observation("93025-5", component=pieces))
    assert [*found.answers] == ["93033-9"]
    assert found.report.unknown_codes == {"69737-5": 1}


def test_a_section_entered_in_error_takes_its_own_answers_alone():
    answers = [observation(code, **coded("LA33-6")) for code in ("93033-9", "93026-3", "76501-6")]
    section = observation(
        "93042-0", status="entered-in-error", hasMember=[{"reference": "Observation/o-93033-9"}]
    )
    whole = observation("93025-5", hasMember=[{"reference": "Observation/o-93042-0"}])
    (screen,) = read_resources(whole, *answers, section).screens()
    assert "housing_instability" not in screen["needs"]
    assert screen["needs"]["safety"] == "positive"


def test_a_whole_screen_entered_in_error_takes_all_its_answers():
    pieces = [{"code": fhir.concept("93033-9"), **coded("LA33-6")}]
    screen = observation("93025-5", component=pieces)
    error = {**screen, "status": "entered-in-error", "meta": {"versionId": "2"}}
    assert len(read_resources(screen).screens()) == 1
    assert read_resources(screen, error).screens() == []


def test_the_street_address_inside_a_screen_is_never_read():
    for name in ("all-in-one.ndjson", "prapare-answers.ndjson", "prapare-form.json"):
        found = read(fhir.fixture(name))
        assert "56799-0" not in found.answers
        assert "Made Up Road" not in repr(found)
        assert "Invented Lane" not in repr(found)


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_that_names_a_person_is_handed_on(name):
    raw = (fhir.DATA / name).read_text(encoding="utf-8")
    marked = raw.replace("Patient/", "Patient/Planted-").replace('"id":"', '"id":"Planted-')
    source = file_in_memory("the file", name, marked.encode())
    told = repr(read(source, mapping=mapping_for(name)))
    assert not [mark for mark in ("Planted", "Inventedname", "555-0100") if mark in told]


def test_a_bundle_resolves_the_addresses_that_hold_inside_it():
    (part,) = {each.patient for each in read(fhir.fixture("ahc-bundle.json")).parts}
    assert part == fhir.hashed("Patient/ahc-person")
    panel = read(fhir.fixture("ahc-bundle.json")).parts[-1]
    assert panel.members[:2] == (fhir.hashed("Observation/a1"), fhir.hashed("Observation/a2"))


def test_a_bundle_inside_a_bundle_is_read_but_not_without_end():
    inside = bundle(observation("93030-5", **coded("LA33-6")))
    assert len(read_resources(bundle(inside)).parts) == 1
    found = read_resources(bundle(bundle(bundle(inside))))
    assert found.parts == []
    assert "Send each Bundle by itself" in found.says[0]


def test_a_resource_without_an_id_has_that_of_its_entry():
    answer = observation("93030-5", **coded("LA33-6"))
    del answer["id"]
    entry = {"fullUrl": "urn:uuid:0000-1", "resource": answer}
    (part,) = read_resources({"resourceType": "Bundle", "entry": [entry]}).parts
    assert part.resource == fhir.hashed("Observation/0000-1")


def test_what_an_export_says_was_deleted_is_taken_back():
    gone = {"method": "DELETE", "url": "https://ehr.example.org/fhir/Observation/o-93030-5"}
    found = read_resources(
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": gone}]},
        observation("93030-5", **coded("LA33-6"), meta={"versionId": "7"}),
    )
    assert found.screens() == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"subject": None}, "names no patient"),
        ({"subject": {"reference": "#inside"}}, "names no patient"),
        ({"effectiveDateTime": "2026-08"}, "no full date"),
        ({"effectiveDateTime": "the 12th"}, "no full date"),
        ({"status": "done"}, "no status"),
        ({"status": None}, "no status"),
        ({"code": "93030-5"}, "form that FHIR R4 gives it"),
        ({"component": {"code": 1}}, "form that FHIR R4 gives it"),
    ],
)
def test_an_unreadable_answer_is_told_with_its_place_and_the_others_count(changes, says):
    bad = observation("93030-5", **coded("LA33-6")) | changes
    found = read_resources(bad, observation("88122-7", **coded("LA28397-0")))
    assert len(found.parts) == 1
    (problem,) = found.says
    assert problem.startswith("the file, line 1: ")
    assert says in problem


def test_a_line_that_is_no_json_is_told_and_the_others_count():
    good = json.dumps(observation("93030-5", **coded("LA33-6"))).encode()
    found = read_bytes(good + b"\n{broken}\n\n" + good[:80] + b"\n" + good)
    assert len(found.parts) == 2
    assert [each.split(": ")[0] for each in found.says] == ["the file, line 2", "the file, line 4"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b'[{"resourceType":"Observation"', "cut off"),
        (b"patient,date\n1,2\n", "not JSON"),
        (b"\x00\x01\x02", "not JSON"),
        (gzip.compress(b"{}", mtime=0)[:-9], "damaged"),
        (b"\x1f\x8bnot gzip", "damaged"),
    ],
)
def test_what_is_no_fhir_file_is_refused_as_a_whole(content, says):
    with pytest.raises(BadInput, match=says):
        read_bytes(content)


def test_somebody_who_stops_a_run_is_heard_within_a_thousand_resources():
    heard: list[int] = []

    def on_progress(rows: int) -> None:
        heard.append(rows)
        raise Canceled

    line = json.dumps(observation("93030-5", **coded("LA33-6"))).encode() + b"\n"
    source = file_in_memory("the file", "x.ndjson", line * 2_500)
    reading = ReadContext(fhir.hashed, Report(), on_progress=on_progress)
    with pytest.raises(Canceled):
        list(reader.parts([source], reading, fhir.CODES))
    assert heard == [1_000]


def test_lines_in_any_order_of_their_names_read_alike():
    answer = observation("93030-5", **coded("LA33-6"))
    compact = json.dumps(answer, separators=(",", ":")).encode()
    turned = json.dumps(dict(reversed(answer.items()))).encode()
    first, second = read_bytes(compact).parts, read_bytes(turned).parts
    assert first == second
    assert first[0].answered[0].answers == (ScreenAnswer(code="LA33-6"),)


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public examples are not on this machine")
def test_a_public_screen_says_the_same_as_a_form_and_as_answers():
    def needs(pattern: str) -> Any:
        names = sorted((PUBLIC / "us-core").glob(pattern))
        sources = [file_in_memory(path.name, path.name, path.read_bytes()) for path in names]
        (screen,) = read(*sources).screens()
        return screen["needs"]

    form = needs("QuestionnaireResponse-PRAPARE*.json")
    assert form == needs("Observation-PRAPARE*.json")
    assert form["homelessness"] == "positive"
    assert form["housing_instability"] == "declined"
