"""Who looked at a group, and what a payer took away, stands in the history of both."""

from __future__ import annotations

import pytest

from readiness.core import audit
from readiness.core.errors import NotSaved
from tests.factories import assessments, world
from tests.factories.page import Page


@pytest.fixture
def sent(store):
    """An assessment of elm, which shares with the payer fair."""
    assessments.answer(store, assessments.started(store, world.NOW).id, world.NOW)
    assessment_id = store.row("select id from assessments")["id"]
    assessments.sent_in(store, assessment_id, world.NOW)
    return assessment_id


def looks_of(store):
    kinds = (audit.LOOKED_AT, audit.DOWNLOADED)
    return [
        (event.actor_id, event.verb, event.detail.get("file"))
        for event in reversed(audit.of_group(store, "elm"))
        if event.verb in kinds
    ]


def test_a_group_reads_who_of_its_payer_looked_and_what_they_took(app, pam, sign_in, store, sent):
    for _ in range(3):
        assert pam.get("/payers/fair/groups/elm").status_code == 200
    assert pam.get("/payers/fair/groups/elm/brief.xlsx").status_code == 200
    assert looks_of(store) == [
        ("pam", "looked at", None),
        ("pam", "downloaded", "brief xlsx"),
    ]
    page = Page(sign_in(app.test_client(), "maya").get("/groups/elm/history").text)
    assert "Pam looked at group Elm Physicians" in page.text
    assert "Pam downloaded group Elm Physicians" in page.text


def test_another_day_is_another_look(pam, store, sent, clock, sign_in):
    pam.get("/payers/fair/groups/elm")
    clock.forward(hours=13)
    world.start_session(store, "tomorrow", "pam", clock())
    pam.set_cookie("session", "tomorrow")
    pam.get("/payers/fair/groups/elm")
    assert len(looks_of(store)) == 2


def test_a_plan_is_looked_at_by_whoever_it_is_shared_with_only(app, pam, sign_in, store, sent):
    assert pam.get(f"/assessments/{sent}/plan").status_code in (200, 302)
    maya = sign_in(app.test_client(), "maya")
    maya.get(f"/assessments/{sent}/plan")
    assert {who for who, _, _ in looks_of(store)} <= {"pam"}
    assert looks_of(store)


def test_looking_changes_nothing_and_is_no_news(pam, store, sent):
    before = audit.last_of_group(store, "elm"), audit.of_payer(store, "fair")
    pam.get("/payers/fair/groups/elm")
    pam.get("/payers/fair/portfolio.csv")
    assert (audit.last_of_group(store, "elm"), audit.of_payer(store, "fair")) == before
    assert audit.head(store)[0] > before[0]
    assert "looked at" not in Page(pam.get("/home").text).text


def test_what_cannot_be_written_down_stops_nobody_from_reading(pam, store, sent, monkeypatch):
    def full(*_):
        raise NotSaved("The disk is full.")

    monkeypatch.setattr(audit, "record", full)
    assert pam.get("/payers/fair/portfolio.csv").status_code == 200
