"""The page about the group itself."""

from __future__ import annotations

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.saving import SentFact
from readiness.assessments.service import answering
from readiness.core.db import Session
from tests.factories import assessments as sheets
from tests.factories import payers, world
from tests.factories.page import Page
from tests.factories.world import NOW


@pytest.fixture
def path(made):
    return f"/assessments/{made.id}/context"


def values(client, path):
    reply = client.get(path)
    assert reply.status_code == 200
    return Page(reply.text).values(path)


TYPED = {
    "active_patients": "12,000",
    "sites": "3",
    "clinicians_fte": "8.5",
    "separate_governing_body": "yes",
    "commercial_share": "60",
    "medicaid_share": "40 %",
    "age_mix": "all",
    "languages.1.language": "Spanish",
    "languages.1.patients": "640",
    "race_ethnicity.7.self_reported_share": "55",
    "equity_contracts.none": "none",
    "other_programs": "accreditation",
}


def test_what_is_typed_is_stored_and_shown_again_as_it_was_typed(maya, store, made, path):
    reply = world.send(maya, path, **(values(maya, path) | TYPED))
    assert reply.status_code == 303
    known = assessments.context_values(store, made.id)
    assert known["active_patients"] == 12_000
    assert known["separate_governing_body"] is True
    assert known["medicaid_share"] == 0.4
    assert known["languages"] == [{"language": "Spanish", "patients": 640}]
    assert known["race_ethnicity"] == [
        {
            "category": "white",
            "self_reported_share": 0.55,
            "other_source_share": None,
            "estimated_share": None,
        }
    ]
    assert known["equity_contracts"] == []
    assert known["other_programs"] == ["accreditation"]
    again = values(maya, path)
    assert again["medicaid_share"] == "40"
    assert again["race_ethnicity.7.self_reported_share"] == "55"
    assert again["equity_contracts.none"] == "none"
    before = assessments.context(store, made.id)
    assert world.send(maya, path, **again).status_code == 303
    assert assessments.context(store, made.id) == before


def test_whose_members_are_asked_for_is_said(client, sign_in, store):
    made = payers.started(store, "elm", "fair")
    page = Page(sign_in(client, "maya").get(f"/assessments/{made.id}/context").text)
    assert "This payer is Fair" in page.text
    assert "whose cycle this assessment answers" in page.text


def test_whose_members_are_asked_for_is_said_without_a_cycle(maya, path):
    assert "answers no payer’s cycle yet" in Page(maya.get(path).text).text


def test_every_problem_is_told_at_once_and_nothing_typed_is_lost(maya, store, made, path):
    typed = TYPED | {"sites": "many", "commercial_share": "160", "languages.1.patients": "3"}
    reply = world.send(maya, path, **(values(maya, path) | typed))
    assert reply.status_code == 422
    page = Page(reply.text)
    kept = page.values(path)
    assert (kept["sites"], kept["commercial_share"], kept["age_mix"]) == ("many", "160", "all")
    summary = page.by_id("errors")
    assert [a.get("href") for a in summary.all("a")] == [
        "#sites",
        "#commercial_share",
        "#languages",
    ]
    assert assessments.context(store, made.id) == {}


def test_a_fact_changed_elsewhere_is_told_and_saving_again_is_ones_own_choice(
    maya, store, made, path
):
    fields = values(maya, path) | {"sites": "3"}
    cara = sheets.actor(store, "cara")
    answering.save_facts(Session(store, cara, NOW), made.id, {"sites": SentFact(5, 0)})
    reply = world.send(maya, path, **fields)
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "Cara saved “5” here meanwhile" in page.text
    assert assessments.context_values(store, made.id) == {"sites": 5}
    assert world.send(maya, path, **page.values(path)).status_code == 303
    assert assessments.context_values(store, made.id) == {"sites": 3}


def test_facts_of_a_submitted_assessment_are_read_only(maya, store, made, path):
    fields = values(maya, path)
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    reply = world.send(maya, path, **(fields | {"sites": "3"}))
    assert reply.status_code == 409
    page = Page(reply.text)
    assert page.by_id("sites").get("value") == "3"
    assert "readonly" in page.by_id("sites")
    assert assessments.context(store, made.id) == {}
