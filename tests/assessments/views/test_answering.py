"""The questionnaire's pages, with and without JavaScript."""

from __future__ import annotations

from readiness.assessments.db import assessments
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from tests.factories import assessments as sheets
from tests.factories import world
from tests.factories.page import Page, read
from tests.factories.world import NOW

LEAD = [f"LEAD-{number}" for number in range(1, 7)]


def at(made, rest=""):
    return f"/assessments/{made.id}{rest}"


def put(client, path, **fields):
    headers = {"X-CSRFToken": world.token(client), "Accept": "application/json"}
    return client.put(path, json=fields, headers=headers)


def answer_of(store, made, item_id):
    found = assessments.answers(store, made.id).get(item_id)
    return found.answer if found else None


def test_home_leads_to_the_first_assessment(maya, store):
    page = read(maya, "/home")
    shelf = read(maya, page.links["Assessment"])
    assert "57 items in 9 domains" in shelf.text
    reply = world.send(maya, "/groups/elm/assessments")
    assert reply.status_code == 303
    assert read(maya, reply.location).heading == "Assessment 2027"
    assert [each.group_id for each in assessments.of_group(store, "elm")] == ["elm"]


def test_every_domain_is_a_well_made_page(maya, made):
    for domain in instruments.load("qmer").domains:
        page = read(maya, at(made, f"/domains/{domain.id}"))
        assert page.heading == domain.title
        assert "working hypothesis" in page.text
        assert "QMER 2026.1" in page.text


def test_an_item_shows_all_that_helps_to_answer_it(maya, made):
    item = read(maya, at(made, "/domains/LEAD")).by_id("LEAD-1")
    for words in (
        "Named accountability",
        "Without one leader who answers",
        "Usually answered by: executive sponsor",
        "Don’t know",
        "two quarters of minutes",
        "Required at level 3 or 4",
    ):
        assert words in item.text
    assert len([each for each in item.all("input") if each.get("type") == "radio"]) == 6


def test_an_item_says_what_its_cut_points_rest_on_and_who_asks_the_like(maya, made):
    item = read(maya, at(made, "/domains/TEAM")).by_id("TEAM-1")
    assert "rest on: Estimate: 90 percent is a starting point of this instrument." in item.text
    assert "Empanelment; Team-based relationships" in item.text


def test_not_applicable_says_what_would_open_it(maya, made):
    item = read(maya, at(made, "/domains/LEAD")).by_id("LEAD-5")
    assert "only if: the group has one practice site" in item.text
    assert [a.get("href") for a in item.all("a")] == [at(made, "/context#CTX-02")]
    assert "na" not in [each.get("value") for each in item.all("input")]


# Saving each item at once


def test_an_item_is_saved_at_once_and_the_page_told(maya, store, made):
    reply = put(maya, at(made, "/items/LEAD-1"), choice="2", note="Charter", base=0)
    assert reply.status_code == 200
    assert reply.json["revision"] == 1
    assert reply.json["saved_at"] == NOW.isoformat()
    assert reply.json["whole"] == "1 of 57 in all"
    assert answer_of(store, made, "LEAD-1") == Answer.at(2, "Charter")


def test_a_note_that_could_point_at_a_patient_is_saved_and_flagged(maya, store, made):
    reply = put(maya, at(made, "/items/LEAD-1"), choice="2", note="MRN 0048213", base=0)
    assert reply.json["marks"] == "a medical record number"
    assert answer_of(store, made, "LEAD-1").note == "MRN 0048213"
    page = read(maya, at(made, "/domains/LEAD"))
    assert "seems to hold a medical record number" in page.by_id("LEAD-1-marks").text


def test_a_stale_page_gets_both_answers(maya, store, made):
    sheets.answer(store, made.id, NOW, "1", ["LEAD-1"], note="Theirs", person_id="cara")
    reply = put(maya, at(made, "/items/LEAD-1"), choice="3", note="Mine", base=0)
    assert reply.status_code == 409
    theirs = reply.json["theirs"]
    assert (theirs["author"], theirs["choice"], theirs["note"]) == ("Cara", "1", "Theirs")
    assert answer_of(store, made, "LEAD-1") == Answer.at(1, "Theirs")
    settled = put(maya, at(made, "/items/LEAD-1"), choice="3", base=theirs["revision"])
    assert settled.status_code == 200


def test_a_late_autosave_never_reopens_what_was_submitted(maya, store, made):
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    reply = put(maya, at(made, "/items/LEAD-1"), choice="4", base=1)
    assert reply.status_code == 409
    assert "cannot be changed" in reply.json["error"]
    assert "theirs" not in reply.json
    assert answer_of(store, made, "LEAD-1").level == 2
    assert assessments.get(store, made.id).status == "submitted"


def test_an_ended_session_is_said_to_the_script(client, made):
    headers = {"Accept": "application/json"}
    reply = client.put(at(made, "/items/LEAD-1"), json={"choice": "2"}, headers=headers)
    assert reply.status_code in (400, 401)
    assert reply.json["error"]


# Without JavaScript


def test_the_button_saves_every_item_of_the_page(maya, store, made):
    path = at(made, "/domains/LEAD")
    fields = read(maya, path).values(path)
    fields |= {f"{item_id}.choice": "1" for item_id in LEAD}
    reply = world.send(maya, path, **(fields | {"go": "on"}))
    assert reply.status_code == 303
    following = instruments.load("qmer").domains[1]
    assert reply.location == at(made, f"/domains/{following.id}")
    assert {answer_of(store, made, item_id) for item_id in LEAD} == {Answer.at(1)}


def test_one_bad_item_keeps_nothing_else_back_and_loses_no_text(maya, store, made):
    path = at(made, "/domains/LEAD")
    fields = read(maya, path).values(path)
    fields |= {"LEAD-1.choice": "2", "LEAD-2.note": "Typed before choosing"}
    reply = world.send(maya, path, **fields)
    assert reply.status_code == 422
    page = Page(reply.text)
    assert "Typed before choosing" in page.by_id("LEAD-2-note").text
    assert page.links["LEAD-2: Choose a level first. What you typed is not saved until then."]
    assert answer_of(store, made, "LEAD-1") == Answer.at(2)
    assert answer_of(store, made, "LEAD-2") is None


def test_an_item_changed_elsewhere_is_shown_twice_and_the_others_are_saved(maya, store, made):
    path = at(made, "/domains/LEAD")
    fields = read(maya, path).values(path)
    sheets.answer(store, made.id, NOW, "1", ["LEAD-1"], note="Theirs", person_id="cara")
    fields |= {"LEAD-1.choice": "3", "LEAD-1.note": "Mine", "LEAD-2.choice": "2"}
    reply = world.send(maya, path, **fields)
    assert reply.status_code == 409
    item = Page(reply.text).by_id("LEAD-1")
    assert "Saved by Cara" in item.text
    assert "Theirs" in item.text
    assert "Mine" in item.text
    assert answer_of(store, made, "LEAD-1") == Answer.at(1, "Theirs")
    assert answer_of(store, made, "LEAD-2") == Answer.at(2)
    again = Page(reply.text).values(path)
    assert world.send(maya, path, **again).status_code == 303
    assert answer_of(store, made, "LEAD-1") == Answer.at(3, "Mine")


def test_a_page_left_open_over_a_submission_keeps_its_text(maya, store, made):
    path = at(made, "/domains/LEAD")
    fields = read(maya, path).values(path)
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    reply = world.send(maya, path, **(fields | {"LEAD-1.choice": "4", "LEAD-1.note": "Late"}))
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "Late" in page.by_id("LEAD-1-note").text
    assert "cannot be changed" in page.text
    assert answer_of(store, made, "LEAD-1").level == 2


def test_what_was_typed_survives_a_session_that_ended(client, sign_in, clock, store, made):
    path = at(made, "/domains/LEAD")
    fields = read(sign_in(client, "maya"), path).values(path)
    clock.forward(hours=2)
    typed = fields | {"LEAD-1.choice": "2", "LEAD-1.note": "Typed for an hour"}
    reply = client.post(path, data=typed)
    assert reply.status_code == 401
    sign_in_page = Page(reply.text).values("/sign-in")
    credentials = {"email": world.email("maya"), "password": world.PASSWORD}
    resumed = client.post("/sign-in", data=sign_in_page | credentials)
    assert "Typed for an hour" in resumed.text
    assert client.post(path, data=Page(resumed.text).values(path)).status_code == 303
    assert answer_of(store, made, "LEAD-1") == Answer.at(2, "Typed for an hour")


def test_last_times_answer_stands_beside_with_a_control_to_confirm_it(maya, clock, store, made):
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    clock.forward(days=300)
    following = sheets.started(store, clock())
    world.start_session(store, "a later session", "maya", clock())
    maya.set_cookie("session", "a later session")
    page = read(maya, at(following, "/domains/LEAD"))
    item = page.by_id("LEAD-1")
    assert "2027: level 2 · Defined" in item.text
    assert "not yet re-confirmed" in item.text
    assert page.by_id("LEAD-1-confirm")


def test_withdrawing_and_taking_up_again_are_two_buttons(maya, store, made):
    assert world.send(maya, at(made, "/withdraw")).status_code == 303
    page = read(maya, at(made))
    assert "withdrawn" in page.text
    assert world.send(maya, at(made, "/take-up-again")).status_code == 303
    assert assessments.get(store, made.id).status == "in progress"


def test_another_group_finds_nothing(client, sign_in, made):
    omar = sign_in(client, "omar")
    for rest in ("", "/context", "/check", "/submit", "/result", "/receipt", "/domains/LEAD"):
        assert omar.get(at(made, rest)).status_code == 404
    assert put(omar, at(made, "/items/LEAD-1"), choice="2", base=0).status_code == 404
    assert omar.get("/groups/elm/assessments").status_code == 404
    for rest in ("/context", "/submit", "/withdraw", "/take-up-again", "/domains/LEAD"):
        reply = world.send(omar, at(made, rest), name="Omar", agrees="y")
        assert reply.status_code == 404, rest


def test_a_payer_reads_no_draft(client, sign_in, made):
    pam = sign_in(client, "pam")
    for rest in ("", "/context", "/check", "/result", "/domains/LEAD"):
        assert pam.get(at(made, rest)).status_code == 403
