"""The page on which other levels are tried."""

from __future__ import annotations

import pytest

from readiness.core import audit
from readiness.instruments.answers import Answer
from tests.factories import plans as planned
from tests.factories import world
from tests.factories.page import Page

HERE = "/assessments/a1/what-if"
ANSWERS = planned.developing(LEAD_5=Answer.not_applicable("One site."))


@pytest.fixture
def sent(store):
    return planned.submitted(store, "elm", ANSWERS, world.NOW)


@pytest.fixture
def maya(client, sign_in, sent):
    return sign_in(client, "maya")


def test_result_and_plan_lead_to_it(maya):
    links = Page(maya.get("/assessments/a1/result").text).links
    assert HERE in links.values()
    assert Page(maya.get("/assessments/a1/plan").text).links["What if …?"] == HERE


def test_without_levels_it_shows_where_the_group_stands_and_asks(maya):
    page = Page(maya.get(HERE).text)
    assert page.heading == "What if …?"
    assert "Reaching T3 Incentive-ready likely costs $" in page.text
    assert "What you try" not in page.text
    assert "LEAD-5" not in page.values(HERE)
    assert set(page.values(HERE).values()) == {""}


def test_a_sent_form_becomes_an_address_that_keeps_only_what_is_changed(maya):
    form = Page(maya.get(HERE).text).values(HERE) | {"REAL-2": "3", "SOCR-4": "0"}
    reply = maya.get(HERE, query_string=form)
    assert reply.status_code == 302
    assert reply.location == f"{HERE}?REAL-2=3&SOCR-4=0"
    page = Page(maya.get(reply.location).text)
    assert "With these 2 changes you would still be at T2 Developing (provisional)." in page.text
    kept = {name: level for name, level in page.values(HERE).items() if level}
    assert kept == {"REAL-2": "3", "SOCR-4": "0"}
    assert page.links["Leave it as it is: REAL-2"] == f"{HERE}?SOCR-4=0"
    assert page.links["Start again from the answers as they are"] == HERE


def test_only_a_domain_with_a_change_stands_open(maya):
    page = Page(maya.get(f"{HERE}?REAL-2=3").text)
    (opened,) = (each for each in page.form(HERE).all("details") if "open" in each)
    assert opened.all("summary")[0].text.endswith("7 items, 1 changed")


def test_what_cannot_be_tried_is_said_on_top_and_the_rest_counts(maya):
    reply = maya.get(f"{HERE}?REAL-2=3&NOPE=1&REAL-1=9&assessment_id=2&_anchor=")
    page = Page(maya.get(reply.location).text)
    assert maya.get(reply.location).status_code == 422
    problems = page.by_id("errors").text
    for says in ('no item "NOPE"', 'REAL-1 has no level "9"', 'no item "assessment_id"'):
        assert says in problems
    assert "With this change you would still be at T2 Developing (provisional)." in page.text


def test_it_writes_nothing(maya, store):
    before = audit.head(store)
    assert maya.get(f"{HERE}?REAL-2=3").status_code == 200
    assert audit.head(store) == before


def test_unfinished_answers_are_to_be_finished_first(client, sign_in, store):
    planned.written(store, "elm", dict(list(ANSWERS.items())[:-1]), world.NOW)
    page = Page(sign_in(client, "maya").get(f"{HERE}?REAL-2=3").text)
    assert page.heading == "What if …?"
    assert "1 of 57 questions is left." in page.text


def test_a_payer_reads_of_the_group_and_finds_no_way_to_its_result(client, sign_in, sent):
    page = Page(sign_in(client, "pam").get(f"{HERE}?REAL-2=3").text)
    assert "With this change the group would still be at T2 Developing (provisional)." in page.text
    assert "Result" not in page.links
