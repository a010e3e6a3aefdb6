"""The pages of money for a plan."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.core.pdf.job import Page as PaperSize
from readiness.plans import db as plans
from readiness.plans.service import document, plan
from tests.factories import plans as planned
from tests.factories import world
from tests.factories.page import Page

HERE = "/assessments/a1/plan/money"
ANSWERS = planned.developing(EQME_4=1)
TODAY = world.NOW.date().isoformat()
SPENT = {
    "kind": "spent",
    "amount": "12,500.50",
    "on": TODAY,
    "payer": "Fair Health",
    "note": "bill",
}


@pytest.fixture
def sent(store):
    return planned.submitted(store, "elm", ANSWERS, world.NOW)


@pytest.fixture
def maya(client, sign_in, sent):
    return sign_in(client, "maya")


def first_action(store):
    opened = plan.load(Session(store, people.actor(store, "maya"), world.NOW), "a1")
    return next(each for each in opened.plan.actions if each.cost)


@pytest.fixture
def action(store, sent):
    return first_action(store)


@pytest.fixture
def at(action):
    return f"{HERE}/actions/{action.id}"


def enter(client, at, **changes):
    return world.send(client, f"{at}/entries", **SPENT | changes)


def only(store):
    (posting,) = plans.postings_of_assessment(store, "a1")
    return posting


def test_before_any_money_the_page_shows_the_plan_and_where_to_enter(maya, action):
    shown = Page(maya.get(HERE).text)
    assert shown.heading == "Money for the plan"
    assert "No money is entered yet." in shown.text
    assert f"{HERE}/actions/{action.id}" in shown.links.values()
    assert "more was needed than expected" in shown.text


def test_an_entry_is_kept_and_the_plan_with_it(maya, store, at):
    assert plans.latest_plan(store, "a1") is None
    assert enter(maya, at).status_code == 303
    posting = only(store)
    assert (posting.cents, posting.payer, posting.note) == (12_500_50, "Fair Health", "bill")
    assert plans.latest_plan(store, "a1") is not None
    shown = Page(maya.get(at).text)
    assert "$12,500.50" in shown.text
    assert "no award is entered" in shown.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("kind", "", "Choose whether"),
        ("kind", "lost", "Not a valid choice"),
        ("amount", "", "Enter an amount"),
        ("amount", "a lot", "Enter an amount"),
        ("amount", "1.005", "Enter an amount"),
        ("amount", "-5", "Enter an amount"),
        ("amount", "0", "Enter the amount that was"),
        ("amount", "1e99", "Enter an amount"),
        ("amount", "200,000,000", "up to $100,000,000"),
        ("on", "", "Enter the day"),
        ("on", "soon", "Enter a date"),
        ("on", "2031-01-01", "a day that has been"),
        ("payer", "call 617-555-0134", "a phone number"),
        ("note", "born 3/4/1956", "a date of birth"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_what_was_typed_is_kept(
    maya, store, at, field, value, says
):
    reply = enter(maya, at, **{field: value})
    assert reply.status_code == 422
    shown = Page(reply.text)
    assert says in shown.by_id("errors").text
    kept = {"payer": "Fair Health", "note": "bill", "amount": "12,500.50"} | {field: value}
    sent_again = shown.values(f"{at}/entries")
    assert all(sent_again[name] == kept[name] for name in ("payer", "note", "amount"))
    assert plans.postings_of_assessment(store, "a1") == ()
    assert plans.latest_plan(store, "a1") is None


def test_an_entry_is_corrected_by_another_and_both_are_shown(maya, store, at):
    enter(maya, at)
    first = only(store)
    form = Page(maya.get(f"{at}/entries/{first.id}").text).values(f"{at}/entries/{first.id}")
    assert (form["kind"], form["amount"], form["on"]) == ("spent", "12,500.50", TODAY)
    reply = maya.post(f"{at}/entries/{first.id}", data=form | {"amount": "1,250"})
    assert reply.status_code == 303
    shown = Page(maya.get(at).text)
    assert "Corrected, does not count" in shown.text
    assert "In the place of an earlier entry" in shown.text
    assert re.search(r"Spent \$1,250 ", shown.text)
    assert len(plans.postings_of_assessment(store, "a1")) == 2


def test_a_correction_to_nothing_strikes_the_entry_out(maya, store, at):
    enter(maya, at)
    first = only(store)
    reply = world.send(maya, f"{at}/entries/{first.id}", **SPENT | {"amount": "0"})
    assert reply.status_code == 303
    assert "No money is entered yet." in Page(maya.get(HERE).text).text


def test_of_two_who_correct_the_same_entry_the_second_is_told(maya, store, at):
    enter(maya, at)
    path = f"{at}/entries/{only(store).id}"
    assert world.send(maya, path, **SPENT | {"amount": "1"}).status_code == 303
    reply = world.send(maya, path, **SPENT | {"amount": "2"})
    assert reply.status_code == 409
    shown = Page(reply.text)
    assert "Somebody else corrected this entry" in shown.text
    assert shown.values(path)["amount"] == "2"
    assert len(plans.postings_of_assessment(store, "a1")) == 2


def test_a_wrong_correction_is_told_and_kept_as_typed(maya, store, at):
    enter(maya, at)
    path = f"{at}/entries/{only(store).id}"
    reply = world.send(maya, path, **SPENT | {"amount": "much"})
    assert reply.status_code == 422
    assert Page(reply.text).values(path)["amount"] == "much"


def test_what_is_still_needed_is_said_and_the_newest_counts(maya, store, at):
    for amounts in (("1,000", "2,000", "4,000"), ("500", "900", "1,500")):
        sent = dict(zip(("low", "likely", "high"), amounts, strict=True)) | {"why": "a quote"}
        assert world.send(maya, f"{at}/needed", **sent).status_code == 303
    shown = Page(maya.get(at).text)
    assert "$500 to $1,500, likely $900" in shown.text
    assert "$4,000" in shown.text  # in the history
    assert shown.values(f"{at}/needed")["likely"] == "900"
    assert len(plans.estimates_of_assessment(store, "a1")) == 2


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("low", "", "all three amounts"),
        ("low", "9,999", "nor likely above high"),
        ("high", "x", "Enter an amount"),
        ("why", "a@b.org", "an e-mail address"),
    ],
)
def test_an_estimate_with_a_mistake_is_not_kept(maya, store, at, field, value, says):
    sent = {"low": "1", "likely": "2", "high": "3", "why": ""} | {field: value}
    reply = world.send(maya, f"{at}/needed", **sent)
    assert reply.status_code == 422
    assert says in Page(reply.text).by_id("errors").text
    assert plans.estimates_of_assessment(store, "a1") == ()


def test_money_outlives_a_renewed_plan(maya, store, sent, at, action):
    enter(maya, at)
    planned.score(store, sent, planned.answers_at(3), world.NOW, "run-later")
    path = "/assessments/a1/plan/renew"
    assert world.send(maya, path).status_code == 303
    assert "$12,500.50" in Page(maya.get(HERE).text).text
    assert Page(maya.get(at).text).heading.startswith("Money for:")


def test_the_care_team_reads_entries_and_enters_none(client, sign_in, store, at, maya):
    enter(maya, at)
    sign_in(client, "cara")
    shown = Page(client.get(at).text)
    assert "Fair Health" in shown.text
    assert f"{at}/entries" not in [form.get("action") for form in shown.all("form")]
    assert enter(client, at).status_code == 403


def test_a_payer_who_may_read_the_plan_sees_sums_and_no_single_entry(client, sign_in, at, maya):
    enter(maya, at, payer="our own reserve", note="bill 77")
    sign_in(client, "pam")
    for path in (HERE, at):
        shown = Page(client.get(path).text)
        assert "$12,500.50" in shown.text
        for secret in ("our own reserve", "bill 77", "Maya"):
            assert secret not in shown.text
    assert enter(client, at).status_code == 403
    book = load_workbook(BytesIO(client.get(f"{HERE}.xlsx").data))
    assert book.sheetnames == ["Actions"]


@pytest.mark.parametrize("who", ["pete", "omar"])
def test_a_stranger_finds_no_money(client, sign_in, sent, who, at):
    sign_in(client, who)
    assert [client.get(path).status_code for path in (HERE, f"{HERE}.csv", at)] == [404] * 3


def test_another_groups_manager_enters_and_corrects_nothing(client, sign_in, store, at, maya):
    enter(maya, at)
    first = only(store)
    sign_in(client, "omar")
    assert enter(client, at).status_code == 404
    assert client.get(f"{at}/entries/{first.id}").status_code == 404
    assert world.send(client, f"{at}/entries/{first.id}", **SPENT).status_code == 404
    assert world.send(client, f"{at}/needed", low="1", likely="2", high="3").status_code == 404
    assert only(store) == first


def test_an_entry_is_only_found_under_its_own_action(maya, store, at, action):
    enter(maya, at)
    opened = plan.load(Session(store, people.actor(store, "maya"), world.NOW), "a1")
    other = next(each for each in opened.plan.actions if each.id != action.id)
    path = f"{HERE}/actions/{other.id}/entries/{only(store).id}"
    assert maya.get(path).status_code == 404
    assert world.send(maya, path, **SPENT).status_code == 404


def test_there_is_no_money_for_an_action_that_is_not_there(maya):
    assert maya.get(f"{HERE}/actions/NONE").status_code == 404
    assert enter(maya, f"{HERE}/actions/NONE").status_code == 404
    assert maya.get(f"{HERE}.pdf").status_code == 404


def test_a_draft_takes_no_money(client, sign_in, store):
    planned.written(store, "elm", ANSWERS, world.NOW)
    sign_in(client, "maya")
    assert "once the answers that this plan rests on are submitted" in client.get(HERE).text
    action_id = first_action(store).id
    assert enter(client, f"{HERE}/actions/{action_id}").status_code == 409


def test_the_group_takes_its_entries_along(maya, at):
    enter(maya, at, note="=1+1")
    world.send(maya, f"{at}/needed", low="1", likely="2", high="3")
    book = load_workbook(BytesIO(maya.get(f"{HERE}.xlsx").data))
    assert book.sheetnames == ["Actions", "Entries", "Still needed"]
    header, row = list(book["Entries"].iter_rows(values_only=True))
    found = dict(zip(header, row, strict=True))
    assert (found["Amount ($)"], found["Note"], found["Counts"]) == (12500.5, "=1+1", "yes")
    assert "12500.5" in maya.get(f"{HERE}.csv").text


def test_the_history_tells_of_money_without_amounts_or_words(maya, at):
    enter(maya, at)
    shown = Page(maya.get("/groups/elm/history").text).text
    assert "entered money for plan 2027" in shown
    assert "kind spent" in shown
    assert "12,500" not in shown
    assert "bill" not in shown


def test_the_plan_shows_the_money_so_far_and_leads_to_it(maya, at):
    plan_page = "/assessments/a1/plan"
    before = Page(maya.get(plan_page).text)
    assert "No money is entered yet." in before.text
    assert HERE in before.links.values()
    enter(maya, at, kind="awarded")
    enter(maya, at, amount="20,000")
    shown = Page(maya.get(plan_page).text).text
    assert "More is spent than awarded: $20,000 of $12,500.50." in shown


def test_a_payer_is_shown_no_section_while_there_is_no_money(client, sign_in, at, maya):
    sign_in(client, "pam")
    assert "Money so far" not in Page(client.get("/assessments/a1/plan").text).text
    sign_in(client, "maya")
    enter(client, at)
    sign_in(client, "pam")
    assert "Money so far" in Page(client.get("/assessments/a1/plan").text).text


def test_the_paper_of_the_plan_holds_money_once_there_is_any(maya, store, at):
    reader, now = people.actor(store, "maya"), world.NOW
    before = document.job_of(Session(store, reader, now), "a1", PaperSize.LETTER).html
    assert "Money so far" not in before
    enter(maya, at)
    after = document.job_of(Session(store, reader, now), "a1", PaperSize.LETTER).html
    assert "Money so far" in after
    assert "$12,500.50" in after
    assert "bill" not in after


def test_the_start_page_counts_what_to_look_at(maya, at):
    assert "Money for plan" not in maya.get("/home").text
    enter(maya, at, kind="awarded", amount="500,000")
    shown = Page(maya.get("/home").text)
    assert shown.links["Money for plan 2027"] == HERE
    assert "nothing to look at" in shown.text
    enter(maya, at, amount="600,000")
    assert "1 action to look at" in Page(maya.get("/home").text).text
