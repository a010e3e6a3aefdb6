"""The plan's pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.errors import NotPrinted
from readiness.instruments.answers import Answer
from readiness.plans import db as plans
from readiness.plans.service import plan
from tests.factories import plans as planned
from tests.factories import world
from tests.factories.page import Page

HERE = "/assessments/a1/plan"
ANSWERS = planned.developing(EQME_4=1)


@pytest.fixture
def sent(store):
    return planned.submitted(store, "elm", ANSWERS, world.NOW)


@pytest.fixture
def maya(client, sign_in, sent):
    return sign_in(client, "maya")


def first_action(store):
    opened = plan.load(Session(store, people.actor(store, "maya"), world.NOW), "a1")
    return opened.plan.actions[0]


def typed(client, path):
    return Page(client.get(path).text).values(path)


def test_the_page_says_where_the_plan_leads_and_why(maya):
    shown = Page(maya.get(HERE).text)
    assert shown.heading == "Action plan"
    assert "Reaching T3 Incentive-ready likely costs $" in shown.text
    assert " months after the plan’s start, between " in shown.text
    assert "What holds you back." in shown.text
    assert "First half-year" in shown.text
    assert "Grade:" in shown.text


def test_a_payer_reads_the_plan_without_a_way_to_change_it(client, sign_in, sent):
    sign_in(client, "pam")
    shown = Page(client.get(HERE).text)
    assert not [says for says in shown.links if says.startswith("Change ")]


@pytest.mark.parametrize("who", ["pete", "omar"])
def test_a_stranger_finds_no_plan(client, sign_in, sent, who):
    assert sign_in(client, who).get(HERE).status_code == 404
    assert client.get(f"{HERE}.pdf").status_code == 404
    assert client.get(f"{HERE}.json").status_code == 404


def test_an_action_is_changed_on_its_own_form(maya, store):
    path = f"{HERE}/actions/{first_action(store).id}"
    form = typed(maya, path) | {"owner": "medical director", "status": "planned"}
    reply = maya.post(path, data=form)
    assert (reply.status_code, reply.location) == (303, f"{HERE}#main")
    shown = Page(maya.get(HERE).text)
    assert "medical director" in shown.text
    assert status_of(shown) == "Saved. Go to the action"
    assert shown.links["Go to the action"] == f"{HERE}#{first_action(store).id}"


def status_of(page):
    (told,) = (tag.text for tag in page.all("p") if tag.get("role") == "status")
    return told


def test_what_a_change_did_is_said_at_once_and_what_stays_short_stands_on_the_page(maya):
    path = f"{HERE}/actions/REALCOL"
    maya.post(f"{path}/drop", data=Page(maya.get(path).text).values(f"{path}/drop"))
    shown = Page(maya.get(HERE).text)
    told = status_of(shown)
    assert told.startswith("You took out “")
    assert "no longer reaches T3 Incentive-ready. These stay short: " in told
    assert told.endswith("REAL-2 Race and ethnicity completeness (level 1, needs 3).")
    assert "Go to the action" not in shown.links
    again = Page(maya.get(HERE).text)
    assert "You took out" not in again.text
    assert "As it was changed, this plan does not reach T3 Incentive-ready." in again.text
    assert "that alone would reach it again" in again.text


def test_a_title_of_its_own_is_told_as_it_was_typed(maya):
    path = f"{HERE}/new-action"
    dear = {"yearly_low": "1000", "yearly_likely": "2000", "yearly_high": "3000"}
    raises = {"more_item": "PART-5", "more_level": "4"}
    maya.post(path, data=typed(maya, path) | dear | raises | {"title": "Hire <b>a</b> greeter"})
    told = status_of(Page(maya.get(HERE).text))
    assert told.startswith("You added “Hire <b>a</b> greeter”. The plan now costs $")


def test_what_the_margin_costs_stands_on_the_plan_as_proposed_and_no_longer(maya):
    margin = "ends a level short; that caution costs "
    assert margin in Page(maya.get(HERE).text).text
    assert margin not in saved(maya, "REALCOL", half_year="5").text


def test_a_form_sent_as_it_came_changes_nothing_but_the_revision(maya, store):
    before = first_action(store)
    path = f"{HERE}/actions/{before.id}"
    assert maya.post(path, data=typed(maya, path)).status_code == 303
    after = first_action(store)
    assert (after.cost, after.due_on, after.owner) == (before.cost, before.due_on, before.owner)


def test_the_second_of_two_savers_sees_both_and_loses_nothing(maya, store):
    path = f"{HERE}/actions/{first_action(store).id}"
    form = typed(maya, path)
    maya.post(path, data=form | {"note": "theirs"})
    reply = maya.post(path, data=form | {"note": "mine"})
    assert reply.status_code == 409
    shown = Page(reply.text)
    assert "theirs" in shown.text
    again = shown.values(path)
    assert again["note"] == "mine"
    assert maya.post(path, data=again).status_code == 303
    assert first_action(store).note == "mine"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("due_on", "soon", "Enter a date"),
        ("one_off_low", "", "all three amounts"),
        ("one_off_low", "a lot", "Enter an amount"),
        ("one_off_high", "1", "nor likely above high"),
        ("note", "call 617-555-0134", "a phone number"),
        ("status", "won", "Not a valid choice"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_is_kept(maya, store, field, value, says):
    path = f"{HERE}/actions/{first_action(store).id}"
    form = typed(maya, path)
    form |= {"one_off_low": "10", "one_off_likely": "20", "one_off_high": "30", "owner": "kept"}
    reply = maya.post(path, data=form | {field: value})
    assert reply.status_code == 422
    shown = Page(reply.text)
    assert says in shown.text
    assert shown.values(path)["owner"] == "kept"
    assert plans.latest_plan(store, "a1") is None


def test_an_action_leaves_the_plan_and_comes_back(maya, store):
    action = first_action(store)
    path = f"{HERE}/actions/{action.id}"
    dropping = Page(maya.get(path).text).values(f"{path}/drop")
    assert maya.post(f"{path}/drop", data=dropping).status_code == 303
    shown = Page(maya.get(HERE).text)
    assert "Taken out of the plan" in shown.text
    assert maya.post(f"{path}/restore", data=shown.values(f"{path}/restore")).status_code == 303
    assert first_action(store).is_in_plan


def test_an_action_of_its_own_needs_a_title(maya):
    path = f"{HERE}/new-action"
    form = typed(maya, path)
    assert maya.post(path, data=form).status_code == 422
    assert maya.post(path, data=form | {"title": "Hire a greeter"}).status_code == 303
    assert "Hire a greeter" in Page(maya.get(HERE).text).text


@pytest.mark.slow
def test_a_draft_shows_a_preview_that_cannot_be_changed(client, sign_in, store):
    planned.written(store, "elm", ANSWERS, world.NOW)
    sign_in(client, "maya")
    assert "A preview." in Page(client.get(HERE).text).text
    assert client.get(f"{HERE}/new-action").status_code == 409
    assert client.get(f"{HERE}/actions/GOV").status_code == 409


def test_a_newer_result_is_offered(maya, store, sent):
    path = f"{HERE}/actions/{first_action(store).id}"
    maya.post(path, data=typed(maya, path))
    planned.score(store, sent, planned.answers_at(2, SOCR_3=1), world.NOW, "run-later")
    shown = Page(maya.get(HERE).text)
    assert "There is a newer result" in shown.text
    assert maya.post(f"{HERE}/renew", data=shown.values(f"{HERE}/renew")).status_code == 303
    assert "There is a newer result" not in Page(maya.get(HERE).text).text


def test_the_plan_as_data(maya):
    data = maya.get(f"{HERE}.json").json
    cost = {"to_the_next_tier", "to_the_next_tier_by_action"}
    parts = cost | {"reference", "plan", "ahead", "later_result", "run"}
    assert set(data) == parts
    assert data["to_the_next_tier"]["tier"] == data["plan"]["target_tier"]
    assert data["ahead"]["projection"]["latest"][-1]["tier"] == data["plan"]["target_tier"]
    assert data["ahead"]["outlay"]["total"]["low"] < data["ahead"]["outlay"]["total"]["high"]
    priced = next(a for a in data["plan"]["actions"] if a["usual"])
    assert priced["usual"]["as_of"] == "2026-11-22"
    assert priced["now"]["people_days"] == priced["usual"]["people_days"]


@pytest.mark.slow
def test_it_prints(maya):
    reply = maya.get(f"{HERE}.pdf?paper=a4")
    assert reply.status_code == 200
    assert reply.data.startswith(b"%PDF-1.7")
    assert reply.content_type == "application/pdf"


def test_an_unknown_paper_is_named_and_not_taken_for_another(maya):
    reply = maya.get(f"{HERE}.pdf?paper=A5")
    assert reply.status_code == 422
    assert "Ask for Letter or A4" in reply.text


def test_a_provisional_tier_that_ran_out_reads_expired(client, sign_in, store):
    long_ago = world.NOW - timedelta(days=200)
    planned.submitted(store, "elm", planned.answers_at(2, LEAD_1=1), long_ago)
    shown = Page(sign_in(client, "maya").get(HERE).text).text
    assert "(expired)" in shown
    assert "(provisional)" not in shown
    assert "This provisional tier ran out on" in shown


class OutOfPaper:
    def pdf_of(self, _job: object, _is_wanted: object) -> bytes:
        raise NotPrinted("Several documents are being printed already. Wait a minute.")


def test_a_printer_that_cannot_says_so_in_a_sentence(app, maya):
    app.config["PRINTER"] = OutOfPaper()
    reply = maya.get(f"{HERE}.pdf")
    assert reply.status_code == 503
    assert "Wait a minute." in reply.text


# The group's own values, and what they move


def tier_says(page):
    found = re.search(r"If everything goes as expected[^.]*\.( These stay short: \S+)?", page.text)
    assert found
    return found[0]


def saved(maya, action_id, **fields):
    path = f"{HERE}/actions/{action_id}"
    reply = maya.post(path, data=typed(maya, path) | fields)
    assert reply.status_code == 303
    return Page(maya.get(HERE).text)


def test_a_later_start_or_a_lower_level_moves_the_projected_tier(maya):
    first = tier_says(Page(maya.get(HERE).text))
    assert "is reached between" in first
    later = tier_says(saved(maya, "REALCOL", half_year="5"))
    assert "is reached between" in later
    assert later != first
    lower = tier_says(saved(maya, "REALCOL", half_year="", **{"level_REAL-2": "2"}))
    assert "is not reached by this plan yet. These stay short: REAL-2" in lower
    assert tier_says(saved(maya, "REALCOL", **{"level_REAL-2": ""})) == first


def test_own_values_stand_beside_the_catalogue_s_and_go_again(maya):
    own = {"yearly_low": "1", "yearly_likely": "2", "yearly_high": "1,234", "pays_after": "County"}
    shown = saved(maya, "GOV", **own, units="2", evidence="Minutes of March 3").text
    for says in ("$1 to $1,234, likely $2", "The group’s own. Catalogue:", "Minutes of March 3"):
        assert says in shown
    assert "County" in shown
    empty = dict.fromkeys((*own, "units"), "")
    assert "The group’s own. Catalogue:" not in saved(maya, "GOV", **empty).text


def test_an_action_may_raise_an_item_that_nobody_proposed(maya, store):
    saved(maya, "GOV", more_item="PART-5", more_level="4")
    page = Page(maya.get(f"{HERE}/actions/GOV").text)
    assert page.values(f"{HERE}/actions/GOV")["level_PART-5"] == "4"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"half_year": "1"}, "needs Leadership accountability package first"),
        ({"units": "many"}, "Enter a number"),
        ({"months_to_launch": "-1"}, "Enter a whole number of months"),
        ({"effect_low": "3"}, "Enter both months, or neither"),
        ({"effect_low": "9", "effect_high": "3"}, "must not be after the latest"),
        ({"days_low": "5", "days_likely": "4", "days_high": "6"}, "nor likely above high"),
        ({"more_item": "PART-5"}, "Choose both the item and the level"),
        ({"more_item": "PART-5", "more_level": "1"}, "PART-5 is at level 2 already"),
        ({"evidence": "told by 617-555-0134"}, "a phone number"),
        ({"half_year": "99"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_planned_is_said_and_kept_in_the_form(maya, store, fields, says):
    path = f"{HERE}/actions/CONTRACT"
    reply = maya.post(path, data=typed(maya, path) | fields | {"may_pay": "kept"})
    assert reply.status_code == 422
    page = Page(reply.text)
    assert says in page.text
    kept = page.values(path)
    assert kept["may_pay"] == "kept"
    assert all(kept[name] == value for name, value in fields.items() if value != "99")
    assert plans.latest_plan(store, "a1") is None


def test_a_question_is_changed_without_what_only_an_action_has(client, sign_in, store):
    planned.submitted(store, "elm", planned.answers_at(2, MEAS_2=Answer.dont_know()), world.NOW)
    sign_in(client, "maya")
    path = f"{HERE}/actions/find-out:MEAS-2"
    form = typed(client, path)
    assert "half_year" not in form
    assert client.post(path, data=form | {"evidence": "Asked in March"}).status_code == 303
    assert "Asked in March" in Page(client.get(HERE).text).text


def test_two_savers_of_own_values_see_both_and_lose_nothing(maya, store):
    path = f"{HERE}/actions/GOV"
    form = typed(maya, path)
    months = {"effect_low": "1", "effect_high": "2"}
    maya.post(path, data=form | months | {"may_pay": "their foundation"})
    mine = {"days_low": "1", "days_likely": "2", "days_high": "3", "level_LEAD-1": "2"}
    reply = maya.post(path, data=form | mine | {"may_pay": "my foundation"})
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "their foundation" in page.text
    assert "1 to 2:" in page.text
    kept = page.values(path)
    assert {name: kept[name] for name in mine} == mine
    assert maya.post(path, data=kept).status_code == 303
    opened = Page(maya.get(HERE).text).text
    assert "my foundation" in opened
    assert "LEAD-1 Named accountability: from level 1 to level 2" in opened
    assert "(the group’s own; proposed: level " in opened


@pytest.mark.slow
def test_what_was_done_cannot_be_undone_under_what_rests_on_it(maya):
    saved(maya, "GOV", status="done")
    saved(maya, "REALCOL", half_year="3")
    path = f"{HERE}/actions/COACH/drop"
    maya.post(path, data=Page(maya.get(f"{HERE}/actions/COACH").text).values(path))
    saved(maya, "CONTRACT", half_year="1")
    assert "do not fit together" not in saved(maya, "CONTRACT").text
    assert (
        maya.post(
            f"{HERE}/actions/GOV", data=typed(maya, f"{HERE}/actions/GOV") | {"status": "planned"}
        ).status_code
        == 422
    )


@pytest.mark.slow
def test_starts_that_a_renewed_plan_no_longer_fits_together_are_named(maya, store, sent):
    saved(maya, "GOV", half_year="1")
    saved(maya, "CONTRACT", half_year="4")
    saved(maya, "GOV", half_year="3")
    planned.score(store, sent, planned.answers_at(2, LEAD_1=1, REAL_2=1), world.NOW, "run-later")
    plan_id = f"plan-run-{sent.id}"
    body = store.row(
        "select body from plan_actions where plan_id = ? and action_id = 'CONTRACT'"
        " order by revision desc",
        (plan_id,),
    )["body"]
    with store.writing():
        store.db.execute(
            "update plan_actions set body = ? where action_id = 'CONTRACT'",
            (body.replace('"half_year": 4', '"half_year": 2'),),
        )
    shown = Page(maya.get(HERE).text).text
    assert "These starts do not fit together." in shown
    assert "start Incentive readiness and payer alignment package in half-year 4 or later" in shown
