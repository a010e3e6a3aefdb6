"""The start page of everybody."""

from __future__ import annotations

from tests.factories import assessments
from tests.factories.page import Page
from tests.factories.world import NOW


def open_home(client, sign_in, person_id):
    reply = sign_in(client, person_id).get("/home")
    assert reply.status_code == 200
    return Page(reply.text)


def test_a_group_sees_its_tasks_and_none_that_leads_nowhere(client, sign_in, store):
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW, item_ids=["LEAD-1"])
    page = open_home(client, sign_in, "maya")
    assert "1 of 57 answered" in page.text
    tasks = [a for li in page.one("main").all("li") for a in li.all("a")]
    assert [a.text for a in tasks] == [
        "Assessment 2027",
        "About your group",
        "Social-risk counts",
        "Quality measures",
        "Race and ethnicity data",
    ]
    assert [client.get(a.get("href")).status_code for a in tasks] == [200] * 5


def test_a_payer_sees_the_portfolio_and_what_changed(client, sign_in):
    page = open_home(client, sign_in, "pam")
    assert page.links["Open the portfolio"] == "/payers/fair/portfolio"
    assert "Nothing has changed yet" in page.text


def test_an_administrator_finds_the_installation(client, sign_in):
    page = open_home(client, sign_in, "ada")
    assert page.links["Groups, payers, people and the history"] == "/admin"
